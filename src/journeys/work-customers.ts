// Batches of customers, each locked by the transaction that decides about them. One whose rows cannot be worked must not
// stop the care of everybody: a batch that fails is worked one by one, and whoever fails alone is tried again later.
import type pg from 'pg';
import type { Logger } from 'pino';
import { type Database, isConnectionLost } from '../database.ts';

export type WorkDeps = { db: Database; log: Pick<Logger, 'error'> };

export type CustomerWork = {
  transaction(work: (client: pg.ClientBase) => Promise<number>): Promise<number>;
  now: Date;
  limit: number;
  /** Locks up to `limit` customers, nobody of `notNow`, and answers whom. */
  lock(client: pg.ClientBase, limit: number): Promise<string[]>;
  work(client: pg.ClientBase, customerIds: string[]): Promise<void>;
};

/** For statements of `lock`: who failed and whose time has not come; the moment is the parameter of that number. */
export const notNow = (now: string) => `SELECT customer_id FROM failed_plans WHERE retry_at > ${now}`;

const FORGET = 'DELETE FROM failed_plans WHERE customer_id = ANY($1::uuid[])';

/** After 1, 2, 4 … minutes, at last once a day; never given up, because a new version may mend it. */
const FAILED = `
INSERT INTO failed_plans AS f (customer_id, attempts, retry_at)
SELECT id, 1, $2::timestamptz + interval '1 minute' FROM customers WHERE id = $1
ON CONFLICT (customer_id) DO UPDATE SET attempts = f.attempts + 1,
  retry_at = $2::timestamptz + least(interval '1 minute' * power(2, least(f.attempts, 20)), interval '1 day')`;

/** Answers how many customers there were, those who failed among them. */
export async function workCustomers(deps: WorkDeps, work: CustomerWork): Promise<number> {
  const locked: string[] = [];
  try {
    return await workBatch(work, locked);
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    if (locked.length === 0) throw error;
    if (locked.length > 1) return await oneByOne(deps, work, locked.length);
    await noteFailure(deps, locked[0], work.now, error);
    return locked.length;
  }
}

async function oneByOne(deps: WorkDeps, work: CustomerWork, count: number): Promise<number> {
  let worked = 0;
  for (let n = 0; n < count; n += 1) worked += await workCustomers(deps, { ...work, limit: 1 });
  return worked;
}

async function workBatch({ transaction, limit, lock, work }: CustomerWork, locked: string[]): Promise<number> {
  return await transaction(async (client) => {
    locked.push(...(await lock(client, limit)));
    if (locked.length === 0) return 0;
    await work(client, locked);
    await client.query({ name: 'forget-failed-plans', text: FORGET, values: [locked] });
    return locked.length;
  });
}

async function noteFailure({ db, log }: WorkDeps, customerId: string | undefined, now: Date, error: unknown) {
  log.error({ err: error, customer: customerId }, 'the journeys of a customer cannot be followed');
  await db.durably('note-failed-plan', () => db.pool.query(FAILED, [customerId, now]));
}
