// New orders of an import by one statement: what `recordOrder` does for one that names nothing else, many at once.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { orderFields } from '../customers/order-schema.ts';
import { readMoment } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { GoodRow } from './build-row.ts';

export type InsertOrderDeps = {
  clock: Clock;
  newId: NewId;
  timeZone: string;
  /** Which offers brought these orders, for a whole batch. */
  attributeOrders: (client: pg.PoolClient, orderIds: readonly string[]) => Promise<unknown>;
};

export function isPlainOrder({ body }: GoodRow): boolean {
  return (body.kind ?? 'order') === 'order' && body.subscription === undefined && body.refundOf === undefined;
}

const INSERT = `
INSERT INTO orders (id, external_id, customer_id, kind, amount, offer_code, items, at, created_at)
SELECT t.id, t.external_id, c.id, 'order', t.amount, t.offer_code, '[]', t.at, $2
FROM json_to_recordset($1::json) AS t(id uuid, external_id text, customer text, amount bigint, offer_code text, at timestamptz)
JOIN customers c ON c.external_id = t.customer ORDER BY t.external_id
ON CONFLICT (external_id) DO NOTHING RETURNING id, external_id, customer_id`;

/** Their customers exist. Answers the keys that are new now. */
export async function insertOrders(
  { clock, newId, timeZone, attributeOrders }: InsertOrderDeps,
  client: pg.PoolClient,
  rows: readonly GoodRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const now = clock.now();
  const records = new Map(
    rows.map(({ key, body }) => {
      const { customer, amount, offerCode = null, at } = orderFields.parse(body);
      const moment = at === undefined ? now : readMoment(at, timeZone);
      return [key, { id: newId(), external_id: key, customer, amount, offer_code: offerCode, at: moment }];
    }),
  );
  const { rows: stored } = await client.query<{ id: string; external_id: string; customer_id: string }>(INSERT, [
    JSON.stringify([...records.values()]),
    now,
  ]);
  await writeTouchpoints(
    client,
    stored.map(({ external_id: order, customer_id: customerId }) => {
      const { amount = 0, offer_code: offerCode = null, at: orderedAt = now } = records.get(order) ?? {};
      return {
        at: now,
        kind: 'order_recorded',
        customerId,
        data: { order, kind: 'order', amount, offerCode, orderedAt },
      };
    }),
  );
  await attributeOrders(
    client,
    stored.map((row) => row.id),
  );
  return new Set(stored.map((row) => row.external_id));
}
