import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { deployWithPrisma, schemaAsSql } from '../../scripts/schema-diff.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { createTestDatabase } from '../test-database.ts';

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const names = readdirSync(MIGRATIONS, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  .sort();

/** What the schema language cannot say: reviewed one by one. */
const PARTIAL_INDEXES = [
  'notes_mentions_idx',
  'channel_identities_search_idx',
  'conversations_due_idx',
  'conversations_resolved_idx',
  'conversations_snoozed_idx',
  'conversations_unattended_idx',
  'customers_search_idx',
  'enrolments_active_idx',
  'enrolment_steps_planned_idx',
  'enrolment_steps_started_idx',
  'offer_issues_open_idx',
  'outbound_messages_open_idx',
  'outbound_messages_provider_idx',
  'outbound_messages_queued_idx',
  'outbound_messages_unasked_idx',
  'outbound_messages_unread_idx',
  'outbound_messages_unsettled_idx',
  'subscriptions_over_idx',
  'touchpoints_words_idx',
  'training_bookings_hour_idx',
  'training_bookings_next_idx',
];
let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});

/** The months of the ledger are as the ledger is. */
const notAPart = (table: string) => `NOT EXISTS (SELECT FROM pg_class p WHERE p.oid = ${table} AND p.relispartition)`;

async function describe(client: pg.ClientBase): Promise<string[]> {
  const columns = await client.query<{ line: string }>(
    `SELECT table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'
       AND ${notAPart('to_regclass(table_name)')}`,
  );
  const indexes = await client.query<{ line: string }>(
    `SELECT replace(indexdef, ' ON ONLY ', ' ON ') AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%'
       AND ${notAPart('to_regclass(tablename)')}`,
  );
  const keys = await client.query<{ line: string }>(
    `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid::regclass::text NOT LIKE '%\\_prisma%'
       AND ${notAPart('conrelid')}`,
  );
  return [...columns.rows, ...indexes.rows, ...keys.rows].map((row) => row.line).sort();
}

test('the migrations make what the schema says, and the partial indexes it cannot say', async () => {
  const other = new pg.Client({ connectionString: inject('postgresUrl') });
  await other.connect();
  await other.query('CREATE DATABASE ganbo_from_schema');
  await other.end();
  const url = db.url.replace(/\/[^/]+$/, '/ganbo_from_schema');
  const fromSchema = new pg.Client({ connectionString: url });
  await fromSchema.connect();
  await fromSchema.query(await schemaAsSql(db.url));
  const wanted = await describe(fromSchema);
  await fromSchema.end();
  const client = await db.pool.connect();
  const migrated = await describe(client);
  client.release();
  const isPartial = (line: string) => /^CREATE (UNIQUE )?INDEX.*( WHERE | USING gin )/.test(line);
  expect(migrated.filter((line) => !isPartial(line))).toEqual(wanted);
  expect(migrated.filter(isPartial).map((line) => /INDEX (\w+) /.exec(line)?.[1])).toEqual(
    expect.arrayContaining(PARTIAL_INDEXES),
  );
  expect(migrated.filter(isPartial)).toHaveLength(PARTIAL_INDEXES.length);
});

test('two programs that start together apply each migration once', async () => {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query('CREATE DATABASE ganbo_two_starts');
  await admin.end();
  const url = db.url.replace(/\/[^/]+$/, '/ganbo_two_starts');
  const results = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const applied = await migrate(client, MIGRATIONS);
      await client.end();
      return applied;
    }),
  );
  expect(results.flat()).toEqual(names);
});

test('`prisma migrate deploy` and the program agree on what is applied, whoever came first', async () => {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query('CREATE DATABASE ganbo_prisma_first');
  await admin.end();
  expect(await deployWithPrisma(db.url)).toEqual([]);
  const url = db.url.replace(/\/[^/]+$/, '/ganbo_prisma_first');
  expect(await deployWithPrisma(url)).toEqual(names);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  expect(await migrate(client, MIGRATIONS)).toEqual([]);
  await client.end();
});

test('a database that another program lives in is left as it is', async () => {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query('CREATE DATABASE ganbo_of_a_shop');
  await admin.end();
  const client = new pg.Client({ connectionString: db.url.replace(/\/[^/]+$/, '/ganbo_of_a_shop') });
  await client.connect();
  await client.query('CREATE TABLE shop_orders (id int)');
  await expect(migrate(client, MIGRATIONS)).rejects.toMatchObject({ message: expect.stringContaining('shop_orders') });
  const { rows } = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  await client.end();
  expect(rows).toEqual([{ tablename: 'shop_orders' }]);
});

test('an edited migration is refused with a cure', async () => {
  await db.pool.query(`UPDATE _prisma_migrations SET checksum = 'other'`);
  const client = await db.pool.connect();
  await expect(migrate(client, MIGRATIONS)).rejects.toMatchObject({ cure: expect.stringContaining('new migration') });
  client.release();
});
