// What a merge would do, before anybody does it: whose rows would move, and which empty fields would be filled.
import type pg from 'pg';
import { z } from 'zod';
import { tablesOfCustomer } from './moved-rows.ts';
import type { JoinPreview } from './page-schema.ts';
import { unknownCustomer } from './routes.ts';

const counts = tablesOfCustomer.map(
  (table) => `'${table}', (SELECT count(*) FROM ${table} t WHERE t.customer_id = g.id)`,
);
const fields = {
  name: 'name',
  formOfAddress: 'form_of_address',
  phone: 'phone',
  email: 'email',
  industry: 'industry',
  role: 'role',
};
const fills = Object.entries(fields).map(
  ([name, column]) => `'${name}', CASE WHEN s.${column} IS NULL THEN g.${column} END`,
);

const READ = `
SELECT g.id, g.external_id AS "externalId", coalesce(g.name, (SELECT i.display_name FROM channel_identities i
    WHERE i.customer_id = g.id AND i.display_name IS NOT NULL ORDER BY i.id LIMIT 1)) AS name,
  jsonb_build_object(${counts.join(', ')}) AS moves, jsonb_strip_nulls(jsonb_build_object(${fills.join(', ')})) AS fills
FROM customers s, customers g WHERE s.id = $1 AND g.id = $2`;

const numbers = z.record(z.string(), z.int());

/** Throws unknown_customer. */
export async function previewJoin(pool: pg.Pool, stayingId: string, goingId: string): Promise<JoinPreview> {
  const { rows } = await pool.query<{
    id: string;
    externalId: string | null;
    name: string | null;
    moves: unknown;
    fills: unknown;
  }>(READ, [stayingId, goingId]);
  const [row] = rows;
  if (!row) throw unknownCustomer(goingId);
  const { moves, fills: filled, ...going } = row;
  const some = Object.entries(numbers.parse(moves)).filter(([, count]) => count > 0);
  return { going, moves: Object.fromEntries(some), fills: z.record(z.string(), z.string()).parse(filled) };
}
