// The one way a message becomes `sent`, whether the provider's answer says so, its echo, a receipt, or its history.
// The ledger gets its line in the same statement, and only once.
import type pg from 'pg';
import { noteDelivery } from '../offers/note-delivery.ts';

export type SentFact = {
  id: string;
  providerMessageId: string | null;
  sentAt: Date;
  costKind: string | null;
  costAmount: number | null;
  /** answer, echo, receipt or history. */
  knownBy: string;
};

const MARK = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(id uuid, provider_message_id text, sent_at timestamptz, cost_kind text, cost_amount int, known_by text)
), late AS (
  UPDATE outbound_messages o SET provider_message_id = coalesce(o.provider_message_id, t.provider_message_id),
    cost_kind = coalesce(t.cost_kind, o.cost_kind), cost_amount = coalesce(t.cost_amount, o.cost_amount)
  FROM t WHERE o.id = t.id AND o.status IN ('sent', 'delivered', 'read')
    AND (t.cost_kind IS NOT NULL OR (o.provider_message_id IS NULL AND t.provider_message_id IS NOT NULL))
), done AS (
  UPDATE outbound_messages o SET status = 'sent', provider_message_id = coalesce(t.provider_message_id, o.provider_message_id),
    sent_at = t.sent_at, cost_kind = coalesce(t.cost_kind, o.cost_kind), cost_amount = coalesce(t.cost_amount, o.cost_amount), lease_until = NULL, reason = NULL, error_code = NULL
  FROM t WHERE o.id = t.id AND o.status IN ('queued', 'sending', 'uncertain', 'parked', 'failed')
  RETURNING o.*, t.known_by
)
INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, flow_version_id, step, outbound_message_id, cost_amount, data)
SELECT sent_at, 'message_out', customer_id, conversation_id, channel,
  coalesce(content ->> 'text', content ->> 'preview', content ->> 'caption', content ->> 'title', content ->> 'kind'),
  flow_version_id, step, id, cost_amount,
  jsonb_build_object('author', author, 'purpose', purpose, 'cost', cost_kind, 'knownBy', known_by, 'messageId', provider_message_id)
FROM done`;

export async function markSent(client: pg.ClientBase | pg.Pool, facts: readonly SentFact[]): Promise<void> {
  if (facts.length === 0) return;
  const rows = facts.map((fact) => ({
    id: fact.id,
    provider_message_id: fact.providerMessageId,
    sent_at: fact.sentAt,
    cost_kind: fact.costKind,
    cost_amount: fact.costAmount,
    known_by: fact.knownBy,
  }));
  await client.query({ name: 'mark-sent', text: MARK, values: [JSON.stringify(rows)] });
  await noteDelivery(
    client,
    null,
    facts.map((fact) => fact.id),
  );
}
