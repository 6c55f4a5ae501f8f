// A checked journey file becomes a journey that can be followed: spans in milliseconds, conditions as functions.
import { type Condition, readyCondition } from '../condition.ts';
import { durationMs } from '../duration.ts';
import { compileTemplate } from '../template.ts';
import type { Journey, JourneyStep, JourneyStepAction, JourneyTrigger } from './journey.ts';
import type { JourneyHead } from './journey-schema.ts';
import { type JourneyFile, type JourneyFileStep, readJourney } from './read-journey.ts';

const noVariables: ReadonlySet<string> = new Set();

/** Only for journeys without errors; a half-read one throws. */
export function compileJourney({ head, steps, isComplete }: JourneyFile): Journey {
  if (!isComplete) throw new TypeError(`Journey ${head.id} has steps that could not be read.`);
  return {
    id: head.id,
    title: head.title,
    stage: head.stage,
    purpose: head.purpose,
    priority: head.priority,
    subject: head.for,
    trigger: compileTrigger(head.trigger),
    audience: conditionOf(head.audience),
    goal: conditionOf(head.goal),
    againAfterMs: head.again_after === undefined ? null : durationMs(head.again_after),
    busy: head.busy,
    steps: steps.map((step) => compileStep(step, head)),
  };
}

/** One stored version, checked when it was published; null when this program can no longer read it. */
export function compileJourneySource(path: string, source: string): Journey | null {
  const { journey } = readJourney(path, source);
  return journey?.isComplete ? compileJourney(journey) : null;
}

function compileTrigger(trigger: JourneyHead['trigger']): JourneyTrigger {
  switch (trigger.on) {
    case 'date':
      return { on: 'date', field: trigger.of, isYearly: trigger.yearly };
    case 'event':
      return { on: 'event', events: typeof trigger.event === 'string' ? [trigger.event] : trigger.event };
    case 'segment':
      return { on: 'segment', when: readyCondition(trigger.when), edge: trigger.edge };
    case 'no_activity':
      return { on: 'no_activity', afterMs: durationMs(trigger.after) };
    case 'manual':
      return { on: 'manual' };
  }
}

function compileStep(step: JourneyFileStep, head: JourneyHead): JourneyStep {
  const untilMs = step.until === undefined ? null : durationMs(step.until);
  return {
    id: step.id,
    offsetMs: durationMs(step.offset),
    at: step.at ?? null,
    isAfterMoment: head.trigger.on !== 'date',
    every: step.every === undefined ? null : { ms: durationMs(step.every), untilMs },
    condition: conditionOf(step.if),
    lateMs: durationMs(step.late ?? head.late),
    action: actionOf(step),
  };
}

function actionOf(step: JourneyFileStep): JourneyStepAction {
  if (step.flow === undefined) {
    const title = step.task ?? '';
    const dueMs = durationMs(step.due ?? '24 hours');
    return { do: 'task', kind: step.kind ?? 'care', title, titleOf: compileTemplate(title, noVariables), dueMs };
  }
  const [flow = '', at = null] = step.flow.split('/');
  return { do: 'flow', flow, at, offer: step.offer ?? null };
}

function conditionOf(source: string | undefined): Condition | null {
  return source === undefined ? null : readyCondition(source);
}
