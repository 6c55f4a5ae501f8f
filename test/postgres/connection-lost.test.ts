// What is an outage, to be waited for, and what is a statement that will never work: the second must not hold up everybody.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isConnectionLost } from '../../src/database.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

function errorOf(code: string, severity = 'ERROR'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('said by the server', 1, 'error'), { code, severity });
}

test('a statement that the server does not understand is no outage, and the connection goes on', async () => {
  const failure = await db.pool.query('SELECT $1::int, $2::int', [1]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: '08P01' });
  expect(isConnectionLost(failure)).toBe(false);
  expect((await db.pool.query('SELECT 1')).rowCount).toBe(1);
});

test('a transaction with such a statement is rolled back, not taken for a broken connection', async () => {
  const failing = db.transaction('answer-once', async (client) => {
    await client.query('CREATE TABLE of_a_failed_transaction ()');
    await client.query('SELECT $1::int, $2::int', [1]);
  });
  await expect(failing).rejects.toMatchObject({ code: '08P01' });
  const { rows } = await db.pool.query(`SELECT to_regclass('of_a_failed_transaction') AS found`);
  expect(rows).toEqual([{ found: null }]);
});

test.each(['08006', '57P01', '53300', '25006', '58030'])('%s is an outage', (code) => {
  expect(isConnectionLost(errorOf(code))).toBe(true);
});

test('a pooler that hangs up with the same code is one', () => {
  expect(isConnectionLost(errorOf('08P01', 'FATAL'))).toBe(true);
});

test.each(['23505', '22P05', '40001'])('%s is none', (code) => {
  expect(isConnectionLost(errorOf(code))).toBe(false);
});
