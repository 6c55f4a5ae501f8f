// npm run flows:check: validates every flow and guide, plays every flow test, shows which steps no test comes to.
// Exit code 1 when a flow would not be loaded.
import { join } from 'node:path';
import { styleText } from 'node:util';
import { readFlowFiles } from '../src/flow-library/read-flow-files.ts';
import { createGuideLibrary } from '../src/flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../src/flows/guides/read-guides-directory.ts';
import { formatProblem, type Problem } from '../src/flows/problem.ts';
import { readFlow } from '../src/flows/read-flow.ts';
import { type FlowTestReport, runFlowTests } from '../src/flows/run-flow-tests.ts';
import { sortProblems, validateFlows } from '../src/flows/validate-flow.ts';

const directory = process.argv[2] ?? process.env.FLOWS_DIR ?? 'flows';
const files = await readFlowFiles(directory);
const { guides, problems: guideProblems } = await readGuidesDirectory(join(directory, 'guides'));
const library = createGuideLibrary(guides);

const read = [...files.flows].map(([path, source]) => readFlow(path, source));
const flows = read.flatMap(({ flow }) => (flow === null ? [] : [flow]));
const problems = [
  ...read.flatMap((file) => file.problems),
  ...validateFlows(flows, { guides: library }),
  ...guideProblems,
];
const broken = new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
const sound = flows.filter((flow) => flow.isComplete && !broken.has(flow.path));
const report = runFlowTests({ flows: sound, guides: library, tests: files.tests });

printProblems(sortProblems([...problems, ...report.problems]));
printCoverage(report);
const errors = [...problems, ...report.problems].filter(({ severity }) => severity === 'error').length;
const passed = report.results.filter(({ problem }) => problem === null).length;
console.log(
  `\n${flows.length} kịch bản, ${guides.length} chủ đề hướng dẫn, ${passed}/${report.results.length} bài thử đạt, ${errors} lỗi.`,
);
process.exitCode = errors > 0 ? 1 : 0;

function printProblems(found: readonly Problem[]): void {
  for (const problem of found) {
    const file = problem.file.startsWith(directory) ? problem.file : join(directory, problem.file);
    console.log(styleText(problem.severity === 'error' ? 'red' : 'yellow', formatProblem({ ...problem, file })));
  }
  if (found.length > 0) console.log('');
}

function printCoverage({ coverage, results }: FlowTestReport): void {
  const width = Math.max(10, ...coverage.map(({ flow }) => flow.length));
  console.log(`${'Kịch bản'.padEnd(width)}  Bài thử  Bước đã qua`);
  for (const { flow, steps, visited, missed } of coverage) {
    const own = results.filter((result) => result.flow === flow);
    const passed = own.filter(({ problem }) => problem === null).length;
    const missing = missed.length === 0 ? '' : `  chưa thử: ${missed.join(', ')}`;
    const share = `${visited}/${steps} (${Math.round((visited / steps) * 100)} %)`;
    console.log(`${flow.padEnd(width)}  ${`${passed}/${own.length}`.padEnd(7)}  ${share.padEnd(13)}${missing}`);
  }
}
