// Everything that can be known to be wrong with flow files before a customer meets it, all at once.
import { checkGraph } from './checks/check-graph.ts';
import { checkLadders } from './checks/check-ladders.ts';
import { checkMessages } from './checks/check-messages.ts';
import { checkNames } from './checks/check-names.ts';
import { checkTargets } from './checks/check-targets.ts';
import { checkWindows } from './checks/check-windows.ts';
import { type FlowCheck, type FlowWorld, type KnownNames, makeWorld } from './checks/flow-world.ts';
import type { Problem } from './problem.ts';
import type { FlowFile } from './read-flow.ts';

const checks: readonly FlowCheck[] = [checkTargets, checkNames, checkGraph, checkMessages, checkWindows, checkLadders];

/** `flows`: all files that could be read, since they lead to each other. Sorted by file and line. */
export function validateFlows(flows: readonly FlowFile[], known: KnownNames = {}): Problem[] {
  const world = makeWorld(flows, known);
  const problems = flows.flatMap((flow) => [
    ...sameIdProblems(flow, world),
    ...checks.flatMap((check) => check(flow, world)).map(flow.place),
  ]);
  return sortProblems(problems);
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}

function sameIdProblems(flow: FlowFile, world: FlowWorld): Problem[] {
  const owner = world.flows.get(flow.id);
  if (owner === undefined || owner === flow) return [];
  const message = `Kịch bản "${flow.id}" đã có ở file ${owner.path}.`;
  return [flow.place({ code: 'duplicate_flow', path: ['id'], message, fix: 'Đổi id của một trong hai.' })];
}
