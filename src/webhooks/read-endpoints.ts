// Endpoints and their deliveries as REST shows them.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { DeliveryAnswer, DeliveryQuery, EndpointAnswer } from './webhook-schema.ts';

type EndpointRow = Omit<EndpointAnswer, 'failingSince' | 'createdAt'> & { failingSince: Date | null; createdAt: Date };

const READ = `
SELECT e.id, e.url, e.events, e.is_enabled AS "isEnabled", e.disabled_reason AS "disabledReason",
  e.failing_since AS "failingSince", e.created_at AS "createdAt",
  (SELECT count(*)::int FROM outgoing_deliveries d WHERE d.endpoint_id = e.id AND d.status = 'waiting') AS waiting
FROM webhook_endpoints e WHERE $1::uuid IS NULL OR e.id = $1 ORDER BY e.created_at, e.id`;

export async function readEndpoints(client: pg.ClientBase | pg.Pool, id: string | null): Promise<EndpointAnswer[]> {
  const { rows } = await client.query<EndpointRow>(READ, [id]);
  return rows.map((row) => ({
    ...row,
    failingSince: row.failingSince?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }));
}

/** Throws unknown_webhook. */
export async function requireEndpoint(client: pg.ClientBase | pg.Pool, id: string): Promise<EndpointAnswer> {
  const [endpoint] = await readEndpoints(client, id);
  if (endpoint) return endpoint;
  throw new HttpError(404, 'unknown_webhook', `There is no webhook endpoint "${id}".`);
}

type DeliveryRow = Omit<DeliveryAnswer, 'at' | 'nextAttemptAt' | 'lastAttemptAt' | 'deliveredAt'> & {
  at: Date;
  nextAttemptAt: Date;
  lastAttemptAt: Date | null;
  deliveredAt: Date | null;
};

const DELIVERIES = `
SELECT d.id, d.event_id AS "eventId", v.type, v.at, d.status, d.attempts, d.next_attempt_at AS "nextAttemptAt",
  d.last_status AS "lastStatus", d.last_error AS "lastError", d.last_attempt_at AS "lastAttemptAt",
  d.delivered_at AS "deliveredAt"
FROM outgoing_deliveries d JOIN outgoing_events v ON v.id = d.event_id
WHERE d.endpoint_id = $1 AND ($2::uuid IS NULL OR d.id < $2) AND ($3::text IS NULL OR d.status = $3)
ORDER BY d.id DESC LIMIT $4`;

/** Newest first; one row more than `limit` when there is one. */
export async function readDeliveries(
  pool: pg.Pool,
  endpointId: string,
  { limit, cursor, status }: DeliveryQuery,
): Promise<DeliveryAnswer[]> {
  const { rows } = await pool.query<DeliveryRow>(DELIVERIES, [endpointId, cursor ?? null, status ?? null, limit + 1]);
  return rows.map((row) => ({
    ...row,
    at: row.at.toISOString(),
    nextAttemptAt: row.status === 'waiting' ? row.nextAttemptAt.toISOString() : null,
    lastAttemptAt: row.lastAttemptAt?.toISOString() ?? null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  }));
}
