// All flows as one graph: who can follow whom, how, and after how long.
import { readTarget } from '../flow-target.ts';
import type { FlowFile } from '../read-flow.ts';
import type { Exit } from '../steps/step-kind.ts';

/** "welcome/menu" */
export type StepKey = string;
export type FlowEdge = { to: StepKey; by: Exit['by']; afterMs: number };
export type FlowGraph = ReadonlyMap<StepKey, readonly FlowEdge[]>;

export function stepKey(flow: string, step: string): StepKey {
  return `${flow}/${step}`;
}

export function makeGraph(flows: ReadonlyMap<string, FlowFile>): FlowGraph {
  const graph = new Map<StepKey, FlowEdge[]>();
  for (const flow of flows.values()) {
    flow.steps.forEach((step, position) => {
      const edges = step.exits.flatMap(({ to, by, afterMs = 0 }) => {
        const key = keyOf(flow, flows, to, position, step.kind);
        return key === null ? [] : [{ to: key, by, afterMs }];
      });
      graph.set(stepKey(flow.id, step.id), edges);
    });
  }
  return graph;
}

/** The step that a target names; null for the end and for what does not exist. */
function keyOf(
  flow: FlowFile,
  flows: ReadonlyMap<string, FlowFile>,
  to: string | undefined,
  position: number,
  kind: string,
): StepKey | null {
  if (to === undefined) {
    const following = kind === 'branch' ? undefined : flow.steps[position + 1];
    return following === undefined ? null : stepKey(flow.id, following.id);
  }
  const target = readTarget(to);
  if (target.kind === 'end') return null;
  if (target.kind === 'step') return stepKey(flow.id, target.step);
  const at = target.at ?? flows.get(target.flow)?.steps[0]?.id;
  return at === undefined ? null : stepKey(target.flow, at);
}

/** Flow → its steps that steps of other flows lead to. */
export function arrivalsOf(graph: FlowGraph): Map<string, Set<StepKey>> {
  const arrivals = new Map<string, Set<StepKey>>();
  for (const [from, edges] of graph) {
    for (const { to } of edges) {
      if (flowOf(to) === flowOf(from)) continue;
      const known = arrivals.get(flowOf(to)) ?? new Set();
      arrivals.set(flowOf(to), known.add(to));
    }
  }
  return arrivals;
}

function flowOf(key: StepKey): string {
  return key.slice(0, key.indexOf('/'));
}

/** Everything that can be come to from `start`, along the edges that `follows` allows. */
export function reachable(
  graph: FlowGraph,
  start: Iterable<StepKey>,
  follows: (edge: FlowEdge) => boolean,
): Set<StepKey> {
  const seen = new Set<StepKey>(start);
  const open = [...seen];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const edge of graph.get(key) ?? []) {
      if (!follows(edge) || seen.has(edge.to)) continue;
      seen.add(edge.to);
      open.push(edge.to);
    }
  }
  return seen;
}

/** The shortest way from a step back to itself along allowed edges, ends included; null when there is none. */
export function findCycle(graph: FlowGraph, start: StepKey, follows: (edge: FlowEdge) => boolean): StepKey[] | null {
  const cameFrom = new Map<StepKey, StepKey>();
  const open = [start];
  for (let key = open.shift(); key !== undefined; key = open.shift()) {
    for (const edge of graph.get(key) ?? []) {
      if (!follows(edge)) continue;
      if (edge.to === start) return pathTo(cameFrom, start, key);
      if (cameFrom.has(edge.to)) continue;
      cameFrom.set(edge.to, key);
      open.push(edge.to);
    }
  }
  return null;
}

function pathTo(cameFrom: ReadonlyMap<StepKey, StepKey>, start: StepKey, last: StepKey): StepKey[] {
  const path = [start];
  for (let key: StepKey | undefined = last; key !== undefined && key !== start; key = cameFrom.get(key))
    path.unshift(key);
  return [start, ...path];
}
