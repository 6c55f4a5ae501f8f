// POST of an order: one row per order id. Sent again unchanged it does nothing; amount, time, code, items and what it pays
// for follow the sender, who is the one that knows; customer and kind cannot change, because revenue was already counted
// by them.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import { readMoment } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { checkRefund, refunded } from './check-refund.ts';
import type { OrderAnswer, OrderFields } from './order-schema.ts';
import { requireCustomerId } from './read-customer.ts';
import { findOrder, type OrderContent, storeOrder } from './store-order.ts';

export type RecordOrderDeps = {
  clock: Clock;
  newId: NewId;
  timeZone: string;
  /**
   * Decides whether an offer brought it, in the same transaction; asked again when the order changes. Answers the offer
   * that its code said yes to.
   */
  attributeOrder: (client: pg.ClientBase, orderId: string) => Promise<AcceptedByOrder | null | undefined>;
};
export type AcceptedByOrder = { code: string; flow: string | null; sentAt: Date | null };

/** In the caller's transaction. Throws unknown_customer, order_conflict, unknown_subscription, unknown_order, refund_too_large. */
export async function recordOrder(
  deps: RecordOrderDeps,
  client: pg.ClientBase,
  fields: OrderFields,
): Promise<OrderAnswer> {
  await lockName(client, `order:${fields.id}`);
  const now = deps.clock.now();
  const customerId = await requireCustomerId(client, fields.customer);
  const before = await findOrder(client, fields.id);
  if (before && (before.customerId !== customerId || before.kind !== fields.kind)) throw conflict(fields.id);
  const content = contentOf(deps, fields, before?.content ?? null);
  await checkContent(client, fields, customerId, content);
  const result = before === null ? 'recorded' : isSame(before.content, content) ? 'unchanged' : 'changed';
  const id = before?.id ?? deps.newId();
  if (result !== 'unchanged') await store(client, { id, customerId, content, fields, now });
  const offer = result === 'unchanged' ? null : await deps.attributeOrder(client, id);
  return { ...answerOf(fields, content), result, offerAccepted: offer ? answerOfOffer(offer) : null };
}

function conflict(id: string): HttpError {
  const message = `Order "${id}" exists with another customer or kind; those cannot change. Send a refund and a new order instead.`;
  return new HttpError(409, 'order_conflict', message, { id });
}

function contentOf(
  { clock, timeZone }: RecordOrderDeps,
  fields: OrderFields,
  before: OrderContent | null,
): OrderContent {
  return {
    amount: fields.amount,
    at: fields.at === undefined ? (before?.at ?? clock.now()) : readMoment(fields.at, timeZone),
    offerCode: given(fields.offerCode, before?.offerCode),
    items: fields.items ?? before?.items ?? [],
    subscription: given(fields.subscription, before?.subscription),
    refundOf: given(fields.refundOf, before?.refundOf),
  };
}

/** undefined = leave as it was; null = clear. */
function given<T>(sent: T | null | undefined, before: T | null | undefined): T | null {
  return sent === undefined ? (before ?? null) : sent;
}

async function checkContent(
  client: pg.ClientBase,
  { id, kind }: OrderFields,
  customerId: string,
  { amount, subscription, refundOf }: OrderContent,
): Promise<void> {
  if (subscription !== null) await requireSubscription(client, subscription, customerId);
  if (refundOf !== null && kind === 'order') {
    throw new HttpError(422, 'not_a_refund', 'refundOf goes together with kind "refund".');
  }
  if (refundOf !== null) await checkRefund(client, { id, customerId, amount, refundOf });
  if (kind === 'order' && amount < (await refunded(client, id, ''))) {
    throw new HttpError(422, 'refund_too_large', `More than ${amount} đồng of order "${id}" were paid back already.`);
  }
}

async function requireSubscription(client: pg.ClientBase, externalId: string, customerId: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM subscriptions WHERE external_id = $1 AND customer_id = $2', [
    externalId,
    customerId,
  ]);
  if (rows.length > 0) return;
  const message = `This customer has no subscription "${externalId}".`;
  throw new HttpError(422, 'unknown_subscription', message, { subscription: externalId });
}

function isSame(a: OrderContent, b: OrderContent): boolean {
  return comparable(a) === comparable(b);
}

function comparable({ items, ...content }: OrderContent): string {
  return JSON.stringify([Object.entries(content).sort(), items.map((item) => Object.entries(Object(item)).sort())]);
}

type NewState = { id: string; customerId: string; content: OrderContent; fields: OrderFields; now: Date };

async function store(client: pg.ClientBase, { id, customerId, content, fields, now }: NewState): Promise<void> {
  await storeOrder(client, { id, externalId: fields.id, customerId, kind: fields.kind, content, now });
  const { amount, offerCode, at, subscription, refundOf } = content;
  const about = { ...(subscription === null ? {} : { subscription }), ...(refundOf === null ? {} : { refundOf }) };
  const data = { order: fields.id, kind: fields.kind, amount, offerCode, orderedAt: at, ...about };
  await writeTouchpoints(client, [{ at: now, kind: 'order_recorded', customerId, data }]);
}

function answerOf(fields: OrderFields, content: OrderContent) {
  const { id, customer, kind } = fields;
  return { id, customer, kind, ...content, at: content.at.toISOString() };
}

function answerOfOffer({ code, flow, sentAt }: AcceptedByOrder): OrderAnswer['offerAccepted'] {
  return { code, flow, sentAt: sentAt?.toISOString() ?? null };
}
