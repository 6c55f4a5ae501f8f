// Ids that make repeats harmless: the same thing said twice by a provider is one row.
import type { InboundEvent } from '../channels/inbound-event-schema.ts';
import { hashId } from '../ids.ts';

export { conversationIdOf, identityIdOf } from '../ids.ts';

/** Scoped by channel, account, person and event: a provider's message id is only unique inside them. */
export function eventIdOf(event: InboundEvent): string {
  return hashId('event', event.channel, event.accountId, event.peerId ?? '', event.providerEvent, event.providerId);
}
