// What becomes of a step that is due: asked again at the moment itself, because dates move and people change their minds.
import { holds } from '../condition.ts';
import type { CareState, KnownEnrolment, KnownStep, StepDecision } from './care-state.ts';
import { anchorNow, type MomentOptions } from './find-anchor.ts';
import type { Journey, JourneyStep } from './journey.ts';
import { journeyScope } from './journey-scope.ts';
import { endingOf, isResting, subjectOf } from './reasons-to-end.ts';
import { dueOf, lateLimitOf } from './step-times.ts';

export type DecideOptions = MomentOptions & {
  /** When an unasked message may leave: `now` itself outside quiet hours and holidays. */
  loudFrom?: (now: Date) => Date;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Service steps and tasks do not wait for the morning; a step that may not start says why, in the ledger's words. */
export function decideStep(
  journey: Journey,
  enrolment: KnownEnrolment,
  { step: stepId, occurrence }: Pick<KnownStep, 'step' | 'occurrence'>,
  state: CareState,
  at: DecideOptions,
): StepDecision {
  const ending = endingOf(journey, enrolment, state, at);
  if (ending !== null) return { decision: 'end', ...ending };
  const subject = subjectOf(enrolment, state);
  const step = journey.steps.find(({ id }) => id === stepId);
  if (step === undefined) return skip('Bước này không còn trong hành trình.');
  if (subject === undefined || isResting(subject)) return wait(at.now.getTime() + hourMs, 'Gói đang tạm dừng.');
  const anchorAt = anchorNow(journey, subject, state, at) ?? enrolment.anchorAt;
  const dueAt = dueOf(step, anchorAt, occurrence, at.timeZone);
  if (dueAt > at.now) return wait(dueAt.getTime(), 'Mốc ngày đã dời.');
  const countsFrom = lateFrom(journey, step, dueAt, at).getTime();
  if (at.now.getTime() - countsFrom > lateLimitOf(step)) return skip(tooLate(step));
  const scope = journeyScope(subject, at.now, enrolment.since);
  if (journey.audience !== null && !holds(journey.audience, scope)) {
    return { decision: 'end', status: 'left', reason: `Không còn thuộc đối tượng: ${journey.audience.text}.` };
  }
  if (step.condition !== null && !holds(step.condition, scope)) {
    return skip(`Điều kiện không đúng: ${step.condition.text}.`);
  }
  return waitForMorning(journey, step, at) ?? { decision: 'start' };
}

/**
 * From when a step that was due counts as late: a night or a holiday puts off and never drops. Pass it to `arbitrate` as
 * `dueAt`.
 */
export function lateFrom(journey: Journey, step: JourneyStep, dueAt: Date, { loudFrom }: DecideOptions): Date {
  return loudFrom === undefined || !waitsForMorning(journey, step) ? dueAt : loudFrom(dueAt);
}

function waitsForMorning(journey: Journey, step: JourneyStep): boolean {
  return journey.purpose !== 'service' && step.action.do !== 'task';
}

/** What the ledger says of a step that an outage, a pause or the cap held up for too long. */
export function tooLate(step: JourneyStep): string {
  return `Đã quá hạn gửi muộn (${spanText(lateLimitOf(step))}).`;
}

function waitForMorning(journey: Journey, step: JourneyStep, { now, loudFrom }: DecideOptions): StepDecision | null {
  if (loudFrom === undefined || !waitsForMorning(journey, step)) return null;
  const from = loudFrom(now);
  return from > now ? wait(from.getTime(), 'Đang trong giờ yên tĩnh hoặc ngày nghỉ.') : null;
}

function spanText(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes % 60 !== 0) return `${minutes} phút`;
  const hours = minutes / 60;
  return hours % 24 === 0 && hours > 0 ? `${hours / 24} ngày` : `${hours} giờ`;
}

function skip(reason: string): StepDecision {
  return { decision: 'skip', reason };
}

function wait(dueMs: number, reason: string): StepDecision {
  return { decision: 'move', dueAt: new Date(dueMs), reason };
}
