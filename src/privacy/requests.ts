// Rights that customers use, as rows with deadlines: opened, answered, extended once, done. A breach runs its own clock.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import {
  type DeadlineRules,
  deadlinesOf,
  type RequestKind,
  requestKinds,
  usedUp,
  type WorkingCalendar,
} from './deadlines.ts';
import type { RequestAnswer } from './privacy-schema.ts';

export type RequestDeps = {
  clock: Clock;
  newId: NewId;
  deadlines: DeadlineRules;
  calendar: () => WorkingCalendar;
};

export type OpenRequest = {
  customerId: string | null;
  kind: RequestKind;
  source: string;
  detail: string | null;
  receivedAt: Date;
};

export async function openRequest(
  deps: RequestDeps,
  client: pg.ClientBase | pg.Pool,
  request: OpenRequest,
): Promise<string> {
  const id = deps.newId();
  const due = deadlinesOf(deps.deadlines[request.kind], request.receivedAt, deps.calendar());
  await client.query(
    `INSERT INTO privacy_requests (id, customer_id, kind, source, detail, status, received_at, answer_due_at, act_due_at)
     VALUES ($1, $2, $3, $4, $5, 'received', $6, $7, $8)`,
    [
      id,
      request.customerId,
      request.kind,
      request.source,
      request.detail,
      request.receivedAt,
      due.answerDueAt,
      due.actDueAt,
    ],
  );
  return id;
}

/**
 * A turn of the conversation writes requests without knowing the law: its rows say "due at once". Here they get their
 * days; answers how many.
 */
export async function setDeadlines(deps: RequestDeps, client: pg.ClientBase | pg.Pool): Promise<number> {
  const { rows } = await client.query<{ id: string; kind: string; received_at: Date }>(
    `SELECT id, kind, received_at FROM privacy_requests WHERE status = 'received' AND act_due_at = received_at LIMIT 500`,
  );
  const calendar = deps.calendar();
  for (const { id, kind, received_at } of rows) {
    const due = deadlinesOf(deps.deadlines[kindOf(kind)], received_at, calendar);
    await client.query('UPDATE privacy_requests SET answer_due_at = $2, act_due_at = $3 WHERE id = $1', [
      id,
      due.answerDueAt,
      due.actDueAt,
    ]);
  }
  return rows.length;
}

export function kindOf(kind: string): RequestKind {
  return requestKinds.find((one) => one === kind) ?? 'delete';
}

type Row = {
  id: string;
  kind: string;
  customer: string | null;
  customer_id: string | null;
  source: string;
  detail: string | null;
  status: string;
  received_at: Date;
  answer_due_at: Date;
  act_due_at: Date;
  extended_at: Date | null;
  answered_at: Date | null;
  done_at: Date | null;
  outcome: string | null;
};

const READ = `
SELECT r.id, r.kind, c.external_id AS customer, r.customer_id, r.source, r.detail, r.status, r.received_at, r.answer_due_at,
  r.act_due_at, r.extended_at, r.answered_at, r.done_at, r.outcome
FROM privacy_requests r LEFT JOIN customers c ON c.id = r.customer_id`;

/** The most urgent first. */
export async function readRequests(
  deps: RequestDeps,
  client: pg.ClientBase | pg.Pool,
  which: 'open' | 'due' | 'late' | 'all',
): Promise<RequestAnswer[]> {
  await setDeadlines(deps, client);
  const open = `WHERE r.status IN ('received', 'answered')`;
  const { rows } = await client.query<Row>(
    `${READ} ${which === 'all' ? '' : open} ORDER BY r.act_due_at, r.id LIMIT 1000`,
  );
  const answers = rows.map((row) => answerOf(deps, row));
  if (which === 'late') return answers.filter(({ isLate }) => isLate);
  return which === 'due' ? answers.filter(({ warning }) => warning !== null) : answers;
}

/** Of one customer, open ones first. */
export async function readRequestsOf(
  deps: RequestDeps,
  client: pg.ClientBase | pg.Pool,
  customerId: string,
): Promise<RequestAnswer[]> {
  await setDeadlines(deps, client);
  const order = `ORDER BY r.status IN ('done', 'refused'), r.act_due_at, r.id LIMIT 200`;
  const { rows } = await client.query<Row>(`${READ} WHERE r.customer_id = $1 ${order}`, [customerId]);
  return rows.map((row) => answerOf(deps, row));
}

/** Locked for the rest of the transaction; throws unknown_request. */
export async function lockRequest(
  client: pg.ClientBase,
  id: string,
): Promise<{ customerId: string | null; status: string }> {
  const { rows } = await client.query<{ customer_id: string | null; status: string }>(
    'SELECT customer_id, status FROM privacy_requests WHERE id = $1 FOR UPDATE',
    [id],
  );
  const [row] = rows;
  if (!row) throw new HttpError(404, 'unknown_request', `There is no request "${id}".`);
  return { customerId: row.customer_id, status: row.status };
}

export async function readRequest(deps: RequestDeps, client: pg.ClientBase, id: string): Promise<RequestAnswer> {
  const { rows } = await client.query<Row>(`${READ} WHERE r.id = $1`, [id]);
  const [row] = rows;
  if (!row) throw new HttpError(404, 'unknown_request', `There is no request "${id}".`);
  return answerOf(deps, row);
}

export type RequestStep =
  | { do: 'answer' }
  | { do: 'extend' }
  | { do: 'close'; status: 'done' | 'refused'; outcome: string };

/** Moves an open request on; throws request_closed, already_extended, no_extension. */
export async function moveRequest(
  deps: RequestDeps,
  client: pg.ClientBase,
  id: string,
  step: RequestStep,
): Promise<void> {
  const { status } = await lockRequest(client, id);
  if (status === 'done' || status === 'refused') {
    throw new HttpError(409, 'request_closed', `The request "${id}" is ${status}; open a new one.`);
  }
  const now = deps.clock.now();
  if (step.do === 'extend') return await extend(deps, client, id, now);
  if (step.do === 'answer') {
    await client.query(
      `UPDATE privacy_requests SET status = 'answered', answered_at = coalesce(answered_at, $2) WHERE id = $1`,
      [id, now],
    );
    return;
  }
  await client.query(
    `UPDATE privacy_requests SET status = $2, outcome = $3, done_at = $4, answered_at = coalesce(answered_at, $4) WHERE id = $1`,
    [id, step.status, step.outcome, now],
  );
}

async function extend(deps: RequestDeps, client: pg.ClientBase, id: string, now: Date): Promise<void> {
  const { rows } = await client.query<{ kind: string; extended_at: Date | null }>(
    'SELECT kind, extended_at FROM privacy_requests WHERE id = $1',
    [id],
  );
  const [row] = rows;
  const hours = row ? deps.deadlines[kindOf(row.kind)].extensionHours : 0;
  if (hours === 0) throw new HttpError(409, 'no_extension', 'The law knows no extension for this kind.');
  if (row?.extended_at) throw new HttpError(409, 'already_extended', 'A request is extended once at most.');
  await client.query(
    `UPDATE privacy_requests SET extended_at = $2, act_due_at = act_due_at + interval '1 hour' * $3 WHERE id = $1`,
    [id, now, hours],
  );
}

/** Shares of the time at which somebody should look. */
export const warningLevels = [1, 0.8, 0.5] as const;

function answerOf(deps: RequestDeps, row: Row): RequestAnswer {
  const now = deps.clock.now();
  const isOpen = row.status === 'received' || row.status === 'answered';
  const act = usedUp(row.received_at, row.act_due_at, now);
  const answer = row.answered_at === null ? usedUp(row.received_at, row.answer_due_at, now) : 0;
  const most = Math.max(act, answer);
  return {
    id: row.id,
    kind: kindOf(row.kind),
    customer: row.customer,
    customerId: row.customer_id,
    source: row.source,
    detail: row.detail,
    status: row.status,
    receivedAt: row.received_at.toISOString(),
    answerDueAt: row.answer_due_at.toISOString(),
    actDueAt: row.act_due_at.toISOString(),
    extendedAt: row.extended_at?.toISOString() ?? null,
    answeredAt: row.answered_at?.toISOString() ?? null,
    doneAt: row.done_at?.toISOString() ?? null,
    outcome: row.outcome,
    law: deps.deadlines[kindOf(row.kind)].law,
    warning: isOpen ? (warningLevels.find((level) => most >= level) ?? null) : null,
    isLate: isOpen && most > 1,
  };
}
