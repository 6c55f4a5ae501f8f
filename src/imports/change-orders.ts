// Orders that a file changes, by a few statements: what `recordOrder` does for one that is known and names nothing else,
// many at once.
import type pg from 'pg';
import { orderFields } from '../customers/order-schema.ts';
import { readMoment } from '../http/read-moment.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { GoodRow } from './build-row.ts';
import { type InsertOrderDeps, isPlainOrder } from './insert-orders.ts';
import { lockNames } from './lock-names.ts';

type Row = {
  id: string;
  external_id: string;
  customer_id: string;
  customer: string | null;
  amount: string;
  offer_code: string | null;
  at: Date;
};

/** Only what is an order and pays for nothing that would have to be checked. */
const READ = `
SELECT o.id, o.external_id, o.customer_id, c.external_id AS customer, o.amount, o.offer_code, o.at
FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.external_id = ANY($1) AND o.kind = 'order' AND o.subscription_id IS NULL AND o.refund_of IS NULL
ORDER BY o.id FOR UPDATE OF o`;

/** Refunds are of the order's customer, whose rows have an index. */
const REFUNDED = `
SELECT refund_of AS key, sum(amount) AS sum FROM orders
WHERE customer_id = ANY($2::uuid[]) AND refund_of = ANY($1) AND kind = 'refund' GROUP BY refund_of`;

const UPDATE = `
UPDATE orders o SET amount = t.amount, offer_code = t.offer_code, at = t.at
FROM json_to_recordset($1::json) AS t(id uuid, amount bigint, offer_code text, at timestamptz) WHERE o.id = t.id`;

/** Answers the keys that are done; the others are left to whoever saves one. */
export async function changeOrders(
  deps: InsertOrderDeps,
  client: pg.PoolClient,
  rows: readonly GoodRow[],
): Promise<Set<string>> {
  const sent = new Map(rows.filter(isPlainOrder).map(({ key, body }) => [key, orderFields.parse(body)]));
  const keys = [...sent.keys()];
  if (keys.length === 0) return new Set();
  await lockNames(client, 'order:', keys);
  const stored = await client.query<Row>(READ, [keys]);
  const refunded = await client.query<{ key: string; sum: string }>(REFUNDED, [
    keys,
    stored.rows.map((row) => row.customer_id),
  ]);
  const paidBack = new Map(refunded.rows.map(({ key, sum }) => [key, Number(sum)]));
  const byKey = new Map(stored.rows.map((row) => [row.external_id, row]));
  // In the order of the file, as the ledger should tell it.
  const known = [...sent].flatMap(([key, fields]) => {
    const row = byKey.get(key);
    if (row?.customer !== fields.customer || fields.amount < (paidBack.get(key) ?? 0)) return [];
    const at = fields.at === undefined ? row.at : readMoment(fields.at, deps.timeZone);
    const offerCode = fields.offerCode === undefined ? row.offer_code : fields.offerCode;
    const isChanged =
      Number(row.amount) !== fields.amount || row.at.getTime() !== at.getTime() || row.offer_code !== offerCode;
    return [{ ...row, amount: fields.amount, at, offer_code: offerCode, isChanged }];
  });
  const changed = known.filter(({ isChanged }) => isChanged);
  if (changed.length > 0) await store(deps, client, changed);
  return new Set(known.map((row) => row.external_id));
}

type ChangedOrder = Omit<Row, 'amount'> & { amount: number };

async function store(
  { clock, attributeOrders }: InsertOrderDeps,
  client: pg.PoolClient,
  orders: readonly ChangedOrder[],
): Promise<void> {
  await client.query(UPDATE, [JSON.stringify(orders)]);
  await writeTouchpoints(
    client,
    orders.map(({ external_id: order, customer_id: customerId, amount, offer_code: offerCode, at: orderedAt }) => ({
      at: clock.now(),
      kind: 'order_recorded',
      customerId,
      data: { order, kind: 'order', amount, offerCode, orderedAt },
    })),
  );
  await attributeOrders(
    client,
    orders.map(({ id }) => id),
  );
}
