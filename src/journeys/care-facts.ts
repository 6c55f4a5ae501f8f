// What conditions and texts of journeys read about one customer and one of their subscriptions, orders or cases.
import type { Business } from '../conversations/flow-facts.ts';
import { isRunning } from '../customers/subscription-change.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { Subject } from '../flows/journeys/care-state.ts';
import type { CaseRow, CustomerRow, OrderRow, ScoreRow, SubscriptionRow, TipRow } from './read-care-rows.ts';

export type FactsDeps = {
  timeZone: string;
  business: Business;
  /** What the catalogue adds: product, plan, feature, companion, tip. */
  enrich?: (facts: FlowFacts, about: { sharedTips: ReadonlySet<string> }) => FlowFacts;
};

/** Rows of one customer. */
export type OwnRows = {
  customer: CustomerRow;
  subscriptions: readonly SubscriptionRow[];
  orders: readonly OrderRow[];
  cases: readonly CaseRow[];
  /** Latest values and sums of this month and the last. */
  usage: Record<string, number>;
  scores: readonly ScoreRow[];
  tips: readonly TipRow[];
};

/** The customer themselves first, then their subscriptions, orders and cases. */
export function subjectsOf(rows: OwnRows, now: Date, deps: FactsDeps): Subject[] {
  const { customer } = rows;
  const running = rows.subscriptions.filter(({ status }) => isRunning(status));
  const usual = [...running, ...rows.subscriptions].toSorted(byExpiry(running))[0] ?? null;
  const base = baseFacts(rows, now, deps);
  const sharedTips = new Set(rows.tips.map(({ tip }) => tip));
  const subject = (kind: Subject['kind'], id: string, more: Partial<FlowFacts>): Subject => {
    const facts = { ...base, subscription: usual && subscriptionFacts(usual), ...more };
    return { kind, id, facts: deps.enrich?.(facts, { sharedTips }) ?? facts };
  };
  return [
    subject('customer', customer.id, {}),
    ...rows.subscriptions.map((row) => subject('subscription', row.id, { subscription: subscriptionFacts(row) })),
    ...rows.orders.map((row) => subject('order', row.id, { order: orderFacts(row) })),
    ...rows.cases.map((row) => subject('case', row.id, { case: caseFacts(row) })),
  ];
}

/** Running ones first, of those the one that expires first. */
function byExpiry(running: readonly SubscriptionRow[]) {
  const rank = (row: SubscriptionRow) => (running.includes(row) ? 0 : 1);
  const end = (row: SubscriptionRow) => row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
  return (a: SubscriptionRow, b: SubscriptionRow) => rank(a) - rank(b) || (end(a) < end(b) ? -1 : 1);
}

function baseFacts({ customer, orders, usage, scores }: OwnRows, now: Date, deps: FactsDeps): FlowFacts {
  return {
    now: now.toISOString(),
    timeZone: deps.timeZone,
    channel: customer.channel === 'messenger' ? 'messenger' : 'zalo',
    customer: {
      name: customer.name ?? customer.display_name,
      given_name: customer.given_name ?? customer.name?.trim().split(/\s+/).at(-1) ?? null,
      form_of_address: customer.form_of_address,
      phone: customer.phone,
      industry: customer.industry,
      role: customer.role,
      tags: customer.tags,
      language: customer.language,
      attributes: customer.attributes,
      orders: orders[0]?.count ?? 0,
      spent: Number(orders[0]?.spent ?? 0),
    },
    subscription: null,
    usage,
    business: deps.business,
    survey: Object.fromEntries(scores.map(({ metric, score }) => [metric, score])),
  };
}

/** `days_left` is worked out by whoever asks, at the moment they ask. */
function subscriptionFacts(row: SubscriptionRow): FlowFacts['subscription'] {
  return {
    id: row.external_id,
    product: row.product,
    plan: row.plan,
    status: row.status,
    value: row.value === null ? null : Number(row.value),
    started_at: row.started_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
    days_left: null,
  };
}

function orderFacts(row: OrderRow): FlowFacts['order'] {
  return {
    id: row.external_id,
    kind: row.kind,
    amount: Number(row.amount),
    at: row.at.toISOString(),
    items: itemNames(row.items),
    offer_code: row.offer_code,
  };
}

/** Items are what the integrator sent: names, or objects that have one. */
function itemNames(items: unknown): string[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown) => {
    if (typeof item === 'string') return [item];
    if (typeof item !== 'object' || item === null) return [];
    const named = new Map<string, unknown>(Object.entries(item));
    const name = named.get('name') ?? named.get('title') ?? named.get('product') ?? named.get('sku');
    return typeof name === 'string' ? [name] : [];
  });
}

function caseFacts(row: CaseRow): FlowFacts['case'] {
  return {
    id: row.id,
    kind: row.kind,
    reason: row.reason,
    outcome: row.outcome,
    opened_at: row.opened_at.toISOString(),
    closed_at: row.closed_at?.toISOString() ?? null,
  };
}
