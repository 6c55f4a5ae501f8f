// All files of the flows folder, checked together: form, sense, and their own tests.
import { join } from 'node:path';
import type { TemplateRegistry } from '../flows/approved-template.ts';
import { readCatalogue } from '../flows/catalogue/read-catalogue.ts';
import type { Guide, GuideLibrary } from '../flows/guides/guide-library.ts';
import { createGuideLibrary } from '../flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../flows/guides/read-guides-directory.ts';
import type { Problem } from '../flows/problem.ts';
import { type FlowFile, readFlow } from '../flows/read-flow.ts';
import { runFlowTests } from '../flows/run-flow-tests.ts';
import { validateFlows } from '../flows/validate-flow.ts';
import { readShelfFiles } from './journey-shelf.ts';
import { type FlowFiles, readFlowFiles } from './read-flow-files.ts';

export type CheckedFlows = {
  /** Files that may be published. */
  good: { flow: string; source: string; note: string | null }[];
  /** All that could be read, sound or not: their names are known. */
  flows: FlowFile[];
  /** Flows whose file has an error or a red test. */
  bad: string[];
  /** Flows that have a file at all. */
  present: ReadonlySet<string>;
  /** null = a guide is broken: the guides in use stay. */
  guides: Guide[] | null;
  problems: Problem[];
};

export async function checkFlowFiles(directory: string): Promise<CheckedFlows> {
  const files = await readFlowFiles(directory);
  const { guides, problems: guideProblems } = await readGuidesDirectory(join(directory, 'guides'));
  const library = createGuideLibrary(guides);
  const read = [...files.flows].map(([path, source]) => ({ path, source, ...readFlow(path, source) }));
  // Half-read files too: their names are known, and other flows may lead to them.
  const known = read.flatMap(({ flow }) => (flow ? [flow] : []));
  const sense = validateFlows(known, { guides: library, templates: await readTemplates(directory, library) });
  const problems = [...guideProblems, ...read.flatMap((file) => file.problems), ...sense];
  const wrong = new Set(problems.flatMap((problem) => (problem.severity === 'error' ? [problem.file] : [])));
  const sound = known.filter((flow) => flow.isComplete && !wrong.has(flow.path));
  problems.push(...testProblems(sound, files, library));
  const red = new Set(problems.flatMap((problem) => (problem.severity === 'error' ? [problem.file] : [])));
  const isGood = (path: string) => !red.has(path) && !red.has(testPathOf(path));
  return {
    good: read.flatMap(({ path, source, flow }) =>
      flow?.isComplete && isGood(path) ? [{ flow: flow.id, source, note: flow.head.note ?? null }] : [],
    ),
    flows: known,
    bad: read.flatMap(({ path, flow }) => (flow?.isComplete && isGood(path) ? [] : [flow?.id ?? idOfPath(path)])),
    present: new Set(read.map(({ path, flow }) => flow?.id ?? idOfPath(path))),
    guides: guideProblems.some((problem) => problem.severity === 'error') ? null : guides,
    problems,
  };
}

/** null while the catalogue is broken: it tells its own mistakes, flows are not blamed for them. */
async function readTemplates(directory: string, guides: GuideLibrary): Promise<TemplateRegistry | null> {
  const { catalogue } = await readShelfFiles(directory);
  const read = readCatalogue(catalogue, { guides });
  return read.problems.some(({ severity }) => severity === 'error') ? null : read.catalogue.templates;
}

function testPathOf(flowPath: string): string {
  return flowPath.replace(/\.flow\.yaml$/, '.test.yaml');
}

function idOfPath(path: string): string {
  return path.replace(/\.flow\.yaml$/, '');
}

function testProblems(flows: FlowFile[], files: FlowFiles, guides: ReturnType<typeof createGuideLibrary>): Problem[] {
  return runFlowTests({ flows, guides, tests: files.tests }).problems;
}
