// Brings the database to the schema of this version: plain SQL files, applied once, in order, under a lock.
// The bookkeeping table is Prisma's own, so `prisma migrate deploy` sees the same state.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { StartError } from '../errors.ts';

/** The advisory lock that Prisma's migrations take as well. */
const LOCK = 72_707_369;

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

/** A table that nobody's migrations made, extensions' own aside; null where ours have been, or nothing is. */
const STRANGER = `SELECT c.relname AS name FROM pg_class c
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    AND to_regclass('_prisma_migrations') IS NULL
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1 LIMIT 1`;

/**
 * Applies what is missing and answers the names applied. Refuses an edited, half-applied or unknown migration, and a
 * database that another program lives in: our tables would stand among its own, and db:reset would take both away.
 */
export async function migrate(client: pg.ClientBase, directory: string): Promise<string[]> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    await refuseStranger(client);
    await client.query(BOOKKEEPING);
    const { rows } = await client.query<Applied>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const files = await readMigrations(directory);
    refuseUnknown(rows, files);
    const done: string[] = [];
    for (const file of files) {
      if (isApplied(file, rows)) continue;
      await apply(client, file);
      done.push(file.name);
    }
    return done;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

async function refuseStranger(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(STRANGER);
  const [first] = rows;
  if (first === undefined) return;
  throw new StartError(
    `The database holds tables of another program (${first.name}).`,
    'Point DATABASE_URL at an empty database of its own: CREATE DATABASE ganbo;',
  );
}

type MigrationFile = { name: string; sql: string; checksum: string };

async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function refuseUnknown(rows: Applied[], files: MigrationFile[]): void {
  const stranger = rows.find((row) => !files.some((file) => file.name === row.migration_name));
  if (stranger) {
    throw new StartError(
      `The database holds the migration ${stranger.migration_name}, which this version of the program does not know.`,
      'Start the newer version that applied it, or restore a backup made before it.',
    );
  }
}

function isApplied(file: MigrationFile, rows: Applied[]): boolean {
  const row = rows.find((candidate) => candidate.migration_name === file.name);
  if (!row) return false;
  if (row.checksum !== file.checksum) {
    throw new StartError(
      `The migration ${file.name} was changed after it had been applied.`,
      'Put the file back as it was and write a new migration instead.',
    );
  }
  if (row.finished_at === null) {
    throw new StartError(
      `The migration ${file.name} was begun and not finished.`,
      'Look at the column "logs" in _prisma_migrations, mend the database, then delete that row.',
    );
  }
  return true;
}

/** Applies those that are `wanted` to an empty schema (or to what the earlier ones made), in the caller's transaction. */
export async function migrateFromNothing(
  client: pg.ClientBase,
  directory: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  await client.query(BOOKKEEPING);
  for (const file of await readMigrations(directory)) if (wanted(file.name)) await run(client, file);
}

export async function migrationNames(directory: string): Promise<string[]> {
  return (await readMigrations(directory)).map(({ name }) => name);
}

async function run(client: pg.ClientBase, file: MigrationFile): Promise<void> {
  await client.query(file.sql);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), 1)`,
    [randomUUID(), file.checksum, file.name],
  );
}

async function apply(client: pg.ClientBase, file: MigrationFile): Promise<void> {
  await client.query('BEGIN');
  try {
    await run(client, file);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
