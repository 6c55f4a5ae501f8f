// The whole flows folder, checked together and tested: flows, journeys and catalogue lead to each other. Texts in,
// problems out; nothing is read from a disk here, so that the studio can ask as well.

import { type FlowTestReport, runFlowTests } from '../flow-tests/run-flow-tests.ts';
import { type JourneyTestReport, runJourneyTests } from '../flow-tests/run-journey-tests.ts';
import { type Catalogue, emptyCatalogue } from '../flows/catalogue/catalogue.ts';
import { readCatalogue } from '../flows/catalogue/read-catalogue.ts';
import { compileFlow } from '../flows/compile-flow.ts';
import type { GuideLibrary } from '../flows/guides/guide-library.ts';
import { type JourneyFile, readJourney } from '../flows/journeys/read-journey.ts';
import { validateJourneys } from '../flows/journeys/validate-journeys.ts';
import type { Problem } from '../flows/problem.ts';
import { type FlowFile, readFlow } from '../flows/read-flow.ts';
import { sortProblems, validateFlows } from '../flows/validate-flow.ts';

/** Path relative to the flows folder → text. All may be empty. */
export type FolderSources = {
  flows: ReadonlyMap<string, string>;
  /** Of flows: "welcome.test.yaml". */
  tests: ReadonlyMap<string, string>;
  /** "journeys/renewal.journey.yaml" */
  journeys: ReadonlyMap<string, string>;
  /** "journeys/renewal.test.yaml" */
  journeyTests: ReadonlyMap<string, string>;
  /** "catalogue/offers.yaml" */
  catalogue: ReadonlyMap<string, string>;
};

export type CheckedJourneyFiles = {
  /** All that could be read, sound or not. */
  journeys: JourneyFile[];
  /** Paths of files with an error, their own or one in their test. */
  bad: ReadonlySet<string>;
  problems: Problem[];
  report: JourneyTestReport;
};

export type CheckedFolder = {
  flows: FlowFile[];
  journeys: JourneyFile[];
  catalogue: Catalogue;
  /** Paths of flow and journey files that must not be published. */
  bad: ReadonlySet<string>;
  problems: Problem[];
  flowReport: FlowTestReport;
  journeyReport: JourneyTestReport;
};

/** Everything about a folder's contents; the guides were read (and their problems told) before. */
export function checkFolder(sources: FolderSources, guides: GuideLibrary): CheckedFolder {
  const { catalogue, problems } = readCatalogue(sources.catalogue, { guides });
  // A broken catalogue tells its own mistakes; flows and journeys are not blamed for names that it could not give.
  const known = sources.catalogue.size === 0 || pathsWithErrors(problems).size > 0 ? null : catalogue;
  const read = [...sources.flows].map(([path, source]) => readFlow(path, source));
  const flows = read.flatMap(({ flow }) => (flow === null ? [] : [flow]));
  const ofFlows = [
    ...read.flatMap((file) => file.problems),
    ...validateFlows(flows, { guides, templates: known?.templates ?? null, offers: known && offerCodes(known) }),
  ];
  const broken = pathsWithErrors(ofFlows);
  const sound = flows.filter((flow) => flow.isComplete && !broken.has(flow.path));
  const flowReport = runFlowTests({ flows: sound, guides, tests: sources.tests });
  const checked = checkJourneyFiles(
    { journeys: sources.journeys, tests: sources.journeyTests },
    { flows, sound, guides, catalogue: known },
  );
  const all = sortProblems([...problems, ...ofFlows, ...flowReport.problems, ...checked.problems]);
  const redTests = pathsWithErrors(flowReport.problems);
  const good = new Set(sound.map(({ path }) => path));
  const redFlows = [...sources.flows.keys()].filter((path) => !good.has(path) || redTests.has(testPathOf(path)));
  return {
    flows,
    journeys: checked.journeys,
    catalogue,
    bad: new Set([...redFlows, ...checked.bad]),
    problems: all,
    flowReport,
    journeyReport: checked.report,
  };
}

/**
 * Journeys alone, against flows and catalogue that are known. `sound`: the flows without errors, which tests may start;
 * `catalogue`: null = its names are not checked.
 */
export function checkJourneyFiles(
  sources: { journeys: ReadonlyMap<string, string>; tests: ReadonlyMap<string, string> },
  known: { flows: readonly FlowFile[]; sound?: readonly FlowFile[]; guides: GuideLibrary; catalogue: Catalogue | null },
): CheckedJourneyFiles {
  const read = [...sources.journeys].map(([path, source]) => ({ path, ...readJourney(path, source) }));
  const journeys = read.flatMap(({ journey }) => (journey === null ? [] : [journey]));
  const sense = validateJourneys(journeys, known);
  const problems = [...read.flatMap((file) => file.problems), ...sense];
  const wrong = pathsWithErrors(problems);
  const sound = journeys.filter((journey) => journey.isComplete && !wrong.has(journey.path));
  const report = runJourneyTests({
    flows: known.sound ?? known.flows.filter(isSound),
    guides: known.guides,
    catalogue: known.catalogue ?? emptyCatalogue,
    journeys: sound,
    tests: sources.tests,
  });
  problems.push(...report.problems);
  const red = pathsWithErrors(problems);
  const isBad = (path: string) => red.has(path) || red.has(testPathOf(path));
  const bad = new Set(read.flatMap(({ path, journey }) => (!journey?.isComplete || isBad(path) ? [path] : [])));
  return { journeys, bad, problems: sortProblems(problems), report };
}

/** Where the tests of a flow or journey stand. */
export function testPathOf(path: string): string {
  return path.replace(/\.(flow|journey)\.yaml$/, '.test.yaml');
}

/** null = the catalogue has none yet: its codes are wherever the business keeps them. */
function offerCodes({ offers }: Catalogue): readonly string[] | null {
  return offers.length === 0 ? null : offers.map(({ code }) => code);
}

function isSound(flow: FlowFile): boolean {
  if (!flow.isComplete) return false;
  try {
    compileFlow(flow);
    return true;
  } catch {
    return false;
  }
}

function pathsWithErrors(problems: readonly Problem[]): ReadonlySet<string> {
  return new Set(problems.flatMap(({ severity, file }) => (severity === 'error' ? [file] : [])));
}
