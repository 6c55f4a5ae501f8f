// All that journeys may know of one customer at one moment, and what they want changed: the two sides of the kernel.
import type { FlowFacts } from '../flow-run.ts';
import type { SubjectKind } from './journey.ts';

/** Something that an enrolment may be for. `facts` are what conditions and texts read for it. */
export type Subject = { kind: SubjectKind; id: string; facts: FlowFacts };

export type EnrolmentStatus = 'active' | 'finished' | 'goal' | 'left' | 'cancelled';
export type StepStatus = 'planned' | 'due' | 'started' | 'skipped' | 'cancelled';

export type KnownStep = {
  id: string;
  step: string;
  occurrence: number;
  dueAt: Date;
  status: StepStatus;
  /** Where the enrolment's anchor stood when this was said; null = it was not. */
  saidFor: Date | null;
};

export type KnownEnrolment = {
  id: string;
  journey: string;
  subject: { kind: SubjectKind; id: string };
  anchorAt: Date;
  enrolledAt: Date;
  status: EnrolmentStatus;
  endedAt: Date | null;
  steps: readonly KnownStep[];
  /** Ledger kinds that happened since it began → how often. Conditions read them as `since.guide_shown`. */
  since: Readonly<Record<string, number>>;
};

/** One line of the ledger that was passed on. */
export type Signal = { kind: string; at: Date; data: Readonly<Record<string, unknown>> };

export type CareState = {
  customerId: string;
  isOptedOut: boolean;
  isErased: boolean;
  /** The customer themselves first, then their subscriptions, orders, cases. */
  subjects: readonly Subject[];
  /** The last thing they did or used; null = never. */
  lastActivityAt: Date | null;
  /** Active ones, and all that ended: an old occasion may come back, and nothing is said for it twice. */
  enrolments: readonly KnownEnrolment[];
  /** "journey subjectId" of segment conditions that were true at the last look. */
  segments: ReadonlySet<string>;
  signals: readonly Signal[];
};

export type PlannedStep = { step: string; occurrence: number; dueAt: Date };

/** What planning wants; saved in the transaction that holds the customer. Reasons are Vietnamese, for the ledger. */
export type PlanChange =
  | {
      change: 'enrol';
      journey: string;
      subject: { kind: SubjectKind; id: string };
      anchorAt: Date;
      steps: readonly PlannedStep[];
    }
  /**
   * The date moved, or the file did. `steps`: only those that are new or have another time, to be put in or changed by
   * (enrolment, step, occurrence), back to planned when they were cancelled. `cancelled`: ids of known steps, and why.
   */
  | {
      change: 'move';
      enrolmentId: string;
      anchorAt: Date;
      steps: readonly PlannedStep[];
      cancelled: readonly string[];
      why: string;
    }
  | { change: 'end'; enrolmentId: string; status: Exclude<EnrolmentStatus, 'active'>; reason: string }
  | { change: 'enter_segment' | 'leave_segment'; journey: string; subjectId: string };

/** What becomes of a step that is due, before cap and order among journeys are asked. */
export type StepDecision =
  | { decision: 'start' }
  | { decision: 'skip'; reason: string }
  | { decision: 'end'; status: Exclude<EnrolmentStatus, 'active'>; reason: string }
  /** Not yet: the anchor moved, or the moment is a quiet one. */
  | { decision: 'move'; dueAt: Date; reason: string };
