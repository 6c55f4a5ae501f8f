// What happened becomes one delivery for each endpoint that listens. Any number of processes may ring this.
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';

const AT_ONCE = 500;

const CLAIM = `
SELECT id, type, at FROM outgoing_events WHERE spread_at IS NULL ORDER BY spread_at, at LIMIT $1 FOR UPDATE SKIP LOCKED`;

// The endpoint must be listening while the event is spread: one that is switched off gets nothing later by surprise.
const DELIVER = `
INSERT INTO outgoing_deliveries (id, event_id, endpoint_id, status, next_attempt_at)
SELECT p.id, p.event_id, p.endpoint_id, 'waiting', $2
FROM json_to_recordset($1::json) AS p(id uuid, event_id uuid, endpoint_id uuid)
JOIN webhook_endpoints e ON e.id = p.endpoint_id AND e.is_enabled
ON CONFLICT (event_id, endpoint_id) DO NOTHING`;

/** Answers how many events were spread; 0 = none waits. */
export async function spreadEvents(db: Database, { now, newId }: { now: Date; newId: NewId }): Promise<number> {
  return await db.queueTransaction('spread-events', async (client) => {
    const { rows: events } = await client.query<{ id: string; type: string }>(CLAIM, [AT_ONCE]);
    if (events.length === 0) return 0;
    const { rows: endpoints } = await client.query<{ id: string; events: string[] }>(
      'SELECT id, events FROM webhook_endpoints WHERE is_enabled',
    );
    const pairs = events.flatMap((event) =>
      endpoints
        .filter((endpoint) => endpoint.events.includes(event.type))
        .map((endpoint) => ({ id: newId(), event_id: event.id, endpoint_id: endpoint.id })),
    );
    if (pairs.length > 0) await client.query(DELIVER, [JSON.stringify(pairs), now]);
    await client.query('UPDATE outgoing_events SET spread_at = $2 WHERE id = ANY($1::uuid[])', [
      events.map((event) => event.id),
      now,
    ]);
    return events.length;
  });
}
