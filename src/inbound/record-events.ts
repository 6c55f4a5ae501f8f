// Accepting: what a webhook brought is kept, once, before it is answered. Many requests share one commit.
import type pg from 'pg';
import { createBatcher } from '../batcher.ts';
import type { InboundEvent } from '../channels/inbound-event-schema.ts';
import { isConnectionLost } from '../database.ts';
import { withDeadline } from '../deadline.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { hashBytesId } from '../ids.ts';
import { eventIdOf, identityIdOf } from './event-id.ts';
import { safeJson } from './safe-json.ts';

/** One webhook body: its bytes as received, and what was read in them. */
export type Delivery = {
  channel: string;
  accountId: string;
  raw: Buffer;
  receivedAt: Date;
  events: InboundEvent[];
};

export type EventRecorder = {
  /** Resolves when the delivery is committed; rejects with DatabaseUnavailableError when it cannot be. */
  record(delivery: Delivery): Promise<void>;
  /** Resolves when everything given so far is settled. */
  drain(): Promise<void>;
};

export type RecorderOptions = {
  /** Called after each commit, so that the worker need not wait for its next round. */
  onRecorded?: () => void;
};

/** Meta waits five seconds. What is committed after all is known when the provider brings it again. */
const LONGEST_WAIT_MS = 4_000;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

export function createEventRecorder(pool: pg.Pool, { onRecorded }: RecorderOptions = {}): EventRecorder {
  const batcher = createBatcher<Delivery>({
    maxBatch: 256,
    // One commit under way: what arrives meanwhile makes the next one larger, and a larger one costs less for each.
    concurrency: 1,
    weigh: (delivery) => delivery.raw.length,
    maxWeight: MAX_BATCH_BYTES,
    maySplit: (error) => !isConnectionLost(error),
    commit: async (deliveries) => {
      await insertDeliveries(pool, deliveries);
      onRecorded?.();
    },
  });
  return {
    record: async (delivery) => {
      try {
        const tooLate = () => new DatabaseUnavailableError('No commit in time.');
        await withDeadline(batcher.add(delivery), LONGEST_WAIT_MS, tooLate);
      } catch (error) {
        throw isConnectionLost(error) ? new DatabaseUnavailableError(error) : error;
      }
    },
    drain: () => batcher.drain(),
  };
}

// Rows go in by id, so that two commits under way cannot wait for each other; the queue keeps the order of arrival.
const INSERT = `
WITH d AS (
  INSERT INTO webhook_deliveries (id, channel, account_id, raw, received_at)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[])
  ON CONFLICT DO NOTHING
), e AS (
  SELECT * FROM json_to_recordset($6::json) AS t(
    n int, id uuid, delivery_id uuid, channel text, account_id text, peer_id text, identity_id uuid, kind text,
    provider_event text, occurred_at timestamptz, received_at timestamptz, payload jsonb)
), i AS (
  INSERT INTO channel_identities (id, channel, account_id, external_id, created_at)
  SELECT DISTINCT ON (identity_id) identity_id, channel, account_id, peer_id, received_at
  FROM e WHERE identity_id IS NOT NULL ORDER BY identity_id
  ON CONFLICT DO NOTHING
), v AS (
  INSERT INTO inbound_events (id, delivery_id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
  SELECT id, delivery_id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload
  FROM e ORDER BY id
  ON CONFLICT DO NOTHING
  RETURNING id, identity_id, channel, kind, provider_event, occurred_at, received_at
), t AS (
  INSERT INTO touchpoints (at, kind, channel, inbound_event_id, data)
  SELECT received_at, CASE kind WHEN 'account' THEN 'account_event' ELSE 'unhandled_event' END, channel, id,
         jsonb_build_object('event', provider_event)
  FROM v WHERE identity_id IS NULL
)
INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at)
SELECT v.id, v.identity_id, v.occurred_at, v.received_at
FROM v JOIN (SELECT id, min(n) AS n FROM e GROUP BY id) o ON o.id = v.id
WHERE v.identity_id IS NOT NULL ORDER BY o.n`;

async function insertDeliveries(pool: pg.Pool, deliveries: Delivery[]): Promise<void> {
  const ids = deliveries.map((delivery) => hashBytesId(delivery.raw));
  const rows = deliveries.flatMap((delivery, index) =>
    delivery.events.map((event) => eventRow(event, ids[index], delivery.receivedAt)),
  );
  await pool.query({
    name: 'record-events',
    text: INSERT,
    values: [
      ids,
      deliveries.map((delivery) => delivery.channel),
      deliveries.map((delivery) => delivery.accountId),
      deliveries.map((delivery) => delivery.raw),
      deliveries.map((delivery) => delivery.receivedAt),
      safeJson(rows.map((row, n) => ({ n, ...row }))),
    ],
  });
}

function eventRow(event: InboundEvent, deliveryId: string | undefined, receivedAt: Date) {
  return {
    id: eventIdOf(event),
    delivery_id: deliveryId,
    channel: event.channel,
    account_id: event.accountId,
    peer_id: event.peerId,
    identity_id: event.peerId === null ? null : identityIdOf(event.channel, event.accountId, event.peerId),
    kind: event.body.kind,
    provider_event: event.providerEvent,
    occurred_at: event.occurredAt,
    received_at: receivedAt,
    payload: { ...event.body, opensWindow: event.opensWindow, standby: event.standby },
  };
}
