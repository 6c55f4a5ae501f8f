// What a turn wants to change, as plain rows. Collected by pure code, saved by inbound/save-turns in one transaction.

import type { Message } from '../flows/message-schema.ts';
import type { TouchpointKind } from '../ledger/touchpoint-schema.ts';
import type { OfferWord } from '../offers/offer-word.ts';
import type { StoredRung } from '../outbox/fallback.ts';
import type { MessagePurpose } from '../outbox/outbound-message.ts';
import type { OutboxChange } from '../outbox/outbox-change.ts';
import type { SurveyWord } from '../surveys/survey-word.ts';

export type NewMessage = {
  /** Made from the event and the place in it: the same event never says the same line twice. */
  id: string;
  message: Message;
  purpose: MessagePurpose;
  author: 'flow' | 'system';
  flow: string | null;
  flowVersionId: string | null;
  runId: string | null;
  step: string | null;
  /** The tip that it shares: counted as shared when the message left. */
  tip?: string;
  /** Only what nobody asked for has one: the rungs below, for when the window is closed at the time of sending. */
  fallback?: readonly StoredRung[];
};

export type TimerChange =
  | { change: 'start'; key: string; runId: string; dueAt: Date }
  | { change: 'cancel'; key: string; runId: string }
  | { change: 'cancel_run'; runId: string };

export type LedgerEntry = {
  kind: TouchpointKind;
  at?: Date;
  text?: string | null;
  reason?: string | null;
  flow?: string | null;
  flowVersionId?: string | null;
  step?: string | null;
  inboundEventId?: string | null;
  data?: Record<string, unknown>;
};

export type CaseToOpen = {
  id: string;
  reason: string;
  /** Absent = other. */
  kind?: string;
  dueInHours: number;
  detail: Record<string, string | number>;
  /** The run that opened it; absent = the program itself. */
  runId?: string;
  subscriptionId?: string | null;
};

export type TaskToOpen = {
  id: string;
  title: string;
  kind: string;
  dueInHours: number;
  detail: Record<string, string | number>;
  subscriptionId: string | null;
};

export type Effects = {
  messages: NewMessage[];
  timers: TimerChange[];
  ledger: LedgerEntry[];
  surveys: SurveyWord[];
  offers: OfferWord[];
  cases: CaseToOpen[];
  tasks: TaskToOpen[];
  bookings: { topic: string; startsAt: string; durationMinutes: number; meetingUrl: string | null; id: string }[];
  bookingsCancelled: { id: string }[];
  outbox: OutboxChange[];
  media: { inboundEventId: string; kind: string; url: string }[];
  /** What became of the step of a journey that was due. */
  enrolmentsDone: {
    id: string;
    status: 'started' | 'skipped';
    reason: string | null;
    channel: string;
    runId: string | null;
  }[];
  consents: { purpose: string; channel: string; granted: boolean; source: string; wording: string | null }[];
  /** Rights that the customer uses; privacy/ knows by when. */
  privacyRequests: { kind: 'delete'; source: string }[];
  /** Subscriptions etc. of an opted-out customer: planned enrolments are cancelled. */
  cancelsPlanned: boolean;
};

export function noEffects(): Effects {
  return {
    messages: [],
    timers: [],
    ledger: [],
    surveys: [],
    offers: [],
    cases: [],
    tasks: [],
    bookings: [],
    bookingsCancelled: [],
    outbox: [],
    media: [],
    enrolmentsDone: [],
    consents: [],
    privacyRequests: [],
    cancelsPlanned: false,
  };
}
