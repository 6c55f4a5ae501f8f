// A file that arrived becomes an import that waits for its turn: its heading is understood first, or it is refused at once.
import { join } from 'node:path';
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { findColumns } from './find-columns.ts';
import type { ImportPlan, ImportQuery } from './import-schema.ts';
import { textOf } from './read-value.ts';
import { readTable } from './table-file.ts';
import { TableError } from './table-row.ts';

/** Throws unreadable_file and what `findColumns` throws. */
export async function planImport(importsDir: string, path: string, query: ImportQuery): Promise<ImportPlan> {
  const sheet = query.sheet ?? null;
  const headings = await readHeadings(join(importsDir, path), sheet);
  const { places, ignored } = findColumns(query.kind, headings, query.mapping ?? {});
  return { columns: places, ignored, sheet, total: null };
}

async function readHeadings(path: string, sheet: string | null): Promise<string[]> {
  try {
    for await (const { cells } of readTable(path, sheet)) return cells.map(textOf);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    const details = { explanation: error.message };
    throw new HttpError(422, 'unreadable_file', `The file cannot be read: ${error.message}`, details);
  }
  return [];
}

export type NewImport = {
  id: string;
  query: ImportQuery;
  fileName: string;
  path: string;
  plan: ImportPlan;
  actor: string;
};

export async function insertImport(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  { id, query, fileName, path, plan, actor }: NewImport,
): Promise<void> {
  await client.query(
    `INSERT INTO imports (id, kind, file_name, path, mapping, is_dry_run, status, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8)`,
    [id, query.kind, fileName, path, JSON.stringify(plan), query.dryRun, actor, clock.now()],
  );
}

/** After a dry run: the same file in earnest. Throws import_not_ready. */
export async function runImport(client: pg.ClientBase, id: string): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE imports SET is_dry_run = false, status = 'queued', reason = NULL, rows_read = 0, rows_done = 0, rows_wrong = 0,
       finished_at = NULL WHERE id = $1 AND is_dry_run AND status = 'done' AND path <> ''`,
    [id],
  );
  if (rowCount === 0) {
    const message = 'Only a dry run that is done, and whose file is still kept, can be run; send the file again.';
    throw new HttpError(409, 'import_not_ready', message);
  }
  await client.query('DELETE FROM import_rows WHERE import_id = $1', [id]);
}

/** Twice is once. Throws import_not_done. */
export async function beginUndo(client: pg.ClientBase, id: string): Promise<void> {
  const { rows } = await client.query<{ status: string; is_dry_run: boolean }>(
    'SELECT status, is_dry_run FROM imports WHERE id = $1 FOR UPDATE',
    [id],
  );
  const [row] = rows;
  if (row?.status === 'undoing' || row?.status === 'undone') return;
  if (!row || row.is_dry_run || (row.status !== 'done' && row.status !== 'failed')) {
    const message = 'Only an import that has ended and was no dry run can be undone; wait for its end.';
    throw new HttpError(409, 'import_not_done', message);
  }
  await client.query(`UPDATE imports SET status = 'undoing' WHERE id = $1`, [id]);
}
