// What ends an enrolment, asked whenever a customer is planned and again when a step is due. One list, so that both agree.
import { holds } from '../condition.ts';
import type { CareState, EnrolmentStatus, KnownEnrolment, Subject } from './care-state.ts';
import { anchorNow, type MomentOptions, sameOccasionMs } from './find-anchor.ts';
import type { Journey } from './journey.ts';
import { journeyScope } from './journey-scope.ts';

export type Ending = { status: Exclude<EnrolmentStatus, 'active'>; reason: string };

export const saidNo = 'Khách đã từ chối nhận tin.';
const goneStatuses: ReadonlySet<string> = new Set(['cancelled', 'refunded']);

/** The subject that an enrolment is for, as it stands now. */
export function subjectOf(enrolment: KnownEnrolment, state: CareState): Subject | undefined {
  const { kind, id } = enrolment.subject;
  return state.subjects.find((subject) => subject.kind === kind && subject.id === id);
}

/** Why an enrolment must not go on at all; null = it may. */
export function endingOf(
  journey: Journey,
  enrolment: KnownEnrolment,
  state: CareState,
  at: MomentOptions,
): Ending | null {
  const refusal = refusalOf(journey, state);
  if (refusal !== null) return { status: 'cancelled', reason: refusal };
  const subject = subjectOf(enrolment, state);
  if (subject === undefined) return { status: 'cancelled', reason: `${nameOf(journey)} không còn.` };
  if (isGone(journey, subject)) return { status: 'cancelled', reason: 'Gói đã huỷ hoặc hoàn tiền.' };
  // First, since what moves the date (a renewal) is what most journeys are for.
  if (journey.goal !== null && holds(journey.goal, journeyScope(subject, at.now, enrolment.since))) {
    return { status: 'goal', reason: `Đã đạt mục tiêu: ${journey.goal.text}.` };
  }
  return movedAway(journey, enrolment, subject, state, at);
}

/** The customer as a whole wants, or may have, nothing of this kind. */
export function refusalOf(journey: Journey, state: CareState): string | null {
  if (state.isErased) return 'Dữ liệu của khách đã được xoá.';
  return state.isOptedOut && journey.purpose !== 'service' ? saidNo : null;
}

/** A subscription that was given back; journeys that begin with the end itself go on. */
export function isGone(journey: Journey, { kind, facts }: Subject): boolean {
  if (kind !== 'subscription' || !goneStatuses.has(facts.subscription?.status ?? '')) return false;
  return !(journey.trigger.on === 'event' && journey.trigger.events.includes('subscription_ended'));
}

/** Resting: nothing is planned, nothing ends. */
export function isResting({ kind, facts }: Subject): boolean {
  return kind === 'subscription' && facts.subscription?.status === 'paused';
}

/** Whether two anchors are one occasion: a corrected date, and not the next year's. */
export function isSameOccasion({ trigger }: Journey, a: Date, b: Date): boolean {
  const occasionMs = trigger.on === 'no_activity' ? Math.min(sameOccasionMs, trigger.afterMs) : sameOccasionMs;
  return Math.abs(a.getTime() - b.getTime()) < occasionMs;
}

/**
 * A date that moves by less than an occasion takes its waiting steps along; what was said stays said. One that is that far
 * from where it stood when something was said is another occasion: in one move, or in many small ones (three of six days
 * renew for good). Before anything was said small moves are followed wherever they lead.
 */
function movedAway(
  journey: Journey,
  enrolment: KnownEnrolment,
  subject: Subject,
  state: CareState,
  at: MomentOptions,
): Ending | null {
  const { trigger } = journey;
  if (trigger.on !== 'date' && trigger.on !== 'no_activity') return null;
  const anchor = anchorNow(journey, subject, state, at);
  if (anchor === null) return { status: 'cancelled', reason: 'Ngày làm mốc không còn.' };
  if (trigger.on === 'no_activity') {
    const hasMoved = anchor.getTime() !== enrolment.anchorAt.getTime();
    const hasBegun = enrolment.steps.some(({ status }) => status !== 'planned' && status !== 'cancelled');
    return hasMoved && hasBegun ? { status: 'left', reason: 'Khách đã hoạt động trở lại.' } : null;
  }
  const isSame = (date: Date) => isSameOccasion(journey, date, anchor);
  if (isSame(enrolment.anchorAt) && enrolment.steps.every(({ saidFor }) => saidFor === null || isSame(saidFor)))
    return null;
  const isPending = enrolment.steps.some(({ status }) => status === 'planned' || status === 'due');
  return trigger.isYearly && !isPending
    ? { status: 'finished', reason: 'Đã đi hết các bước của năm nay.' }
    : { status: 'cancelled', reason: 'Ngày làm mốc đã chuyển sang một kỳ khác.' };
}

function nameOf({ subject }: Journey): string {
  return { subscription: 'Gói', order: 'Đơn hàng', case: 'Việc', customer: 'Khách' }[subject];
}
