// When a step is due: offsets from the anchor, hours of the day, repetitions. Pure arithmetic on the business' wall clock.
import { atClockTime } from '../local-time.ts';
import type { JourneyStep } from './journey.ts';

const dayMs = 86_400_000;

/** The moment that a step's `occurrence`-th time (from 0) belongs to. */
export function dueOf(step: JourneyStep, anchorAt: Date, occurrence: number, timeZone: string): Date {
  const anchorMs = anchorAt.getTime();
  const shifted = anchorMs + step.offsetMs + occurrence * (step.every?.ms ?? 0);
  if (step.at === null) return new Date(shifted);
  const sameDay = atClockTime(shifted, step.at, timeZone);
  const hadPassed = step.isAfterMoment && sameDay < anchorMs && step.offsetMs >= 0;
  return new Date(hadPassed ? atClockTime(shifted + dayMs, step.at, timeZone) : sameDay);
}

/** How late a step may run; a repeated one is never run when the next time of it has come. */
export function lateLimitOf(step: JourneyStep): number {
  return step.every === null ? step.lateMs : Math.min(step.lateMs, step.every.ms - 1);
}

/**
 * The time of a step that is to be planned next: after occurrence `last` (-1 = none yet), and no older than what may
 * still run at `now`. Null when there is none.
 */
export function nextOccurrence(
  step: JourneyStep,
  anchorAt: Date,
  { last, now, timeZone, lateMs = lateLimitOf(step) }: { last: number; now: Date; timeZone: string; lateMs?: number },
): { occurrence: number; dueAt: Date } | null {
  const oldest = now.getTime() - lateMs;
  const first = Math.max(last + 1, firstSince(step, anchorAt, oldest));
  // The hour of the day moves a time by less than a day, so the right one is near.
  for (let occurrence = first; isWithin(step, occurrence); occurrence++) {
    const dueAt = dueOf(step, anchorAt, occurrence, timeZone);
    if (dueAt.getTime() >= oldest) return { occurrence, dueAt };
  }
  return null;
}

function firstSince(step: JourneyStep, anchorAt: Date, oldest: number): number {
  if (step.every === null) return 0;
  const behind = oldest - dayMs - anchorAt.getTime() - step.offsetMs;
  return Math.max(0, Math.floor(behind / step.every.ms));
}

function isWithin({ every, offsetMs }: JourneyStep, occurrence: number): boolean {
  if (every === null) return occurrence === 0;
  return every.untilMs === null || offsetMs + occurrence * every.ms <= every.untilMs;
}
