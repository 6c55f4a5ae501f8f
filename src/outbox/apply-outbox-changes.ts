// Echoes, receipts, take-overs and opt-outs change messages that are on their way; in the transaction of the event.
import type pg from 'pg';
import { noteDelivery } from '../offers/note-delivery.ts';
import { markSent } from './mark-sent.ts';
import type { OutboxChange } from './outbox-change.ts';

export type AddressedChange = OutboxChange & {
  identityId: string;
  conversationId: string;
  customerId: string;
  channel: string;
};
type Of<C extends OutboxChange['change']> = Extract<AddressedChange, { change: C }>;

export async function applyOutboxChanges(
  client: pg.ClientBase,
  now: Date,
  changes: readonly AddressedChange[],
): Promise<void> {
  const skips = changes.filter((change): change is Of<'skip_queued'> => change.change === 'skip_queued');
  const echoes = changes.filter((change): change is Of<'echo'> => change.change === 'echo');
  const receipts = changes.filter((change): change is Of<'receipt'> => change.change === 'receipt');
  for (const skip of skips) await skipQueued(client, now, skip);
  if (echoes.length > 0) await settleEchoes(client, now, echoes);
  if (receipts.length > 0) {
    await settleReceipts(client, receipts);
    await moveReceipts(client, receipts);
  }
}

const SKIP = `
WITH done AS (
  UPDATE outbound_messages SET status = 'skipped', reason = $2, lease_until = NULL
  WHERE status = 'queued' AND identity_id IN (
      SELECT id FROM channel_identities WHERE id = $3 OR ($4 IN ('unasked', 'reminder') AND customer_id = $5))
    AND (($4 = 'flow' AND author = 'flow') OR ($4 = 'unasked' AND purpose IN ('care', 'advertising'))
      OR ($4 = 'run' AND run_id = $6) OR ($4 = 'reminder' AND author = 'agent' AND expires_at = $7))
  RETURNING *
), told AS (
INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, reason, flow_version_id, step, outbound_message_id)
SELECT $1, 'message_skipped', customer_id, conversation_id, channel, coalesce(content ->> 'text', content ->> 'preview', content ->> 'kind'), reason,
  flow_version_id, step, id FROM done
)
SELECT id FROM done`;

async function skipQueued(client: pg.ClientBase, now: Date, skip: Of<'skip_queued'>): Promise<void> {
  const { rows } = await client.query<{ id: string }>(SKIP, [
    now,
    skip.reason,
    skip.identityId,
    skip.which,
    skip.customerId,
    skip.which === 'run' ? skip.runId : null,
    skip.which === 'reminder' ? skip.startsAt : null,
  ]);
  await noteDelivery(
    client,
    now,
    rows.map(({ id }) => id),
  );
}

/** Ours by our own mark; else by the provider's id; else, on Zalo, the oldest unsettled one with the same words. */
const FIND_ECHOED = `
SELECT DISTINCT ON (e.n) e.n, o.id FROM json_to_recordset($1::json) AS e(n int, identity_id uuid, message_id text, outbound_id uuid, text text)
JOIN outbound_messages o ON o.identity_id = e.identity_id AND o.status IN ('queued', 'sending', 'uncertain', 'parked')
  AND (o.id = e.outbound_id OR (e.outbound_id IS NULL AND o.status <> 'queued' AND o.provider_message_id IS NULL
    AND (coalesce(o.content ->> 'text', o.content ->> 'caption', o.content ->> 'preview', '') = coalesce(e.text, '')
      OR (o.content ->> 'kind' = 'template' AND coalesce(e.text, '') = ''))
    AND NOT EXISTS (SELECT 1 FROM outbound_messages k WHERE k.provider_message_id = e.message_id)))
ORDER BY e.n, o.seq`;

async function settleEchoes(client: pg.ClientBase, now: Date, echoes: Of<'echo'>[]): Promise<void> {
  const rows = echoes.map((echo, n) => ({
    n,
    identity_id: echo.identityId,
    message_id: echo.messageId,
    outbound_id: echo.outboundMessageId,
    text: echo.text,
  }));
  const found = await client.query<{ n: number; id: string }>({
    name: 'find-echoed',
    text: FIND_ECHOED,
    values: [JSON.stringify(rows)],
  });
  // Two echoes with the same words in one batch mean two messages: who came second is asked for again once the first is settled.
  const meant = new Map(found.rows.toReversed().map((row) => [row.id, row.n]));
  await markSent(
    client,
    [...meant].map(([id, n]) => ({
      id,
      providerMessageId: echoes[n]?.messageId ?? null,
      sentAt: now,
      costKind: null,
      costAmount: null,
      knownBy: 'echo',
    })),
  );
  const second = found.rows.flatMap(({ id, n }) => (meant.get(id) === n ? [] : (echoes[n] ?? [])));
  if (second.length > 0) await settleEchoes(client, now, second);
}

const FIND_RECEIVED = `
SELECT id, sending_at FROM outbound_messages WHERE id = ANY($1::uuid[]) AND sending_at IS NOT NULL
  AND status IN ('queued', 'sending', 'uncertain', 'parked', 'failed')`;

/** ZNS has no echo: a receipt with our own id is the proof that a message went, whatever became of the answer. */
async function settleReceipts(client: pg.ClientBase, receipts: Of<'receipt'>[]): Promise<void> {
  const named = new Map(receipts.flatMap((one) => (one.outboundMessageId ? [[one.outboundMessageId, one]] : [])));
  if (named.size === 0) return;
  const found = await client.query<{ id: string; sending_at: Date }>(FIND_RECEIVED, [[...named.keys()]]);
  await markSent(
    client,
    found.rows.map(({ id, sending_at: sentAt }) => ({
      id,
      providerMessageId: named.get(id)?.messageIds[0] ?? null,
      sentAt,
      costKind: null,
      costAmount: null,
      knownBy: 'receipt',
    })),
  );
}

// What was delivered and read may be told at once: each message is moved once, as far as any of them says.
const RECEIPTS_BY_ID = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(message_id text, outbound_id uuid, receipt text, at timestamptz)
), hit AS (
  SELECT id, min(at) AS delivered, min(at) FILTER (WHERE receipt = 'read') AS read FROM (
    SELECT o.id, t.receipt, t.at FROM t JOIN outbound_messages o ON o.provider_message_id = t.message_id
    UNION ALL SELECT t.outbound_id, t.receipt, t.at FROM t WHERE t.outbound_id IS NOT NULL) told GROUP BY id
)
UPDATE outbound_messages o SET
  status = CASE WHEN hit.read IS NOT NULL OR o.status = 'read' THEN 'read' ELSE 'delivered' END,
  delivered_at = coalesce(o.delivered_at, hit.delivered), read_at = coalesce(o.read_at, hit.read)
FROM hit WHERE o.id = hit.id AND o.status IN ('sent', 'delivered', 'read')`;

// A watermark is the provider's time of a message: that one lies between our call and our note of the answer. What was not
// yet called for then is not meant.
const RECEIPTS_BY_TIME = `
UPDATE outbound_messages o SET status = CASE WHEN coalesce(o.sending_at, o.sent_at) <= t.read THEN 'read' ELSE 'delivered' END,
  delivered_at = coalesce(o.delivered_at, t.delivered),
  read_at = CASE WHEN coalesce(o.sending_at, o.sent_at) <= t.read THEN t.read ELSE o.read_at END
FROM (
  SELECT identity_id, max(at) AS delivered, max(at) FILTER (WHERE receipt = 'read') AS read
  FROM json_to_recordset($1::json) AS r(identity_id uuid, receipt text, at timestamptz) GROUP BY identity_id
) t
WHERE o.identity_id = t.identity_id AND o.channel = 'messenger' AND o.status IN ('sent', 'delivered')
  AND coalesce(o.sending_at, o.sent_at) <= t.delivered AND (o.status = 'sent' OR coalesce(o.sending_at, o.sent_at) <= t.read)`;

async function moveReceipts(client: pg.ClientBase, receipts: Of<'receipt'>[]): Promise<void> {
  const byId = receipts.flatMap((one) => {
    const base = { receipt: one.receipt, at: one.at };
    const named = one.messageIds.map((id) => ({ ...base, message_id: id }));
    return one.outboundMessageId ? [...named, { ...base, outbound_id: one.outboundMessageId }] : named;
  });
  if (byId.length > 0)
    await client.query({ name: 'receipts-by-id', text: RECEIPTS_BY_ID, values: [JSON.stringify(byId)] });
  const byTime = receipts.flatMap((one) =>
    one.watermark ? [{ identity_id: one.identityId, receipt: one.receipt, at: one.watermark }] : [],
  );
  if (byTime.length > 0) {
    await client.query({ name: 'receipts-by-time', text: RECEIPTS_BY_TIME, values: [JSON.stringify(byTime)] });
  }
}
