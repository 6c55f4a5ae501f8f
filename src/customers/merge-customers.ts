// Two records turn out to be one person: everything moves to the one that stays, the other goes. What is needed to part
// them again is kept.
import type pg from 'pg';
import { joinUsage, moveOwnEnrolments, moveRows, readKeptUsage, tablesOfCustomer } from './moved-rows.ts';

export type Merge = {
  /** Of the row that remembers it. */
  id: string;
  stayingId: string;
  goingId: string;
  /** Who or what joined them: api_key:<name>, "PUT identities", contact_shared, link … */
  by: string;
  now: Date;
};

const FILL = `
UPDATE customers s SET
  name = coalesce(s.name, g.name), form_of_address = coalesce(s.form_of_address, g.form_of_address),
  phone = coalesce(s.phone, g.phone), email = coalesce(s.email, g.email), industry = coalesce(s.industry, g.industry),
  role = coalesce(s.role, g.role), attributes = g.attributes || s.attributes,
  tags = s.tags || ARRAY(SELECT unnest(g.tags) EXCEPT SELECT unnest(s.tags)),
  -- 'vi' is what everybody begins with; another language was chosen by the person.
  language = CASE WHEN s.language = 'vi' THEN g.language ELSE s.language END,
  -- Whoever said no in either place has said no.
  opted_out_at = least(s.opted_out_at, g.opted_out_at), created_at = least(s.created_at, g.created_at), updated_at = $3
FROM customers g WHERE s.id = $1 AND g.id = $2`;

const KEEP = `
INSERT INTO customer_merges (id, staying_id, going_id, merged_by, kept, at) VALUES ($1, $2, $3, $4, $5, $6)`;

/** Moves everything of `goingId` to `stayingId` and fills only what is empty there; both must be locked with their identities. */
export async function mergeCustomers(client: pg.ClientBase, { id, stayingId, goingId, by, now }: Merge): Promise<void> {
  const before = await readRows(client, stayingId, goingId);
  const usage = { staying: await readKeptUsage(client, stayingId), going: await readKeptUsage(client, goingId) };
  await client.query(FILL, [stayingId, goingId, now]);
  const { staying: merged } = await readRows(client, stayingId, goingId);
  const moved: Record<string, string[]> = {};
  for (const table of tablesOfCustomer) {
    const keys = await moveRows(client, table, { from: goingId, to: stayingId });
    if (keys.length > 0) moved[table] = keys;
  }
  await moveOwnEnrolments(client, { from: goingId, to: stayingId, now });
  await joinUsage(client, stayingId, goingId);
  await client.query(KEEP, [id, stayingId, goingId, by, JSON.stringify({ ...before, merged, moved, usage }), now]);
  // Whether the one person fulfils a segment's condition is asked anew, because the merge is told to the ledger.
  for (const table of ['usage_counters', 'usage_months', 'segment_members', 'failed_plans']) {
    await client.query(`DELETE FROM ${table} WHERE customer_id = $1`, [goingId]);
  }
  await client.query('DELETE FROM customers WHERE id = $1', [goingId]);
}

async function readRows(client: pg.ClientBase, stayingId: string, goingId: string) {
  const { rows } = await client.query<{ id: string; row: unknown }>(
    'SELECT id, to_jsonb(c) AS row FROM customers c WHERE id = ANY($1::uuid[])',
    [[stayingId, goingId]],
  );
  const rowOf = (id: string) => rows.find((one) => one.id === id)?.row ?? null;
  return { staying: rowOf(stayingId), going: rowOf(goingId) };
}
