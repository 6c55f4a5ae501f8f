// What a check may know: all flow files and how they lead to each other, the guides, the approved templates.
import type { TemplateRegistry } from '../approved-template.ts';
import type { GuideLibrary } from '../guides/guide-library.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile, FlowStep } from '../read-flow.ts';
import { arrivalsOf, type FlowGraph, makeGraph, type StepKey } from './flow-graph.ts';
import { longestSilences } from './longest-silences.ts';

export type FlowWorld = {
  flows: ReadonlyMap<string, FlowFile>;
  graph: FlowGraph;
  /** Flow → its steps that steps of other flows lead to. */
  arrivals: ReadonlyMap<string, ReadonlySet<StepKey>>;
  /** ms since the customer last acted, at most, when a run comes to a step; Infinity when nobody knows. */
  silences: ReadonlyMap<StepKey, number>;
  /** null = not known here: names of topics are not checked. */
  guides: GuideLibrary | null;
  /** null = not known here: rungs with templates are not checked. */
  templates: TemplateRegistry | null;
  /** Codes of the catalogue's offers; null = not known here: codes are not checked. */
  offers: readonly string[] | null;
};

/** What is known beside the flows. */
export type KnownNames = Partial<Pick<FlowWorld, 'guides' | 'templates' | 'offers'>>;

/** Worked out once for all files: each of them is checked against it. */
export function makeWorld(files: readonly FlowFile[], known: KnownNames): FlowWorld {
  // Of two that call themselves the same, the one whose file is called so as well is right.
  const isNamedSo = ({ id, path }: FlowFile) => `/${path}`.endsWith(`/${id}.flow.yaml`);
  const flows = new Map([...files].sort((a, b) => +isNamedSo(a) - +isNamedSo(b)).map((flow) => [flow.id, flow]));
  const graph = makeGraph(flows);
  const silences = longestSilences(flows, graph);
  return { flows, graph, arrivals: arrivalsOf(graph), silences, guides: null, templates: null, offers: null, ...known };
}

/** One kind of mistake, looked for in one flow. */
export type FlowCheck = (flow: FlowFile, world: FlowWorld) => Finding[];

/** A finding about a step; its path is given from the step. */
export function atStep(step: FlowStep, finding: Finding): Finding {
  return { ...finding, step: step.id, path: ['steps', step.index, ...finding.path] };
}
