// A message of a script left, or did not: only now is the offer that it carried sent, the question that it asked asked, and
// its tip shared. The script that made an offer nobody heard ends: it must not listen for a yes.
import type pg from 'pg';

/** Ends the key of the timer by which a run learns that the offer of that step was not said. */
export const UNSAID = ':unsaid';

// A long text is several messages of one step; the first that leaves counts. What left is never taken back.
// state || '': found by run and step; the index of open offers is short only while few are open.
const NOTE = `
WITH m AS (
  SELECT id, run_id, step, status, reason, sent_at, channel, conversation_id, identity_id, flow_version_id,
    content ->> 'tip' AS tip,
    status IN ('sent', 'delivered', 'read') AS left_us
  FROM outbound_messages WHERE id = ANY($1::uuid[]) AND run_id IS NOT NULL AND step IS NOT NULL
    AND status IN ('sent', 'delivered', 'read', 'skipped', 'failed', 'parked')
), one AS (
  SELECT DISTINCT ON (run_id, step) * FROM m ORDER BY run_id, step, left_us DESC, sent_at
), offered AS (
  UPDATE offer_issues o SET state = CASE WHEN one.left_us THEN 'sent' ELSE o.state END,
    sent_at = CASE WHEN one.left_us THEN one.sent_at ELSE o.sent_at END,
    reason = CASE WHEN one.left_us THEN NULL ELSE coalesce(one.reason, 'Chưa gửi được.') END
  FROM one WHERE o.run_id = one.run_id AND o.step = one.step AND o.state || '' = 'eligible'
  RETURNING o.id AS issue_id, o.code, o.customer_id, o.flow, one.*
), asked AS (
  UPDATE survey_answers a SET status = CASE WHEN one.left_us THEN 'asked' ELSE 'unsent' END,
    asked_at = CASE WHEN one.left_us THEN one.sent_at ELSE a.asked_at END
  FROM one WHERE a.run_id = one.run_id AND a.step = one.step AND (a.status = 'queued' OR (a.status = 'unsent' AND one.left_us))
  RETURNING a.metric, a.customer_id, a.flow, a.is_repeat, one.*
), shared AS (
  -- Taken off the message, so that whatever is told of it twice shares it once.
  UPDATE outbound_messages k SET content = k.content - 'tip' FROM m
  WHERE k.id = m.id AND m.left_us AND k.content ? 'tip'
  RETURNING k.customer_id, m.*
), unsaid AS (
  INSERT INTO timers (id, conversation_id, identity_id, run_id, key, due_at)
  SELECT gen_random_uuid(), conversation_id, identity_id, run_id, run_id || ':' || step || '${UNSAID}', $2::timestamptz FROM offered o
  WHERE o.status IN ('skipped', 'failed') AND NOT EXISTS (
    SELECT 1 FROM channel_identities i JOIN outbound_messages k ON k.identity_id = i.id
    WHERE i.customer_id = o.customer_id AND k.status IN ('queued', 'sending', 'uncertain', 'parked')
      AND k.run_id = o.run_id AND k.step = o.step AND k.id <> o.id)
  ON CONFLICT (conversation_id, key) DO NOTHING
)
INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, reason, flow, flow_version_id, step, outbound_message_id, data)
SELECT sent_at, 'offer_sent', customer_id, conversation_id, channel, NULL, flow, flow_version_id, step, id,
  jsonb_build_object('code', code, 'issueId', issue_id)
FROM offered WHERE left_us
UNION ALL
SELECT CASE WHEN left_us THEN sent_at ELSE $2::timestamptz END, CASE WHEN left_us THEN 'survey_asked' ELSE 'survey_skipped' END,
  customer_id, conversation_id, channel, CASE WHEN left_us THEN NULL ELSE coalesce(reason, 'Chưa gửi được.') END,
  flow, flow_version_id, step, id, jsonb_build_object('metric', metric, 'isRepeat', is_repeat)
FROM asked
UNION ALL
SELECT sent_at, 'tip_shared', customer_id, conversation_id, channel, NULL, (SELECT flow FROM flow_versions v WHERE v.id = flow_version_id), flow_version_id, step, id, jsonb_build_object('tip', tip)
FROM shared`;

/**
 * Told by the outbox, in the transaction that changed these messages. An offer whose message did not leave stays
 * `eligible` with the reason; a question becomes `unsent` and counts in no result.
 */
export async function noteDelivery(
  client: pg.ClientBase | pg.Pool,
  /** Only for what did not leave. */
  now: Date | null,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await client.query({ name: 'note-delivery', text: NOTE, values: [messageIds, now] });
}
