// Tasks: made by journeys, flows, the program or staff; given to somebody; done or dropped.
import type pg from 'pg';
import { type Clock, DAY_MS } from '../clock.ts';
import { requireCustomerId } from '../customers/read-customer.ts';
import { HttpError } from '../errors.ts';
import { readMoment, readMomentChange } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { defaultOwner } from './default-owner.ts';
import { readTask } from './read-work.ts';
import type { EndFields, TaskAnswer, TaskFields } from './task-schema.ts';
import type { ChangeFields } from './work-fields.ts';

export type TaskDeps = { clock: Clock; newId: NewId; timeZone: string };

const OPEN = `
INSERT INTO tasks (id, customer_id, subscription_id, kind, title, detail, status, due_at, created_at, owner)
VALUES ($1, $2, $3::uuid, $4, $5, $6, 'open', $7, $8,
  coalesce($9, ${defaultOwner({ customerId: '$2::uuid', subscriptionId: '$3::uuid' })}))`;

/** In the caller's transaction. Throws unknown_customer, unknown_subscription. */
export async function openTask(
  { clock, newId, timeZone }: TaskDeps,
  client: pg.ClientBase,
  fields: TaskFields,
): Promise<TaskAnswer> {
  const customerId = await requireCustomerId(client, fields.customer);
  const subscriptionId = await subscriptionOf(client, customerId, fields.subscription ?? null);
  const [id, now] = [newId(), clock.now()];
  const dueAt = fields.dueAt === undefined ? new Date(now.getTime() + DAY_MS) : readMoment(fields.dueAt, timeZone);
  const { kind, title, detail = {}, owner } = fields;
  await client.query(OPEN, [
    id,
    customerId,
    subscriptionId,
    kind,
    title,
    JSON.stringify(detail),
    dueAt,
    now,
    owner ?? null,
  ]);
  const data = { task: id, kind, title, dueAt };
  await writeTouchpoints(client, [{ at: now, kind: 'task_opened', customerId, data }]);
  return await requireTask(client, id);
}

async function subscriptionOf(client: pg.ClientBase, customerId: string, externalId: string | null) {
  if (externalId === null) return null;
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM subscriptions WHERE external_id = $1 AND customer_id = $2',
    [externalId, customerId],
  );
  const [row] = rows;
  if (row) return row.id;
  throw new HttpError(422, 'unknown_subscription', `This customer has no subscription "${externalId}".`);
}

/** Gives it to somebody or sets its deadline. Throws unknown_task, task_ended. */
export async function changeTask(
  { timeZone }: TaskDeps,
  client: pg.ClientBase,
  id: string,
  { owner, dueAt }: ChangeFields,
): Promise<TaskAnswer> {
  await lockOpenTask(client, id);
  await client.query(
    'UPDATE tasks SET owner = CASE WHEN $2 THEN $3 ELSE owner END, due_at = coalesce($4, due_at) WHERE id = $1',
    [id, owner !== undefined, owner ?? null, readMomentChange(dueAt, timeZone) ?? null],
  );
  return await requireTask(client, id);
}

/** What was done is told to the ledger; what was dropped only ends. Throws unknown_task, task_ended. */
export async function endTask(
  { clock }: TaskDeps,
  client: pg.ClientBase,
  id: string,
  { status, by, outcome = null }: EndFields & { status: 'done' | 'cancelled' },
): Promise<TaskAnswer> {
  const { customerId, kind, conversationId } = await lockOpenTask(client, id);
  const now = clock.now();
  await client.query(
    'UPDATE tasks SET status = $2, done_at = $3, done_by = $4, outcome = $5, owner = coalesce(owner, $4) WHERE id = $1',
    [id, status, now, by, outcome],
  );
  if (status === 'done') {
    const data = { task: id, kind, outcome, by };
    await writeTouchpoints(client, [{ at: now, kind: 'task_done', customerId, conversationId, data }]);
  }
  return await requireTask(client, id);
}

async function lockOpenTask(client: pg.ClientBase, id: string): Promise<TaskAnswer> {
  await client.query('SELECT 1 FROM tasks WHERE id = $1 FOR UPDATE', [id]);
  const found = await requireTask(client, id);
  if (found.status === 'open') return found;
  throw new HttpError(409, 'task_ended', `This task is ${found.status} already.`);
}

/** Throws unknown_task. */
export async function requireTask(client: pg.ClientBase | pg.Pool, id: string): Promise<TaskAnswer> {
  const found = await readTask(client, id);
  if (found) return found;
  throw unknownTask(id);
}

export function unknownTask(id: string): HttpError {
  return new HttpError(404, 'unknown_task', `There is no task with the id ${id}.`);
}
