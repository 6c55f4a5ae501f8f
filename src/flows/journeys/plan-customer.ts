// What care over weeks wants for one customer now: who enters which journey, what moves, what ends. Pure: the same state
// gives the same changes, and once they are saved it gives none. Call it whenever something about the customer changed.
import { holds } from '../condition.ts';
import { formatDate } from '../local-time.ts';
import type { CareState, KnownEnrolment, PlanChange, Subject } from './care-state.ts';
import { anchorNow, isTriggeredBy, type MomentOptions, subjectsOfSignal } from './find-anchor.ts';
import type { Journey } from './journey.ts';
import { journeyScope } from './journey-scope.ts';
import { type AlreadySaid, changedSteps, firstSteps } from './plan-steps.ts';
import { endingOf, isGone, isResting, isSameOccasion, refusalOf, subjectOf } from './reasons-to-end.ts';

type Planning = { journey: Journey; state: CareState; at: MomentOptions };

/** Changes in the order in which they may be saved; a kill between any two loses nothing. */
export function planCustomer(journeys: Iterable<Journey>, state: CareState, at: MomentOptions): PlanChange[] {
  return [...journeys].flatMap((journey) => {
    const planning = { journey, state, at };
    const own = state.enrolments.filter((enrolment) => enrolment.journey === journey.id);
    const changes = own.filter(({ status }) => status === 'active').flatMap((enrolment) => follow(planning, enrolment));
    // Whoever enters must know of those that just ended.
    const after = { ...state, enrolments: own.map((enrolment) => afterChanges(enrolment, changes)) };
    return [...changes, ...enter({ journey, state: after, at })];
  });
}

/** An enrolment that goes on: what moved since, or that it ends. */
function follow(planning: Planning, enrolment: KnownEnrolment): PlanChange[] {
  const { journey, state, at } = planning;
  const enrolmentId = enrolment.id;
  const ending = endingOf(journey, enrolment, state, at);
  if (ending !== null) return [{ change: 'end', enrolmentId, ...ending }];
  const subject = subjectOf(enrolment, state);
  if (subject === undefined) return [];
  const pending = enrolment.steps.filter(({ status }) => status === 'planned');
  const anchorAt = anchorNow(journey, subject, state, at) ?? enrolment.anchorAt;
  const { steps, cancelled } = isResting(subject)
    ? { steps: [], cancelled: pending.map(({ id }) => id) }
    : changedSteps(journey, enrolment, anchorAt, saidBefore(planning, subject, anchorAt), at);
  const isWaiting = pending.length > cancelled.length || steps.length > 0 || isResting(subject);
  const isAtWork = enrolment.steps.some(({ status }) => status === 'due');
  if (!isWaiting && !isAtWork) return [{ change: 'end', enrolmentId, ...allDone }];
  const hasMoved = anchorAt.getTime() !== enrolment.anchorAt.getTime();
  const isChanged = hasMoved || steps.length > 0 || cancelled.length > 0;
  const why = isResting(subject) ? 'Gói đang tạm dừng.' : hasMoved ? movedTo(anchorAt, at) : 'Hành trình đã được sửa.';
  return isChanged ? [{ change: 'move', enrolmentId, anchorAt, steps, cancelled, why }] : [];
}

function movedTo(anchorAt: Date, { timeZone }: MomentOptions): string {
  return `Ngày làm mốc đã dời sang ${formatDate(anchorAt.getTime(), timeZone)}.`;
}

const allDone = { status: 'finished', reason: 'Đã đi hết các bước.' } as const;

function afterChanges(enrolment: KnownEnrolment, changes: readonly PlanChange[]): KnownEnrolment {
  const end = changes.find((change) => change.change === 'end' && change.enrolmentId === enrolment.id);
  return end?.change === 'end' ? { ...enrolment, status: end.status } : enrolment;
}

/** Who enters now, and is not in already. */
function enter(planning: Planning): PlanChange[] {
  const { journey, state } = planning;
  const busy = new Set(state.enrolments.flatMap(({ status, subject }) => (status === 'active' ? [subject.id] : [])));
  const subjects = state.subjects.filter(({ kind }) => kind === journey.subject);
  switch (journey.trigger.on) {
    case 'date':
    case 'no_activity':
      return subjects.filter(({ id }) => !busy.has(id)).flatMap((subject) => enrolAtDate(planning, subject));
    case 'event':
      return enrolByEvents(planning, busy);
    case 'segment':
      return subjects.flatMap((subject) => crossEdge(planning, subject, busy.has(subject.id)));
    case 'manual':
      return [];
  }
}

function enrolAtDate(planning: Planning, subject: Subject): PlanChange[] {
  const { journey, state, at } = planning;
  const anchorAt = anchorNow(journey, subject, state, at);
  if (anchorAt === null) return [];
  const isTaken = pastOf(planning, subject).some((past) => {
    if (isSameOccasion(journey, past.anchorAt, anchorAt)) return past.status !== 'cancelled';
    const apart = Math.abs(past.anchorAt.getTime() - anchorAt.getTime());
    return hasSaid(past) && apart < (journey.againAfterMs ?? 0);
  });
  return isTaken ? [] : enrol(planning, subject, anchorAt);
}

function enrolByEvents(planning: Planning, busy: ReadonlySet<string>): PlanChange[] {
  const { journey, state } = planning;
  const entered = new Set(busy);
  const signals = state.signals.filter((signal) => isTriggeredBy(journey, signal));
  return signals
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .flatMap((signal) =>
      subjectsOfSignal(journey, signal, state).flatMap((subject) => {
        const isKnown = pastOf(planning, subject).some(({ anchorAt }) => anchorAt.getTime() === signal.at.getTime());
        if (entered.has(subject.id) || isKnown || !mayEnterAgain(planning, subject, signal.at)) return [];
        const changes = enrol(planning, subject, signal.at);
        if (changes.length > 0) entered.add(subject.id);
        return changes;
      }),
    );
}

/** The edge is noted after the enrolment: killed in between, the enrolment is found and not made twice. */
function crossEdge(planning: Planning, subject: Subject, isIn: boolean): PlanChange[] {
  const { journey, state, at } = planning;
  if (journey.trigger.on !== 'segment') return [];
  const isTrue = holds(journey.trigger.when, journeyScope(subject, at.now));
  if (isTrue === state.segments.has(segmentKey(journey, subject))) return [];
  const edge = isTrue ? 'enters' : 'leaves';
  const enters = edge === journey.trigger.edge && !isIn && mayEnterAgain(planning, subject, at.now);
  const noted = { journey: journey.id, subjectId: subject.id };
  return [
    ...(enters ? enrol(planning, subject, at.now) : []),
    isTrue ? { change: 'enter_segment', ...noted } : { change: 'leave_segment', ...noted },
  ];
}

/** How a subject's membership in a segment is named in `CareState.segments`. */
export function segmentKey(journey: Pick<Journey, 'id'>, subject: Pick<Subject, 'id'>): string {
  return `${journey.id} ${subject.id}`;
}

/** An agent's button, or another system's request: the enrolment, or why there is none. */
export function enrolByHand(
  journey: Journey,
  subject: Subject,
  state: CareState,
  at: MomentOptions,
): { change: PlanChange } | { refused: string } {
  const planning = { journey, state, at };
  const isIn = state.enrolments.some(
    ({ journey: id, status, subject: of }) => id === journey.id && of.id === subject.id && status === 'active',
  );
  if (isIn) return { refused: 'Khách đang ở trong hành trình này.' };
  const refusal = refusalOf(journey, state);
  if (refusal !== null) return { refused: refusal };
  const anchorAt = anchorNow(journey, subject, state, at) ?? at.now;
  const change = enrol(planning, subject, anchorAt)[0];
  return change === undefined ? { refused: 'Khách không thuộc đối tượng, hoặc không còn bước nào.' } : { change };
}

function enrol(planning: Planning, subject: Subject, anchorAt: Date): PlanChange[] {
  const { journey, state, at } = planning;
  if (refusalOf(journey, state) !== null || isGone(journey, subject) || isResting(subject)) return [];
  const scope = journeyScope(subject, at.now);
  if (!holds(journey.audience, scope) || (journey.goal !== null && holds(journey.goal, scope))) return [];
  const steps = firstSteps(journey, anchorAt, saidBefore(planning, subject, anchorAt), at);
  if (steps.length === 0) return [];
  const { kind, id } = subject;
  return [{ change: 'enrol', journey: journey.id, subject: { kind, id }, anchorAt, steps }];
}

/** Who crossed the edge of a segment and heard nothing (the month turned, say) may hear it the next time. */
function mayEnterAgain(planning: Planning, subject: Subject, anchorAt: Date): boolean {
  const { againAfterMs, trigger } = planning.journey;
  return pastOf(planning, subject)
    .filter((past) => hasSaid(past) || (past.status !== 'cancelled' && trigger.on !== 'segment'))
    .every((past) => againAfterMs !== null && anchorAt.getTime() - past.anchorAt.getTime() >= againAfterMs);
}

/** What was said for the same occasion in enrolments that were broken off: it is not said again. */
function saidBefore(planning: Planning, subject: Subject, anchorAt: Date): AlreadySaid {
  const said = new Map<string, number>();
  if (planning.journey.trigger.on !== 'date') return said;
  for (const past of pastOf(planning, subject)) {
    for (const { step, occurrence, saidFor } of past.steps) {
      if (saidFor === null || !isSameOccasion(planning.journey, saidFor, anchorAt)) continue;
      said.set(step, Math.max(said.get(step) ?? -1, occurrence));
    }
  }
  return said;
}

function pastOf({ journey, state }: Planning, subject: Subject): KnownEnrolment[] {
  return state.enrolments.filter(
    (one) => one.journey === journey.id && one.subject.id === subject.id && one.status !== 'active',
  );
}

function hasSaid({ steps }: KnownEnrolment): boolean {
  return steps.some(({ status }) => status === 'started' || status === 'due');
}
