// Which steps of one enrolment should be waiting, and until when: what changed since they were planned.
import type { KnownEnrolment, KnownStep, PlannedStep } from './care-state.ts';
import type { MomentOptions } from './find-anchor.ts';
import type { Journey, JourneyStep } from './journey.ts';
import { dueOf, lateLimitOf, nextOccurrence } from './step-times.ts';

export type StepChanges = { steps: PlannedStep[]; cancelled: string[] };

/** step → the last occurrence that was already said for the same occasion, in an enrolment that was broken off. */
export type AlreadySaid = ReadonlyMap<string, number>;

/** For somebody who enters: everything still to come, what is late by no more than it may be is due at once. */
export function firstSteps(journey: Journey, anchorAt: Date, said: AlreadySaid, at: MomentOptions): PlannedStep[] {
  return journey.steps.flatMap((step) => {
    const next = nextOccurrence(step, anchorAt, { last: said.get(step.id) ?? -1, ...at });
    return next === null ? [] : [{ step: step.id, ...next }];
  });
}

/** For somebody who is in: only what differs from what is planned. Nothing new is planned in the past. */
export function changedSteps(
  journey: Journey,
  enrolment: KnownEnrolment,
  anchorAt: Date,
  said: AlreadySaid,
  at: MomentOptions,
): StepChanges {
  const hasMoved = anchorAt.getTime() !== enrolment.anchorAt.getTime();
  const changes: StepChanges = { steps: [], cancelled: [] };
  const known = new Set(journey.steps.map(({ id }) => id));
  for (const row of enrolment.steps) {
    if (row.status === 'planned' && !known.has(row.step)) changes.cancelled.push(row.id);
  }
  for (const step of journey.steps) {
    const rows = enrolment.steps.filter((row) => row.step === step.id);
    if (rows.some(({ status }) => status === 'due')) continue;
    const saidLast = said.get(step.id) ?? -1;
    const pending = rows.filter(({ status }) => status === 'planned');
    // A date that moved away and halfway back lies near an occasion where this was said already.
    const old = pending.filter(({ occurrence }) => occurrence <= saidLast);
    changes.cancelled.push(...old.map(({ id }) => id));
    const kept = pending.filter(
      (row) => row.occurrence > saidLast && keepOrMove(step, row, anchorAt, hasMoved, at, changes),
    );
    if (kept.length > 0) continue;
    const next = nextOf(step, rows, anchorAt, saidLast, at);
    if (next !== null) changes.steps.push({ step: step.id, ...next });
  }
  return changes;
}

/** False when the row had to be cancelled. */
function keepOrMove(
  step: JourneyStep,
  row: KnownStep,
  anchorAt: Date,
  hasMoved: boolean,
  { now, timeZone }: MomentOptions,
  changes: StepChanges,
): boolean {
  const dueAt = dueOf(step, anchorAt, row.occurrence, timeZone);
  const wasPutOff = !hasMoved && dueAt <= now && row.dueAt >= dueAt;
  if (wasPutOff || dueAt.getTime() === row.dueAt.getTime()) return true;
  const exists = row.occurrence === 0 || nextOccurrence(step, anchorAt, atOccurrence(row, now, timeZone)) !== null;
  if (!exists || dueAt.getTime() < now.getTime() - lateLimitOf(step)) {
    changes.cancelled.push(row.id);
    return false;
  }
  changes.steps.push({ step: step.id, occurrence: row.occurrence, dueAt });
  return true;
}

function atOccurrence(row: KnownStep, now: Date, timeZone: string) {
  return { last: row.occurrence - 1, now, timeZone, lateMs: Number.POSITIVE_INFINITY };
}

/** A step that was never planned is new in the file and comes only in the future; one that was may be late. */
function nextOf(step: JourneyStep, rows: readonly KnownStep[], anchorAt: Date, said: number, at: MomentOptions) {
  const decided = rows.filter(({ status }) => status === 'started' || status === 'skipped');
  const last = Math.max(said, ...decided.map(({ occurrence }) => occurrence));
  return nextOccurrence(step, anchorAt, { last, ...at, lateMs: rows.length === 0 ? 0 : lateLimitOf(step) });
}
