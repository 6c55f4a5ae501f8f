// The rows of `imports` and `import_rows`: which import is whose turn, how far it has got, what became of each line.
import type pg from 'pg';
import { z } from 'zod';
import type { Mistake } from './build-row.ts';
import { importKind } from './import-kinds.ts';
import { type ImportPlan, importPlan, importStatus } from './import-schema.ts';
import type { Values } from './stored-states.ts';

const storedImport = z.object({
  id: z.string(),
  kind: importKind,
  path: z.string(),
  plan: importPlan,
  isDryRun: z.boolean(),
  status: importStatus,
  rowsRead: z.int(),
});
export type StoredImport = z.infer<typeof storedImport>;

const COLUMNS = `id, kind, path, mapping AS plan, is_dry_run AS "isDryRun", status, rows_read AS "rowsRead"`;

/** Those with work, oldest first. */
export async function findWaitingImports(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM imports WHERE status IN ('queued', 'running', 'undoing') ORDER BY created_at, id LIMIT 20`,
  );
  return rows.map((row) => row.id);
}

/** With `lock`, nobody else goes on with it until the transaction ends. */
export async function findImport(
  client: pg.ClientBase | pg.Pool,
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<StoredImport | null> {
  const { rows } = await client.query(`SELECT ${COLUMNS} FROM imports WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`, [id]);
  return rows[0] === undefined ? null : storedImport.parse(rows[0]);
}

export async function setTotal(
  client: pg.ClientBase | pg.Pool,
  id: string,
  plan: ImportPlan,
  total: number,
): Promise<void> {
  await client.query(`UPDATE imports SET status = 'running', mapping = $2 WHERE id = $1 AND status = 'queued'`, [
    id,
    JSON.stringify({ ...plan, total }),
  ]);
}

export type Ending = { status: 'done' | 'failed' | 'undone'; reason: string | null; now: Date };

/** Answers whether it was still going. */
export async function endImport(client: pg.ClientBase | pg.Pool, id: string, ending: Ending): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE imports SET status = $2, reason = $3, finished_at = coalesce(finished_at, $4),
       undone_at = CASE WHEN $2 = 'undone' THEN $4::timestamptz ELSE undone_at END
     WHERE id = $1 AND status IN ('queued', 'running', 'undoing')`,
    [id, ending.status, ending.reason, ending.now],
  );
  return rowCount === 1;
}

export type RowOutcome = {
  line: number;
  key: string | null;
  result: 'created' | 'changed' | 'unchanged' | 'wrong';
  errors?: Mistake[];
  before?: Values;
  after?: Values;
};

const INSERT = `
INSERT INTO import_rows (import_id, line, object_id, result, errors, before, after)
SELECT $1, line, key, result, errors, before, after
FROM json_to_recordset($2::json) AS t(line int, key text, result text, errors jsonb, before jsonb, after jsonb)
ON CONFLICT (import_id, line) DO NOTHING`;

/** In the transaction that did what they tell, with the import locked. */
export async function keepOutcomes(client: pg.ClientBase, id: string, outcomes: readonly RowOutcome[]): Promise<void> {
  await client.query({ name: 'import-keep-rows', text: INSERT, values: [id, JSON.stringify(outcomes)] });
  const wrong = outcomes.filter(({ result }) => result === 'wrong').length;
  await client.query(
    `UPDATE imports SET rows_read = rows_read + $2, rows_done = rows_done + $3, rows_wrong = rows_wrong + $4 WHERE id = $1`,
    [id, outcomes.length, outcomes.length - wrong, wrong],
  );
}

export function headingFinder(plan: ImportPlan): (field: string) => string | null {
  const headings = new Map(plan.columns.map(({ field, heading }) => [field, heading]));
  return (field) => headings.get(field) ?? null;
}

export type UndoRow = { line: number; key: string; result: string; before: Values | null; after: Values | null };

/** The last rows first: what was built on what is taken down in turn. */
export async function findUndoRows(client: pg.ClientBase, id: string, limit: number): Promise<UndoRow[]> {
  const { rows } = await client.query<UndoRow>(
    `SELECT line, object_id AS key, result, before, after FROM import_rows
     WHERE import_id = $1 AND result IN ('created', 'changed') ORDER BY line DESC LIMIT $2`,
    [id, limit],
  );
  return rows;
}

export type Undone = { line: number; result: 'undone' | 'kept'; errors: Mistake[] };

export async function keepUndone(client: pg.ClientBase, id: string, undone: readonly Undone[]): Promise<void> {
  await client.query(
    `UPDATE import_rows r SET result = t.result, errors = t.errors
     FROM json_to_recordset($2::json) AS t(line int, result text, errors jsonb) WHERE r.import_id = $1 AND r.line = t.line`,
    [id, JSON.stringify(undone)],
  );
}
