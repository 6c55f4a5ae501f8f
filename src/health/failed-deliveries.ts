// Webhooks that never arrived, over all endpoints. A repeat keeps its id, so that a receiver that knows it already drops it.
import type pg from 'pg';
import type { DeadQuery, FailedDelivery, RepairAnswer } from './dead-letters-schema.ts';
import { type Repair, repairRows } from './note-repairs.ts';

type Row = Omit<FailedDelivery, 'at' | 'address'> & { at: Date; url: string };

const READ = `
SELECT d.id, d.endpoint_id AS "endpointId", w.url, w.is_enabled AS "isEnabled", v.type, v.at, d.attempts AS tries,
  d.last_status AS "lastStatus", d.last_error AS reason
FROM outgoing_deliveries d JOIN outgoing_events v ON v.id = d.event_id JOIN webhook_endpoints w ON w.id = d.endpoint_id
WHERE d.status = 'failed' AND ($1::uuid IS NULL OR d.id < $1) ORDER BY d.id DESC LIMIT $2`;

/** One more than `limit` when there is one. */
export async function readFailedDeliveries(pool: pg.Pool, { limit, cursor }: DeadQuery): Promise<FailedDelivery[]> {
  const after = cursor ?? null;
  const { rows } = await pool.query<Row>(READ, [after, limit + 1]);
  return rows.map(({ url, ...row }) => ({ ...row, at: row.at.toISOString(), address: withoutSecrets(url) }));
}

function withoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

const REPLAY = `
UPDATE outgoing_deliveries d SET status = 'waiting', attempts = 0, next_attempt_at = $2 FROM outgoing_events v
WHERE v.id = d.event_id AND d.id = ANY($1::uuid[]) AND d.status = 'failed' RETURNING d.id, v.customer_id`;

const DISCARD = `
DELETE FROM outgoing_deliveries d USING outgoing_events v
WHERE v.id = d.event_id AND d.id = ANY($1::uuid[]) AND d.status = 'failed' RETURNING d.id, v.customer_id`;

export async function replayFailed(
  client: pg.ClientBase,
  repair: Repair,
  ids: readonly string[],
): Promise<RepairAnswer> {
  return await repairRows(client, repair, 'failed_delivery', ids, {
    text: REPLAY,
    values: [repair.now],
    data: { how: 'replay' },
  });
}

export async function discardFailed(
  client: pg.ClientBase,
  repair: Repair,
  { ids, reason }: { ids: readonly string[]; reason: string },
): Promise<RepairAnswer> {
  return await repairRows(client, repair, 'failed_delivery', ids, { text: DISCARD, data: { how: 'discard', reason } });
}
