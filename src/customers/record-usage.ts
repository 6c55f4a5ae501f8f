// POST of usage: good items are kept, bad ones are named. One statement, however long the batch; what comes late or out of
// order counts in the month it belongs to, and never hides a newer value.
import type pg from 'pg';
import { type Clock, MINUTE_MS } from '../clock.ts';
import { explainZodError } from '../http/explain-issues.ts';
import { readMoment } from '../http/read-moment.ts';
import { type UsageAnswer, type UsageBatch, type UsageItem, type UsageResult, usageItem } from './usage-schema.ts';

type Deps = { clock: Clock; timeZone: string };
type GoodItem = UsageItem & { index: number; moment: Date };

/** Clocks differ a little; a value from the future would hide all that come after it. */
const CLOCK_DIFFERENCE_MS = 5 * MINUTE_MS;

// Rows go in by key, so that two batches under way cannot wait for each other.
const RECORD = `
WITH item AS (
  SELECT t.*, c.id AS customer_id
  FROM json_to_recordset($1::json) AS t(n int, key text, customer text, metric text, value float8, at timestamptz)
  LEFT JOIN customers c ON c.external_id = t.customer
), first AS (
  SELECT DISTINCT ON (key) * FROM item WHERE customer_id IS NOT NULL ORDER BY key, n
), stored AS (
  INSERT INTO usage_events (idempotency_key, customer_id, metric, value, at)
  SELECT key, customer_id, metric, value, at FROM first ORDER BY key
  ON CONFLICT DO NOTHING RETURNING idempotency_key
), fresh AS (
  SELECT first.* FROM first JOIN stored ON stored.idempotency_key = first.key
), counted AS (
  INSERT INTO usage_counters (customer_id, metric, value, at)
  SELECT DISTINCT ON (customer_id, metric) customer_id, metric, value, at FROM fresh
  ORDER BY customer_id, metric, at DESC, n DESC
  ON CONFLICT (customer_id, metric) DO UPDATE SET value = excluded.value, at = excluded.at
  WHERE usage_counters.at <= excluded.at
), monthly AS (
  INSERT INTO usage_months (customer_id, metric, month, total, events, last_value, last_at)
  SELECT customer_id, metric, date_trunc('month', at AT TIME ZONE $3)::date AS month, sum(value), count(*),
    (array_agg(value ORDER BY at DESC, n DESC))[1], max(at)
  FROM fresh GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (customer_id, metric, month) DO UPDATE SET total = usage_months.total + excluded.total,
    events = usage_months.events + excluded.events, last_at = greatest(usage_months.last_at, excluded.last_at),
    last_value = CASE WHEN usage_months.last_at <= excluded.last_at THEN excluded.last_value ELSE usage_months.last_value END
), noted AS (
  INSERT INTO touchpoints (at, kind, customer_id, data)
  SELECT $2, 'usage_recorded', customer_id, jsonb_build_object('metrics', jsonb_agg(DISTINCT metric), 'items', count(*))
  FROM fresh GROUP BY customer_id
)
SELECT item.n, item.customer_id IS NOT NULL AS is_known, fresh.n IS NOT NULL AS is_fresh
FROM item LEFT JOIN fresh ON fresh.n = item.n`;

/** In the caller's transaction. Never throws for what an item holds. */
export async function recordUsage(deps: Deps, client: pg.ClientBase, batch: UsageBatch): Promise<UsageAnswer> {
  const now = deps.clock.now();
  const items = (Array.isArray(batch) ? batch : batch.items).map((item, index) => readItem(deps, item, index, now));
  const good = items.filter((item): item is GoodItem => 'moment' in item);
  const stored = await storeItems(deps, client, good, now);
  const results = items.map((item) => ('moment' in item ? (stored.get(item.index) ?? lostItem(item)) : item));
  const count = (status: UsageResult['status']) => results.filter((result) => result.status === status).length;
  return { accepted: count('accepted'), duplicates: count('duplicate'), errors: count('error'), results };
}

function readItem(deps: Deps, item: unknown, index: number, now: Date): GoodItem | UsageResult {
  const parsed = usageItem.safeParse(item);
  if (!parsed.success) {
    const details = explainZodError(parsed.error);
    const message = details.map((one) => `${one.path || 'item'}: ${one.message}`).join('; ');
    return { index, status: 'error', error: { code: 'invalid_item', message, details } };
  }
  const moment = readMoment(parsed.data.at, deps.timeZone);
  if (moment.getTime() > now.getTime() + CLOCK_DIFFERENCE_MS) {
    return { index, status: 'error', error: { code: 'at_in_future', message: 'at: lies in the future.' } };
  }
  return { ...parsed.data, index, moment };
}

async function storeItems(
  { timeZone }: Deps,
  client: pg.ClientBase,
  items: GoodItem[],
  now: Date,
): Promise<Map<number, UsageResult>> {
  if (items.length === 0) return new Map();
  const rows = items.map((item) => ({
    n: item.index,
    key: item.idempotencyKey,
    customer: item.customer,
    metric: item.metric,
    value: item.value,
    at: item.moment,
  }));
  const answer = await client.query<{ n: number; is_known: boolean; is_fresh: boolean }>(RECORD, [
    JSON.stringify(rows),
    now,
    timeZone,
  ]);
  const customers = new Map(items.map((item) => [item.index, item.customer]));
  return new Map(
    answer.rows.map((row) => [
      row.n,
      row.is_known
        ? { index: row.n, status: row.is_fresh ? 'accepted' : 'duplicate' }
        : unknownCustomer(row.n, customers.get(row.n) ?? ''),
    ]),
  );
}

function unknownCustomer(index: number, externalId: string): UsageResult {
  const message = `customer: there is no customer "${externalId}".`;
  return { index, status: 'error', error: { code: 'unknown_customer', message } };
}

function lostItem(item: GoodItem): never {
  throw new Error(`The database did not answer for item ${item.index}.`);
}
