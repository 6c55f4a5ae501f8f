// POST of usage: good items are kept, bad ones are named. One statement, however long the batch; what comes late or out of
// order counts in the month it belongs to, and never hides a newer value.
import type pg from 'pg';
import type { ReportAnswer } from '../http/batch-schema.ts';
import { type KeptReport, type ReportDeps, takeReports } from './take-reports.ts';
import { type UsageBatch, usageItem } from './usage-schema.ts';

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
export async function recordUsage(deps: ReportDeps, client: pg.ClientBase, batch: UsageBatch): Promise<ReportAnswer> {
  return await takeReports(deps, usageItem, batch, async (reports, now) => {
    const rows = reports.map(({ index, item, at }) => ({
      n: index,
      key: item.idempotencyKey,
      customer: item.customer,
      metric: item.metric,
      value: item.value,
      at,
    }));
    return (await client.query<KeptReport>(RECORD, [JSON.stringify(rows), now, deps.timeZone])).rows;
  });
}
