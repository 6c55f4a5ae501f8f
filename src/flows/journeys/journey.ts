// A journey as it is followed: care over weeks, compiled from a journey file. Pure data, so that the database's engine,
// the tests of marketers and the preview all follow the same one.
import type { Condition } from '../condition.ts';
import type { TextRenderer } from '../template.ts';

export const journeyStages = [
  'onboarding',
  'activation',
  'survey',
  'expansion',
  'periodic',
  'renewal',
  'other',
] as const;
export type JourneyStage = (typeof journeyStages)[number];

/** service: about something the customer did or bought, exempt from the cap. The other two count. */
export type JourneyPurpose = 'service' | 'care' | 'advertising';

/** What one enrolment is for: two subscriptions are two onboardings, one customer has one periodic care. */
export type SubjectKind = 'subscription' | 'order' | 'case' | 'customer';

export type JourneyTrigger =
  /** `field` is a dotted date: subscription.expires_at, order.at, customer.attributes.sinh_nhat. */
  | { on: 'date'; field: string; isYearly: boolean }
  /** A line of the ledger of one of these kinds (subscription_activated, order_recorded, case_closed, an event of the integrator). */
  | { on: 'event'; events: readonly string[] }
  /** The condition begins, or ceases, to be true. */
  | { on: 'segment'; when: Condition; edge: 'enters' | 'leaves' }
  /** Nothing heard and nothing used for so long; the anchor is the last activity plus that span, and moves with it. */
  | { on: 'no_activity'; afterMs: number }
  /** Staff press a button, or another system asks. */
  | { on: 'manual' };

export type JourneyStepAction =
  | { do: 'flow'; flow: string; at: string | null; offer: string | null }
  /** `title` as written, for reading; `titleOf` fills in the names. */
  | { do: 'task'; kind: string; title: string; titleOf: TextRenderer; dueMs: number };

export type JourneyStep = {
  id: string;
  /** From the anchor; negative = before it. */
  offsetMs: number;
  /** Wall clock of the business, HH:MM; null = the anchor's own time of day. */
  at: string | null;
  /** The anchor is a moment and not a date: `at` means the first such hour after it, never one that had passed. */
  isAfterMoment: boolean;
  /** Comes again each so often, up to `untilMs` after the anchor (null = as long as the enrolment lives). */
  every: { ms: number; untilMs: number | null } | null;
  /** Asked when the step is due; false = skipped, with the reason in the ledger. */
  condition: Condition | null;
  /** So late it may still run after an outage or a pause; later it is skipped. */
  lateMs: number;
  action: JourneyStepAction;
};

export type Journey = {
  id: string;
  title: string;
  stage: JourneyStage;
  purpose: JourneyPurpose;
  /** Of two that are due the smaller speaks first. */
  priority: number;
  subject: SubjectKind;
  trigger: JourneyTrigger;
  audience: Condition | null;
  /** Reached: the enrolment ends at once. */
  goal: Condition | null;
  /** The same subject may not enrol again before; null = only when the anchor moved to another occasion, or never for other triggers. */
  againAfterMs: number | null;
  /** When the customer is inside another flow. */
  busy: 'wait' | 'interrupt' | 'skip';
  steps: readonly JourneyStep[];
};
