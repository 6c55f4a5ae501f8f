// One turn of one run: (compiled flow, snapshot, input, facts) → (snapshot, commands). Pure: nothing is sent or stored here.
import {
  type CompiledFlow,
  type CompiledStep,
  type FlowMachineSnapshot,
  type RunContext,
  type RunEvent,
  scopeOf,
} from './compile-flow.ts';
import type { FlowCommand, FlowFacts, FlowInput, FlowSnapshot, FlowStepResult } from './flow-run.ts';
import type { GuideLibrary } from './guides/guide-library.ts';
import type { Variables } from './run-scope.ts';
import { stepMachine } from './step-machine.ts';
import type { Effect, Notes, Reply, StepScope } from './steps/step-kind.ts';

export type RunDeps = { facts: FlowFacts; guides: GuideLibrary };

const noEffect: Effect = { commands: [] };

/** Begins a run at the first step, or at `at`; `variables` come from the entry rule (what the customer said). */
export function startRun(
  flow: CompiledFlow,
  { facts, guides, at, variables = {} }: RunDeps & { at?: string | undefined; variables?: Variables },
): FlowStepResult {
  const step = at !== undefined && flow.steps.has(at) ? at : flow.firstStep;
  const context: RunContext = {
    variables: { ...flow.defaults, ...keptValues(flow, facts), ...variables },
    notes: {},
    step,
    commands: [],
    exit: 'next',
    path: [],
  };
  const blank = { ...flow.blank, context };
  return move(flow, blank, `begin.${step}`, noEffect, { facts, guides });
}

/**
 * Takes one input. A timer that is not the waiting step's own changes nothing; an attachment nobody asked for changes
 * nothing; a text that means nothing gives `not_understood`.
 */
export function stepRun(
  flow: CompiledFlow,
  snapshot: FlowSnapshot,
  input: FlowInput,
  { facts, guides }: RunDeps,
): FlowStepResult {
  const step = flow.steps.get(snapshot.state);
  const context = readContext(snapshot, flow);
  if (step === undefined) return stopped(snapshot, snapshot.state, 'flow_step_missing');
  if (step.isFinal) return { snapshot, step: step.id, commands: [], isDone: true };
  const reply = replyTo(step, input, scopeOf(context, { facts, guides }));
  if (reply === null) return { snapshot, step: step.id, commands: [], isDone: false };
  const stateAt = (value: string) => flow.machine.resolveState({ value, context });
  return 'stay' in reply
    ? move(flow, stateAt(step.id), 'stay', reply.stay, { facts, guides })
    : move(flow, stateAt(reply.of ?? step.id), reply.exit, reply.effect ?? noEffect, { facts, guides });
}

function replyTo(step: CompiledStep, input: FlowInput, scope: StepScope): Reply | null {
  const { behaviour } = step;
  switch (input.type) {
    case 'text':
      return behaviour.understand?.(input.text, scope) ?? null;
    case 'attachment':
      return behaviour.receive?.(input.kind, scope) ?? null;
    case 'timer':
      if (input.key !== step.id) return null;
      return behaviour.expire?.(scope) ?? { exit: 'time' };
    case 'resume':
      return behaviour.resume?.(scope) ?? askAgain(step, scope);
  }
}

/** What the step said when the run came to it, and its timer anew; records are not made twice. */
function askAgain(step: CompiledStep, scope: StepScope): Reply {
  const { commands, notes } = step.behaviour.arrive(scope);
  const again = commands.filter(({ type }) => type === 'say' || type === 'start_timer');
  return { stay: { commands: again, ...(notes === undefined ? {} : { notes }) } };
}

function move(
  flow: CompiledFlow,
  from: FlowMachineSnapshot,
  type: string,
  effect: Effect,
  { facts, guides }: RunDeps,
): FlowStepResult {
  const event: RunEvent = { type, effect, facts, guides };
  try {
    const [next, actions] = stepMachine(flow.machine, from, event);
    const { path } = next.context;
    return { ...persist(next), commands: collect(actions), path, isDone: next.status === 'done' };
  } catch (error) {
    if (!isEndlessLoop(error)) throw error;
    return stopped(persist(from).snapshot, from.context.step, 'flow_loop');
  }
}

function persist(snapshot: FlowMachineSnapshot): { snapshot: FlowSnapshot; step: string } {
  const { variables, notes, step } = snapshot.context;
  const state = typeof snapshot.value === 'string' ? snapshot.value : step;
  return { snapshot: { state, context: { variables, notes, step } }, step };
}

/** A run that cannot go on is a matter for a person, never silence. */
function stopped(snapshot: FlowSnapshot, step: string, reason: string): FlowStepResult {
  return { snapshot, step, commands: [{ type: 'hand_over', step, reason }], isDone: true };
}

function isEndlessLoop(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Infinite loop detected');
}

function collect(actions: readonly { type: string; params?: unknown }[]): FlowCommand[] {
  return actions.flatMap(({ type, params }) => (type === 'tell' && isTold(params) ? params.commands : []));
}

function isTold(params: unknown): params is { commands: FlowCommand[] } {
  return typeof params === 'object' && params !== null && 'commands' in params;
}

function keptValues(flow: CompiledFlow, { customer }: FlowFacts): Variables {
  const kept: Variables = {};
  for (const name of flow.kept) {
    if (Object.hasOwn(customer.attributes, name)) kept[name] = customer.attributes[name] ?? null;
  }
  return kept;
}

/** A stored snapshot is ours, but it may be older than this program. */
function readContext({ context, state }: FlowSnapshot, flow: CompiledFlow): RunContext {
  const variables: Variables = { ...flow.defaults };
  for (const [name, value] of Object.entries(isRecord(context.variables) ? context.variables : {})) {
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      Object.assign(variables, { [name]: value });
  }
  return { variables, notes: readNotes(context.notes), step: state, commands: [], exit: 'next', path: [] };
}

function readNotes(raw: unknown): Notes {
  const notes: Notes = {};
  for (const [name, value] of Object.entries(isRecord(raw) ? raw : {})) {
    if (typeof value === 'string' || typeof value === 'number') notes[name] = value;
    else if (Array.isArray(value)) notes[name] = value.filter((item) => typeof item === 'string');
  }
  return notes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
