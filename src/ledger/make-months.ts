// Makes the months of the ledger that will be written to. Lines that were written meanwhile, because nobody made their
// month in time (the clock of a sandbox jumps), move into it; nothing is told twice by that.
import type pg from 'pg';
import type { Database } from '../database.ts';
import { isCovered, type LedgerMonth, LOCK_MONTHS, monthOf, readParts, WAIT_SHORTLY } from './ledger-months.ts';

/** The present month and the two after it. */
const MONTHS_AHEAD = 2;

/** Readers wait while lines move; more than so many stay where they are, which is a place like any other. */
export const MOST_MOVED = 100_000;

/** Answers the names of those made. Throws what `wasBusy` knows when the ledger was in use for too long. */
export async function makeMonths(db: Pick<Database, 'pool' | 'transaction'>, now: Date): Promise<string[]> {
  const made: string[] = [];
  const parts = await readParts(db.pool);
  for (let later = 0; later <= MONTHS_AHEAD; later += 1) {
    const month = monthOf(now, later);
    if (isCovered(month, parts)) continue;
    const isMade = await db.transaction('make-ledger-month', (client) => makeMonth(client, month));
    if (isMade) made.push(month.name);
  }
  return made;
}

/** In a table of its own until it is full, since moving lines must ring no trigger; only then it becomes a part. */
async function makeMonth(client: pg.PoolClient, { name, from, upto }: LedgerMonth): Promise<boolean> {
  await client.query(WAIT_SHORTLY);
  await client.query(LOCK_MONTHS);
  if (isCovered({ name, from, upto }, await readParts(client))) return false;
  // Who writes waits: a line on its way to the default part would be refused by the part's new bounds.
  await client.query('LOCK TABLE touchpoints IN SHARE ROW EXCLUSIVE MODE');
  await client.query('LOCK TABLE touchpoints_default IN ACCESS EXCLUSIVE MODE');
  const found = await client.query(
    `SELECT 1 FROM touchpoints_default WHERE at >= $1 AND at < $2 LIMIT ${MOST_MOVED + 1}`,
    [from, upto],
  );
  if ((found.rowCount ?? 0) > MOST_MOVED) return false;
  await client.query(`CREATE TABLE ${name} (LIKE touchpoints INCLUDING DEFAULTS)`);
  if (found.rowCount) {
    const all = `DELETE FROM touchpoints_default WHERE at >= $1 AND at < $2 RETURNING *`;
    await client.query(`WITH moved AS (${all}) INSERT INTO ${name} SELECT * FROM moved ORDER BY id`, [from, upto]);
  }
  const range = `FROM ('${from.toISOString()}') TO ('${upto.toISOString()}')`;
  await client.query(`ALTER TABLE touchpoints ATTACH PARTITION ${name} FOR VALUES ${range}`);
  return true;
}
