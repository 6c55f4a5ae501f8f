// A server, or a wire to it, that says nothing more and never hangs up: whoever waits is told, and nobody is given that
// connection again.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, isConnectionLost, openDatabase } from '../../src/database.ts';
import { openLossyWire } from '../storm/lossy-wire.ts';
import { createTestDatabase } from '../test-database.ts';

const SILENCE_MS = 250;
let own: Awaited<ReturnType<typeof createTestDatabase>>;
let wire: Awaited<ReturnType<typeof openLossyWire>>;
let db: Database;
beforeAll(async () => {
  own = await createTestDatabase();
  wire = await openLossyWire(own.url);
  await own.pool.query('CREATE TABLE kept (word text)');
});
beforeEach(() => {
  db = openDatabase({ url: wire.url, poolSize: 1, silenceMs: SILENCE_MS });
});
afterEach(async () => {
  wire.silence(false);
  await db.close();
});
afterAll(async () => {
  await wire.close();
  await own.close();
});

const backend = async () => (await db.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
const words = async () => (await own.pool.query('SELECT word FROM kept')).rows;

test('a statement ends as an outage, and its connection is not lent out again, dead as it is', async () => {
  const before = await backend();
  wire.silence(true);
  const failure = await db.pool.query('SELECT 1').catch((error: unknown) => error);
  expect(isConnectionLost(failure)).toBe(true);
  wire.silence(false);
  expect(await backend()).not.toBe(before);
});

test('so does a transaction: nothing of it is kept, and the only place of the pool is free for the next', async () => {
  const failure = await db
    .transaction('answer-once', async (client) => {
      await client.query(`INSERT INTO kept VALUES ('half')`);
      wire.silence(true);
      await client.query(`INSERT INTO kept VALUES ('never arrives')`);
    })
    .catch((error: unknown) => error);
  expect(isConnectionLost(failure)).toBe(true);
  wire.silence(false);
  await db.transaction('answer-once', (client) => client.query(`INSERT INTO kept VALUES ('whole')`));
  expect(await words()).toEqual([{ word: 'whole' }]);
});

test('a connection on which a statement still waits for its answer is not lent out, although the wire is well', async () => {
  const before = await backend();
  const failure = await db
    .transaction('answer-once', (client) => client.query('SELECT pg_sleep(1)'))
    .catch((error: unknown) => error);
  expect(isConnectionLost(failure)).toBe(true);
  expect(await backend()).not.toBe(before);
});
