// Moving scripts: beginning one, stepping one, ending one, and coming back to the one that a detour interrupted.

import type { PublishedFlow, Scripts } from '../flow-library/published-flow.ts';
import type { FlowInput, FlowStepResult } from '../flows/flow-run.ts';
import { startRun, stepRun } from '../flows/run-flow.ts';
import type { Variables } from '../flows/run-scope.ts';
import type { Run } from './conversation.ts';
import { type Business, flowFacts } from './flow-facts.ts';
import { type CommandTools, runCommands } from './run-commands.ts';
import { note, type Turn } from './turn.ts';

export type StepTools = CommandTools & { scripts: Scripts; timeZone: string; business: Business };

export type FlowStart = {
  flow: string;
  at?: string | undefined;
  variables?: Variables;
  startedBy: Run['startedBy'];
  subscriptionId?: string | null;
};

/** A script that leaps from flow to flow without end is stopped here. */
const MAX_LEAPS = 8;

/** Begins a flow, interrupting or replacing what runs; false when there is no such flow. */
export function beginFlow(turn: Turn, tools: StepTools, start: FlowStart): boolean {
  const published = tools.scripts.active.get(start.flow);
  if (!published) return false;
  begin(turn, tools, published, start, 0);
  return true;
}

function begin(turn: Turn, tools: StepTools, published: PublishedFlow, start: FlowStart, leaps: number): void {
  makeRoom(turn, start);
  const { conversation } = turn.person;
  const run: Run = {
    id: tools.newId(),
    flow: start.flow,
    flowVersionId: published.versionId,
    step: '',
    startedBy: start.startedBy,
    subscriptionId: start.subscriptionId ?? null,
    snapshot: { state: '', context: {} },
  };
  conversation.runs.active = run;
  conversation.flowsStarted[start.flow] = turn.now.toISOString();
  note(turn, { kind: 'flow_started', flow: run.flow, flowVersionId: run.flowVersionId, data: { by: start.startedBy } });
  const context = { facts: factsOf(turn, tools, run), guides: tools.scripts.guides };
  const result = startRun(published.flow, { ...context, at: start.at, variables: start.variables ?? {} });
  settle(turn, tools, run, result, leaps);
}

/** One script listens at a time. A care run that waits for an answer outlives a detour; anything else is ended. */
function makeRoom(turn: Turn, start: FlowStart): void {
  const { runs } = turn.person.conversation;
  if (!runs.active) return;
  const isDetour = runs.active.startedBy === 'care' && start.startedBy === 'customer' && runs.suspended === null;
  if (isDetour) runs.suspended = runs.active;
  else endRun(turn, runs.active, 'interrupted');
  runs.active = null;
}

/** What stepping would give; nothing is changed until `settle`, so that the caller may try something else first. */
export function tryStep(turn: Turn, tools: StepTools, run: Run, input: FlowInput): FlowStepResult | null {
  const published = tools.scripts.versions.get(run.flowVersionId);
  if (!published) return null;
  return stepRun(published.flow, run.snapshot, input, {
    facts: factsOf(turn, tools, run),
    guides: tools.scripts.guides,
  });
}

/** Saves a step into the draft and runs its commands; follows leaps to other flows. */
export function settle(turn: Turn, tools: StepTools, run: Run, result: FlowStepResult, leaps = 0): void {
  const { conversation } = turn.person;
  run.snapshot = result.snapshot;
  run.step = result.step;
  const leap = runCommands(turn, tools, run, result.commands);
  const isStillOurs = conversation.runs.active?.id === run.id || conversation.runs.suspended?.id === run.id;
  if ((result.isDone || leap) && isStillOurs) finishRun(turn, run);
  if (!leap) return;
  const next = tools.scripts.active.get(leap.flow);
  if (!next) throw new Error(`Flow ${run.flow} goes to ${leap.flow}, which is not published.`);
  if (leaps >= MAX_LEAPS) throw new Error(`Flow ${run.flow} leaps without end.`);
  begin(turn, tools, next, { ...leapStart(run, leap) }, leaps + 1);
}

function leapStart(run: Run, leap: { flow: string; at: string | null }): FlowStart {
  return {
    flow: leap.flow,
    ...(leap.at === null ? {} : { at: leap.at }),
    startedBy: run.startedBy,
    subscriptionId: run.subscriptionId,
  };
}

function finishRun(turn: Turn, run: Run): void {
  const { runs } = turn.person.conversation;
  endRun(turn, run, 'finished');
  if (runs.suspended?.id === run.id) runs.suspended = null;
  else {
    // The question that a detour interrupted listens again; it is not asked again.
    runs.active = runs.suspended;
    runs.suspended = null;
  }
}

export function endRun(turn: Turn, run: Run, how: 'finished' | 'interrupted' | 'ended_by_staff' | 'failed'): void {
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
export function factsOf(turn: Turn, tools: StepTools, run: Pick<Run, 'subscriptionId'> | null) {
  return flowFacts(turn.person, {
    now: turn.now,
    timeZone: tools.timeZone,
    business: tools.business,
    subscriptionId: run?.subscriptionId ?? null,
  });
}
