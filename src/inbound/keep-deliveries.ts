// The one statement that keeps what webhooks brought: bodies, people and events. What happened before adds nothing.
import type pg from 'pg';
import { columnArrays, unnest } from '../batch-rows.ts';
import { type DeliveryRows, deliveryColumns, eventColumns } from './delivery-rows.ts';

const FIRST_OF_EVENTS = 1 + Object.keys(deliveryColumns).length;
const AFTER_EVENTS = FIRST_OF_EVENTS + Object.keys(eventColumns).length;

// Who is known is not inserted at all: a conflict would wait for whoever changes that row at this moment, and one person
// who is being worked would hold up everybody in the batch.
const KEEP = `
WITH d AS (
  INSERT INTO webhook_deliveries (id, channel, account_id, raw, received_at)
  SELECT id, channel, account_id, raw, received_at FROM ${unnest(deliveryColumns, 1)}
  ON CONFLICT DO NOTHING
), e AS (
  SELECT * FROM ${unnest(eventColumns, FIRST_OF_EVENTS)}
), i AS (
  INSERT INTO channel_identities (id, channel, account_id, external_id, created_at)
  SELECT DISTINCT ON (identity_id) identity_id, channel, account_id, peer_id, received_at
  FROM e WHERE identity_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM channel_identities k WHERE k.id = e.identity_id)
  ORDER BY identity_id ON CONFLICT DO NOTHING RETURNING id
), v AS (
  INSERT INTO inbound_events (id, delivery_id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
  SELECT id, delivery_id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload FROM e
  ON CONFLICT DO NOTHING
  RETURNING id, identity_id, channel, kind, provider_event, received_at
), t AS (
  INSERT INTO touchpoints (at, kind, channel, inbound_event_id, data)
  SELECT received_at, CASE kind WHEN 'account' THEN 'account_event' ELSE 'unhandled_event' END, channel, id,
         jsonb_build_object('event', provider_event)
  FROM v WHERE identity_id IS NULL
)`;

const KEEP_AND_QUEUE = `${KEEP}
INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at)
SELECT e.id, e.identity_id, e.occurred_at, e.received_at
FROM v JOIN e ON e.id = v.id WHERE e.identity_id IS NOT NULL ORDER BY e.n`;

/** Keeps and leaves the work to the worker. */
export async function keepAndQueue(client: pg.ClientBase | pg.Pool, rows: DeliveryRows): Promise<void> {
  await client.query({ name: 'keep-and-queue', text: KEEP_AND_QUEUE, values: parameters(rows) });
}

// Somebody who is locked is being worked; somebody who is new is ours as long as nobody else can see them.
const KEEP_AND_LOCK = `${KEEP}, held AS (
  SELECT c.id FROM channel_identities c WHERE c.id = ANY($${AFTER_EVENTS}::uuid[]) FOR UPDATE SKIP LOCKED
)
SELECT id, true AS is_event FROM v UNION ALL SELECT id, false FROM i UNION ALL SELECT id, false FROM held`;

/** Keeps, and locks whom the events are about: which events are new, and who is now held by this transaction. */
export async function keepAndLock(
  client: pg.ClientBase,
  rows: DeliveryRows,
): Promise<{ newEvents: Set<string>; held: string[] }> {
  const people = [...new Set(rows.events.flatMap(({ identity_id }) => identity_id ?? []))];
  const found = await client.query<{ id: string; is_event: boolean }>({
    name: 'keep-and-lock',
    text: KEEP_AND_LOCK,
    values: [
      ...parameters(rows),
      ...columnArrays(
        { id: 'uuid' },
        people.map((id) => ({ id })),
      ),
    ],
  });
  const newEvents = new Set<string>();
  const held: string[] = [];
  for (const { id, is_event } of found.rows) {
    if (is_event) newEvents.add(id);
    else held.push(id);
  }
  return { newEvents, held };
}

function parameters({ deliveries, events }: DeliveryRows): Buffer[] {
  return [...columnArrays(deliveryColumns, deliveries), ...columnArrays(eventColumns, events)];
}
