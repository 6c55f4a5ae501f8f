// Answers that staff give every day, with the customer's own facts put in.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import { createGuideLibrary } from '../flows/guides/guide-library.ts';
import { compileTemplate, findTemplateProblems } from '../flows/template.ts';
import { collectValues, seesTeam, type Viewer } from '../http/may-see.ts';
import type { CannedAnswer, CannedFields } from './notes-schema.ts';

type Client = pg.ClientBase | pg.Pool;
type Row = Omit<CannedAnswer, 'rendered' | 'updatedAt'> & { updatedAt: Date };

const noVariables: ReadonlySet<string> = new Set();
const noGuides = createGuideLibrary([]);
const COLUMNS = 'id, shortcut, title, text, team_id AS "teamId", updated_by AS "updatedBy", updated_at AS "updatedAt"';

/** Whose conversations one sees, their replies one may use; with `facts`, as this customer would read them. */
export async function listCanned(client: Client, viewer: Viewer, facts: FlowFacts | null): Promise<CannedAnswer[]> {
  const { values, value } = collectValues();
  const seen = seesTeam('team_id', viewer, value);
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM canned_replies WHERE ${seen} ORDER BY shortcut, id`,
    values,
  );
  return rows.map((row) => answerOf(row, facts));
}

/** Throws bad_placeholder, shortcut_taken. */
export async function saveCanned(
  client: Client,
  { id, fields, by, now }: { id: string; fields: CannedFields; by: string; now: Date },
): Promise<CannedAnswer> {
  refuseBadText(fields.text);
  const { shortcut, title, text, teamId } = fields;
  // The unique index does not see that two without a team are the same.
  const taken = await client.query(
    'SELECT 1 FROM canned_replies WHERE shortcut = $1 AND team_id IS NOT DISTINCT FROM $2::uuid AND id <> $3',
    [shortcut, teamId, id],
  );
  if (taken.rowCount !== 0)
    throw new HttpError(409, 'shortcut_taken', `There is a canned reply "/${shortcut}" already.`);
  const { rows } = await client.query<Row>(
    `INSERT INTO canned_replies (id, shortcut, title, text, team_id, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET shortcut = excluded.shortcut, title = excluded.title, text = excluded.text,
       team_id = excluded.team_id, updated_by = excluded.updated_by, updated_at = excluded.updated_at
     RETURNING ${COLUMNS}`,
    [id, shortcut, title, text, teamId, by, now],
  );
  const [row] = rows;
  if (!row) throw new Error('An upsert answers its row.');
  return answerOf(row, null);
}

/** Throws unknown_canned_reply. */
export async function requireCanned(client: Client, id: string): Promise<CannedFields> {
  const { rows } = await client.query<CannedFields>(
    'SELECT shortcut, title, text, team_id AS "teamId" FROM canned_replies WHERE id = $1 FOR UPDATE',
    [id],
  );
  const [row] = rows;
  if (row) return row;
  throw unknownCannedReply(id);
}

export function unknownCannedReply(id: string): HttpError {
  return new HttpError(404, 'unknown_canned_reply', `There is no canned reply "${id}".`);
}

export async function removeCanned(client: Client, id: string): Promise<void> {
  await requireCanned(client, id);
  await client.query('DELETE FROM canned_replies WHERE id = $1', [id]);
}

function refuseBadText(text: string): void {
  const [problem] = findTemplateProblems(text, noVariables);
  if (problem === undefined) return;
  const message = `"${problem.name}" ở cột ${problem.column} không phải là chỗ điền mà chương trình biết.`;
  throw new HttpError(422, 'bad_placeholder', message, problem);
}

function answerOf({ updatedAt, ...row }: Row, facts: FlowFacts | null): CannedAnswer {
  const rendered =
    facts === null ? null : compileTemplate(row.text, noVariables)({ facts, variables: {}, guides: noGuides });
  return { ...row, rendered, updatedAt: updatedAt.toISOString() };
}
