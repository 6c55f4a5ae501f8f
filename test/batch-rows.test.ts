// Rows that travel as arrays come back from the server as they were.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnArrays, namesOf, unnest } from '../src/batch-rows.ts';
import { createTestDatabase } from './test-database.ts';

const columns = {
  id: 'uuid',
  name: 'text',
  at: 'timestamptz',
  n: 'int4',
  big: 'int8',
  j: 'jsonb',
  b: 'bool',
  raw: 'bytea',
} as const;

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});

async function roundTrip(rows: Parameters<typeof columnArrays<typeof columns>>[1]) {
  const text = `SELECT ${namesOf(columns)} FROM ${unnest(columns, 1)}`;
  return (await db.pool.query<Record<string, unknown>>(text, columnArrays(columns, rows))).rows;
}

test('every kind of column comes back, also what needs quoting elsewhere, and nothing', async () => {
  const full = {
    id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    name: 'Dạ "x" \\ {a,b} 🎁',
    at: new Date('1969-03-01T01:02:03.456Z'),
    n: -5,
    big: '9007199254740993',
    j: { a: 'ệ"\\', b: [1, null] },
    b: true,
    raw: Buffer.from([0, 1, 255]),
  };
  const other = { ...full, at: new Date('2026-11-22T00:00:00.007Z'), n: 2_147_483_647, b: false, j: 'text', name: '' };
  const nothing = { id: null, name: null, at: null, n: null, big: undefined, j: undefined, b: null, raw: null };
  expect(await roundTrip([full, other, nothing])).toEqual([full, other, { ...nothing, big: null, j: null }]);
});

test('no rows are no rows, and many are as many', async () => {
  expect(await roundTrip([])).toEqual([]);
  const row = { id: null, name: 'ệ'.repeat(1_000), at: null, n: 1, big: null, j: null, b: null, raw: null };
  const rows = await roundTrip(Array.from({ length: 300 }, (_, n) => ({ ...row, n })));
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  expect(rows.every(({ name }) => name === row.name)).toBe(true);
});

test('what is no id and no moment is refused before it is sent', () => {
  expect(() => columnArrays({ id: 'uuid' }, [{ id: 'abc' }])).toThrow(/no UUID/);
  expect(() => columnArrays({ at: 'timestamptz' }, [{ at: new Date(Number.NaN) }])).toThrow(/moment/);
});
