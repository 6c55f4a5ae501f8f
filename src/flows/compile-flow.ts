// A checked flow becomes a state machine: one flat state per step, no timers, actors or side effects inside.
// Compile once per version and keep it; a turn then costs some tens of microseconds.
import { initialTransition, setup, type transition } from 'xstate';
import { type CompiledEntry, compileEntries } from './compile-entries.ts';
import type { FlowCommand } from './flow-run.ts';
import { readTarget } from './flow-target.ts';
import { planFlow, variableDefaults, variableNames } from './plan-flow.ts';
import type { FlowFile } from './read-flow.ts';
import { guidesFor, type RunScope, type Variables } from './run-scope.ts';
import { rungsOf } from './steps/closed-window.ts';
import type { Behaviour, Effect, FlowPlan, Notes, PreparedStep, StepScope } from './steps/step-kind.ts';

export type RunContext = {
  variables: Variables;
  notes: Notes;
  step: string;
  commands: FlowCommand[];
  exit: string;
  path: string[];
};
/** `begin.<step>`, or the exit that an answer takes, or `stay`. Facts travel with the event, never in the snapshot. */
export type RunEvent = { type: string; facts: RunScope['facts']; guides: RunScope['guides']; effect: Effect };

const maxIterations = 200;
const machineKit = setup({
  // The kit's only way to be told its types.
  types: { context: {} as RunContext, events: {} as RunEvent },
  actions: {
    // Never run: `transition` hands actions back as data, and run-flow collects them.
    tell: (_, _params: { commands: FlowCommand[] }) => {},
  },
});
type StateConfig = Parameters<typeof machineKit.createStateConfig>[0];

export type FlowMachine = ReturnType<typeof machineKit.createMachine>;
export type FlowMachineSnapshot = ReturnType<typeof transition<FlowMachine>>[0];

export type CompiledStep = { id: string; kind: string; waits: boolean; isFinal: boolean; behaviour: Behaviour };
export type CompiledFlow = {
  id: string;
  title: string;
  /** Milliseconds before the flow may begin anew with the same person; null = at once. */
  againAfterMs: number | null;
  entries: readonly CompiledEntry[];
  steps: ReadonlyMap<string, CompiledStep>;
  firstStep: string;
  defaults: Variables;
  /** Variables that stay with the customer. */
  kept: ReadonlySet<string>;
  /** Every way that its messages may take past the window; for forecasts. */
  ladder: Ladder;
  machine: FlowMachine;
  blank: FlowMachineSnapshot;
};

export type Ladder = { templates: readonly string[]; email: boolean; task: boolean };

const startState = '$start';
const endState = '$end';

/** Only for flows without errors (readFlow and validateFlows found none); anything else may throw. */
export function compileFlow(flow: FlowFile): CompiledFlow {
  const first = flow.steps[0];
  if (first === undefined || !flow.isComplete) throw new TypeError(`Flow ${flow.id} has steps that could not be read.`);
  const plan = planFlow(flow);
  const { defaults, kept } = variableDefaults(flow.head);
  const steps = new Map(flow.steps.map((step) => [step.id, compileStep(step, plan)]));
  const machine = machineKit.createMachine({
    id: flow.id,
    initial: startState,
    context: { variables: {}, notes: {}, step: first.id, commands: [], exit: 'next', path: [] },
    states: makeStates(flow, steps, kept),
    options: { maxIterations },
  });
  const [blank] = initialTransition(machine);
  return {
    id: flow.id,
    title: flow.head.title,
    ...compileEntries(flow.head, variableNames(flow)),
    steps,
    firstStep: first.id,
    defaults,
    kept,
    ladder: ladderOf(flow),
    machine,
    blank,
  };
}

function ladderOf({ head, steps }: FlowFile): Ladder {
  const rungs = [head.settings.if_closed, ...steps.map((step) => step.ifClosed ?? undefined)]
    .flatMap(rungsOf)
    .map(({ rung }) => rung);
  const templates = rungs.flatMap((rung) => (typeof rung === 'object' && 'template' in rung ? [rung.template] : []));
  const email = rungs.some((rung) => rung === 'email' || (typeof rung === 'object' && 'email' in rung));
  return { templates: [...new Set(templates)], email, task: rungs.includes('task') };
}

function compileStep(step: PreparedStep, plan: FlowPlan): CompiledStep {
  const { id, kind, waits, isFinal } = step;
  return { id, kind, waits, isFinal, behaviour: step.behave(plan) };
}

function makeStates(
  flow: FlowFile,
  steps: ReadonlyMap<string, CompiledStep>,
  kept: ReadonlySet<string>,
): Record<string, StateConfig> {
  const states: Record<string, StateConfig> = {
    [startState]: { on: Object.fromEntries(flow.steps.map(({ id }) => [`begin.${id}`, { target: id }])) },
    [endState]: finalState((step) => ({ type: 'end', step })),
  };
  flow.steps.forEach((step, index) => {
    const following = flow.steps[index + 1]?.id ?? endState;
    const compiled = steps.get(step.id);
    if (compiled !== undefined) states[step.id] = stepState(step, compiled, following, kept);
    for (const { to } of step.exits) {
      const target = to === undefined ? null : readTarget(to);
      if (target?.kind !== 'flow' || to === undefined) continue;
      const at = target.at === undefined ? {} : { at: target.at };
      states[to] = finalState((from) => ({ type: 'go_to_flow', step: from, flow: target.flow, ...at }));
    }
  });
  return states;
}

function finalState(command: (step: string) => FlowCommand): StateConfig {
  return {
    type: 'final',
    entry: { type: 'tell', params: ({ context }) => ({ commands: [command(context.step)] }) },
  };
}

function stepState(
  step: PreparedStep,
  { behaviour, waits, isFinal }: CompiledStep,
  following: string,
  kept: ReadonlySet<string>,
): StateConfig {
  const arrive = machineKit.assign(({ context, event }: { context: RunContext; event: RunEvent }) =>
    applyEffect(
      { ...context, notes: {}, step: step.id, path: [...context.path, step.id] },
      behaviour.arrive(scopeOf({ ...context, notes: {} }, event)),
      kept,
    ),
  );
  const tell = {
    type: 'tell' as const,
    params: ({ context }: { context: RunContext }) => ({ commands: context.commands }),
  };
  if (isFinal) return { type: 'final', entry: [arrive, tell] };
  const leave = leaving(step, kept);
  const always = step.exits
    .filter((exit) => exit.by === 'now')
    .map((exit) => ({
      target: targetState(exit.to, following),
      guard: ({ context }: { context: RunContext }) => context.exit === exit.name,
    }));
  const stay = machineKit.assign(({ context, event }: { context: RunContext; event: RunEvent }) =>
    applyEffect(context, event.effect, kept),
  );
  const exits = step.exits
    .filter((exit) => exit.by !== 'now')
    .map(
      (exit) =>
        [exit.name, { target: targetState(exit.to, following), reenter: true, actions: [leave, tell] }] as const,
    );
  return {
    entry: [arrive, tell],
    ...(always.length > 0 ? { always } : {}),
    ...(waits ? { on: { ...Object.fromEntries(exits), stay: { actions: [stay, tell] } } } : {}),
  };
}

/** Keeps what the answer brought, and takes back the step's timer unless it was the timer that rang. */
function leaving(step: PreparedStep, kept: ReadonlySet<string>) {
  const isTimed = step.exits.some((exit) => exit.by === 'time');
  const cancel: FlowCommand = { type: 'cancel_timer', key: step.id };
  return machineKit.assign(({ context, event }: { context: RunContext; event: RunEvent }) => {
    const left = applyEffect(context, event.effect, kept);
    return isTimed && event.type !== 'time' ? { ...left, commands: [cancel, ...left.commands] } : left;
  });
}

function targetState(to: string | undefined, following: string): string {
  if (to === undefined) return following;
  return to === 'end' ? endState : to;
}

export function scopeOf(
  context: Pick<RunContext, 'variables' | 'notes'>,
  event: Pick<RunEvent, 'facts' | 'guides'>,
): StepScope {
  const { facts } = event;
  const { variables, notes } = context;
  return { facts, guides: guidesFor(facts, event.guides), variables, notes };
}

function applyEffect(context: RunContext, effect: Effect, kept: ReadonlySet<string>): RunContext {
  const remembered = Object.entries(effect.variables ?? {}).flatMap(([name, value]): FlowCommand[] =>
    kept.has(name) && value !== null ? [{ type: 'remember', step: context.step, name, value }] : [],
  );
  return {
    ...context,
    variables: effect.variables === undefined ? context.variables : { ...context.variables, ...effect.variables },
    notes: effect.notes ?? context.notes,
    commands: [...effect.commands, ...remembered],
    exit: effect.exit ?? 'next',
  };
}
