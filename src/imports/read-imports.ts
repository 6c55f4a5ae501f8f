// Imports and their rows as REST shows them.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import {
  type ImportAnswer,
  importAnswer,
  importPlan,
  type RowsPage,
  type RowsQuery,
  rowsPage,
} from './import-schema.ts';

type Row = Record<string, unknown> & {
  plan: unknown;
  counts: Record<string, number>;
  read: number;
  good: number;
  wrong: number;
};

const READ = `
SELECT m.id, m.kind, m.file_name AS "fileName", m.is_dry_run AS "isDryRun", m.status, m.reason, m.mapping AS plan,
  m.rows_read AS read, m.rows_done AS good, m.rows_wrong AS wrong, m.created_by AS "createdBy", m.created_at AS "createdAt",
  m.finished_at AS "finishedAt", m.undone_at AS "undoneAt",
  (SELECT coalesce(jsonb_object_agg(result, n), '{}') FROM (
     SELECT result, count(*) AS n FROM import_rows WHERE import_id = m.id GROUP BY result) AS r) AS counts
FROM imports m WHERE m.id = $1`;

/** Throws unknown_import. */
export async function readImport(client: pg.ClientBase | pg.Pool, id: string): Promise<ImportAnswer> {
  const { rows } = await client.query<Row>(READ, [id]);
  const [row] = rows;
  if (!row) throw new HttpError(404, 'unknown_import', `There is no import "${id}".`);
  const { plan: stored, counts, read, good, wrong, ...rest } = row;
  const plan = importPlan.parse(stored);
  const count = (result: string) => counts[result] ?? 0;
  const iso = (at: unknown) => (at instanceof Date ? at.toISOString() : null);
  return importAnswer.parse({
    ...rest,
    createdAt: iso(rest.createdAt),
    finishedAt: iso(rest.finishedAt),
    undoneAt: iso(rest.undoneAt),
    columns: Object.fromEntries(plan.columns.map(({ field, heading }) => [field, heading])),
    ignoredColumns: plan.ignored,
    rows: {
      total: plan.total,
      read,
      good,
      wrong,
      created: count('created'),
      changed: count('changed'),
      unchanged: count('unchanged'),
      undone: count('undone'),
      kept: count('kept'),
    },
  });
}

const ROWS = `
SELECT line, object_id AS key, result, coalesce(errors, '[]') AS errors FROM import_rows
WHERE import_id = $1 AND line > $2 AND ($3::text IS NULL OR result = $3) ORDER BY line LIMIT $4`;

/** By line. */
export async function readRows(pool: pg.Pool, id: string, { result, cursor, limit }: RowsQuery): Promise<RowsPage> {
  const { rows } = await pool.query(ROWS, [id, cursor ?? 0, result ?? null, limit + 1]);
  const page = rowsPage.shape.items.parse(rows);
  const items = page.slice(0, limit);
  return { items, nextCursor: page.length > limit ? (items.at(-1)?.line ?? null) : null };
}
