// What a script said about an offer in one turn.
import type { OfferState } from './offer-state.ts';

export type OfferWord = {
  runId: string;
  flow: string;
  flowVersionId: string | null;
  step: string;
  code: string;
  /** `sent` = the script said it; whether it left is known only to the outbox. */
  state: Extract<OfferState, 'sent' | 'accepted' | 'declined' | 'later' | 'ignored' | 'expired'>;
  subscriptionId: string | null;
  reason: string | null;
  benefit: string | null;
  gift: string | null;
  deadlineAt: string | null;
};

/** Whose word it was, and when. */
export type Spoken = {
  customerId: string;
  conversationId: string;
  channel: string;
  inboundEventId: string;
  at: Date;
};
