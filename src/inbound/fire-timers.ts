// Delays are rows: one that is due becomes an inbound event, under its own id, so that it fires once.
// While a person leads the conversation timers wait; handed back, they fire. From the timer to what belongs to it
// (OFFSET 0), and by its place (ctid): a plan of an empty table knows no better way than to go through all of them.
import type { Database } from '../database.ts';

const FIRE = `
WITH due AS (
  SELECT t.ctid AS place FROM timers t CROSS JOIN LATERAL (SELECT c.state FROM conversations c WHERE c.id = t.conversation_id OFFSET 0) c
  WHERE t.due_at <= $1 AND c.state IN ('bot', 'resolved') ORDER BY t.due_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
), gone AS (
  DELETE FROM timers t USING due WHERE t.ctid = due.place RETURNING t.*
), v AS (
  INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
  SELECT g.id, i.channel, i.account_id, g.identity_id, 'timer', 'ganbo_timer', g.due_at, $1,
    jsonb_build_object('kind', 'timer', 'runId', g.run_id, 'key', substr(g.key, 38))
  FROM gone g CROSS JOIN LATERAL (SELECT channel, account_id FROM channel_identities WHERE id = g.identity_id OFFSET 0) i
  ON CONFLICT DO NOTHING RETURNING id, identity_id, occurred_at
)
INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at)
SELECT id, identity_id, occurred_at, $1::timestamptz FROM v ORDER BY occurred_at`;

/** Fires up to `limit` due timers; answers how many. A stored key is the run's id, a colon, and the script's key. */
export async function fireTimers(db: Pick<Database, 'queueTransaction'>, now: Date, limit = 500): Promise<number> {
  const { rowCount } = await db.queueTransaction('fire-timers', (client) =>
    client.query({ name: 'fire-timers', text: FIRE, values: [now, limit] }),
  );
  return rowCount ?? 0;
}
