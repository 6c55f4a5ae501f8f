// What webhooks brought, as rows: deliveries and events in the order of their ids, each event once, so that two commits
// under way cannot wait for each other; `n` remembers the order of arrival.
import type { RowOf } from '../batch-rows.ts';
import type { InboundEvent } from '../channels/inbound-event-schema.ts';
import { readStoredBody, type StoredBody } from '../conversations/stored-event.ts';
import { cleanText } from '../flows/vietnamese-text.ts';
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

export const deliveryColumns = {
  id: 'uuid',
  channel: 'text',
  account_id: 'text',
  raw: 'bytea',
  received_at: 'timestamptz',
} as const;

export const eventColumns = {
  n: 'int4',
  id: 'uuid',
  delivery_id: 'uuid',
  channel: 'text',
  account_id: 'text',
  peer_id: 'text',
  identity_id: 'uuid',
  kind: 'text',
  provider_event: 'text',
  occurred_at: 'timestamptz',
  received_at: 'timestamptz',
  payload: 'json_text',
} as const;

/** `body` is what `payload` says: who works the event at once need not read it again. */
export type EventRow = RowOf<typeof eventColumns> & {
  n: number;
  id: string;
  identity_id: string | null;
  kind: string;
  provider_event: string;
  occurred_at: Date;
  received_at: Date;
  body: StoredBody;
};
export type DeliveryRows = { deliveries: RowOf<typeof deliveryColumns>[]; events: EventRow[] };

export function rowsOf(deliveries: readonly Delivery[]): DeliveryRows {
  const events = new Map<string, EventRow>();
  const rows = deliveries.map((delivery) => {
    const id = hashBytesId(delivery.raw);
    for (const event of delivery.events) {
      const eventId = eventIdOf(event);
      if (!events.has(eventId)) events.set(eventId, eventRow(event, eventId, id, delivery.receivedAt, events.size));
    }
    const { channel, accountId, raw, receivedAt } = delivery;
    return { id, channel, account_id: accountId, raw, received_at: receivedAt };
  });
  return { deliveries: rows.sort(byId), events: [...events.values()].sort(byId) };
}

function byId(a: { id: string }, b: { id: string }): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function eventRow(event: InboundEvent, id: string, deliveryId: string, receivedAt: Date, n: number): EventRow {
  const body = { ...event.body, opensWindow: event.opensWindow, standby: event.standby };
  const { text: payload, isClean } = safeJson(body);
  return {
    n,
    id,
    delivery_id: deliveryId,
    channel: event.channel,
    account_id: storable(event.accountId),
    peer_id: event.peerId === null ? null : storable(event.peerId),
    identity_id: event.peerId === null ? null : identityIdOf(event.channel, event.accountId, event.peerId),
    kind: event.body.kind,
    provider_event: storable(event.providerEvent),
    occurred_at: event.occurredAt,
    received_at: receivedAt,
    payload,
    body: isClean ? body : readStoredBody(JSON.parse(payload)),
  };
}

/** PostgreSQL keeps no NUL; half surrogates become the replacement character on their way to it. */
function storable(text: string): string {
  return text.includes('\0') ? cleanText(text) : text;
}
