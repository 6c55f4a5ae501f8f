// A backup becomes the database again: all or nothing, in one transaction, with the tables as they were when it was
// taken; then the migrations that came later, and the hold on whatever may have been said since.
import type pg from 'pg';
import { StartError } from '../errors.ts';
import { ARCHIVE_FORMAT, type ArchiveHead, type ArchiveLine, readArchive } from './archive-lines.ts';
import { tablesOf } from './backup-database.ts';
import { type Held, holdAfterRestore } from './held-after-restore.ts';
import { migrateFromNothing, migrationNames } from './migrate.ts';

export type RestoreOptions = {
  client: pg.ClientBase;
  /** Of the migrations. */
  directory: string;
  path: string;
  head: ArchiveHead;
  now: Date;
  /** Gets the files' lines, in order; they are put in place before the end of the transaction. */
  onFile: (line: Extract<ArchiveLine, { kind: 'file' }>) => Promise<void>;
};
export type Restored = Held & { rows: number };

/** Throws StartError when this version of the program cannot read the backup. */
export async function refuseNewer(head: ArchiveHead, directory: string): Promise<void> {
  const known = new Set(await migrationNames(directory));
  const stranger = head.migrations.find((name) => !known.has(name));
  if (head.format <= ARCHIVE_FORMAT && stranger === undefined) return;
  throw new StartError(
    `The backup was made by a newer version of the program (${stranger ?? `format ${head.format}`}).`,
    'Install that version, then restore. Nothing was changed.',
  );
}

/** The first table that holds something, but for what every first start writes; null = nothing would be lost. */
export async function firstFilledTable(client: pg.ClientBase): Promise<string | null> {
  for (const table of await tablesOf(client)) {
    if (['flow_versions', 'journey_versions', 'staff_members', 'staff_sessions', 'settings'].includes(table)) continue;
    const { rowCount } = await client.query(`SELECT 1 FROM public."${table}" LIMIT 1`);
    if (rowCount) return table;
  }
  return null;
}

export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const { client, directory, head, now } = options;
  const isOfBackup = (name: string) => head.migrations.includes(name);
  await client.query('BEGIN');
  try {
    await client.query('DROP SCHEMA public CASCADE');
    await client.query('CREATE SCHEMA public');
    await migrateFromNothing(client, directory, isOfBackup);
    const tables = await tablesOf(client);
    const putBack = await setAside(client, tables);
    const rows = await load(options);
    for (const statement of putBack) await client.query(statement);
    await migrateFromNothing(client, directory, (name) => !isOfBackup(name));
    const held = await holdAfterRestore(client, { backupAt: head.takenAt, restoredAt: now });
    await client.query('COMMIT');
    return { rows, ...held };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Nothing shall happen because of the rows that come, and they come in any order. Answers what ends that. */
async function setAside(client: pg.ClientBase, tables: string[]): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; rule: string }>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS rule FROM pg_constraint
     WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0`,
  );
  for (const { table, name } of rows) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const table of tables) await client.query(`ALTER TABLE public."${table}" DISABLE TRIGGER USER`);
  if (tables.length > 0) await client.query(`TRUNCATE ${tables.map((table) => `public."${table}"`).join(', ')}`);
  return [
    ...rows.map(({ table, name, rule }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${rule}`),
    ...tables.map((table) => `ALTER TABLE public."${table}" ENABLE TRIGGER USER`),
  ];
}

async function load({ client, path, onFile }: RestoreOptions): Promise<number> {
  const columns = new Map<string, string>();
  let count = 0;
  for await (const line of readArchive(path)) {
    switch (line.kind) {
      case 'head':
        break;
      case 'partition':
        await client.query(
          `CREATE TABLE IF NOT EXISTS public."${line.table}" PARTITION OF public."${line.of}" ${line.bound}`,
        );
        break;
      case 'rows': {
        const names = columns.get(line.table) ?? (await columnsOf(client, line.table));
        columns.set(line.table, names);
        await client.query(
          `INSERT INTO public."${line.table}" (${names}) OVERRIDING SYSTEM VALUE
           SELECT ${names} FROM unnest($1::public."${line.table}"[])`,
          [line.rows],
        );
        count += line.rows.length;
        break;
      }
      case 'sequence':
        await client.query('SELECT setval($1::regclass, $2, $3)', [`public."${line.name}"`, line.value, line.isCalled]);
        break;
      case 'file':
        await onFile(line);
        break;
    }
  }
  return count;
}

/** Those that can be written: generated ones make themselves. */
async function columnsOf(client: pg.ClientBase, table: string): Promise<string> {
  const { rows } = await client.query<{ names: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS names FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [`public."${table}"`],
  );
  return rows[0]?.names ?? '';
}
