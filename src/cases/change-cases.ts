// Cases: opened by flows, by the program or by staff; given to somebody; closed with what was done.
import type pg from 'pg';
import { type Clock, DAY_MS } from '../clock.ts';
import { requireCustomerId } from '../customers/read-customer.ts';
import { HttpError } from '../errors.ts';
import { readMoment, readMomentChange } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { CaseAnswer, CaseFields, CloseFields, ReopenFields } from './case-schema.ts';
import { defaultOwner } from './default-owner.ts';
import { readCase } from './read-work.ts';
import type { ChangeFields } from './work-fields.ts';

export type CaseDeps = { clock: Clock; newId: NewId; timeZone: string };

const OPEN = `
INSERT INTO cases (id, customer_id, reason, kind, status, detail, opened_at, due_at, owner)
VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, coalesce($8, ${defaultOwner({ customerId: '$2::uuid', subscriptionId: 'NULL' })}))`;

/** In the caller's transaction. Throws unknown_customer. */
export async function openCase(
  { clock, newId, timeZone }: CaseDeps,
  client: pg.ClientBase,
  fields: CaseFields,
): Promise<CaseAnswer> {
  const customerId = await requireCustomerId(client, fields.customer);
  const [id, now] = [newId(), clock.now()];
  const dueAt = fields.dueAt === undefined ? new Date(now.getTime() + DAY_MS) : readMoment(fields.dueAt, timeZone);
  const { reason, kind, owner, detail = {} } = fields;
  await client.query(OPEN, [id, customerId, reason, kind, JSON.stringify(detail), now, dueAt, owner ?? null]);
  const data = { case: id, kind, dueAt };
  await writeTouchpoints(client, [{ at: now, kind: 'case_opened', customerId, reason, data }]);
  return await requireCase(client, id);
}

/** Gives it to somebody or sets its deadline. Throws unknown_case, case_closed. */
export async function changeCase(
  { timeZone }: CaseDeps,
  client: pg.ClientBase,
  id: string,
  { owner, dueAt }: ChangeFields,
): Promise<CaseAnswer> {
  await lockOpenCase(client, id);
  await client.query(
    'UPDATE cases SET owner = CASE WHEN $2 THEN $3 ELSE owner END, due_at = coalesce($4, due_at) WHERE id = $1',
    [id, owner !== undefined, owner ?? null, readMomentChange(dueAt, timeZone) ?? null],
  );
  return await requireCase(client, id);
}

/** The ledger is told, so that the customer hears what was done and is asked again. Throws unknown_case, case_closed. */
export async function closeCase(
  { clock }: CaseDeps,
  client: pg.ClientBase,
  id: string,
  { outcome, by }: CloseFields,
): Promise<CaseAnswer> {
  const { customerId, kind, conversationId } = await lockOpenCase(client, id);
  const now = clock.now();
  await client.query(
    `UPDATE cases SET status = 'closed', outcome = $2, closed_by = $3, closed_at = $4, owner = coalesce(owner, $3) WHERE id = $1`,
    [id, outcome, by, now],
  );
  const data = { case: id, kind, outcome, by };
  await writeTouchpoints(client, [{ at: now, kind: 'case_closed', customerId, conversationId, data }]);
  return await requireCase(client, id);
}

/** It was not mended after all: open again, due in 24 hours unless it had longer. Throws unknown_case, case_open. */
export async function reopenCase(
  { clock }: CaseDeps,
  client: pg.ClientBase,
  id: string,
  { reason, by }: ReopenFields,
): Promise<CaseAnswer> {
  await client.query('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [id]);
  const { status, customerId, conversationId, kind, outcome } = await requireCase(client, id);
  if (status === 'open') throw new HttpError(409, 'case_open', 'This case is open already.');
  const now = clock.now();
  const dueAt = new Date(now.getTime() + DAY_MS);
  await client.query(
    `UPDATE cases SET status = 'open', outcome = NULL, closed_by = NULL, closed_at = NULL, is_recovered = NULL, due_at = greatest(due_at, $2)
     WHERE id = $1`,
    [id, dueAt],
  );
  const data = { case: id, kind, by, isReopened: true, outcomeBefore: outcome };
  await writeTouchpoints(client, [{ at: now, kind: 'case_opened', customerId, conversationId, reason, data }]);
  return await requireCase(client, id);
}

async function lockOpenCase(client: pg.ClientBase, id: string): Promise<CaseAnswer> {
  await client.query('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [id]);
  const found = await requireCase(client, id);
  if (found.status === 'open') return found;
  throw new HttpError(409, 'case_closed', `This case was closed by ${found.closedBy ?? 'somebody'}; open a new one.`);
}

/** Throws unknown_case. */
export async function requireCase(client: pg.ClientBase | pg.Pool, id: string): Promise<CaseAnswer> {
  const found = await readCase(client, id);
  if (found) return found;
  throw unknownCase(id);
}

export function unknownCase(id: string): HttpError {
  return new HttpError(404, 'unknown_case', `There is no case with the id ${id}.`);
}
