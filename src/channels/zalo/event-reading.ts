// What is asked about one webhook body, and what is answered; the readers are in read-event.ts and read-template-event.ts.
import type { InboundBody } from '../inbound-event-schema.ts';
import type { ZaloWebhook } from './webhook-schema.ts';

export type EventQuestion = { oaId: string; name: string; webhook: ZaloWebhook; isZns: boolean };

export type EventReading = {
  peerId: string | null;
  body: InboundBody;
  /** Whether it opens the 48 h / 7 day window (contract sheet 5). */
  opensWindow?: boolean;
  /** The provider's id of the event; absent = use a hash of the bytes. */
  eventId?: string;
  /** Epoch milliseconds, when the event tells a truer time than its envelope. */
  happenedAt?: string;
};

/** The person in an event between them and our OA; whichever of the two ids is ours is the OA. Null = not our OA. */
export function customerOf({ oaId, webhook }: EventQuestion): string | null {
  const from = webhook.sender?.id;
  const to = webhook.recipient?.id;
  if (to === oaId && from !== undefined && from !== oaId) return from;
  if (from === oaId && to !== undefined && to !== oaId) return to;
  return null;
}
