// Each stuck thing that a person repaired leaves its own row of the audit, beside the one of the call.
import type pg from 'pg';
import type { RepairAnswer } from './dead-letters-schema.ts';

export type Repair = { actor: string; action: string; now: Date };

const NOTE = `
INSERT INTO audit_entries (at, actor, action, object_kind, object_id, customer_id, data)
SELECT $1, $2, $3, $4, t.id, t.customer_id, $5::jsonb FROM unnest($6::text[], $7::uuid[]) AS t(id, customer_id)`;

/** In the transaction of the repair; `data` holds no words of customers. */
export async function noteRepairs(
  client: pg.ClientBase,
  { actor, action, now }: Repair,
  kind: string,
  { items, data }: { items: readonly { id: string; customer_id: string | null }[]; data: Record<string, unknown> },
): Promise<void> {
  if (items.length === 0) return;
  const ids = items.map(({ id }) => id);
  const customers = items.map(({ customer_id }) => customer_id);
  await client.query(NOTE, [now, actor, action, kind, JSON.stringify(data), ids, customers]);
}

type Touched = { id: string; customer_id: string | null };
type Statement = {
  /** Takes the ids as $1 and answers `id` and `customer_id` of what was still stuck. */
  text: string;
  values?: readonly unknown[];
  data: Record<string, unknown>;
};

/** Repairs by one statement and notes each; `left` are those that somebody else was quicker with. */
export async function repairRows(
  client: pg.ClientBase,
  repair: Repair,
  kind: string,
  ids: readonly string[],
  { text, values = [], data }: Statement,
): Promise<RepairAnswer> {
  const wanted = [...new Set(ids)];
  const { rows } = await client.query<Touched>(text, [wanted, ...values]);
  await noteRepairs(client, repair, kind, { items: rows, data });
  return { done: rows.length, left: wanted.length - rows.length };
}
