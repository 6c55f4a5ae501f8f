// Everything about one person as one JSON document, table by table, streamed: however long somebody has been cared
// for, memory stays flat. What belongs to others is left out by the rules of the list.
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type pg from 'pg';
import type { Database } from '../database.ts';
import { personalData } from './personal-data.ts';
import { gatherWho, type Who, WITH_WHO, whoValues } from './who.ts';

export type ExportDeps = { db: Database /** DATA_DIR/media. */; mediaDir: string };

/** Files beyond this sum are named, not included. */
export const MOST_FILE_BYTES = 20 * 1024 * 1024;
const ROWS_AT_ONCE = 500;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Pieces of the document, read in one snapshot of the database; nothing when there is no such customer. */
export async function* exportCustomer(
  deps: ExportDeps,
  { customerId, now }: { customerId: string; now: Date },
): AsyncGenerator<string> {
  const client = await deps.db.pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const who = await gatherWho(client, customerId);
    if (who) yield* documentOf(deps, client, who, now);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A reader who went away in the middle ends it here as well.
    await client.query('ROLLBACK').catch(() => undefined);
    client.release(failure);
  }
}

async function* documentOf(deps: ExportDeps, client: pg.ClientBase, who: Who, now: Date): AsyncGenerator<string> {
  yield `{"format":"ganbo-customer-export-1","exportedAt":${JSON.stringify(now)},"leftOut":${JSON.stringify(leftOut())},"tables":{`;
  const values = whoValues(who, NOBODY, now);
  let first = true;
  for (const table of exportedTables()) {
    yield `${first ? '' : ','}${JSON.stringify(table)}:[`;
    first = false;
    yield* rowsOf(client, table, values);
    yield ']';
  }
  yield '},"files":[';
  yield* filesOf(deps, client, values);
  yield ']}';
}

function exportedTables(): string[] {
  return Object.entries(personalData).flatMap(([table, rule]) => (rule.isExported ? [table] : []));
}

/** What a reader would look for and not find, with the reason. */
function leftOut(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(personalData).flatMap(([table, rule]) =>
      rule.belongs !== null && !rule.isExported ? [[table, rule.note ?? '']] : [],
    ),
  );
}

async function* rowsOf(client: pg.ClientBase, table: string, values: unknown[]): AsyncGenerator<string> {
  const rule = personalData[table];
  if (!rule) return;
  const others = (rule.others ?? '').split(' ').filter((column) => column !== '');
  await client.query(
    `DECLARE rows_of_person NO SCROLL CURSOR FOR ${WITH_WHO}
     SELECT (to_jsonb(t) - $9::text[])::text AS row FROM ${table} t WHERE ${rule.belongs} ${partedCondition(table)}`,
    [...values, others],
  );
  let separator = '';
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${ROWS_AT_ONCE} FROM rows_of_person`);
    if (rows.length === 0) break;
    yield separator + rows.map(({ row }) => row).join(',');
    separator = ',';
  }
  await client.query('CLOSE rows_of_person');
}

/** Records that were parted again belong to somebody else. */
function partedCondition(table: string): string {
  return table === 'customer_merges' ? 'AND t.undone_at IS NULL' : '';
}

type MediaRow = { id: string; path: string | null; content_type: string | null; byte_size: number | null };

/** A directory of all files; their bytes as base64 while the sum stays under the cap. */
async function* filesOf({ mediaDir }: ExportDeps, client: pg.ClientBase, values: unknown[]): AsyncGenerator<string> {
  const { rows } = await client.query<MediaRow>(
    `${WITH_WHO} SELECT t.id, t.path, t.content_type, t.byte_size FROM media t
     WHERE ${personalData.media?.belongs} AND t.status = 'stored' ORDER BY t.created_at, t.id`,
    values,
  );
  let left = MOST_FILE_BYTES;
  let separator = '';
  for (const row of rows) {
    const fits = row.path !== null && (row.byte_size ?? 0) <= left;
    const bytes = fits && row.path !== null ? await readInside(mediaDir, row.path) : null;
    left -= bytes?.length ?? 0;
    const file = {
      id: row.id,
      path: row.path,
      contentType: row.content_type,
      byteSize: row.byte_size,
      base64: bytes?.toString('base64') ?? null,
      ...(fits ? {} : { note: 'Too large to include; ask for the file by its path.' }),
    };
    yield separator + JSON.stringify(file);
    separator = ',';
  }
}

async function readInside(folder: string, path: string): Promise<Buffer | null> {
  const full = join(folder, path);
  return full.startsWith(folder + sep) ? await readFile(full).catch(() => null) : null;
}
