// From Zalo's bytes to inbound events: one body is one event. Called only after the signature was found valid.
import { createHash } from 'node:crypto';
import { DAY_MS } from '../../clock.ts';
import type { ParsedWebhook, WebhookHeaders } from '../channel.ts';
import type { InboundEvent } from '../inbound-event-schema.ts';
import type { EventReading } from './event-reading.ts';
import { readEvent } from './read-event.ts';
import { isJsonObject, readJson } from './read-json.ts';
import { webhookSchema } from './webhook-schema.ts';

const LONGEST_EVENT_NAME = 100;
/** Zalo's own samples show timestamps of 11 and 12 digits: nothing before this day can be a real one. */
const EARLIEST = Date.UTC(2015, 0, 1);

/** Never throws: an object that makes no sense becomes one `unhandled` event; what is no JSON object is refused. */
export function parseZaloWebhook(
  { oaId }: { oaId: string },
  raw: Uint8Array,
  headers: WebhookHeaders,
  receivedAt: Date,
): ParsedWebhook {
  const json = readJson(raw);
  if (!json.ok) return { ok: false, reason: 'Body is not JSON.' };
  if (!isJsonObject(json.value)) return { ok: false, reason: 'Body is not a JSON object.' };
  const webhook = webhookSchema.safeParse(json.value).data ?? {};
  const name = (webhook.event_name || 'unknown').slice(0, LONGEST_EVENT_NAME).toWellFormed();
  const isZns = headers['x-zevent-server'] === 'ZNS';
  const reading = readEvent({ oaId, name, webhook, isZns });
  return { ok: true, events: [toEvent(oaId, name, reading, raw, webhook.timestamp, receivedAt)] };
}

function toEvent(
  oaId: string,
  name: string,
  reading: EventReading,
  raw: Uint8Array,
  timestamp: string | undefined,
  receivedAt: Date,
): InboundEvent {
  return {
    channel: 'zalo',
    accountId: oaId,
    peerId: reading.peerId,
    providerEvent: name,
    occurredAt: readTime(reading.happenedAt ?? timestamp, receivedAt),
    // Redeliveries are byte for byte the same, so the hash is as good as an id.
    providerId: reading.eventId ?? createHash('sha256').update(raw).digest('hex'),
    opensWindow: reading.opensWindow ?? false,
    standby: false,
    body: reading.body,
  };
}

/** Epoch milliseconds as digits; the time of receipt where they make no sense (before 2015, or from tomorrow). */
function readTime(digits: string | undefined, receivedAt: Date): Date {
  if (digits === undefined || !/^\d{11,14}$/.test(digits)) return receivedAt;
  const time = Number(digits);
  return time < EARLIEST || time > receivedAt.getTime() + DAY_MS ? receivedAt : new Date(time);
}
