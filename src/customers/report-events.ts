// POST of events: each becomes one line of the ledger, once, from which journeys may begin. One statement for the batch.
import type pg from 'pg';
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { BatchBody } from '../http/batch-schema.ts';
import { readMoment } from '../http/read-moment.ts';
import { readItem } from '../http/run-batch.ts';
import { hashId } from '../ids.ts';
import { type EventAnswer, type EventItem, type EventResult, eventItem } from './report-schema.ts';

type Deps = { clock: Clock; timeZone: string };
type GoodItem = { index: number; item: EventItem; at: Date };

/** Clocks differ a little. */
const CLOCK_DIFFERENCE_MS = 5 * MINUTE_MS;

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
export async function reportEvents(deps: Deps, client: pg.ClientBase, body: BatchBody): Promise<EventAnswer> {
  const now = deps.clock.now();
  const read = (Array.isArray(body) ? body : body.items).map((raw, index) => readEvent(deps, raw, index, now));
  const good = read.filter((one): one is GoodItem => 'item' in one);
  const stored = await store(client, good, now);
  const results = read.map((one) => ('item' in one ? (stored.get(one.index) ?? lostItem(one.index)) : one));
  const count = (status: EventResult['status']) => results.filter((result) => result.status === status).length;
  return { accepted: count('accepted'), duplicates: count('duplicate'), errors: count('error'), results };
}

function readEvent({ timeZone }: Deps, raw: unknown, index: number, now: Date): GoodItem | EventResult {
  const read = readItem(eventItem, raw, index);
  if (!('item' in read)) return { ...read, status: 'error' };
  const at = read.item.at === undefined ? now : readMoment(read.item.at, timeZone);
  if (at.getTime() > now.getTime() + CLOCK_DIFFERENCE_MS) {
    return { index, status: 'error', error: { code: 'at_in_future', message: 'at: lies in the future.' } };
  }
  return { ...read, at };
}

async function store(client: pg.ClientBase, items: GoodItem[], now: Date): Promise<Map<number, EventResult>> {
  if (items.length === 0) return new Map();
  const rows = items.map(({ index, item, at }) => ({
    n: index,
    id: hashId('reported event', item.idempotencyKey),
    customer: item.customer,
    at,
    data: { ...item.data, event: item.event },
  }));
  const answer = await client.query<{ n: number; is_known: boolean; is_fresh: boolean }>(RECORD, [
    JSON.stringify(rows),
    now,
  ]);
  const customers = new Map(items.map(({ index, item }) => [index, item.customer]));
  return new Map(
    answer.rows.map((row) => [
      row.n,
      row.is_known
        ? { index: row.n, status: row.is_fresh ? 'accepted' : 'duplicate' }
        : unknownCustomer(row.n, customers.get(row.n) ?? ''),
    ]),
  );
}

function unknownCustomer(index: number, externalId: string): EventResult {
  const message = `customer: there is no customer "${externalId}".`;
  return { index, status: 'error', error: { code: 'unknown_customer', message } };
}

function lostItem(index: number): never {
  throw new Error(`The database did not answer for item ${index}.`);
}
