// What tests of journeys share: a made-up customer with one subscription, journeys from a few lines, and a small engine
// that keeps what planning and deciding want, as the database does.

import type {
  CareState,
  KnownEnrolment,
  KnownStep,
  PlanChange,
  Subject,
} from '../../../src/flows/journeys/care-state.ts';
import { compileJourney } from '../../../src/flows/journeys/compile-journey.ts';
import type { Journey } from '../../../src/flows/journeys/journey.ts';
import { segmentKey } from '../../../src/flows/journeys/plan-customer.ts';
import { readJourney } from '../../../src/flows/journeys/read-journey.ts';
import { sampleFacts } from '../../../src/flows/sample-facts.ts';
import type { TestFacts } from '../../../src/flows/test-schema.ts';

export const timeZone = 'Asia/Ho_Chi_Minh';
export const day = 86_400_000;
export const hour = 3_600_000;

/** "2026-11-24 09:00" on the wall clock of the business. */
export function at(local: string): Date {
  return new Date(`${local.replace(' ', 'T')}:00+07:00`);
}

/** Throws with all problems when the file cannot be read. */
export function journeyOf(source: string): Journey {
  const { journey, problems } = readJourney('thu.journey.yaml', source);
  if (journey === null || problems.length > 0) throw new Error(JSON.stringify(problems, null, 2));
  return compileJourney(journey);
}

export const renewal = journeyOf(`id: thu
title: Gia hạn
stage: renewal
for: subscription
trigger: { on: date, of: subscription.expires_at }
goal: since.subscription_renewed > 0
late: 3 days
steps:
  - { id: truoc_30, offset: -30 days, at: "09:00", flow: nhac }
  - { id: truoc_7, offset: -7 days, at: "09:00", flow: nhac }
  - { id: goi, offset: -1 day, task: "Gọi {customer.name}" }
`);

export function subscription(fields: TestFacts['subscription'] = {}, more: TestFacts = {}): Subject {
  const facts = sampleFacts('zalo', '2026-11-24T09:00:00+07:00', { ...more, subscription: fields });
  return { kind: 'subscription', id: 'sub-1', facts };
}

export function stateOf(fields: Partial<CareState> = {}): CareState {
  const subjects = fields.subjects ?? [subscription({ expires_at: '2027-06-01T12:00:00+07:00' })];
  return {
    customerId: 'customer-1',
    isOptedOut: false,
    isErased: false,
    lastActivityAt: null,
    enrolments: [],
    segments: new Set(),
    signals: [],
    ...fields,
    subjects,
  };
}

/** The state after the changes were saved, as the engine saves them. */
export function applied(state: CareState, changes: readonly PlanChange[], now: Date): CareState {
  return changes.reduce((before, change) => apply(before, change, now), state);
}

function apply(state: CareState, change: PlanChange, now: Date): CareState {
  switch (change.change) {
    case 'enrol': {
      const id = `e${state.enrolments.length + 1}`;
      const enrolment: KnownEnrolment = {
        id,
        journey: change.journey,
        subject: change.subject,
        anchorAt: change.anchorAt,
        enrolledAt: now,
        status: 'active',
        endedAt: null,
        steps: change.steps.map((step) => ({
          ...step,
          id: `${id}/${step.step}/${step.occurrence}`,
          status: 'planned',
        })),
        since: {},
      };
      return { ...state, enrolments: [...state.enrolments, enrolment] };
    }
    case 'move':
      return withEnrolment(state, change.enrolmentId, (enrolment) => ({
        ...enrolment,
        anchorAt: change.anchorAt,
        steps: movedSteps(enrolment, change),
      }));
    case 'end':
      return withEnrolment(state, change.enrolmentId, (enrolment) => ({
        ...enrolment,
        status: change.status,
        endedAt: now,
        steps: enrolment.steps.map((step) => (step.status === 'planned' ? { ...step, status: 'cancelled' } : step)),
      }));
    default: {
      const segments = new Set(state.segments);
      const key = segmentKey({ id: change.journey }, { id: change.subjectId });
      if (change.change === 'enter_segment') segments.add(key);
      else segments.delete(key);
      return { ...state, segments };
    }
  }
}

function movedSteps(enrolment: KnownEnrolment, change: Extract<PlanChange, { change: 'move' }>): KnownStep[] {
  const steps = new Map<string, KnownStep>(
    enrolment.steps.map((step): [string, KnownStep] => [
      step.id,
      change.cancelled.includes(step.id) ? { ...step, status: 'cancelled' } : step,
    ]),
  );
  for (const planned of change.steps) {
    const id = `${enrolment.id}/${planned.step}/${planned.occurrence}`;
    const known = steps.get(id);
    if (known !== undefined && known.status !== 'planned' && known.status !== 'cancelled') {
      throw new Error(`Step ${id} was ${known.status} and is planned again.`);
    }
    steps.set(id, { ...planned, id, status: 'planned' });
  }
  return [...steps.values()];
}

export function withEnrolment(
  state: CareState,
  id: string,
  change: (enrolment: KnownEnrolment) => KnownEnrolment,
): CareState {
  return { ...state, enrolments: state.enrolments.map((one) => (one.id === id ? change(one) : one)) };
}

export function withStep(state: CareState, stepId: string, status: KnownStep['status'], dueAt?: Date): CareState {
  const enrolments = state.enrolments.map((enrolment) => ({
    ...enrolment,
    steps: enrolment.steps.map((step) => (step.id === stepId ? { ...step, status, dueAt: dueAt ?? step.dueAt } : step)),
  }));
  return { ...state, enrolments };
}
