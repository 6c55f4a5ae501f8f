// Ids that make repeats harmless: the same thing said twice by a provider is one row.
import type { InboundEvent } from '../channels/inbound-event-schema.ts';
import { hashId } from '../ids.ts';

/** Scoped by channel, account, person and event: a provider's message id is only unique inside them. */
export function eventIdOf(event: InboundEvent): string {
  return hashId('event', event.channel, event.accountId, event.peerId ?? '', event.providerEvent, event.providerId);
}

export function identityIdOf(channel: string, accountId: string, peerId: string): string {
  return hashId('identity', channel, accountId, peerId);
}

export function conversationIdOf(identityId: string): string {
  return hashId('conversation', identityId);
}
