// Plays `journeys/*.test.yaml` against journeys and flows in virtual months: which tests are red and why, which steps no
// test comes to.
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { type CompiledFlow, compileFlow } from '../flows/compile-flow.ts';
import { durationMs } from '../flows/duration.ts';
import { explainIssues } from '../flows/explain-issue.ts';
import type { GuideLibrary } from '../flows/guides/guide-library.ts';
import { type CapRules, usualCaps } from '../flows/journeys/arbitrate.ts';
import { compileJourney } from '../flows/journeys/compile-journey.ts';
import type { Journey } from '../flows/journeys/journey.ts';
import { type CareCase, type CareTestFile, careTestFileSchema } from '../flows/journeys/journey-test-schema.ts';
import type { JourneyFile } from '../flows/journeys/read-journey.ts';
import { hintName } from '../flows/nearest-name.ts';
import type { Problem } from '../flows/problem.ts';
import type { FlowFile } from '../flows/read-flow.ts';
import { readYaml, type YamlFile } from '../flows/read-yaml.ts';
import { sampleFacts } from '../flows/sample-facts.ts';
import { keysAt } from '../flows/schema-keys.ts';
import { playCareLine } from './play-care-line.ts';
import type { StepCoverage } from './run-flow-tests.ts';
import { SimulatedCare } from './simulate-care.ts';

export type JourneyTestResult = {
  file: string;
  journey: string;
  name: string;
  channel: 'zalo' | 'messenger';
  problem: Problem | null;
};
/** In `coverage` the journey stands where a flow would. */
export type JourneyTestReport = { results: JourneyTestResult[]; coverage: StepCoverage[]; problems: Problem[] };

type World = {
  flows: readonly CompiledFlow[];
  guides: GuideLibrary;
  catalogue: Catalogue;
  journeys: readonly Journey[];
};

/** `flows` and `journeys` have no errors; `tests`: path → text. */
export function runJourneyTests(known: {
  flows: readonly FlowFile[];
  guides: GuideLibrary;
  catalogue: Catalogue;
  journeys: readonly JourneyFile[];
  tests: ReadonlyMap<string, string>;
}): JourneyTestReport {
  const world = { ...known, flows: known.flows.map(compileFlow), journeys: known.journeys.map(compileJourney) };
  const visited = new Set<string>();
  const results: JourneyTestResult[] = [];
  const problems: Problem[] = [];
  for (const [path, source] of known.tests) {
    const read = readTestFile(path, source, world.journeys);
    if ('problems' in read) problems.push(...read.problems);
    else {
      results.push(...playFile(read, world, visited));
      problems.push(...silentProblems(read));
    }
  }
  problems.push(...results.flatMap(({ problem }) => (problem === null ? [] : [problem])));
  return { results, coverage: world.journeys.map((journey) => coverageOf(journey, visited)), problems };
}

type ReadTests = { file: CareTestFile; yaml: YamlFile; journey: Journey } | { problems: Problem[] };

function readTestFile(path: string, source: string, journeys: readonly Journey[]): ReadTests {
  const yaml = readYaml(path, source);
  if (!yaml.ok) return { problems: yaml.problems };
  const { place, data } = yaml.file;
  const parsed = careTestFileSchema.safeParse(data, { reportInput: true });
  if (!parsed.success)
    return { problems: explainIssues(parsed.error.issues, [], (at) => keysAt(careTestFileSchema, at)).map(place) };
  const names = journeys.map(({ id }) => id);
  const strangers = [
    { name: parsed.data.journey, path: ['journey'] },
    ...parsed.data.tests.flatMap((test, index) => test.with.map((name) => ({ name, path: ['tests', index, 'with'] }))),
  ].filter(({ name }) => !names.includes(name));
  const journey = journeys.find(({ id }) => id === parsed.data.journey);
  if (journey !== undefined && strangers.length === 0) return { file: parsed.data, yaml: yaml.file, journey };
  return {
    problems: strangers.map(({ name, path: at }) => {
      const message = `Bài thử nhắc đến hành trình "${name}" nhưng không có (hoặc file đó đang có lỗi).`;
      return place({ code: 'unknown_journey', path: at, message, fix: hintName(name, names) });
    }),
  };
}

function playFile(
  { file, yaml, journey }: Extract<ReadTests, { journey: Journey }>,
  world: World,
  visited: Set<string>,
): JourneyTestResult[] {
  return file.tests.flatMap((test, index) =>
    (test.channel === 'both' ? (['zalo', 'messenger'] as const) : [test.channel]).map((channel) => {
      const care = careOf(test, { ...file, channel, journey }, world);
      const failure = playCase(test, { journey, care });
      for (const step of care.visited) visited.add(step);
      const problem =
        failure === null
          ? null
          : yaml.place({
              code: 'red_test',
              path: ['tests', index, 'steps', failure.line],
              message: `Bài thử "${test.name}" (${channel}) không đạt: ${failure.message}`,
              fix: 'Sửa hành trình cho đúng ý, hoặc sửa bài thử nếu ý đã đổi.',
            });
      return { file: yaml.path, journey: journey.id, name: test.name, channel, problem };
    }),
  );
}

/** Half of care is what is not said: a file of tests shows at least once why. */
function silentProblems({ file, yaml }: Extract<ReadTests, { journey: Journey }>): Problem[] {
  const named = file.tests.some(({ steps }) =>
    steps.some((line) => 'expect' in line && (line.expect.not_sent ?? line.expect.put_off) !== undefined),
  );
  if (named) return [];
  return [
    yaml.place({
      code: 'no_reason_tested',
      severity: 'warning',
      path: ['tests'],
      message: `Chưa bài thử nào của "${file.journey}" nói vì sao có lúc không gửi.`,
      fix: 'Thêm một bài có expect: { not_sent: { step: …, because: … } } hoặc put_off, ví dụ khi khách chưa đồng ý, kênh đã đóng, khách đang bận.',
    }),
  ];
}

function careOf(
  test: CareCase,
  { facts, channel, journey }: Pick<CareTestFile, 'facts'> & { channel: 'zalo' | 'messenger'; journey: Journey },
  world: World,
): SimulatedCare {
  return new SimulatedCare({
    ...world,
    journeys: world.journeys.filter(({ id }) => id === journey.id || test.with.includes(id)),
    facts: sampleFacts(channel, test.now, facts, test.facts),
    caps: capsOf(test.caps),
    quiet: test.quiet === false ? null : test.quiet,
  });
}

function capsOf({ per_day, per_week, advertising_per_day, gap }: CareCase['caps']): CapRules {
  return {
    perDay: per_day ?? usualCaps.perDay,
    perWeek: per_week ?? usualCaps.perWeek,
    advertisingPerDay: advertising_per_day ?? usualCaps.advertisingPerDay,
    gapMs: gap === undefined ? usualCaps.gapMs : durationMs(gap),
  };
}

function playCase(test: CareCase, { journey, care }: { journey: Journey; care: SimulatedCare }) {
  const chat = { flow: '', simulation: care.chat, said: [], effects: [] };
  for (const [line, step] of test.steps.entries()) {
    const message = playCareLine(step, { journey, care, chat });
    if (message !== null) return { line, message };
  }
  return null;
}

function coverageOf({ id, steps }: Journey, visited: ReadonlySet<string>): StepCoverage {
  const missed = steps.flatMap((step) => (visited.has(`${id}/${step.id}`) ? [] : [step.id]));
  return { flow: id, steps: steps.length, visited: steps.length - missed.length, missed };
}
