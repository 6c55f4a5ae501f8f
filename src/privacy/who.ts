// Whose rows are meant: everything that leads to one person, gathered once under the locks, for every rule of the list.
import type pg from 'pg';
import { lockName } from '../http/answer-once.ts';
import { type NamedPerson, namesOf } from './identity-hash.ts';

export type Who = {
  customer: string;
  identities: string[];
  events: string[];
  deliveries: string[];
  merges: string[];
  /** What they are called in other systems and on the channels. */
  names: string[];
  named: NamedPerson[];
};

/** Put before every statement made from a rule; its parameters come from `whoValues`. */
export const WITH_WHO = `WITH who AS (SELECT $1::uuid AS customer, $2::uuid[] AS identities, $3::uuid[] AS events,
  $4::uuid[] AS deliveries, $5::uuid[] AS merges, $6::text[] AS names, $7::uuid AS nobody, $8::timestamptz AS now,
  ARRAY(SELECT c.id FROM conversations c WHERE c.identity_id = ANY($2::uuid[])) AS conversations)`;

export function whoValues(who: Who, nobody: string, now: Date): unknown[] {
  return [who.customer, who.identities, who.events, who.deliveries, who.merges, who.names, nobody, now];
}

/** Locks the person in the order of everybody else: identities, then the customer. False when there is none (any more). */
export async function lockWho(client: pg.ClientBase, customerId: string): Promise<boolean> {
  const named = await client.query<{ external_id: string | null }>('SELECT external_id FROM customers WHERE id = $1', [
    customerId,
  ]);
  const externalId = named.rows[0]?.external_id;
  if (externalId) await lockName(client, `customer:${externalId}`);
  for (let known = -1; ; ) {
    const identities = await client.query(
      'SELECT id FROM channel_identities WHERE customer_id = $1 ORDER BY id FOR UPDATE',
      [customerId],
    );
    // Whoever was attached while we waited for the customer is locked in the next turn.
    if (identities.rows.length === known) return true;
    known = identities.rows.length;
    const { rowCount } = await client.query('SELECT id FROM customers WHERE id = $1 FOR UPDATE', [customerId]);
    if (rowCount === 0) return false;
  }
}

const GATHER = `
WITH RECURSIVE merged AS (
  SELECT id, going_id FROM customer_merges WHERE staying_id = $1 OR going_id = $1
  UNION SELECT m.id, m.going_id FROM customer_merges m JOIN merged ON m.staying_id = merged.going_id
)
SELECT c.external_id, c.phone, c.email,
  (SELECT coalesce(array_agg(i.id::text), '{}') FROM channel_identities i WHERE i.customer_id = c.id) AS identities,
  (SELECT coalesce(json_agg(json_build_object('channel', i.channel, 'peerId', i.external_id)), '[]')
   FROM channel_identities i WHERE i.customer_id = c.id) AS peers,
  (SELECT coalesce(array_agg(id::text), '{}') FROM merged) AS merges,
  ARRAY(SELECT external_id FROM subscriptions WHERE customer_id = c.id UNION ALL
        SELECT external_id FROM orders WHERE customer_id = c.id) AS record_names
FROM customers c WHERE c.id = $1`;

type Gathered = {
  external_id: string | null;
  phone: string | null;
  email: string | null;
  identities: string[];
  peers: { channel: string; peerId: string }[];
  merges: string[];
  record_names: string[];
};

/** Everything of one customer; null when there is none. */
export async function gatherWho(client: pg.ClientBase | pg.Pool, customerId: string): Promise<Who | null> {
  const { rows } = await client.query<Gathered>(GATHER, [customerId]);
  const [row] = rows;
  if (!row) return null;
  const named = namesOf({ externalId: row.external_id, phone: row.phone, email: row.email, identities: row.peers });
  const events = await client.query<{ id: string; delivery_id: string | null }>(
    'SELECT id, delivery_id FROM inbound_events WHERE identity_id = ANY($1::uuid[])',
    [row.identities],
  );
  return {
    customer: customerId,
    identities: row.identities,
    ...eventIds(events.rows),
    merges: row.merges,
    names: [...new Set([...named.map(({ value }) => value), ...row.record_names])],
    named,
  };
}

/** The ids of these events and of the bodies that brought them. */
export function eventIds(
  rows: readonly { id: string; delivery_id: string | null }[],
): Pick<Who, 'events' | 'deliveries'> {
  const deliveries = rows.flatMap(({ delivery_id }) => (delivery_id === null ? [] : [delivery_id]));
  return { events: rows.map(({ id }) => id), deliveries: [...new Set(deliveries)] };
}
