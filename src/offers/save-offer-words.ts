// What scripts said about offers in a batch of turns: an issue that a journey made is taken up, one that nobody made is
// made, and each move is a line of the ledger exactly when it happened.
import type pg from 'pg';
import type { NewId } from '../ids.ts';
import { legalMovesSql } from './offer-state.ts';
import type { OfferWord, Spoken } from './offer-word.ts';

export type SpokenOffer = OfferWord & Spoken;

// One issue per run and code: a reminder in the same run is about the same one. What a journey made and no script has
// said, or what did not leave the last time, is taken up by the run that says it now.
const SAVE = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(n int, new_id uuid, code text, customer_id uuid, conversation_id uuid, channel text,
    subscription_id uuid, run_id uuid, flow text, flow_version_id uuid, step text, said boolean, answer text, reason text,
    benefit text, gift text, deadline_at timestamptz, inbound_event_id uuid, at timestamptz)
), known AS (
  SELECT t.*, o.id AS issue_id, o.state AS was,
    CASE WHEN o.id IS NULL THEN coalesce(t.answer, 'eligible')
      WHEN (o.state, t.answer) IN (SELECT was, becomes FROM ${legalMovesSql}) THEN t.answer ELSE o.state END AS becomes
  FROM t LEFT JOIN LATERAL (
    SELECT i.id, i.state FROM offer_issues i
    WHERE i.customer_id = t.customer_id AND i.code = t.code AND i.state <> 'held_out'
      AND (i.run_id = t.run_id OR (t.said AND i.state = 'eligible' AND (i.run_id IS NULL OR i.reason IS NOT NULL)
        AND (i.subscription_id IS NULL OR t.subscription_id IS NULL OR i.subscription_id = t.subscription_id)))
    ORDER BY (i.run_id IS NOT DISTINCT FROM t.run_id) DESC, i.created_at DESC NULLS LAST LIMIT 1 FOR UPDATE) o ON true
), changed AS (
  UPDATE offer_issues i SET state = k.becomes,
    run_id = k.run_id, flow = k.flow, conversation_id = k.conversation_id,
    step = CASE WHEN k.said AND k.was = 'eligible' THEN k.step ELSE coalesce(i.step, k.step) END,
    subscription_id = coalesce(i.subscription_id, k.subscription_id),
    benefit = coalesce(k.benefit, i.benefit), gift = coalesce(k.gift, i.gift), deadline_at = coalesce(k.deadline_at, i.deadline_at),
    reason = CASE WHEN k.becomes <> k.was OR k.answer = k.was THEN coalesce(k.reason, CASE WHEN k.was = 'declined' THEN i.reason END)
      WHEN k.said AND k.was = 'eligible' THEN NULL ELSE i.reason END,
    sent_at = CASE WHEN k.becomes NOT IN ('eligible', 'expired', 'ignored') THEN coalesce(i.sent_at, k.at) ELSE i.sent_at END,
    answered_at = CASE WHEN k.becomes <> k.was THEN k.at ELSE i.answered_at END
  FROM known k WHERE i.id = k.issue_id
), made AS (
  INSERT INTO offer_issues (id, code, customer_id, conversation_id, subscription_id, run_id, flow, step, state, reason, benefit, gift,
    deadline_at, sent_at, answered_at, created_at)
  SELECT new_id, code, customer_id, conversation_id, subscription_id, run_id, flow, step, becomes, reason, benefit, gift,
    deadline_at, CASE WHEN answer IS NOT NULL THEN at END, CASE WHEN answer IS NOT NULL THEN at END, at
  FROM known WHERE issue_id IS NULL
), told AS (
  INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, reason, flow, flow_version_id, step, inbound_event_id, data)
  SELECT at, 'offer_' || becomes, customer_id, conversation_id, channel, reason, flow, flow_version_id, step, inbound_event_id,
    jsonb_build_object('code', code, 'issueId', coalesce(issue_id, new_id))
  FROM known WHERE becomes IS DISTINCT FROM was AND becomes NOT IN ('eligible', 'held_out')
    -- What nobody was told is not announced as over.
    AND NOT (becomes IN ('expired', 'ignored') AND was = 'eligible')
)
SELECT DISTINCT customer_id FROM known WHERE becomes = 'accepted' AND was IS DISTINCT FROM 'accepted'`;

/** In the transaction of the turns; answers whose yes came in: their orders are to be judged again. */
export async function saveOfferWords(
  client: pg.ClientBase,
  newId: NewId,
  words: readonly SpokenOffer[],
): Promise<string[]> {
  if (words.length === 0) return [];
  const rows = [...Map.groupBy(words, (word) => `${word.runId} ${word.code}`).values()].map((of, n) => ({
    n,
    new_id: newId(),
    ...rowOf(of),
  }));
  const saved = await client.query<{ customer_id: string }>({
    name: 'save-offer-words',
    text: SAVE,
    values: [JSON.stringify(rows)],
  });
  return saved.rows.map((row) => row.customer_id);
}

/** All that was said about one offer in one batch, as one row: its last answer counts. */
function rowOf(words: SpokenOffer[]) {
  const said = words.findLast((word) => word.state === 'sent');
  const answers = words.filter((word) => word.state !== 'sent');
  const last = answers.at(-1);
  const word = said ?? last;
  return {
    code: word?.code,
    customer_id: word?.customerId,
    conversation_id: word?.conversationId,
    channel: word?.channel,
    subscription_id: word?.subscriptionId,
    run_id: word?.runId,
    flow: word?.flow,
    flow_version_id: word?.flowVersionId,
    step: word?.step,
    said: said !== undefined,
    answer: last?.state ?? null,
    reason: answers.findLast((one) => one.reason !== null)?.reason ?? null,
    benefit: said?.benefit ?? null,
    gift: said?.gift ?? null,
    deadline_at: said?.deadlineAt ?? null,
    inbound_event_id: (last ?? word)?.inboundEventId,
    at: word?.at,
  };
}
