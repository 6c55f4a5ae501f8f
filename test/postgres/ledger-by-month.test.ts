// A ledger from before there were months becomes one of months as it is; and a backup brings months back as they were.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { isCovered, monthOf, readParts } from '../../src/ledger/ledger-months.ts';
import { makeMonths } from '../../src/ledger/make-months.ts';
import { checkArchive } from '../../src/postgres/archive-lines.ts';
import { backupDatabase } from '../../src/postgres/backup-database.ts';
import { migrateFromNothing } from '../../src/postgres/migrate.ts';
import { restoreDatabase } from '../../src/postgres/restore-database.ts';
import { createTestDatabase } from '../test-database.ts';

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const THE_MIGRATION = '20261122300000_ledger_by_month';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ganbo-months-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function emptyDatabase(name: string): Promise<{ client: pg.Client; url: string }> {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = inject('postgresUrl').replace(/\/[^/]+$/, `/${name}`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { client, url };
}

type Row = Record<string, string>;
async function rowsOf(client: pg.Client | pg.Pool, sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await client.query<Row>(sql, values)).rows;
}

const ALL = 'SELECT t.*::text AS row FROM touchpoints t ORDER BY id';
const LINE = `INSERT INTO touchpoints (at, kind, customer_id, text, data) SELECT $1, 'case_opened', md5('c')::uuid, 'chào', '{"case": "x"}'`;

test('a ledger from before months keeps every line, its order and its numbers, and rings its triggers once', async () => {
  const { client, url } = await emptyDatabase('ganbo_before_months');
  const db = openDatabase({ url, poolSize: 2 });
  try {
    await migrateFromNothing(client, MIGRATIONS, (name) => name < THE_MIGRATION);
    const now = new Date();
    const moments = ['2019-01-01', now.toISOString(), monthOf(now, 1).from.toISOString(), '2099-01-01'];
    for (const at of moments) await client.query(LINE, [at]);
    const before = await rowsOf(client, ALL);
    await migrateFromNothing(client, MIGRATIONS, (name) => name === THE_MIGRATION);
    expect(await rowsOf(client, ALL)).toEqual(before);
    const signals = async () => await rowsOf(client, 'SELECT kind FROM journey_signals');
    expect(await signals()).toHaveLength(4);
    const places = await rowsOf(client, 'SELECT tableoid::regclass::text AS name FROM touchpoints ORDER BY id');
    const [was, other] = ['touchpoints_before', 'touchpoints_default'];
    expect(places.map(({ name }) => name)).toEqual([was, was, other, other]);

    await client.query(LINE, [now]);
    expect(await signals()).toHaveLength(5);
    expect((await rowsOf(client, 'SELECT max(id)::text AS id FROM touchpoints'))[0]?.id).toBe('5');
    // The indexes that were there are taken over, not made a second time.
    const indexes = await rowsOf(
      client,
      `SELECT indexname AS name FROM pg_indexes WHERE tablename = 'touchpoints_before'`,
    );
    expect(indexes).toHaveLength(3);
    // The present month lies in what was there; the coming ones are made, and take what was written ahead.
    expect(await makeMonths(db, now)).toEqual([monthOf(now, 1).name, monthOf(now, 2).name]);
    expect(isCovered(monthOf(now), await readParts(client))).toBe(true);
    const moved = await rowsOf(client, `SELECT count(*)::text AS n FROM ${monthOf(now, 1).name}`);
    expect(moved).toEqual([{ n: '1' }]);
    expect(await signals()).toHaveLength(5);
  } finally {
    await client.end();
    await db.close();
  }
});

test('a backup brings back months, lines and triggers, wherever it is restored', async () => {
  const db = await createTestDatabase();
  const { client: target } = await emptyDatabase('ganbo_restored_months');
  const source = new pg.Client({ connectionString: db.url });
  await source.connect();
  try {
    await makeMonths(db, new Date('2024-02-01T00:00:00Z'));
    for (const at of ['2024-02-29T23:00:00Z', '2024-04-01', '2001-01-01']) await source.query(LINE, [at]);
    const path = join(folder, 'months.ganbo');
    await backupDatabase({ client: source, dataDir: folder, keyId: 'x' }, path);
    const head = await checkArchive(path);
    const now = new Date();
    await restoreDatabase({ client: target, directory: MIGRATIONS, path, head, now, onFile: async () => undefined });
    expect(await rowsOf(target, ALL)).toEqual(await rowsOf(source, ALL));
    expect(await readParts(target)).toEqual(await readParts(source));
    // Restoring told nobody; what comes now is told, and numbered on.
    const signals = async () => (await rowsOf(target, 'SELECT kind FROM journey_signals')).length;
    expect(await signals()).toBe(3);
    await target.query(LINE, ['2024-02-02']);
    expect(await signals()).toBe(4);
    expect((await rowsOf(target, 'SELECT max(id)::text AS id FROM touchpoints'))[0]?.id).toBe('4');
  } finally {
    await Promise.all([source.end(), target.end()]);
    await db.close();
  }
});
