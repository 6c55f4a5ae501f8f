// An order as it lies in the database.
import type pg from 'pg';

export type OrderContent = {
  amount: number;
  at: Date;
  offerCode: string | null;
  items: unknown[];
  /** External ids. */
  subscription: string | null;
  refundOf: string | null;
};
export type StoredOrder = { id: string; customerId: string; kind: string; content: OrderContent };

type Row = {
  id: string;
  customer_id: string;
  kind: string;
  amount: string;
  at: Date;
  offer_code: string | null;
  items: unknown;
  subscription: string | null;
  refund_of: string | null;
};

/** Locks it; null when there is none. */
export async function findOrder(client: pg.ClientBase, externalId: string): Promise<StoredOrder | null> {
  const { rows } = await client.query<Row>(
    `SELECT o.id, o.customer_id, o.kind, o.amount, o.at, o.offer_code, o.items, s.external_id AS subscription, o.refund_of
     FROM orders o LEFT JOIN subscriptions s ON s.id = o.subscription_id WHERE o.external_id = $1 FOR UPDATE OF o`,
    [externalId],
  );
  const [row] = rows;
  if (!row) return null;
  const { id, customer_id, kind, amount, at, offer_code, items, subscription, refund_of } = row;
  const content = {
    amount: Number(amount),
    at,
    offerCode: offer_code,
    items: Array.isArray(items) ? items : [],
    subscription,
    refundOf: refund_of,
  };
  return { id, customerId: customer_id, kind, content };
}

const STORE = `
INSERT INTO orders (id, external_id, customer_id, kind, amount, offer_code, items, at, created_at, subscription_id, refund_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT id FROM subscriptions WHERE external_id = $10), $11)
ON CONFLICT (external_id) DO UPDATE SET amount = excluded.amount, offer_code = excluded.offer_code, items = excluded.items,
  at = excluded.at, subscription_id = excluded.subscription_id, refund_of = excluded.refund_of`;

export async function storeOrder(
  client: pg.ClientBase,
  order: StoredOrder & { externalId: string; now: Date },
): Promise<void> {
  const { amount, offerCode, items, at, subscription, refundOf } = order.content;
  await client.query(STORE, [
    order.id,
    order.externalId,
    order.customerId,
    order.kind,
    amount,
    offerCode,
    JSON.stringify(items),
    at,
    order.now,
    subscription,
    refundOf,
  ]);
}
