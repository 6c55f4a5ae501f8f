// The moment from which a journey counts: a date that may move, a birthday each year, the last sign of life.
import { factsScope } from '../condition.ts';
import { localParts, momentOf, readDate } from '../local-time.ts';
import { nameReader } from '../run-scope.ts';
import type { CareState, Signal, Subject } from './care-state.ts';
import type { Journey } from './journey.ts';
import { subjectOfKind } from './ledger-kinds.ts';
import { dueOf } from './step-times.ts';

/** Two dates nearer than this are one occasion: a corrected expiry does not make a second reminder. */
export const sameOccasionMs = 14 * 86_400_000;
const dayMs = 86_400_000;
const earliestMs = Date.UTC(1900, 0, 1);
/** 31/12/9999 is how many systems write "never": nothing counts from a day that does not come. */
const neverMs = Date.UTC(9000, 0, 1);
/** Longer than any holidays: what waits for their end is still this year's. */
const longestRestMs = 14 * dayMs;

const noVariables: ReadonlySet<string> = new Set();

export type MomentOptions = { now: Date; timeZone: string };

/** Where the anchor of a date or of silence stands now; null when there is none, or the trigger is of another kind. */
export function anchorNow(journey: Journey, subject: Subject, state: CareState, at: MomentOptions): Date | null {
  const { trigger } = journey;
  if (trigger.on === 'no_activity') {
    return state.lastActivityAt === null ? null : new Date(state.lastActivityAt.getTime() + trigger.afterMs);
  }
  if (trigger.on !== 'date') return null;
  const value = nameReader(trigger.field, noVariables)?.(factsScope(subject.facts));
  const ms = typeof value === 'string' ? readDate(value, at.timeZone) : null;
  if (ms === null || ms < earliestMs || ms > neverMs) return null;
  return trigger.isYearly ? nextYearly(journey, ms, at) : new Date(ms);
}

/** The first return of the day whose last step could still run. */
function nextYearly(journey: Journey, ms: number, { now, timeZone }: MomentOptions): Date {
  const born = localParts(ms, timeZone);
  const thisYear = localParts(now.getTime(), timeZone).year;
  for (let year = thisYear - 1; ; year++) {
    const day = Math.min(born.day, new Date(Date.UTC(year, born.month, 0)).getUTCDate());
    const anchor = new Date(momentOf({ ...born, year, day }, timeZone));
    const over = now.getTime() - longestRestMs;
    const isOver = journey.steps.every(
      // Exactly only where a day more or less matters: this is asked often.
      (step) =>
        anchor.getTime() + step.offsetMs + step.lateMs + 2 * dayMs < over ||
        dueOf(step, anchor, 0, timeZone).getTime() + step.lateMs < over,
    );
    if (!isOver || year > thisYear + 1) return anchor;
  }
}

/** Whether a line of the ledger is what an event journey waits for. */
export function isTriggeredBy(journey: Journey, signal: Signal): boolean {
  return journey.trigger.on === 'event' && journey.trigger.events.some((event) => isEvent(signal, event));
}

function isEvent(signal: Signal, event: string): boolean {
  if (signal.kind === event) return true;
  return signal.kind === 'event_reported' && [signal.data.event, signal.data.name].includes(event);
}

/** The things of a journey's kind that a signal speaks of: the one it names, else the only one. */
export function subjectsOfSignal(journey: Journey, signal: Signal, state: CareState): readonly Subject[] {
  const all = state.subjects.filter(({ kind }) => kind === journey.subject);
  if (journey.subject === 'customer') return all;
  const named = signal.data[journey.subject] ?? signal.data[`${journey.subject}Id`];
  if (named !== undefined && named !== null) return all.filter((subject) => isNamed(subject, named));
  const isAboutAnother = subjectOfKind[signal.kind] !== undefined && subjectOfKind[signal.kind] !== journey.subject;
  return all.length === 1 && !isAboutAnother ? all : [];
}

function isNamed({ id, kind, facts }: Subject, named: unknown): boolean {
  if (named === id) return true;
  if (kind === 'subscription') return named === facts.subscription?.id;
  if (kind === 'order') return named === facts.order?.id;
  return kind === 'case' && named === facts.case?.id;
}
