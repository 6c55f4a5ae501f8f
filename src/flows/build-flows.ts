// From texts of files to flows that can run: read, validate, compile. A flow with an error is not among the results.
import type { TemplateRegistry } from './approved-template.ts';
import { type CompiledFlow, compileFlow } from './compile-flow.ts';
import type { GuideLibrary } from './guides/guide-library.ts';
import type { Problem } from './problem.ts';
import { readFlow } from './read-flow.ts';
import { sortProblems, validateFlows } from './validate-flow.ts';

export type FlowSource = { path: string; source: string };
export type BuiltFlow = { path: string; source: string; flow: CompiledFlow };

/** Builds all files together, since flows lead to each other. */
export function buildFlows(
  sources: readonly FlowSource[],
  known: { guides?: GuideLibrary | null; templates?: TemplateRegistry | null } = {},
): { built: BuiltFlow[]; problems: Problem[] } {
  const read = sources.map(({ path, source }) => ({ path, source, ...readFlow(path, source) }));
  const files = read.flatMap(({ flow }) => (flow === null ? [] : [flow]));
  const problems = sortProblems([...read.flatMap((file) => file.problems), ...validateFlows(files, known)]);
  const broken = new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const built = read.flatMap(({ path, source, flow }) =>
    flow === null || broken.has(path) ? [] : [{ path, source, flow: compileFlow(flow) }],
  );
  return { built, problems };
}

/** One stored version, checked when it was published; null when this program can no longer read it. */
export function compileSource(path: string, source: string): CompiledFlow | null {
  const { flow } = readFlow(path, source);
  return flow?.isComplete ? compileFlow(flow) : null;
}
