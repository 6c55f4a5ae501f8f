// Everything as it was at one moment, while the program goes on: one snapshot of all tables, and the files beside them.
// SECRET_KEY is not in it: whoever finds a backup cannot read what is sealed.
import { open, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type pg from 'pg';
import { ARCHIVE_FORMAT, type ArchiveHead, type ArchiveLine, writeArchive } from './archive-lines.ts';

/** Below DATA_DIR: pictures and files of people, imports under way, and who must stay erased. */
export const KEPT_FOLDERS = ['media', 'imports'] as const;
export const ERASED_LIST = 'erased-identities.jsonl';

type Line = Exclude<ArchiveLine, { kind: 'end' }>;
export type BackupDeps = { client: pg.ClientBase; dataDir: string; keyId: string };

/** About so much travels at once, however big the rows are. */
const BATCH_CHARS = 1_000_000;
const MOST_ROWS = 5_000;
const CHUNK_BYTES = 256 * 1024;

/** Answers what the head says; the file is there, whole, when it does. */
export async function backupDatabase(deps: BackupDeps, path: string): Promise<ArchiveHead> {
  const { client } = deps;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const head = await readHead(deps);
    await writeArchive(path, allLines(deps, head));
    return head;
  } finally {
    await client.query('ROLLBACK');
  }
}

async function readHead({ client, keyId }: BackupDeps): Promise<ArchiveHead> {
  const { rows } = await client.query<{ now: Date; names: string[] }>(
    `SELECT now() AS now, array_agg(migration_name::text ORDER BY migration_name) AS names FROM _prisma_migrations
     WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL`,
  );
  const [found] = rows;
  if (found === undefined) throw new TypeError('There are no migrations.');
  return { kind: 'head', format: ARCHIVE_FORMAT, takenAt: found.now, migrations: found.names, keyId };
}

async function* allLines(deps: BackupDeps, head: ArchiveHead): AsyncGenerator<Line> {
  yield head;
  yield* partitionLines(deps.client);
  for (const table of await tablesOf(deps.client)) yield* rowLines(deps.client, table);
  yield* sequenceLines(deps.client);
  yield* fileLines(deps.dataDir);
}

/** All but the bookkeeping of migrations; a partitioned table stands for its partitions. */
export async function tablesOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
     AND NOT relispartition AND relname <> '_prisma_migrations' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

async function* partitionLines(client: pg.ClientBase): AsyncGenerator<Line> {
  const { rows } = await client.query<{ table: string; of: string; bound: string }>(
    `SELECT c.relname::text AS table, p.relname::text AS of, pg_get_expr(c.relpartbound, c.oid) AS bound
     FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  for (const row of rows) yield { kind: 'partition', ...row };
}

async function* rowLines(client: pg.ClientBase, table: string): AsyncGenerator<Line> {
  await client.query(`DECLARE everything NO SCROLL CURSOR FOR SELECT t::text AS row FROM public."${table}" t`);
  for (let count = 50; ; ) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${count} FROM everything`);
    if (rows.length === 0) break;
    yield { kind: 'rows', table, rows: rows.map(({ row }) => row) };
    const longest = rows.reduce((most, { row }) => Math.max(most, row.length), 1);
    // Grows gently: the next rows may be bigger than all before.
    count = Math.max(1, Math.min(MOST_ROWS, count * 2, Math.floor(BATCH_CHARS / longest)));
  }
  await client.query('CLOSE everything');
}

async function* sequenceLines(client: pg.ClientBase): AsyncGenerator<Line> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT sequencename::text AS name FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  );
  for (const { name } of rows) {
    const found = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM public."${name}"`,
    );
    const [at] = found.rows;
    if (at) yield { kind: 'sequence', name, value: at.value, isCalled: at.called };
  }
}

async function* fileLines(dataDir: string): AsyncGenerator<Line> {
  yield* chunksOf(dataDir, join(dataDir, ERASED_LIST));
  for (const folder of KEPT_FOLDERS) {
    const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isFile()) yield* chunksOf(dataDir, join(entry.parentPath, entry.name));
  }
}

async function* chunksOf(dataDir: string, path: string): AsyncGenerator<Line> {
  // Erased a moment ago: then it belongs into no backup.
  const file = await open(path).catch(() => null);
  if (file === null) return;
  const name = relative(dataDir, path).split(sep).join('/');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let isFirst = true; ; isFirst = false) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0 && !isFirst) break;
      yield { kind: 'file', path: name, isFirst, data: buffer.toString('base64', 0, bytesRead) };
    }
  } finally {
    await file.close();
  }
}
