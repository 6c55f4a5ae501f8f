// One pure step of a machine. XState's own `transition` does the same, but builds an actor for each call, which costs
// more than the step; its scope holds nothing that a flow could change, so one per machine serves all runs.
import { type AnyActorScope, createActor } from 'xstate';
import type { FlowMachine, FlowMachineSnapshot, RunEvent } from './compile-flow.ts';

export type MachineAction = { type: string; params?: unknown };
type Stage = { scope: AnyActorScope; actions: MachineAction[] };

const stages = new WeakMap<FlowMachine, Stage>();

/** (machine, snapshot, event) → (snapshot, actions in order); nothing is run, nothing is kept between calls. */
export function stepMachine(
  machine: FlowMachine,
  snapshot: FlowMachineSnapshot,
  event: RunEvent,
): [FlowMachineSnapshot, MachineAction[]] {
  const stage = stageOf(machine);
  stage.actions = [];
  const next = machine.transition(snapshot, event, stage.scope);
  return [next, stage.actions];
}

function stageOf(machine: FlowMachine): Stage {
  const known = stages.get(machine);
  if (known) return known;
  const self = createActor(machine);
  const nothing = () => undefined;
  const scope: AnyActorScope = {
    self,
    system: self.system,
    id: '',
    sessionId: '',
    defer: nothing,
    logger: nothing,
    stopChild: nothing,
    emit: nothing,
    actionExecutor: (action) => {
      stage.actions.push(action);
    },
  };
  const stage: Stage = { scope, actions: [] };
  stages.set(machine, stage);
  return stage;
}
