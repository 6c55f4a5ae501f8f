// Every other move of a message: to skipped, failed, uncertain, parked, or back to queued; each move with its ledger
// line, another look at what stays as it is without one.
import type pg from 'pg';
import { noteDelivery } from '../offers/note-delivery.ts';

export type StatusChange = {
  id: string;
  /** Statuses it may come from; in any other the change is dropped. */
  from: string[];
  /** The try that it is about, counted from 1: what is known of one says nothing of a later one. */
  attempt?: number;
  to: 'queued' | 'skipped' | 'failed' | 'uncertain' | 'parked';
  reason: string | null;
  errorCode?: string | null;
  /** For `queued`: not before; for `uncertain`: the next look. */
  availableAt?: Date | null;
  /** Put off by our own rules: what waits for the morning must not grow old meanwhile. */
  expiresAt?: Date | null;
};

// Nobody answers a question that was not said: its silence begins at once, so that it neither listens to other words nor
// keeps other journeys waiting. Offers are not made when they are not said; they know that by themselves.
const CHANGE = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(id uuid, "from" jsonb, attempt int, "to" text, reason text, error_code text,
    available_at timestamptz, expires_at timestamptz)
), done AS (
  UPDATE outbound_messages o SET status = t."to", reason = t.reason, error_code = t.error_code,
    available_at = coalesce(t.available_at, o.available_at), expires_at = coalesce(t.expires_at, o.expires_at), lease_until = NULL,
    cost_kind = CASE WHEN t."to" IN ('uncertain', 'parked') THEN o.cost_kind END,
    cost_amount = CASE WHEN t."to" IN ('uncertain', 'parked') THEN o.cost_amount END
  FROM t WHERE o.id = t.id AND t."from" ? o.status AND o.attempts = coalesce(t.attempt, o.attempts)
  RETURNING o.*, t."from" ? t."to" AS stayed
), unsaid AS (
  UPDATE timers t SET due_at = $2 FROM done d
  WHERE d.status = 'skipped' AND d.purpose IN ('care', 'advertising') AND t.conversation_id = d.conversation_id
    AND t.key = d.run_id || ':' || d.step AND t.due_at > $2
    AND NOT EXISTS (SELECT 1 FROM offer_issues i WHERE i.run_id = d.run_id AND i.step = d.step)
)
INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, reason, flow_version_id, step, outbound_message_id, data)
SELECT $2, 'message_' || status, customer_id, conversation_id, channel, coalesce(content ->> 'text', content ->> 'preview', content ->> 'kind'), reason,
  flow_version_id, step, id, jsonb_build_object('purpose', purpose, 'code', error_code)
FROM done WHERE status <> 'queued' AND NOT stayed`;

/** In the caller's transaction: what follows from a move is kept with it, or not at all. */
export async function changeStatus(
  client: pg.ClientBase | pg.Pool,
  now: Date,
  changes: readonly StatusChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map((change) => ({
    id: change.id,
    from: change.from,
    attempt: change.attempt,
    to: change.to,
    reason: change.reason,
    error_code: change.errorCode,
    available_at: change.availableAt,
    expires_at: change.expiresAt,
  }));
  await client.query({ name: 'change-status', text: CHANGE, values: [JSON.stringify(rows), now] });
  const over = changes.filter(({ to }) => to === 'skipped' || to === 'failed' || to === 'parked');
  await noteDelivery(
    client,
    now,
    over.map(({ id }) => id),
  );
}
