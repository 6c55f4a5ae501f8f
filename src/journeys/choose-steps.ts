// Of one customer's due steps: which may start now, and what becomes of the others. Pure.
import { DAY_MS } from '../clock.ts';
import { arbitrate, type CapRules, type DueStep, type Touch } from '../flows/journeys/arbitrate.ts';
import type { KnownEnrolment, Subject } from '../flows/journeys/care-state.ts';
import { decideStep, lateFrom } from '../flows/journeys/decide-step.ts';
import type { JourneyStep } from '../flows/journeys/journey.ts';
import { subjectOf } from '../flows/journeys/reasons-to-end.ts';
import { dueOf } from '../flows/journeys/step-times.ts';
import type { PublishedJourney } from '../flows/published-flow.ts';
import type { StepRow } from './read-care-rows.ts';
import type { Care } from './read-care-states.ts';
import type { Decided } from './save-decisions.ts';
import { OVERDUE_MS, SPREAD_REASON, spreadMs } from './spread.ts';

export type Rules = {
  /** null = paused. */
  journeys: ReadonlyMap<string, PublishedJourney | null>;
  caps: CapRules;
  /** So many are overdue that they must not all run at once. */
  isCrowd: boolean;
  loudFrom: (now: Date) => Date;
  now: Date;
  timeZone: string;
};

/** A step that may start now. */
export type Start = {
  row: StepRow;
  care: Care;
  published: PublishedJourney;
  step: JourneyStep;
  enrolment: KnownEnrolment;
  subject: Subject;
};

export function chooseSteps(care: Care, rules: Rules): { starts: Start[]; others: Decided[] } {
  const others: Decided[] = [];
  const ready: Start[] = [];
  const ended = new Set<string>();
  for (const row of care.steps) {
    if (row.status !== 'planned' || row.due_at > rules.now || ended.has(row.enrolment_id)) continue;
    const judged = judge(care, row, rules);
    if (judged === null) continue;
    if ('step' in judged) ready.push(judged);
    else others.push(judged);
    if ('decision' in judged && judged.decision === 'end') ended.add(row.enrolment_id);
  }
  const verdicts = new Map(
    arbitrate(
      ready.map((start) => dueStepOf(start, rules)),
      touchesOf(care, rules.now),
      rules.caps,
      rules.now,
    ).map((verdict) => [verdict.id, verdict]),
  );
  const starts: Start[] = [];
  for (const start of ready) {
    const verdict = verdicts.get(start.row.id);
    const { row } = start;
    if (verdict?.verdict === 'defer') {
      others.push({ decision: 'move', row, dueAt: verdict.until, reason: verdict.reason });
    } else if (verdict?.verdict === 'skip') others.push({ decision: 'skip', row, reason: verdict.reason });
    else starts.push(start);
  }
  return { starts, others };
}

/** null = not now, and nothing to say about it: it is paused, or its enrolment is over. */
function judge(care: Care, row: StepRow, rules: Rules): Start | Decided | null {
  const enrolment = care.state.enrolments.find(({ id }) => id === row.enrolment_id);
  if (enrolment?.status !== 'active') return { decision: 'drop', row };
  const published = rules.journeys.get(row.journey);
  if (published === null) return null;
  if (published === undefined) {
    return { decision: 'end', row, status: 'left', reason: 'Hành trình này không còn được dùng.' };
  }
  const { journey } = published;
  const decision = decideStep(journey, enrolment, row, care.state, rules);
  if (decision.decision !== 'start') return { row, ...decision };
  if (rules.isCrowd && rules.now.getTime() - row.due_at.getTime() > OVERDUE_MS) {
    const dueAt = new Date(rules.now.getTime() + spreadMs(enrolment.id));
    return { decision: 'move', row, dueAt, reason: SPREAD_REASON };
  }
  const step = journey.steps.find(({ id }) => id === row.step);
  const subject = subjectOf(enrolment, care.state);
  return step && subject ? { row, care, published, step, enrolment, subject } : null;
}

function dueStepOf({ row, published, step, enrolment }: Start, rules: Rules): DueStep {
  const due = dueOf(step, enrolment.anchorAt, row.occurrence, rules.timeZone);
  const dueAt = lateFrom(published.journey, step, due, rules);
  return { id: row.id, journey: published.journey, step, dueAt };
}

/** What journeys said unasked in the last week, or are just about to say. */
function touchesOf({ steps }: Care, now: Date): Touch[] {
  return steps.flatMap(({ status, decided_at: at, purpose }) => {
    const isTouch =
      (status === 'started' || status === 'due') && at !== null && now.getTime() - at.getTime() < 7 * DAY_MS;
    return isTouch && (purpose === 'care' || purpose === 'advertising') ? [{ at, purpose }] : [];
  });
}
