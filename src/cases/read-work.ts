// Cases and tasks as REST shows them: one, or a page, the most urgent first.
import type pg from 'pg';
import { collectValues, seesCustomer, type Viewer } from '../http/may-see.ts';
import { readMoment } from '../http/read-moment.ts';
import { type CaseAnswer, caseAnswer } from './case-schema.ts';
import { type TaskAnswer, taskAnswer } from './task-schema.ts';
import type { WorkQuery } from './work-fields.ts';

export type ReadWorkDeps = { db: { pool: pg.Pool }; timeZone: string };

const COMMON = `w.id, c.external_id AS customer, w.customer_id AS "customerId", coalesce(c.name, (SELECT i.display_name FROM channel_identities i
    WHERE i.customer_id = c.id AND i.display_name IS NOT NULL ORDER BY i.last_interaction_at DESC NULLS LAST, i.id LIMIT 1)) AS "customerName",
  w.conversation_id AS "conversationId", w.kind, w.status, w.owner, w.due_at AS "dueAt", w.detail, w.outcome`;

const CASES = `SELECT ${COMMON}, w.reason, w.opened_at AS "openedAt", w.closed_at AS "closedAt", w.closed_by AS "closedBy",
  w.is_recovered AS "isRecovered" FROM cases w JOIN customers c ON c.id = w.customer_id`;

const TASKS = `SELECT ${COMMON}, w.title, s.external_id AS subscription, w.journey, w.created_at AS "createdAt",
  w.done_at AS "doneAt", w.done_by AS "doneBy"
  FROM tasks w JOIN customers c ON c.id = w.customer_id LEFT JOIN subscriptions s ON s.id = w.subscription_id`;

const filter = (seen: string) => `
WHERE ($1::text IS NULL OR w.status = $1) AND ($2::text IS NULL OR w.kind = $2)
  AND ($3::text IS NULL OR CASE $3 WHEN 'none' THEN w.owner IS NULL WHEN 'team' THEN w.owner IN (SELECT m.email FROM staff_members m WHERE m.team_id = $9::uuid)
    ELSE w.owner = $3 END)
  AND ($4::text IS NULL OR c.external_id = $4) AND ($5::timestamptz IS NULL OR w.due_at < $5)
  AND ($6::timestamptz IS NULL OR (w.due_at, w.id) > ($6, $7::uuid)) AND ${seen}
ORDER BY w.due_at, w.id LIMIT $8`;

type Client = pg.ClientBase | pg.Pool;

export async function readCase(client: Client, id: string): Promise<CaseAnswer | null> {
  const { rows } = await client.query(`${CASES} WHERE w.id = $1`, [id]);
  return rows[0] === undefined ? null : caseAnswer.parse(withTexts(rows[0]));
}

export async function readTask(client: Client, id: string): Promise<TaskAnswer | null> {
  const { rows } = await client.query(`${TASKS} WHERE w.id = $1`, [id]);
  return rows[0] === undefined ? null : taskAnswer.parse(withTexts(rows[0]));
}

export async function listCases(deps: ReadWorkDeps, query: WorkQuery, viewer: Viewer) {
  const rows = await list(deps, CASES, query, viewer);
  return pageOf(
    rows.map((row) => caseAnswer.parse(row)),
    query.limit,
  );
}

export async function listTasks(deps: ReadWorkDeps, query: WorkQuery, viewer: Viewer) {
  const rows = await list(deps, TASKS, query, viewer);
  return pageOf(
    rows.map((row) => taskAnswer.parse(row)),
    query.limit,
  );
}

async function list({ db, timeZone }: ReadWorkDeps, select: string, query: WorkQuery, viewer: Viewer) {
  const { status, kind, owner, customer, dueBefore, cursor, limit } = query;
  const [dueAt, id] = cursor?.split('_') ?? [];
  const { values, value } = collectValues([
    status ?? null,
    kind ?? null,
    owner ?? null,
    customer ?? null,
    dueBefore === undefined ? null : readMoment(dueBefore, timeZone),
    dueAt ?? null,
    id ?? null,
    limit + 1,
    viewer.teamId,
  ]);
  const { rows } = await db.pool.query(select + filter(seesCustomer('w.customer_id', viewer, value)), values);
  return rows.map(withTexts);
}

function pageOf<T extends { id: string; dueAt: string }>(rows: T[], limit: number) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? `${last.dueAt}_${last.id}` : null };
}

function withTexts(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );
}
