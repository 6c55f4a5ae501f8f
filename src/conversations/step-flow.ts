// Moving scripts: beginning one, stepping one, ending one, and coming back to the one that a detour interrupted.

import { LeapError } from '../errors.ts';
import type { CompiledStep } from '../flows/compile-flow.ts';
import type { FlowFacts, FlowInput, FlowStepResult } from '../flows/flow-run.ts';
import type { PublishedFlow, Scripts } from '../flows/published-flow.ts';
import type { QuietHours } from '../flows/quiet-hours.ts';
import { startRun, stepRun } from '../flows/run-flow.ts';
import type { Variables } from '../flows/run-scope.ts';
import type { Anchor, JourneyMark, Run, RunFacts } from './conversation.ts';
import { type Business, flowFacts } from './flow-facts.ts';
import { handOver } from './move-conversation.ts';
import { type CommandTools, runCommands } from './run-commands.ts';
import { sayPlainly } from './say-message.ts';
import type { OutOfHoursTools } from './say-out-of-hours.ts';
import { bookingIdOf, note, type Turn } from './turn.ts';

export type StepTools = CommandTools &
  OutOfHoursTools & {
    scripts: Scripts;
    timeZone: string;
    business: Business;
    /** So long nobody is asked a second survey; absent = there is no such rule. */
    surveyGapMs?: number;
    /** Absent = there are none. */
    quietHours?: QuietHours;
    /** Where the calendar file of a booking is; absent = nowhere, and scripts leave the link out. */
    calendarUrl?: (bookingId: string) => string;
    /** Tests of flows say more of the customer than a person's rows do; absent = the rows are all. */
    completeFacts?: (facts: FlowFacts) => FlowFacts;
  };

export type FlowStart = {
  flow: string;
  at?: string | undefined;
  variables?: Variables;
  startedBy: Run['startedBy'];
  subscriptionId?: string | null;
  anchor?: Anchor | null;
  journey?: JourneyMark | null;
  facts?: RunFacts | null;
};

/** A script that leaps from flow to flow without end is stopped here. */
const MAX_LEAPS = 8;
/** More than so many never wait at once; the oldest gives way. */
const MAX_SUSPENDED = 8;

/** Begins a flow, interrupting or replacing what runs; false when there is no such flow. */
export function beginFlow(turn: Turn, tools: StepTools, start: FlowStart): boolean {
  return beginRun(turn, tools, start) !== null;
}

/** The same; answers the id of the run, which may be over already. */
export function beginRun(turn: Turn, tools: StepTools, start: FlowStart): string | null {
  const published = tools.scripts.active.get(start.flow);
  return published ? begin(turn, tools, published, start, 0) : null;
}

function begin(turn: Turn, tools: StepTools, published: PublishedFlow, start: FlowStart, leaps: number): string {
  const first = published.flow.steps.get(start.at ?? published.flow.firstStep);
  const callsPerson = first?.kind === 'handover';
  const interrupted = makeRoom(turn, tools, { subscriptionId: null, ...start, callsPerson });
  const { conversation } = turn.person;
  const run: Run = {
    id: tools.newId(),
    flow: start.flow,
    flowVersionId: published.versionId,
    step: '',
    startedBy: start.startedBy,
    subscriptionId: start.subscriptionId ?? null,
    anchor: start.anchor ?? null,
    journey: start.journey ?? null,
    facts: start.facts ?? null,
    bookingId: null,
    isSetAside: false,
    snapshot: { state: '', context: {} },
  };
  conversation.runs.active = run;
  conversation.flowsStarted[start.flow] = turn.now.toISOString();
  // What was not understood weeks ago says nothing about the answer to this.
  if (start.startedBy === 'care') conversation.misunderstandings = 0;
  const journey = run.journey === null ? {} : { journey: run.journey.id };
  const data = { by: start.startedBy, ...journey };
  note(turn, { kind: 'flow_started', flow: run.flow, flowVersionId: run.flowVersionId, data });
  const context = { facts: factsOf(turn, tools, run), guides: tools.scripts.guides };
  const result = startRun(published.flow, { ...context, at: start.at, variables: start.variables ?? {} });
  settle(turn, tools, run, result, leaps);
  if (interrupted) endUnlessItListens(turn, tools, interrupted);
  return run.id;
}

/**
 * One script listens at a time. What waits for a date goes on waiting; what care asked outlives a detour of the
 * customer; what a call for a person interrupts is asked again after it; an open offer outlives a reminder about the
 * same subscription, set aside. Anything else is the answer, and ends, unless the next script is over at once and asked
 * nothing (`endUnlessItListens`).
 */
function makeRoom(
  turn: Turn,
  tools: StepTools,
  next: { startedBy: Run['startedBy']; subscriptionId?: string | null; callsPerson: boolean },
): Run | null {
  const { runs } = turn.person.conversation;
  const { active } = runs;
  if (!active) return null;
  const isDetour = next.startedBy === 'customer' && (active.startedBy === 'care' || next.callsPerson);
  const isSetAside =
    next.startedBy === 'care' &&
    active.subscriptionId !== null &&
    active.subscriptionId === next.subscriptionId &&
    stepOf(tools, active)?.kind === 'offer';
  const isKept = isDetour || isSetAside || !isListening(tools, active);
  runs.active = null;
  runs.suspended = [...runs.suspended, isSetAside ? { ...active, isSetAside } : active];
  const [oldest] = runs.suspended;
  if (isKept && oldest && runs.suspended.length > MAX_SUSPENDED) removeRun(turn, tools, oldest, 'interrupted');
  return isKept ? null : active;
}

function endUnlessItListens(turn: Turn, tools: StepTools, run: Run): void {
  const { active, suspended } = turn.person.conversation.runs;
  if (active?.id !== run.id && suspended.some((one) => one.id === run.id)) removeRun(turn, tools, run, 'interrupted');
}

/** Whether the run waits for any words, and not for a moment in time or its own yes. */
export function isListening(tools: StepTools, run: Run): boolean {
  return !run.isSetAside && stepOf(tools, run)?.kind !== 'wait';
}

export function stepOf(tools: StepTools, run: Run): CompiledStep | undefined {
  return tools.scripts.versions.get(run.flowVersionId)?.flow.steps.get(run.step);
}

/** What stepping would give; nothing is changed until `settle`, so that the caller may try something else first. */
export function tryStep(
  turn: Turn,
  tools: StepTools,
  run: Run,
  input: FlowInput,
  snapshot = run.snapshot,
): FlowStepResult | null {
  const published = tools.scripts.versions.get(run.flowVersionId);
  if (!published) return null;
  return stepRun(published.flow, snapshot, input, {
    facts: factsOf(turn, tools, run),
    guides: tools.scripts.guides,
  });
}

export function isUnderstood(stepped: FlowStepResult): boolean {
  return !stepped.commands.some(({ type }) => type === 'not_understood');
}

/** Saves a step into the draft and runs its commands; follows leaps to other flows. */
export function settle(turn: Turn, tools: StepTools, run: Run, result: FlowStepResult, leaps = 0): void {
  run.snapshot = result.snapshot;
  run.step = result.step;
  run.isSetAside = false;
  tools.watch?.steps(run.flow, result.path ?? []);
  const leap = runCommands(turn, tools, run, result.commands);
  // Read only now: an opt-out among the commands ends all runs.
  const { runs } = turn.person.conversation;
  const isStillOurs = runs.active?.id === run.id || runs.suspended.some((one) => one.id === run.id);
  if ((result.isDone || leap) && isStillOurs) removeRun(turn, tools, run, 'finished');
  if (!leap) return;
  const next = tools.scripts.active.get(leap.flow);
  if (!next && turn.isCustomerAct) return promisePerson(turn, tools, leap.flow);
  if (!next) throw new LeapError(run.flow, leap.flow);
  if (leaps >= MAX_LEAPS) throw new LeapError(run.flow, null);
  begin(turn, tools, next, leapStart(turn, run, leap), leaps + 1);
}

/** Whoever chose a way whose file was taken away meanwhile is not left standing. */
function promisePerson(turn: Turn, tools: StepTools, flow: string): void {
  sayPlainly(turn, tools, 'Dạ việc này em chuyển cho nhân viên hỗ trợ ngay ạ, anh/chị chờ em một chút nhé.');
  handOver(turn, `Kịch bản "${flow}" không còn.`, null);
}

/** A run that slept and now asks something: from here on it is the one that listens. */
export function wakeRun(turn: Turn, tools: StepTools, run: Run): void {
  const { runs } = turn.person.conversation;
  if (runs.active?.id === run.id || !runs.suspended.some((one) => one.id === run.id)) return;
  if (!isListening(tools, run)) return;
  const interrupted = makeRoom(turn, tools, { ...run, callsPerson: false });
  runs.suspended = runs.suspended.filter((one) => one.id !== run.id);
  runs.active = run;
  if (interrupted) endUnlessItListens(turn, tools, interrupted);
}

/** Where the customer chose to go they went by themselves: what is asked there keeps no journey waiting. */
function leapStart(turn: Turn, run: Run, leap: { flow: string; at: string | null }): FlowStart {
  return {
    flow: leap.flow,
    ...(leap.at === null ? {} : { at: leap.at }),
    startedBy: turn.isCustomerAct ? 'customer' : run.startedBy,
    subscriptionId: run.subscriptionId,
    anchor: run.anchor,
    journey: run.journey,
    facts: run.facts,
  };
}

type HowEnded = 'finished' | 'interrupted' | 'ended_by_staff' | 'date_moved' | 'not_said';

/** Ends a run wherever it stands; when it was the one that listened, an interrupted question listens again, unasked. */
export function removeRun(turn: Turn, tools: StepTools, run: Run, how: HowEnded): void {
  const { runs } = turn.person.conversation;
  endRun(turn, run, how);
  runs.suspended = runs.suspended.filter((one) => one.id !== run.id);
  if (runs.active?.id !== run.id) return;
  runs.active =
    runs.suspended.findLast((one) => isListening(tools, one)) ??
    runs.suspended.findLast((one) => !one.isSetAside) ??
    null;
  runs.suspended = runs.suspended.filter((one) => one.id !== runs.active?.id);
}

function endRun(turn: Turn, run: Run, how: HowEnded): void {
  turn.effects.timers.push({ change: 'cancel_run', runId: run.id });
  note(turn, {
    kind: 'flow_ended',
    flow: run.flow,
    flowVersionId: run.flowVersionId,
    step: run.step,
    data: { how },
  });
}

/** What a script may read now; `run` names the subscription that made it due. */
export function factsOf(
  turn: Turn,
  tools: StepTools,
  run: (Pick<Run, 'subscriptionId'> & Partial<Run>) | null,
): FlowFacts {
  const bookingId = run?.bookingId ?? bookingIdOf(turn, tools.newId);
  const { active } = turn.person.conversation.runs;
  const facts = flowFacts(turn.person, {
    now: turn.now,
    timeZone: tools.timeZone,
    business: tools.business,
    subscriptionId: run?.subscriptionId ?? null,
    more: run?.facts ?? null,
    catalogue: tools.scripts.catalogue,
    calendarUrl: tools.calendarUrl?.(bookingId) ?? null,
    calendarUrlOf: tools.calendarUrl,
    isAsked: active !== null && isListening(tools, active),
    isFirstContact: turn.isFirstContact,
  });
  return tools.completeFacts?.(facts) ?? facts;
}
