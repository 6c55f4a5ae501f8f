// Orders, changed orders and late answers: which offer brought what is judged anew for the customer, and what differs is
// written.
import type pg from 'pg';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { type JudgedIssue, type JudgedOrder, judgeOrders, type OrderVerdict } from './judge-orders.ts';
import { lockOffers } from './lock-offers.ts';
import type { OfferBook } from './offer-book.ts';
import { mayBecome, offerStateSchema } from './offer-state.ts';

export type AttributeDeps = { offers: OfferBook };

/** In the transaction that stored or changed the order; a code that it carries accepts the offer. */
export async function attributeOrder(
  deps: AttributeDeps,
  client: pg.ClientBase,
  { orderId, now }: { orderId: string; now: Date },
): Promise<AcceptedOffer | null> {
  const accepted = await attributeOrders(deps, client, { orderIds: [orderId], now });
  return accepted.find((one) => one.orderId === orderId) ?? null;
}

/** The offer that an order said yes to. `flow` is null when no script has made it. */
export type AcceptedOffer = {
  orderId: string;
  issueId: string;
  code: string;
  flow: string | null;
  sentAt: Date | null;
};

const NEVER_OFFERED = `
UPDATE orders o SET attribution = 'none', offer_issue_id = NULL
WHERE o.id = ANY($1::uuid[]) AND o.attribution IS DISTINCT FROM 'none'
  AND NOT EXISTS (SELECT 1 FROM offer_issues i WHERE i.customer_id = o.customer_id)`;

const OFFERED = `
SELECT DISTINCT o.customer_id FROM orders o
WHERE o.id = ANY($1::uuid[]) AND EXISTS (SELECT 1 FROM offer_issues i WHERE i.customer_id = o.customer_id)`;

/** Many at once, of any customers: an import stores a thousand. Answers the offers that these orders accepted. */
export async function attributeOrders(
  deps: AttributeDeps,
  client: pg.ClientBase,
  { orderIds, now }: { orderIds: readonly string[]; now: Date },
): Promise<AcceptedOffer[]> {
  const { rows } = await client.query<{ customer_id: string }>({
    name: 'customers-offered',
    text: OFFERED,
    values: [orderIds],
  });
  await client.query({ name: 'never-offered', text: NEVER_OFFERED, values: [orderIds] });
  const customerIds = rows.map((row) => row.customer_id);
  return await attributeCustomers(deps, client, { customerIds, now });
}

/** After a yes in the chat, or anything else that changes how their orders came about. */
export async function attributeCustomers(
  { offers }: AttributeDeps,
  client: pg.ClientBase,
  { customerIds, now }: { customerIds: readonly string[]; now: Date },
): Promise<AcceptedOffer[]> {
  if (customerIds.length === 0) return [];
  await lockOffers(client, customerIds);
  const issues = await readIssues(client, customerIds);
  const orders = await readOrders(client, customerIds);
  const verdicts = new Map<string, OrderVerdict | null>();
  for (const customerId of customerIds) {
    const own = judgeOrders(orders.get(customerId) ?? [], issues.get(customerId) ?? [], offers());
    for (const [id, verdict] of own) verdicts.set(id, verdict);
  }
  await writeVerdicts(client, verdicts);
  return await acceptByOrder(client, [...issues.values()].flat(), [...orders.values()].flat(), verdicts, now);
}

type IssueRow = JudgedIssue & {
  customerId: string;
  conversationId: string | null;
  flow: string | null;
  step: string | null;
  sentAt: Date | null;
};

const READ_ISSUES = `
SELECT i.id, i.customer_id AS "customerId", i.code, i.personal_code AS "personalCode", i.state,
  i.subscription_id AS "subscriptionId", i.flow, i.step, i.conversation_id AS "conversationId", i.sent_at AS "sentAt", coalesce(i.created_at, i.sent_at, i.answered_at) AS "createdAt",
  CASE WHEN i.state = 'accepted' THEN i.answered_at END AS "acceptedAt",
  array_remove(array_append(ARRAY(
    SELECT m.sent_at FROM outbound_messages m
    WHERE m.customer_id = i.customer_id AND m.run_id = i.run_id AND m.purpose IN ('care', 'advertising')
      AND m.sending_at IS NOT NULL AND m.status IN ('sent', 'delivered', 'read')), i.sent_at), NULL) AS touches
FROM offer_issues i WHERE i.customer_id = ANY($1::uuid[])`;

async function readIssues(client: pg.ClientBase, customerIds: readonly string[]): Promise<Map<string, IssueRow[]>> {
  const { rows } = await client.query<IssueRow>({ name: 'issues-to-judge', text: READ_ISSUES, values: [customerIds] });
  // A run says other things before its offer has left: those are no touch of it.
  const touched = rows.map((row) => ({
    ...row,
    touches: row.touches.filter((at) => row.sentAt !== null && at >= row.sentAt),
  }));
  return Map.groupBy(touched, (row) => row.customerId);
}

type OrderRow = JudgedOrder & { customerId: string };

const READ_ORDERS = `
SELECT id, customer_id AS "customerId", external_id AS "externalId", kind, offer_code AS "offerCode",
  subscription_id AS "subscriptionId", refund_of AS "refundOf", at
FROM orders WHERE customer_id = ANY($1::uuid[])`;

async function readOrders(client: pg.ClientBase, customerIds: readonly string[]): Promise<Map<string, OrderRow[]>> {
  const { rows } = await client.query<OrderRow>({ name: 'orders-to-judge', text: READ_ORDERS, values: [customerIds] });
  return Map.groupBy(rows, (row) => row.customerId);
}

// Rows that somebody else is just changing are left: they judge them in their own transaction, after ours.
const WRITE = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(id uuid, attribution text, issue_id uuid)
), mine AS (
  SELECT o.id FROM orders o JOIN t ON t.id = o.id
  WHERE o.attribution IS DISTINCT FROM t.attribution OR o.offer_issue_id IS DISTINCT FROM t.issue_id
  ORDER BY o.id FOR UPDATE OF o SKIP LOCKED
)
UPDATE orders o SET attribution = t.attribution, offer_issue_id = t.issue_id FROM t JOIN mine ON mine.id = t.id WHERE o.id = t.id`;

async function writeVerdicts(client: pg.ClientBase, verdicts: Map<string, OrderVerdict | null>): Promise<void> {
  if (verdicts.size === 0) return;
  const rows = [...verdicts].map(([id, verdict]) => ({
    id,
    attribution: verdict?.attribution ?? null,
    issue_id: verdict?.issueId ?? null,
  }));
  await client.query({ name: 'write-verdicts', text: WRITE, values: [JSON.stringify(rows)] });
}

/** An order that carries the code is the customer's yes, whatever they said, or did not say, before. */
async function acceptByOrder(
  client: pg.ClientBase,
  issues: readonly IssueRow[],
  orders: readonly OrderRow[],
  verdicts: ReadonlyMap<string, OrderVerdict | null>,
  now: Date,
): Promise<AcceptedOffer[]> {
  const accepted: AcceptedOffer[] = [];
  for (const order of orders) {
    const verdict = verdicts.get(order.id);
    const issue = issues.find((one) => one.id === verdict?.issueId);
    if (order.kind !== 'order' || order.offerCode === null || verdict?.attribution !== 'direct' || !issue) continue;
    if (!mayBecome(offerStateSchema.parse(issue.state), 'accepted')) continue;
    const { rowCount } = await client.query(
      `UPDATE offer_issues SET state = 'accepted', reason = NULL, answered_at = $2, sent_at = coalesce(sent_at, $2)
       WHERE id = $1 AND state = $3`,
      [issue.id, order.at, issue.state],
    );
    if (!rowCount) continue;
    issue.state = 'accepted';
    await writeTouchpoints(client, [
      {
        at: now,
        kind: 'offer_accepted',
        customerId: order.customerId,
        conversationId: issue.conversationId,
        flow: issue.flow,
        step: issue.step,
        data: { code: issue.code, order: order.externalId },
      },
    ]);
    accepted.push({
      orderId: order.id,
      issueId: issue.id,
      code: issue.code,
      flow: issue.flow,
      sentAt: issue.sentAt,
    });
  }
  return accepted;
}
