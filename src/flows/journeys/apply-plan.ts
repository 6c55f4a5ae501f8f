// The changes that planning wants, made in memory, as the engine makes them in the database. For tests and forecasts.
import type { CareState, KnownEnrolment, KnownStep, PlanChange } from './care-state.ts';
import { segmentKey } from './plan-customer.ts';

/** The state after the changes were saved. Throws when something decided is planned again: that is never right. */
export function applyPlan(state: CareState, changes: readonly PlanChange[], now: Date): CareState {
  return changes.reduce((before, change) => applyChange(before, change, now), state);
}

function applyChange(state: CareState, change: PlanChange, now: Date): CareState {
  switch (change.change) {
    case 'enrol':
      return { ...state, enrolments: [...state.enrolments, enrolled(change, state.enrolments.length + 1, now)] };
    case 'move':
      return withEnrolment(state, change.enrolmentId, (enrolment) => ({
        ...enrolment,
        anchorAt: change.anchorAt,
        steps: movedSteps(enrolment, change),
      }));
    case 'end':
      return endEnrolment(state, change.enrolmentId, change.status, now);
    case 'enter_segment':
    case 'leave_segment': {
      const segments = new Set(state.segments);
      const key = segmentKey({ id: change.journey }, { id: change.subjectId });
      if (change.change === 'enter_segment') segments.add(key);
      else segments.delete(key);
      return { ...state, segments };
    }
  }
}

/** Ends one; what still waited is cancelled with it. */
export function endEnrolment(state: CareState, id: string, status: KnownEnrolment['status'], now: Date): CareState {
  return withEnrolment(state, id, (enrolment) => ({
    ...enrolment,
    status,
    endedAt: now,
    steps: enrolment.steps.map((step) => (step.status === 'planned' ? { ...step, status: 'cancelled' } : step)),
  }));
}

/** One step decided, or put off. */
export function changeStep(state: CareState, stepId: string, status: KnownStep['status'], dueAt?: Date): CareState {
  const enrolments = state.enrolments.map((enrolment) =>
    enrolment.steps.some(({ id }) => id === stepId)
      ? {
          ...enrolment,
          steps: enrolment.steps.map((step) =>
            step.id === stepId ? changedStep(step, enrolment, status, dueAt) : step,
          ),
        }
      : enrolment,
  );
  return { ...state, enrolments };
}

function changedStep(
  step: KnownStep,
  { anchorAt }: KnownEnrolment,
  status: KnownStep['status'],
  dueAt?: Date,
): KnownStep {
  const isSaid = status === 'due' || status === 'started';
  const saidFor = isSaid ? (step.saidFor ?? anchorAt) : null;
  return { ...step, status, saidFor, dueAt: dueAt ?? step.dueAt };
}

export function withEnrolment(
  state: CareState,
  id: string,
  change: (enrolment: KnownEnrolment) => KnownEnrolment,
): CareState {
  return { ...state, enrolments: state.enrolments.map((one) => (one.id === id ? change(one) : one)) };
}

function enrolled(change: Extract<PlanChange, { change: 'enrol' }>, number: number, now: Date): KnownEnrolment {
  const id = `e${number}`;
  const { journey, subject, anchorAt } = change;
  const steps = change.steps.map(
    (step): KnownStep => ({ ...step, id: `${id}/${step.step}/${step.occurrence}`, status: 'planned', saidFor: null }),
  );
  return {
    id,
    journey,
    subject,
    anchorAt,
    enrolledAt: now,
    status: 'active',
    endedAt: null,
    steps,
    since: {},
  };
}

function movedSteps(enrolment: KnownEnrolment, change: Extract<PlanChange, { change: 'move' }>): KnownStep[] {
  const steps = new Map<string, KnownStep>();
  for (const step of enrolment.steps) {
    steps.set(step.id, change.cancelled.includes(step.id) ? { ...step, status: 'cancelled' } : step);
  }
  for (const planned of change.steps) {
    const id = `${enrolment.id}/${planned.step}/${planned.occurrence}`;
    const known = steps.get(id)?.status ?? 'cancelled';
    if (known !== 'planned' && known !== 'cancelled') throw new Error(`Step ${id} was ${known} and is planned again.`);
    steps.set(id, { ...planned, id, status: 'planned', saidFor: null });
  }
  return [...steps.values()];
}
