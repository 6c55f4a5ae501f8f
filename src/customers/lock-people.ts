// Everybody whom a PUT may touch, locked in the order that the workers use: identities first, then customers.
// A turn speaks by the picture of a person that it read, and writes it over the thread; with these locks none is under way.
import type pg from 'pg';
import { lockName } from '../http/answer-once.ts';

export type NamedIdentity = { id: string; channel: string; accountId: string; peerId: string };
export type LockedCustomer = { id: string; externalId: string | null };
export type LockedPeople = {
  /** The customer with the external id; null when there is none yet. */
  named: LockedCustomer | null;
  /** Identity id → the customer it belongs to; null for nobody yet. */
  owners: Map<string, LockedCustomer | null>;
};

/** Identities never seen before are created, belonging to nobody. */
export async function lockPeople(
  client: pg.ClientBase,
  externalId: string,
  identities: readonly NamedIdentity[],
  now: Date,
): Promise<LockedPeople> {
  await lockName(client, `customer:${externalId}`);
  const ownerOf = await lockIdentities(client, identities, now);
  const wanted = [...new Set([...ownerOf.values()].flatMap((id) => (id === null ? [] : [id])))];
  const customers = await lockCustomers(client, externalId, wanted);
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  return {
    named: customers.find((customer) => customer.externalId === externalId) ?? null,
    owners: new Map([...ownerOf].map(([identity, owner]) => [identity, byId.get(owner ?? '') ?? null])),
  };
}

async function lockIdentities(
  client: pg.ClientBase,
  identities: readonly NamedIdentity[],
  now: Date,
): Promise<Map<string, string | null>> {
  if (identities.length === 0) return new Map();
  const rows = identities.map((identity) => ({
    id: identity.id,
    channel: identity.channel,
    account_id: identity.accountId,
    external_id: identity.peerId,
  }));
  await client.query(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, created_at)
     SELECT id, channel, account_id, external_id, $2 FROM json_to_recordset($1::json)
       AS t(id uuid, channel text, account_id text, external_id text) ORDER BY id
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows), now],
  );
  const locked = await client.query<{ id: string; customer_id: string | null }>(
    'SELECT id, customer_id FROM channel_identities WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
    [rows.map((row) => row.id)],
  );
  return new Map(locked.rows.map((row) => [row.id, row.customer_id]));
}

/** The same for customers known by our own ids; answers those that are there. */
export async function lockTogether(client: pg.ClientBase, customerIds: readonly string[]): Promise<string[]> {
  await client.query('SELECT id FROM channel_identities WHERE customer_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [
    customerIds,
  ]);
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM customers WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
    [customerIds],
  );
  return rows.map((row) => row.id);
}

/** Both with their identities, or false when anybody holds one of them now: waiting could be for each other. */
export async function tryLockTogether(client: pg.ClientBase, customerIds: readonly [string, string]): Promise<boolean> {
  const isWhole = async (table: string, column: string) => {
    const { rows } = await client.query<{ all: string }>(
      `SELECT count(*) AS all FROM ${table} WHERE ${column} = ANY($1::uuid[])`,
      [customerIds],
    );
    const locked = await client.query(
      `SELECT 1 FROM ${table} WHERE ${column} = ANY($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED`,
      [customerIds],
    );
    return locked.rows.length === Number(rows[0]?.all);
  };
  return (await isWhole('channel_identities', 'customer_id')) && (await isWhole('customers', 'id'));
}

async function lockCustomers(client: pg.ClientBase, externalId: string, ids: string[]): Promise<LockedCustomer[]> {
  await client.query(
    `SELECT id FROM channel_identities WHERE customer_id IN (
       SELECT id FROM customers WHERE external_id = $1 OR id = ANY($2::uuid[])) ORDER BY id FOR UPDATE`,
    [externalId, ids],
  );
  const { rows } = await client.query<{ id: string; external_id: string | null }>(
    'SELECT id, external_id FROM customers WHERE external_id = $1 OR id = ANY($2::uuid[]) ORDER BY id FOR UPDATE',
    [externalId, ids],
  );
  return rows.map((row) => ({ id: row.id, externalId: row.external_id }));
}
