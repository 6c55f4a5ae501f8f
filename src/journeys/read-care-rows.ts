// All that journeys may know of a batch of customers, as rows: one statement per table, whatever the number of customers.
import type pg from 'pg';
import { DAY_MS } from '../clock.ts';
import { readUsage } from '../customers/read-usage.ts';

export type CustomerRow = {
  id: string;
  name: string | null;
  form_of_address: string | null;
  phone: string | null;
  industry: string | null;
  role: string | null;
  tags: string[];
  attributes: Record<string, string | number | boolean>;
  language: string;
  opted_out_at: Date | null;
  given_name: string | null;
  display_name: string | null;
  /** Of the identity that was heard of last and can be reached. */
  identity_id: string | null;
  channel: string | null;
  account_id: string | null;
  unreachable_reason: string | null;
  last_interaction_at: Date | null;
};
export type SubscriptionRow = {
  id: string;
  customer_id: string;
  external_id: string;
  product: string;
  plan: string | null;
  value: string | null;
  status: string;
  started_at: Date | null;
  expires_at: Date | null;
};
export type OrderRow = {
  id: string;
  customer_id: string;
  external_id: string;
  kind: string;
  amount: string;
  offer_code: string | null;
  items: unknown;
  at: Date;
  /** Over all orders of the customer. */
  count: number;
  spent: string;
};
export type CaseRow = {
  id: string;
  customer_id: string;
  kind: string;
  reason: string;
  outcome: string | null;
  opened_at: Date;
  closed_at: Date | null;
};
export type UsedRow = { customer_id: string; at: Date };
export type EnrolmentRow = {
  id: string;
  journey: string;
  customer_id: string;
  subject_kind: string;
  subject_id: string;
  anchor_at: Date;
  enrolled_at: Date;
  status: string;
  ended_at: Date | null;
};
export type StepRow = {
  id: string;
  enrolment_id: string;
  customer_id: string;
  journey: string;
  step: string;
  occurrence: number;
  due_at: Date;
  status: string;
  purpose: string | null;
  decided_at: Date | null;
  said_for: Date | null;
};
export type SinceRow = { enrolment_id: string; kind: string; count: number };
export type TipRow = { customer_id: string; tip: string };
export type ScoreRow = { customer_id: string; metric: string; score: number };

/** What made the enrolment begin is not since it: at the same moment the order of the lines tells. */
const ENROLLED_LINE = `coalesce((SELECT max(b.id) FROM touchpoints b WHERE b.customer_id = e.customer_id AND b.at = e.enrolled_at
  AND b.kind = 'enrolment_started' AND b.data ->> 'enrolment' = e.id::text), 0)`;

// OFFSET 0: asked for customer by customer. What is active, or waits to be sent, has an index of its own, which is short
// while little does: a plan of such a day would go through all of it.
const STATEMENTS = {
  // "Not e-mail" instead of the names of the others: while statistics lag behind, an index was asked for everybody on
  // those channels, once for each customer.
  customers: `
SELECT c.id, c.name, c.form_of_address, c.phone, c.industry, c.role, c.tags, c.attributes, c.language, c.opted_out_at,
  i.given_name, i.display_name, i.id AS identity_id, i.channel, i.account_id, i.unreachable_reason,
  (SELECT max(last_interaction_at) FROM channel_identities WHERE customer_id = c.id) AS last_interaction_at
FROM customers c LEFT JOIN LATERAL (
  SELECT id, channel, account_id, given_name, display_name, unreachable_reason FROM channel_identities
  WHERE customer_id = c.id AND channel <> 'email' AND external_id NOT LIKE 'phone:%'
  ORDER BY unreachable_reason IS NOT NULL, greatest(last_interaction_at, followed_at) DESC NULLS LAST, id LIMIT 1) i ON true
WHERE c.id = ANY($1::uuid[])`,
  subscriptions: `
SELECT id, customer_id, external_id, product, plan, value, status, started_at, expires_at FROM subscriptions
WHERE customer_id = ANY($1::uuid[]) ORDER BY created_at, id`,
  orders: `
SELECT * FROM (
  SELECT id, customer_id, external_id, kind, amount, offer_code, items, at,
    (count(*) FILTER (WHERE kind <> 'refund') OVER every_one)::int AS count,
    sum(CASE WHEN kind = 'refund' THEN -amount ELSE amount END) OVER every_one AS spent,
    row_number() OVER (PARTITION BY customer_id ORDER BY at DESC, id DESC) AS place
  FROM orders WHERE customer_id = ANY($1::uuid[]) WINDOW every_one AS (PARTITION BY customer_id)) o
WHERE place <= 20`,
  used: 'SELECT customer_id, max(at) AS at FROM usage_counters WHERE customer_id = ANY($1::uuid[]) GROUP BY 1',
  enrolments: `
SELECT id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status, ended_at FROM enrolments
WHERE customer_id = ANY($1::uuid[]) ORDER BY enrolled_at, id`,
  steps: `
SELECT id, enrolment_id, customer_id, journey, step, occurrence, due_at, status, purpose, decided_at, said_for FROM enrolment_steps
WHERE customer_id = ANY($1::uuid[])`,
  segments: `SELECT customer_id, journey || ' ' || subject_id AS key FROM segment_members WHERE customer_id = ANY($1::uuid[])`,
  /** Lines about another subscription, order or case than the enrolment's own do not count for it. */
  since: `
SELECT e.id AS enrolment_id, CASE t.kind WHEN 'event_reported' THEN coalesce(t.data ->> 'event', t.data ->> 'name', t.kind) ELSE t.kind END AS kind,
  count(*)::int AS count
FROM (SELECT * FROM enrolments WHERE customer_id = ANY($1::uuid[]) OFFSET 0) e
LEFT JOIN subscriptions s ON e.subject_kind = 'subscription' AND s.id = e.subject_id
LEFT JOIN orders o ON e.subject_kind = 'order' AND o.id = e.subject_id
JOIN touchpoints t ON t.customer_id = e.customer_id AND t.at >= e.enrolled_at
  AND (t.at > e.enrolled_at OR t.id > ${ENROLLED_LINE})
WHERE e.status = 'active'
  AND coalesce(t.data ->> e.subject_kind IN (e.subject_id::text, coalesce(s.external_id, ''), coalesce(o.external_id, '')), true)
GROUP BY 1, 2`,
  /** Shared, or on its way: what waits for the morning is not chosen a second time. */
  tips: `
SELECT customer_id, data ->> 'tip' AS tip FROM touchpoints WHERE customer_id = ANY($1::uuid[]) AND kind = 'tip_shared'
UNION
SELECT i.customer_id, o.content ->> 'tip'
FROM (SELECT id, customer_id FROM channel_identities WHERE customer_id = ANY($1::uuid[]) OFFSET 0) i
CROSS JOIN LATERAL (
  SELECT content FROM outbound_messages
  WHERE identity_id = i.id AND status IN ('queued', 'sending', 'uncertain', 'parked') OFFSET 0) o
WHERE o.content ? 'tip'`,
  scores: `
SELECT DISTINCT ON (customer_id, metric) customer_id, metric, score FROM survey_answers
WHERE customer_id = ANY($1::uuid[]) AND status = 'answered' AND score IS NOT NULL ORDER BY customer_id, metric, answered_at DESC`,
} as const;

const CASES = `
SELECT id, customer_id, kind, reason, outcome, opened_at, closed_at FROM cases
WHERE customer_id = ANY($1::uuid[]) AND (status = 'open' OR closed_at > $2) ORDER BY opened_at, id`;
/** A case closed so long ago is nothing that anybody is still told about. */
const CASE_MATTERS_MS = 90 * DAY_MS;

export type CareRows = Awaited<ReturnType<typeof readCareRows>>;

/** In the caller's transaction, which holds the customers. */
export async function readCareRows(
  client: pg.ClientBase,
  customerIds: readonly string[],
  { now, timeZone }: { now: Date; timeZone: string },
) {
  const read = async <Row extends pg.QueryResultRow>(name: keyof typeof STATEMENTS): Promise<Row[]> =>
    (await client.query<Row>({ name: `care-${name}`, text: STATEMENTS[name], values: [customerIds] })).rows;
  const oldest = new Date(now.getTime() - CASE_MATTERS_MS);
  return {
    customers: await read<CustomerRow>('customers'),
    subscriptions: await read<SubscriptionRow>('subscriptions'),
    orders: await read<OrderRow>('orders'),
    cases: (await client.query<CaseRow>({ name: 'care-cases', text: CASES, values: [customerIds, oldest] })).rows,
    used: await read<UsedRow>('used'),
    usage: await readUsage(client, customerIds, now, timeZone),
    enrolments: await read<EnrolmentRow>('enrolments'),
    steps: await read<StepRow>('steps'),
    segments: await read<{ customer_id: string; key: string }>('segments'),
    since: await read<SinceRow>('since'),
    scores: await read<ScoreRow>('scores'),
    tips: await read<TipRow>('tips'),
  };
}
