// What a receiver lost is sent again under the same ids, and a test event when somebody wants to see one arrive.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { readMoment } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import type { ReplayFields, TestAnswer } from './webhook-schema.ts';

type Deps = { clock: Clock; newId: NewId; timeZone: string };

/** In the caller's transaction; the endpoint exists. Answers how many will be sent again. Throws unknown_delivery. */
export async function replayDeliveries(
  deps: Deps,
  client: pg.ClientBase,
  endpointId: string,
  wish: ReplayFields,
): Promise<number> {
  return 'delivery' in wish
    ? await replayOne(deps, client, endpointId, wish.delivery)
    : await replayRange(deps, client, endpointId, wish);
}

async function replayOne({ clock }: Deps, client: pg.ClientBase, endpointId: string, id: string): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE outgoing_deliveries SET status = 'waiting', attempts = 0, next_attempt_at = $3, delivered_at = NULL
     WHERE id = $1 AND endpoint_id = $2`,
    [id, endpointId, clock.now()],
  );
  if (rowCount === 1) return 1;
  throw new HttpError(404, 'unknown_delivery', `This endpoint has no delivery "${id}".`);
}

// Whatever waits already keeps its turn.
const RANGE = `
INSERT INTO outgoing_deliveries (id, event_id, endpoint_id, status, next_attempt_at)
SELECT gen_random_uuid(), v.id, e.id, 'waiting', $4
FROM outgoing_events v JOIN webhook_endpoints e ON e.id = $1 AND v.type = ANY(e.events)
WHERE v.at >= $2 AND v.at <= $3
ON CONFLICT (event_id, endpoint_id) DO UPDATE
SET status = 'waiting', attempts = 0, next_attempt_at = excluded.next_attempt_at, delivered_at = NULL
WHERE outgoing_deliveries.status = 'failed' OR (outgoing_deliveries.status = 'delivered' AND NOT $5)`;

async function replayRange(
  { clock, timeZone }: Deps,
  client: pg.ClientBase,
  endpointId: string,
  wish: Extract<ReplayFields, { from: string }>,
): Promise<number> {
  const now = clock.now();
  const to = wish.to === undefined ? now : readMoment(wish.to, timeZone);
  const values = [endpointId, readMoment(wish.from, timeZone), to, now, wish.onlyFailed];
  return (await client.query(RANGE, values)).rowCount ?? 0;
}

/** An event that is told to this endpoint alone; it goes the way of every other. */
export async function sendTestEvent(
  { clock, newId }: Deps,
  client: pg.ClientBase,
  endpointId: string,
): Promise<TestAnswer> {
  const now = clock.now();
  const [eventId, delivery] = [newId(), newId()];
  await client.query(
    `INSERT INTO outgoing_events (id, type, data, at, spread_at) VALUES ($1, 'webhook.test', '{"isTest": true}', $2, $2)`,
    [eventId, now],
  );
  await client.query(
    `INSERT INTO outgoing_deliveries (id, event_id, endpoint_id, status, next_attempt_at) VALUES ($1, $2, $3, 'waiting', $4)`,
    [delivery, eventId, endpointId, now],
  );
  return { delivery, eventId };
}
