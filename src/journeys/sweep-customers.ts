// Journeys changed: everybody is planned anew, a batch at a time. How far it got is a row among the signals themselves,
// under an id that no customer has, so that neither a kill nor a second process loses or doubles anything.
import type pg from 'pg';
import type { Database } from '../database.ts';

/** No customer's id: the row says how far a sweep got. */
export const EVERYBODY = '00000000-0000-0000-0000-000000000000';
/** The kind of signal that says nothing but "look again". */
export const SWEPT = 'journeys_changed';

/** In the transaction of what changed. */
export async function beginSweep(client: pg.ClientBase | pg.Pool, now: Date): Promise<void> {
  await client.query(`INSERT INTO journey_signals (customer_id, kind, at, data) VALUES ($1, 'sweep', $2, $3)`, [
    EVERYBODY,
    now,
    JSON.stringify({ after: EVERYBODY }),
  ]);
}

const STEP = `
WITH sweep AS (
  SELECT id, data ->> 'after' AS after FROM journey_signals WHERE customer_id = $1 AND kind = 'sweep' ORDER BY at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), next AS (
  SELECT c.id FROM customers c WHERE c.id > (SELECT after::uuid FROM sweep) ORDER BY c.id LIMIT $2
), told AS (
  INSERT INTO journey_signals (customer_id, kind, at) SELECT id, '${SWEPT}', $3 FROM next
), onward AS (
  UPDATE journey_signals j SET data = jsonb_build_object('after', (SELECT max(id::text) FROM next))
  WHERE j.id = (SELECT id FROM sweep) AND EXISTS (SELECT 1 FROM next)
), over AS (
  DELETE FROM journey_signals j WHERE j.id = (SELECT id FROM sweep) AND NOT EXISTS (SELECT 1 FROM next)
)
SELECT count(*)::int AS count FROM sweep`;

/** Signals the next `limit` customers of the oldest sweep; false when there is none, or another process is at it. */
export async function sweepCustomers(db: Database, now: Date, limit = 500): Promise<boolean> {
  const statement = { name: 'sweep-customers', text: STEP, values: [EVERYBODY, limit, now] };
  const { rows } = await db.queueTransaction('sweep-customers', (client) => client.query<{ count: number }>(statement));
  return (rows[0]?.count ?? 0) > 0;
}
