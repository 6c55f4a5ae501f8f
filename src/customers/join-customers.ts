// Merging and parting by hand: two customers that staff or an integrator know to be one, and back again.
import type pg from 'pg';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { lockTogether } from './lock-people.ts';
import { mergeCustomers } from './merge-customers.ts';
import type { MergeAnswer, MergeFields, UndoAnswer } from './merge-schema.ts';
import { partCustomers } from './part-customers.ts';

export type JoinDeps = { clock: Clock; newId: NewId };

/** `staying` is named by either id. In the caller's transaction. Throws unknown_customer, same_customer. */
export async function joinCustomers(
  { clock, newId }: JoinDeps,
  client: pg.ClientBase,
  staying: { externalId?: string; id?: string },
  fields: MergeFields,
  by: string,
): Promise<MergeAnswer> {
  const names = [staying.externalId, fields.other].filter((name) => name !== undefined);
  for (const name of names.sort()) await lockName(client, `customer:${name}`);
  const stayingId = await findId(client, staying, 404);
  const goingId = await findId(client, { externalId: fields.other, id: fields.otherId }, 422);
  if (stayingId === goingId) throw new HttpError(422, 'same_customer', 'Both are the same customer already.');
  const present = await lockTogether(client, [stayingId, goingId]);
  if (present.length < 2) throw new HttpError(409, 'customer_gone', 'One of them was merged or erased just now.');
  const [id, now] = [newId(), clock.now()];
  await mergeCustomers(client, { id, stayingId, goingId, by, now });
  await writeTouchpoints(client, [
    { at: now, kind: 'customers_merged', customerId: stayingId, data: { mergedCustomerId: goingId, merge: id, by } },
  ]);
  return await requireMerge(client, id);
}

/** Throws unknown_merge, merge_undone, customer_gone, external_id_taken. */
export async function undoMerge(deps: JoinDeps, client: pg.ClientBase, id: string, by: string): Promise<UndoAnswer> {
  const { movedBack, stayed } = await partCustomers(deps, client, id, by);
  const note =
    'Rows that moved with the merge went back, unless they belong to somebody else by now. What was added since stays with the customer that stayed.';
  return { ...(await requireMerge(client, id)), movedBack, stayed, note };
}

async function findId(
  client: pg.ClientBase,
  { externalId, id }: { externalId?: string | undefined; id?: string | undefined },
  status: 404 | 422,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM customers WHERE external_id = $1 OR id = $2::uuid',
    [externalId ?? null, id ?? null],
  );
  const [row] = rows;
  if (row) return row.id;
  throw new HttpError(status, 'unknown_customer', `There is no customer "${externalId ?? id}".`);
}

const READ = `
SELECT m.id, m.staying_id, m.going_id, m.merged_by, m.at, m.undone_at, m.kept -> 'staying' ->> 'external_id' AS staying,
  m.kept -> 'going' ->> 'external_id' AS going,
  coalesce((SELECT jsonb_object_agg(key, jsonb_array_length(value)) FROM jsonb_each(m.kept -> 'moved')), '{}') AS moved
FROM customer_merges m`;

type Row = {
  id: string;
  staying_id: string;
  going_id: string;
  merged_by: string;
  at: Date;
  undone_at: Date | null;
  staying: string | null;
  going: string | null;
  moved: unknown;
};

async function requireMerge(client: pg.ClientBase, id: string): Promise<MergeAnswer> {
  const { rows } = await client.query<Row>(`${READ} WHERE m.id = $1`, [id]);
  const [row] = rows;
  if (!row) throw new Error('A merge vanished while it was made.');
  return answerOf(row);
}

/** Newest first; null when there is no customer with this external id. */
export async function listMerges(pool: pg.Pool, externalId: string): Promise<MergeAnswer[] | null> {
  const found = await pool.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  const [customer] = found.rows;
  if (!customer) return null;
  const { rows } = await pool.query<Row>(
    `${READ} WHERE m.staying_id = $1 OR m.going_id = $1 ORDER BY m.at DESC LIMIT 200`,
    [customer.id],
  );
  return rows.map(answerOf);
}

function answerOf(row: Row): MergeAnswer {
  return {
    id: row.id,
    staying: { id: row.staying_id, externalId: row.staying },
    going: { id: row.going_id, externalId: row.going },
    by: row.merged_by,
    at: row.at.toISOString(),
    undoneAt: row.undone_at?.toISOString() ?? null,
    moved: z.record(z.string(), z.int()).parse(row.moved),
  };
}
