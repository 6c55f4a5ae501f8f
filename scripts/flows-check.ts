// npm run flows:check: validates flows, guides, journeys and catalogue, plays every test, shows which steps no test comes
// to. Exit code 1 when a file would not be used.
import { join } from 'node:path';
import { styleText } from 'node:util';
import { checkFolder } from '../src/flow-library/check-folder.ts';
import { remindOfUnread } from '../src/flow-library/unread-files.ts';
import type { StepCoverage } from '../src/flow-tests/run-flow-tests.ts';
import { createGuideLibrary } from '../src/flows/guides/guide-library.ts';
import { readGuides } from '../src/flows/guides/read-guides-directory.ts';
import { formatProblem, type Problem } from '../src/flows/problem.ts';
import { sortProblems } from '../src/flows/validate-flow.ts';
import { openFlowsFolder } from './flows-folder.ts';

const folder = await openFlowsFolder(process.argv[2]);
if (folder === null) process.exit();
const { directory, texts } = folder;
const { guides, problems: guideProblems } = readGuides(texts.guides);
const checked = checkFolder(texts, createGuideLibrary(guides));

const problems = sortProblems([...guideProblems, ...checked.problems, ...remindOfUnread(texts.unread)]);
printProblems(problems);
const { flowReport, journeyReport } = checked;
printCoverage('Kịch bản', flowReport.coverage, nameResults(flowReport.results, 'flow'));
console.log('');
printCoverage('Hành trình', journeyReport.coverage, nameResults(journeyReport.results, 'journey'));
const results = [...flowReport.results, ...journeyReport.results];
const passed = results.filter(({ problem }) => problem === null).length;
const errors = problems.filter(({ severity }) => severity === 'error').length;
console.log(
  `\n${checked.flows.length} kịch bản, ${checked.journeys.length} hành trình, ${guides.length} chủ đề hướng dẫn, ${passed}/${results.length} bài thử đạt, ${errors} lỗi.`,
);
process.exitCode = errors > 0 ? 1 : 0;

function nameResults<Key extends 'flow' | 'journey'>(
  results: readonly (Record<Key, string> & { problem: Problem | null })[],
  key: Key,
): { of: string; hasPassed: boolean }[] {
  return results.map((result) => ({ of: result[key], hasPassed: result.problem === null }));
}

function printProblems(found: readonly Problem[]): void {
  for (const problem of found) {
    const file = problem.file.startsWith(directory) ? problem.file : join(directory, problem.file);
    console.log(styleText(problem.severity === 'error' ? 'red' : 'yellow', formatProblem({ ...problem, file })));
  }
  if (found.length > 0) console.log('');
}

function printCoverage(
  title: string,
  coverage: readonly StepCoverage[],
  results: { of: string; hasPassed: boolean }[],
) {
  const width = Math.max(title.length, ...coverage.map(({ flow }) => flow.length));
  console.log(`${title.padEnd(width)}  Bài thử  Bước đã qua`);
  for (const { flow, steps, visited, missed } of coverage) {
    const own = results.filter((result) => result.of === flow);
    const green = own.filter(({ hasPassed }) => hasPassed).length;
    const missing = missed.length === 0 ? '' : `  chưa thử: ${missed.join(', ')}`;
    const share = `${visited}/${steps} (${Math.round((visited / steps) * 100)} %)`;
    console.log(`${flow.padEnd(width)}  ${`${green}/${own.length}`.padEnd(7)}  ${share.padEnd(13)}${missing}`);
  }
}
