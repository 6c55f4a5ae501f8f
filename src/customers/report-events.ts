// POST of events: each becomes one line of the ledger, once, from which journeys may begin. One statement for the batch.
import type pg from 'pg';
import type { BatchBody, ReportAnswer } from '../http/batch-schema.ts';
import { hashId } from '../ids.ts';
import { eventItem } from './report-schema.ts';
import { type KeptReport, type ReportDeps, takeReports } from './take-reports.ts';

// An event is kept as everything is that happened: its id is made from its key, so that a repeat finds its own row.
const RECORD = `
WITH item AS (
  SELECT t.*, c.id AS customer_id
  FROM json_to_recordset($1::json) AS t(n int, id uuid, customer text, at timestamptz, data jsonb)
  LEFT JOIN customers c ON c.external_id = t.customer
), first AS (
  SELECT DISTINCT ON (id) * FROM item WHERE customer_id IS NOT NULL ORDER BY id, n
), stored AS (
  INSERT INTO inbound_events (id, channel, account_id, kind, provider_event, occurred_at, received_at, payload)
  SELECT id, 'api', '', 'event_reported', data ->> 'event', at, $2, '{"kind": "event_reported"}' FROM first ORDER BY id
  ON CONFLICT DO NOTHING RETURNING id
), fresh AS (
  SELECT first.* FROM first JOIN stored ON stored.id = first.id
), noted AS (
  INSERT INTO touchpoints (at, kind, customer_id, data)
  SELECT at, 'event_reported', customer_id, data FROM fresh ORDER BY n
)
SELECT item.n, item.customer_id IS NOT NULL AS is_known, fresh.n IS NOT NULL AS is_fresh
FROM item LEFT JOIN fresh ON fresh.n = item.n`;

/** In the caller's transaction. Never throws for what an item holds. */
export async function reportEvents(deps: ReportDeps, client: pg.ClientBase, body: BatchBody): Promise<ReportAnswer> {
  return await takeReports(deps, eventItem, body, async (reports, now) => {
    const rows = reports.map(({ index, item, at }) => ({
      n: index,
      id: hashId('reported event', item.idempotencyKey),
      customer: item.customer,
      at,
      data: { ...item.data, event: item.event },
    }));
    return (await client.query<KeptReport>(RECORD, [JSON.stringify(rows), now])).rows;
  });
}
