// What a check may know: all flow files, the guides, the approved templates.
import type { TemplateRegistry } from '../approved-template.ts';
import type { GuideLibrary } from '../guides/guide-library.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile, FlowStep } from '../read-flow.ts';

export type FlowWorld = {
  flows: ReadonlyMap<string, FlowFile>;
  /** null = not known here: names of topics are not checked. */
  guides: GuideLibrary | null;
  /** null = not known here: rungs with templates are not checked. */
  templates: TemplateRegistry | null;
};

/** One kind of mistake, looked for in one flow. */
export type FlowCheck = (flow: FlowFile, world: FlowWorld) => Finding[];

/** A finding about a step; its path is given from the step. */
export function atStep(step: FlowStep, finding: Finding): Finding {
  return { ...finding, step: step.id, path: ['steps', step.index, ...finding.path] };
}
