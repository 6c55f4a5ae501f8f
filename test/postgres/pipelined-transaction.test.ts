// Fewer round trips, the same promise: all of it, or nothing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answeredLater, type Database, IS_BEGUN, openDatabase } from '../../src/database.ts';
import { createTestDatabase } from '../test-database.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: what a transaction leaves behind meets the next.
  db = openDatabase({ url: database.url, poolSize: 1 });
  await db.pool.query('CREATE TABLE kept (n int PRIMARY KEY)');
});
afterAll(async () => {
  await db.close();
  await database.close();
});

const keep = (n: number) => `INSERT INTO kept VALUES (${n})`;

async function kept(): Promise<number[]> {
  const { rows } = await db.pool.query<{ n: number }>('SELECT n FROM kept ORDER BY n');
  return rows.map(({ n }) => n);
}

test('what leaves before the answer to BEGIN, and what is answered after COMMIT was asked, is one transaction', async () => {
  const value = await db.pipelinedTransaction('keep-and-play', async (client, begun) => {
    const [, first] = await Promise.all([begun, client.query(`${keep(1)} RETURNING txid_current()::text AS id`)]);
    const second = answeredLater(client.query(`${keep(2)} RETURNING txid_current()::text AS id`));
    return { value: { first, second }, unanswered: [second] };
  });
  expect((await value.second).rows).toEqual(value.first.rows);
  expect(await kept()).toEqual([1, 2]);
});

test('a statement refused after COMMIT was asked leaves nothing, tells why, and spoils nothing', async () => {
  const refused = db.pipelinedTransaction('keep-and-play', async (client) => {
    await client.query(keep(3));
    const twice = answeredLater(client.query(keep(1)));
    const behind = answeredLater(client.query(keep(4)));
    return { value: null, unanswered: [twice, behind] };
  });
  await expect(refused).rejects.toThrow(/duplicate key.*kept_pkey/);
  expect(await kept()).toEqual([1, 2]);
  await db.transaction('keep-and-play', (client) => client.query(keep(5)));
  expect(await kept()).toEqual([1, 2, 5]);
});

test('work that gives up leaves nothing of what it had sent', async () => {
  const given = db.pipelinedTransaction('keep-and-play', async (client) => {
    void answeredLater(client.query(keep(6)));
    throw new Error('enough');
  });
  await expect(given).rejects.toThrow('enough');
  expect(await kept()).not.toContain(6);
});

test('only what is inside knows that the transaction was begun', async () => {
  const isBegun = (client: Pick<Database['pool'], 'query'>) => client.query(`SELECT ${IS_BEGUN} AS "isBegun"`);
  const inside = await db.pipelinedTransaction('keep-and-play', async (client) => {
    return { value: (await isBegun(client)).rows, unanswered: [] };
  });
  const other = await db.transaction('keep-and-play', async (client) => (await isBegun(client)).rows);
  expect([inside, other, (await isBegun(db.pool)).rows].flat().map((row) => row.isBegun)).toEqual([true, false, false]);
});
