// A message on its way: the words the outbox uses for it.
import { z } from 'zod';

/**
 * answer: to what the customer just did. confirmation: the one line that closes an act of theirs (opt-out, hand-over).
 * care: unasked service. advertising: unasked and selling. Only the last two know quiet hours, consent and caps.
 */
export const messagePurposeSchema = z.enum(['answer', 'confirmation', 'care', 'advertising']);
export type MessagePurpose = z.infer<typeof messagePurposeSchema>;

export const outboundStatuses = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'skipped',
  'uncertain',
  'parked',
] as const;

export function isUnasked(purpose: MessagePurpose): boolean {
  return purpose === 'care' || purpose === 'advertising';
}
