// Plays `*.test.yaml` files against flows in virtual time: which tests are red and why, which steps were never come to.
import { type CompiledFlow, compileFlow } from '../flows/compile-flow.ts';
import { explainIssues } from '../flows/explain-issue.ts';
import type { GuideLibrary } from '../flows/guides/guide-library.ts';
import { hintName } from '../flows/nearest-name.ts';
import type { Problem } from '../flows/problem.ts';
import type { FlowFile } from '../flows/read-flow.ts';
import { readYaml, type YamlFile } from '../flows/read-yaml.ts';
import { sampleFacts } from '../flows/sample-facts.ts';
import { keysAt } from '../flows/schema-keys.ts';
import { type TestCase, type TestFile, testFileSchema } from '../flows/test-schema.ts';
import { playTestLine, type TestRun } from './play-test-line.ts';
import { createSimulation } from './simulate-conversation.ts';

export type FlowTestResult = {
  file: string;
  flow: string;
  name: string;
  channel: 'zalo' | 'messenger';
  problem: Problem | null;
};
export type StepCoverage = { flow: string; steps: number; visited: number; missed: string[] };
export type FlowTestReport = { results: FlowTestResult[]; coverage: StepCoverage[]; problems: Problem[] };

/** `flows` have no errors; `tests`: path → text. All flows can be reached from every test. */
export function runFlowTests({
  flows,
  guides,
  tests,
}: {
  flows: readonly FlowFile[];
  guides: GuideLibrary;
  tests: ReadonlyMap<string, string>;
}): FlowTestReport {
  const compiled = flows.map(compileFlow);
  const visited = new Set<string>();
  const results: FlowTestResult[] = [];
  const problems: Problem[] = [];
  for (const [path, source] of tests) {
    const read = readTestFile(path, source, compiled);
    if (!read.ok) {
      problems.push(...read.problems);
      continue;
    }
    const played = playFile(read, { compiled, guides, visited });
    results.push(...played);
    problems.push(...played.flatMap(({ problem }) => (problem === null ? [] : [problem])));
  }
  return { results, coverage: compiled.map((flow) => coverageOf(flow, visited)), problems };
}

type ReadTests = { ok: true; file: TestFile; yaml: YamlFile } | { ok: false; problems: Problem[] };

function readTestFile(path: string, source: string, flows: readonly CompiledFlow[]): ReadTests {
  const yaml = readYaml(path, source);
  if (!yaml.ok) return yaml;
  const { place, data } = yaml.file;
  const parsed = testFileSchema.safeParse(data, { reportInput: true });
  if (!parsed.success) {
    return {
      ok: false,
      problems: explainIssues(parsed.error.issues, [], (at) => keysAt(testFileSchema, at)).map(place),
    };
  }
  const ids = flows.map(({ id }) => id);
  if (ids.includes(parsed.data.flow)) return { ok: true, file: parsed.data, yaml: yaml.file };
  const message = `Không có kịch bản "${parsed.data.flow}" để thử, hoặc kịch bản ấy đang có lỗi.`;
  const fix = hintName(parsed.data.flow, ids);
  return { ok: false, problems: [place({ code: 'unknown_flow', path: ['flow'], message, fix })] };
}

type Stage = { compiled: readonly CompiledFlow[]; guides: GuideLibrary; visited: Set<string> };

function playFile({ file, yaml }: Extract<ReadTests, { ok: true }>, stage: Stage): FlowTestResult[] {
  return file.tests.flatMap((test, index) =>
    channelsOf(test).map((channel) => {
      const run: TestRun = {
        flow: file.flow,
        simulation: createSimulation({
          flows: stage.compiled,
          guides: stage.guides,
          facts: sampleFacts(channel, test.now, file.facts, test.facts),
        }),
        said: [],
        effects: [],
      };
      const failure = playCase(test, run);
      for (const step of run.simulation.visited) stage.visited.add(step);
      const problem =
        failure === null
          ? null
          : yaml.place({
              code: 'red_test',
              path: ['tests', index, 'steps', failure.line],
              message: `Bài thử "${test.name}" (${channel}) không đạt: ${failure.message}`,
              fix: 'Sửa kịch bản cho đúng ý, hoặc sửa bài thử nếu ý đã đổi.',
            });
      return { file: yaml.path, flow: file.flow, name: test.name, channel, problem };
    }),
  );
}

function playCase(test: TestCase, run: TestRun): { line: number; message: string } | null {
  for (const [line, step] of test.steps.entries()) {
    const message = playTestLine(step, run);
    if (message !== null) return { line, message };
  }
  return null;
}

function channelsOf({ channel }: TestCase): ('zalo' | 'messenger')[] {
  return channel === 'both' ? ['zalo', 'messenger'] : [channel];
}

function coverageOf(flow: CompiledFlow, visited: ReadonlySet<string>): StepCoverage {
  const missed = [...flow.steps.keys()].filter((step) => !visited.has(`${flow.id}/${step}`));
  return { flow: flow.id, steps: flow.steps.size, visited: flow.steps.size - missed.length, missed };
}
