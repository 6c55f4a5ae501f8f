// Undoing a merge: the one that went comes back with the rows that were theirs; what was added since stays where it is.
import type pg from 'pg';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { lockTogether } from './lock-people.ts';
import { keptUsage, moveOwnEnrolments, moveRowsBack, partUsage, tablesOfCustomer } from './moved-rows.ts';

const keptSchema = z.object({
  staying: z.unknown(),
  going: z.looseObject({ id: z.string(), external_id: z.string().nullable() }),
  merged: z.unknown(),
  moved: z.record(z.string(), z.array(z.string())),
  usage: z.object({ staying: keptUsage, going: keptUsage }),
});
type Kept = z.infer<typeof keptSchema>;
type MergeRow = { id: string; staying_id: string; going_id: string; undone_at: Date | null; kept: unknown };

export type Parted = { stayingId: string; goingId: string; movedBack: Record<string, number>; stayed: number };

/** In the caller's transaction. Throws unknown_merge, merge_undone, customer_gone, external_id_taken. */
export async function partCustomers(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  mergeId: string,
  by: string,
): Promise<Parted> {
  const now = clock.now();
  const merge = await findMerge(client, mergeId);
  const kept = keptSchema.parse(merge.kept);
  const ids = { stayingId: merge.staying_id, goingId: merge.going_id };
  if (kept.going.external_id !== null) await lockName(client, `customer:${kept.going.external_id}`);
  const present = await lockTogether(client, [ids.stayingId]);
  if (!present.includes(ids.stayingId)) throw gone(ids.stayingId);
  await refuseTaken(client, kept);
  await client.query(RESTORE_GOING, [JSON.stringify(kept.going), JSON.stringify(kept.merged), ids.stayingId, now]);
  await client.query(RESTORE_STAYING, [ids.stayingId, JSON.stringify(kept.staying), JSON.stringify(kept.merged), now]);
  const movedBack: Record<string, number> = {};
  for (const table of tablesOfCustomer) {
    const keys = kept.moved[table] ?? [];
    const count = await moveRowsBack(client, table, { from: ids.stayingId, to: ids.goingId, keys });
    if (count > 0) movedBack[table] = count;
  }
  await moveOwnEnrolments(client, { from: ids.stayingId, to: ids.goingId, now });
  await partUsage(client, ids.stayingId, kept.usage);
  await client.query('UPDATE customer_merges SET undone_at = $2 WHERE id = $1', [mergeId, now]);
  const data = { merge: mergeId, stayingId: ids.stayingId, goingId: ids.goingId, by };
  await writeTouchpoints(
    client,
    [ids.stayingId, ids.goingId].map((customerId) => ({ at: now, kind: 'customers_parted', customerId, data })),
  );
  const all = Object.values(kept.moved).reduce((sum, keys) => sum + keys.length, 0);
  return { ...ids, movedBack, stayed: all - Object.values(movedBack).reduce((sum, count) => sum + count, 0) };
}

async function findMerge(client: pg.ClientBase, mergeId: string): Promise<MergeRow> {
  const { rows } = await client.query<MergeRow>(
    'SELECT id, staying_id, going_id, undone_at, kept FROM customer_merges WHERE id = $1 FOR UPDATE',
    [mergeId],
  );
  const [merge] = rows;
  if (!merge) throw new HttpError(404, 'unknown_merge', `There is no merge with the id ${mergeId}.`);
  if (merge.undone_at) throw new HttpError(409, 'merge_undone', 'This merge was undone already.');
  return merge;
}

function gone(stayingId: string): HttpError {
  const message = `Customer ${stayingId} was itself merged into another or erased since; undo that merge first.`;
  return new HttpError(409, 'customer_gone', message);
}

async function refuseTaken(client: pg.ClientBase, { going }: Kept): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM customers WHERE id = $1 OR external_id = $2', [
    going.id,
    going.external_id,
  ]);
  if (rows.length === 0) return;
  const message = `There is a new customer "${going.external_id}" since the merge; merge that one first.`;
  throw new HttpError(409, 'external_id_taken', message, { externalId: going.external_id });
}

// Whoever said no while they were one person may have been either: both keep it.
const RESTORE_GOING = `
INSERT INTO customers
SELECT g.* FROM customers s, jsonb_populate_record(null::customers, $2) m, jsonb_populate_record(null::customers,
  $1::jsonb || jsonb_build_object('updated_at', $4::timestamptz, 'opted_out_at', coalesce(
    (jsonb_populate_record(null::customers, $1)).opted_out_at,
    CASE WHEN s.opted_out_at IS DISTINCT FROM m.opted_out_at THEN s.opted_out_at END))) g
WHERE s.id = $3`;

const back = (column: string) =>
  `${column} = CASE WHEN c.${column} IS NOT DISTINCT FROM m.${column} THEN b.${column} ELSE c.${column} END`;

/** What the merge filled in goes, unless somebody changed it since. */
const RESTORE_STAYING = `
UPDATE customers c SET ${['name', 'form_of_address', 'phone', 'email', 'industry', 'role', 'language', 'opted_out_at']
  .map(back)
  .join(', ')},
  tags = ARRAY(SELECT t FROM unnest(c.tags) WITH ORDINALITY AS u(t, n) WHERE t = ANY(b.tags) OR NOT t = ANY(m.tags) ORDER BY n),
  attributes = coalesce((SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(c.attributes) e
    WHERE b.attributes ? e.key OR m.attributes -> e.key IS DISTINCT FROM e.value), '{}'),
  created_at = b.created_at, updated_at = $4
FROM jsonb_populate_record(null::customers, $2) b, jsonb_populate_record(null::customers, $3) m WHERE c.id = $1`;
