// Somebody who was erased comes back: a new customer, but their no still holds until they take it back themselves.
import type pg from 'pg';
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { hashIdentity, type NamedPerson, namesOf } from './identity-hash.ts';

type Deps = { newId: NewId; secretKey: Buffer };
export const RETURNED_SOURCE = 'erased_before';
const REASON = 'Người này từng yêu cầu xoá dữ liệu: chỉ nhận tin khi tự đăng ký lại.';

/** Which of these hashes were erased and said no. */
async function erasedAmong(client: pg.ClientBase | pg.Pool, hashes: readonly Buffer[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const { rows } = await client.query<{ hash: Buffer }>(
    'SELECT hash FROM erased_identities WHERE hash = ANY($1::bytea[]) AND opted_out',
    [hashes],
  );
  return new Set(rows.map(({ hash }) => hash.toString('hex')));
}

type Newcomer = {
  identity: { channel: string; peerId: string };
  customer: { isNew: boolean; phone: string | null; email: string | null; optedOutAt: Date | null };
};

/** For turns: marks those newcomers of a batch who were erased before, so that not even the first flow is unasked. */
export async function silenceNewcomers(
  { secretKey }: Pick<Deps, 'secretKey'>,
  client: pg.ClientBase,
  people: readonly Newcomer[],
  now: Date,
): Promise<void> {
  const newcomers = people.filter(({ customer }) => customer.isNew && customer.optedOutAt === null);
  if (newcomers.length === 0) return;
  const hashed = newcomers.map((person) => ({ person, hashes: hashesOf(secretKey, newcomerNames(person)) }));
  const erased = await erasedAmong(
    client,
    hashed.flatMap(({ hashes }) => hashes),
  );
  for (const { person, hashes } of hashed) {
    if (hashes.some((hash) => erased.has(hash.toString('hex')))) person.customer.optedOutAt = now;
  }
}

function newcomerNames({ identity, customer }: Newcomer): NamedPerson[] {
  return namesOf({ externalId: null, phone: customer.phone, email: customer.email, identities: [identity] });
}

function hashesOf(secretKey: Buffer, named: readonly NamedPerson[]): Buffer[] {
  return named.map((one) => hashIdentity(secretKey, one));
}

/** Customers without any word of their own about everything since; a later yes of theirs is left alone. */
const CANDIDATES = `
SELECT c.id, c.external_id, c.phone, c.email,
  (SELECT coalesce(json_agg(json_build_object('channel', i.channel, 'peerId', i.external_id)), '[]')
   FROM channel_identities i WHERE i.customer_id = c.id) AS peers
FROM customers c
WHERE (c.id = ANY($1::uuid[]) OR ($1 IS NULL AND c.updated_at >= $2)) AND NOT 'erased' = ANY(c.tags)
  AND NOT EXISTS (SELECT 1 FROM consents k WHERE k.customer_id = c.id AND k.purpose = 'all' AND k.channel = '*')`;

type Candidate = {
  id: string;
  external_id: string | null;
  phone: string | null;
  email: string | null;
  peers: { channel: string; peerId: string }[];
};

/** For records that come by REST or import: those named, in the caller's transaction, with the customers locked by it. */
export async function silenceReturned(
  deps: Deps,
  client: pg.ClientBase,
  customerIds: readonly string[],
  now: Date,
): Promise<number> {
  const { rows } = await client.query<Candidate>(CANDIDATES, [customerIds, null]);
  return await silence(deps, client, rows, now);
}

/** For everybody who changed since `since`: the net below all ways in. */
export async function silenceRecent(deps: Deps & { db: Database }, since: Date, now: Date): Promise<number> {
  const known = await deps.db.pool.query('SELECT 1 FROM erased_identities LIMIT 1');
  if (known.rowCount === 0) return 0;
  const { rows } = await deps.db.pool.query<Candidate>(CANDIDATES, [null, since]);
  const returned = await returnedAmong(deps, deps.db.pool, rows);
  if (returned.length === 0) return 0;
  return await deps.db.transaction('silence-returned', async (client) => {
    await client.query('SELECT id FROM customers WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [returned]);
    return await silenceReturned(deps, client, returned, now);
  });
}

async function returnedAmong(
  { secretKey }: Deps,
  client: pg.ClientBase | pg.Pool,
  candidates: readonly Candidate[],
): Promise<string[]> {
  const hashed = candidates.map((row) => ({
    id: row.id,
    hashes: hashesOf(
      secretKey,
      namesOf({ externalId: row.external_id, phone: row.phone, email: row.email, identities: row.peers }),
    ),
  }));
  const erased = await erasedAmong(
    client,
    hashed.flatMap(({ hashes }) => hashes),
  );
  return hashed.flatMap(({ id, hashes }) => (hashes.some((hash) => erased.has(hash.toString('hex'))) ? [id] : []));
}

async function silence(
  deps: Deps,
  client: pg.ClientBase,
  candidates: readonly Candidate[],
  now: Date,
): Promise<number> {
  const returned = await returnedAmong(deps, client, candidates);
  if (returned.length === 0) return 0;
  await client.query('UPDATE customers SET opted_out_at = coalesce(opted_out_at, $2) WHERE id = ANY($1::uuid[])', [
    returned,
    now,
  ]);
  await client.query(
    `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at)
     SELECT id, customer_id, 'all', '*', false, $3, $4 FROM unnest($1::uuid[], $2::uuid[]) AS t(id, customer_id)`,
    [returned.map(() => deps.newId()), returned, RETURNED_SOURCE, now],
  );
  await writeTouchpoints(
    client,
    returned.map((customerId) => ({
      at: now,
      kind: 'opted_out',
      customerId,
      reason: REASON,
      data: { source: RETURNED_SOURCE },
    })),
  );
  return returned.length;
}
