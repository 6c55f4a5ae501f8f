// A refund pays back an order that exists, of the same customer, and never more than what is left of it.
import type pg from 'pg';
import { HttpError } from '../errors.ts';

export type RefundCheck = { id: string; customerId: string; amount: number; refundOf: string };

/** Locks the order, so that two refunds cannot share what is left. Throws unknown_order, refund_too_large. */
export async function checkRefund(client: pg.ClientBase, { id, customerId, amount, refundOf }: RefundCheck) {
  const { rows } = await client.query<{ amount: string }>(
    `SELECT amount FROM orders WHERE external_id = $1 AND customer_id = $2 AND kind = 'order' FOR UPDATE`,
    [refundOf, customerId],
  );
  const [order] = rows;
  if (!order) {
    const message = `This customer has no order "${refundOf}" that could be paid back; report the order first.`;
    throw new HttpError(422, 'unknown_order', message, { refundOf });
  }
  const left = Number(order.amount) - (await refunded(client, refundOf, id));
  if (amount <= left) return;
  const message = `Of order "${refundOf}" ${left} đồng are left, less than ${amount}.`;
  throw new HttpError(422, 'refund_too_large', message, { refundOf, left });
}

/** What was paid back of an order, by others than `exceptId`. Refunds are of the order's customer, whose rows have an index. */
export async function refunded(client: pg.ClientBase, order: string, exceptId: string): Promise<number> {
  const { rows } = await client.query<{ sum: string | null }>(
    `SELECT sum(amount) AS sum FROM orders WHERE refund_of = $1 AND kind = 'refund' AND external_id <> $2
       AND customer_id = (SELECT customer_id FROM orders WHERE external_id = $1)`,
    [order, exceptId],
  );
  return Number(rows[0]?.sum ?? 0);
}
