// What is older than the ledger's keeping goes: whole months are dropped, which costs nothing however many lines they
// hold, and leaves no holes; what lies in no month of its own is deleted in portions. Consents and the audit are tables
// of their own and never touched here.
import type pg from 'pg';
import type { Database } from '../database.ts';
import { LOCK_MONTHS, monthOf, readParts, WAIT_SHORTLY } from './ledger-months.ts';

const PORTION = 5_000;

/** The ledger is kept by whole months: from the first of the month that `before` is in. */
export function keptFrom(before: Date): Date {
  return monthOf(before).from;
}

/** Answers the names of the parts that are gone. Throws what `wasBusy` knows when the ledger was in use for too long. */
export async function dropMonths(db: Pick<Database, 'pool' | 'transaction'>, before: Date): Promise<string[]> {
  const border = keptFrom(before);
  const old = (await readParts(db.pool)).filter(({ upto }) => upto !== null && upto <= border);
  for (const { name } of old) {
    await db.transaction('drop-ledger-month', async (client) => {
      await client.query(WAIT_SHORTLY);
      await client.query(LOCK_MONTHS);
      if ((await readParts(client)).every((part) => part.name !== name)) return;
      await client.query(`ALTER TABLE touchpoints DETACH PARTITION "${name}"`);
      await client.query(`DROP TABLE "${name}"`);
    });
  }
  return old.map(({ name }) => name);
}

/** One portion of the lines that are too old and lie among younger ones; call again until it is 0. */
export async function deleteOldLines(client: pg.ClientBase | pg.Pool, before: Date): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM touchpoints WHERE at < $1 AND id = ANY(ARRAY(
       SELECT id FROM touchpoints WHERE at < $1 LIMIT ${PORTION} FOR UPDATE SKIP LOCKED))`,
    [keptFrom(before)],
  );
  return rowCount ?? 0;
}

/** What the two would take. */
export async function countOldLines(pool: pg.ClientBase | pg.Pool, before: Date): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM touchpoints WHERE at < $1', [
    keptFrom(before),
  ]);
  return Number(rows[0]?.count ?? 0);
}
