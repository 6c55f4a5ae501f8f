// Whose data an incident concerns: counted and listed from the condition that was written down, over any number of
// customers by one statement.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import { readMoment } from '../http/read-moment.ts';
import type { AffectedPage, ScopeFields, StoredScope } from './incident-schema.ts';

/** What is said must hold, all of it. Those who were erased are nobody; whoever was joined to another is that one. */
const AFFECTED = `
FROM customers c WHERE NOT 'erased' = ANY(c.tags)
  AND ($1::text IS NULL OR EXISTS (SELECT 1 FROM channel_identities i WHERE i.customer_id = c.id AND i.channel = $1))
  AND (($2::timestamptz IS NULL AND $3::timestamptz IS NULL)
    OR (c.created_at >= coalesce($2, '-infinity') AND c.created_at < coalesce($3, 'infinity'))
    OR EXISTS (SELECT 1 FROM touchpoints t WHERE t.customer_id = c.id
         AND t.at >= coalesce($2, '-infinity') AND t.at < coalesce($3, 'infinity')))
  AND ($4::uuid[] IS NULL OR c.id = ANY($4)
    OR c.id IN (SELECT m.staying_id FROM customer_merges m WHERE m.going_id = ANY($4) AND m.undone_at IS NULL))`;

function valuesOf({ channel, from, to, customerIds }: StoredScope): unknown[] {
  return [channel ?? null, from ?? null, to ?? null, customerIds ?? null];
}

export async function countAffected(client: pg.ClientBase | pg.Pool, scope: StoredScope): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`SELECT count(*) ${AFFECTED}`, valuesOf(scope));
  return Number(rows[0]?.count ?? 0);
}

type Row = { id: string; customer: string | null; name: string | null; phone: string | null; email: string | null };

/** A page of them, in an order that new customers do not move. */
export async function listAffected(
  client: pg.ClientBase | pg.Pool,
  scope: StoredScope,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Omit<AffectedPage, 'count'>> {
  const { rows } = await client.query<Row>(
    `SELECT c.id, c.external_id AS customer, c.name, c.phone, c.email ${AFFECTED}
       AND ($5::uuid IS NULL OR c.id > $5) ORDER BY c.id LIMIT $6`,
    [...valuesOf(scope), cursor ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Names become our own ids, so that the incident does not keep what erasure takes. Throws unknown_customer. */
export async function storeScope(client: pg.ClientBase, fields: ScopeFields, timeZone: string): Promise<StoredScope> {
  const { channel, from, to, customers } = fields;
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(from === undefined ? {} : { from: readMoment(from, timeZone) }),
    ...(to === undefined ? {} : { to: readMoment(to, timeZone) }),
    ...(customers === undefined ? {} : { customerIds: await idsOf(client, customers) }),
  };
}

async function idsOf(client: pg.ClientBase, externalIds: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string; external_id: string }>(
    'SELECT id, external_id FROM customers WHERE external_id = ANY($1)',
    [externalIds],
  );
  const known = new Set(rows.map((row) => row.external_id));
  const unknown = externalIds.filter((one) => !known.has(one));
  if (unknown.length > 0) {
    const message = `There are no customers "${unknown.slice(0, 20).join('", "')}"; mend the ids or leave them out.`;
    throw new HttpError(422, 'unknown_customer', message, { unknown: unknown.length });
  }
  return rows.map((row) => row.id);
}
