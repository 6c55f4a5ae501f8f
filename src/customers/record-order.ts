// POST of an order: one row per order id. Sent again unchanged it does nothing; amount, time, code and items follow the
// sender, who is the one that knows; customer and kind cannot change, because revenue was already counted by them.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import { readMoment } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { type AcceptedOffer, acceptOffer } from './accept-offer.ts';
import type { OrderAnswer, OrderFields } from './order-schema.ts';
import { requireCustomerId } from './read-customer.ts';

type Deps = { clock: Clock; newId: NewId; timeZone: string };
type Content = { amount: number; at: Date; offerCode: string | null; items: unknown[] };
type Stored = { id: string; customerId: string; kind: string; content: Content };

/** In the caller's transaction. Throws unknown_customer, order_conflict. */
export async function recordOrder(deps: Deps, client: pg.ClientBase, fields: OrderFields): Promise<OrderAnswer> {
  await lockName(client, `order:${fields.id}`);
  const now = deps.clock.now();
  const customerId = await requireCustomerId(client, fields.customer);
  const before = await findOrder(client, fields.id);
  if (before && (before.customerId !== customerId || before.kind !== fields.kind)) throw conflict(fields.id);
  const content = contentOf(deps, fields, before?.content ?? null);
  const result = before === null ? 'recorded' : isSame(before.content, content) ? 'unchanged' : 'changed';
  if (result !== 'unchanged') await store(client, { id: before?.id ?? deps.newId(), customerId, content, fields, now });
  const isNewCode = content.offerCode !== (before?.content.offerCode ?? null);
  const offer =
    content.offerCode !== null && isNewCode && fields.kind === 'order'
      ? await acceptOffer(client, { customerId, code: content.offerCode, order: fields.id, now })
      : null;
  return { ...answerOf(fields, content), result, offerAccepted: answerOfOffer(offer) };
}

function conflict(id: string): HttpError {
  const message = `Order "${id}" exists with another customer or kind; those cannot change. Send a refund and a new order instead.`;
  return new HttpError(409, 'order_conflict', message, { id });
}

async function findOrder(client: pg.ClientBase, externalId: string): Promise<Stored | null> {
  type Row = {
    id: string;
    customer_id: string;
    kind: string;
    amount: string;
    at: Date;
    offer_code: string | null;
    items: unknown;
  };
  const { rows } = await client.query<Row>(
    'SELECT id, customer_id, kind, amount, at, offer_code, items FROM orders WHERE external_id = $1 FOR UPDATE',
    [externalId],
  );
  const [row] = rows;
  if (!row) return null;
  const items = Array.isArray(row.items) ? row.items : [];
  const content = { amount: Number(row.amount), at: row.at, offerCode: row.offer_code, items };
  return { id: row.id, customerId: row.customer_id, kind: row.kind, content };
}

function contentOf({ clock, timeZone }: Deps, fields: OrderFields, before: Content | null): Content {
  return {
    amount: fields.amount,
    at: fields.at === undefined ? (before?.at ?? clock.now()) : readMoment(fields.at, timeZone),
    offerCode: fields.offerCode === undefined ? (before?.offerCode ?? null) : fields.offerCode,
    items: fields.items ?? before?.items ?? [],
  };
}

function isSame(a: Content, b: Content): boolean {
  const itemsOf = (content: Content) =>
    JSON.stringify(content.items.map((item) => Object.entries(Object(item)).sort()));
  return (
    a.amount === b.amount &&
    a.at.getTime() === b.at.getTime() &&
    a.offerCode === b.offerCode &&
    itemsOf(a) === itemsOf(b)
  );
}

const STORE = `
INSERT INTO orders (id, external_id, customer_id, kind, amount, offer_code, items, at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (external_id) DO UPDATE SET amount = excluded.amount, offer_code = excluded.offer_code, items = excluded.items, at = excluded.at`;

type NewState = { id: string; customerId: string; content: Content; fields: OrderFields; now: Date };

async function store(client: pg.ClientBase, { id, customerId, content, fields, now }: NewState): Promise<void> {
  const { amount, offerCode, items, at } = content;
  await client.query(STORE, [
    id,
    fields.id,
    customerId,
    fields.kind,
    amount,
    offerCode,
    JSON.stringify(items),
    at,
    now,
  ]);
  const data = { order: fields.id, kind: fields.kind, amount, offerCode, orderedAt: at };
  await writeTouchpoints(client, [{ at: now, kind: 'order_recorded', customerId, data }]);
}

function answerOf(fields: OrderFields, content: Content) {
  const { id, customer, kind } = fields;
  return { id, customer, kind, ...content, at: content.at.toISOString() };
}

function answerOfOffer(offer: AcceptedOffer | null): OrderAnswer['offerAccepted'] {
  return offer && { code: offer.code, flow: offer.flow, sentAt: offer.sent_at.toISOString() };
}
