// What the readers of single events are given, and what they give back.
import type { InboundBody } from '../inbound-event-schema.ts';
import type { JsonRecord } from './read-json.ts';

export type EventSource = {
  /** The whole item of `messaging` or `standby`. */
  event: JsonRecord;
  /** The page it came for. */
  accountId: string;
  peerId: string | null;
  isFromPage: boolean;
  occurredAt: Date;
  receivedAt: Date;
  ourAppId: string;
};

export type ReadEvent = { providerEvent: string; providerId: string; opensWindow: boolean; body: InboundBody };

/** `value` is what stands under the event's key; null means: not as expected, keep it as unhandled. */
export type EventReader = (value: unknown, source: EventSource) => ReadEvent[] | null;
