// The schema and the list of personal data, held together: who adds a table or a column says what becomes of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personalData } from '../../src/privacy/personal-data.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});

async function columnsOfTables(): Promise<Record<string, string[]>> {
  const { rows } = await db.pool.query<{ table_name: string; columns: string[] }>(
    `SELECT table_name, array_agg(column_name::text ORDER BY column_name) AS columns FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
       AND NOT (SELECT relispartition FROM pg_class WHERE oid = to_regclass(table_name)) GROUP BY table_name ORDER BY table_name`,
  );
  return Object.fromEntries(rows.map((row) => [row.table_name, row.columns]));
}

const words = (list: string | undefined) => (list ?? '').split(' ').filter((word) => word !== '');

test('every table and every column has a rule, and no rule is about what is not there', async () => {
  const listed = Object.fromEntries(
    Object.entries(personalData)
      .map(([table, rule]): [string, string[]] => [
        table,
        [...words(rule.personal), ...words(rule.others), ...words(rule.plain)].sort(),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const actual = Object.fromEntries(
    Object.entries(await columnsOfTables()).map(([table, columns]) => [table, columns.toSorted()]),
  );
  expect(listed).toEqual(actual);
});

test('every table that names a customer or an identity says whose its rows are', async () => {
  const silent = Object.entries(await columnsOfTables()).filter(
    ([table, columns]) =>
      columns.some((column) => ['customer_id', 'identity_id', 'subject_id'].includes(column)) &&
      personalData[table]?.belongs === null,
  );
  expect(silent).toEqual([]);
});

test('what erasure keeps anonymous loses every personal column, or says why not', () => {
  // Figures and terms without the person: named here so that nobody adds to them by accident.
  const keptOnPurpose: Record<string, string[]> = {
    // Until the file is gone; then the row goes.
    media: ['path'],
    subscriptions: ['product', 'plan', 'value', 'started_at', 'expires_at'],
    // What the office wrote about how it was done; erase-customer.ts sets its own.
    privacy_requests: ['outcome'],
  };
  for (const [table, rule] of Object.entries(personalData)) {
    if (typeof rule.erase === 'string') continue;
    const { set } = rule.erase;
    const left = words(rule.personal).filter((column) => !new RegExp(`\\b${column} = `).test(set));
    expect(left, table).toEqual(keptOnPurpose[table] ?? []);
  }
});

test('whoever is not exported has a reason', () => {
  for (const [table, rule] of Object.entries(personalData)) {
    if (rule.belongs !== null && !rule.isExported) expect(rule.note, table).toBeTruthy();
    if (rule.erase === 'keep') expect(rule.belongs, table).toBeNull();
  }
});
