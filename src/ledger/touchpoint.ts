// The touchpoint ledger: one row per thing that happened, or was decided against, with its reason.
import type { TouchpointKind } from './touchpoint-schema.ts';

/** `at` is when it happened; ids are null where the thing has none. */
export type Touchpoint = {
  at: Date;
  kind: TouchpointKind;
  customerId: string | null;
  conversationId?: string | null;
  channel?: string | null;
  text?: string | null;
  reason?: string | null;
  flow?: string | null;
  flowVersionId?: string | null;
  step?: string | null;
  inboundEventId?: string | null;
  outboundMessageId?: string | null;
  costAmount?: number | null;
  data?: Record<string, unknown> | null;
};
