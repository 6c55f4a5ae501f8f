// The rows of deliveries: which are due, whose turn it is, what became of them.
import type pg from 'pg';
import { MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';

type Db = Pick<Database, 'pool' | 'durably' | 'queueTransaction'>;

/** Longer than an attempt may take. Whoever dies within it left the row to the next, who sends the same id again. */
const LEASE_MS = MINUTE_MS;

export type DueDelivery = {
  id: string;
  eventId: string;
  attempts: number;
  type: string;
  at: Date;
  data: unknown;
  customer: string | null;
  url: string;
  secrets: Buffer[];
};

/** Endpoints that listen and have something due. */
export async function findDueEndpoints(pool: pg.Pool, now: Date): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT e.id FROM webhook_endpoints e WHERE e.is_enabled AND EXISTS (
       SELECT 1 FROM outgoing_deliveries d WHERE d.endpoint_id = e.id AND d.status = 'waiting' AND d.next_attempt_at <= $1)`,
    [now],
  );
  return rows.map((row) => row.id);
}

const CLAIM = `
WITH due AS (
  SELECT id FROM outgoing_deliveries WHERE endpoint_id = $1 AND status = 'waiting' AND next_attempt_at <= $2
    AND EXISTS (SELECT 1 FROM webhook_endpoints WHERE id = $1 AND is_enabled)
  ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED
)
UPDATE outgoing_deliveries d SET attempts = d.attempts + 1, last_attempt_at = $2, next_attempt_at = $3
FROM due, outgoing_events v LEFT JOIN customers c ON c.id = v.customer_id, webhook_endpoints e
WHERE d.id = due.id AND v.id = d.event_id AND e.id = d.endpoint_id
RETURNING d.id, d.event_id AS "eventId", d.attempts, v.type, v.at, v.data, c.external_id AS customer, e.url, e.secrets`;

/** Takes the next deliveries of one endpoint for this process; the attempt is already counted. */
export async function claimDeliveries(
  db: Db,
  endpointId: string,
  { now, limit }: { now: Date; limit: number },
): Promise<DueDelivery[]> {
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const { rows } = await db.queueTransaction('claim-webhooks', (client) =>
    client.query<DueDelivery>(CLAIM, [endpointId, now, leaseUntil, limit]),
  );
  return rows;
}

export type DeliveryOutcome = {
  status: 'delivered' | 'waiting' | 'failed';
  httpStatus: number | null;
  error: string | null;
  nextAttemptAt: Date;
};

/** Only the attempt that is the newest may say what became of it. */
export async function saveOutcome(
  db: Db,
  { id, attempts }: Pick<DueDelivery, 'id' | 'attempts'>,
  outcome: DeliveryOutcome,
  now: Date,
): Promise<void> {
  await db.durably('save-webhook-outcome', () =>
    db.pool.query(
      `UPDATE outgoing_deliveries SET status = $3, last_status = $4, last_error = $5, next_attempt_at = $6,
       delivered_at = CASE WHEN $3 = 'delivered' THEN $7::timestamptz END
     WHERE id = $1 AND attempts = $2 AND status = 'waiting'`,
      [id, attempts, outcome.status, outcome.httpStatus, outcome.error, outcome.nextAttemptAt, now],
    ),
  );
}

/** An endpoint that answered is well; one that did not is failing since the first time. Answers since when. */
export async function noteHealth(db: Db, endpointId: string, isWell: boolean, now: Date): Promise<Date | null> {
  const { rows } = await db.durably('note-endpoint-health', () =>
    db.pool.query<{ failing_since: Date | null }>(
      isWell
        ? 'UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL RETURNING failing_since'
        : 'UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, $2) WHERE id = $1 RETURNING failing_since',
      isWell ? [endpointId] : [endpointId, now],
    ),
  );
  return rows[0]?.failing_since ?? null;
}

/** True when it was this call that switched it off. */
export async function disableEndpoint(db: Db, endpointId: string, reason: string): Promise<boolean> {
  const { rowCount } = await db.durably('disable-endpoint', () =>
    db.pool.query(
      'UPDATE webhook_endpoints SET is_enabled = false, disabled_reason = $2 WHERE id = $1 AND is_enabled',
      [endpointId, reason],
    ),
  );
  return rowCount === 1;
}
