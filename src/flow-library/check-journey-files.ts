// Journey files read, checked and tested: which may be published, and what is wrong with the others.
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { journeyIdOfPath, readJourney } from '../flows/journeys/read-journey.ts';
import { validateJourneys } from '../flows/journeys/validate-journeys.ts';
import type { Problem } from '../flows/problem.ts';
import type { FlowFile } from '../flows/read-flow.ts';

/** What journeys lead to. */
export type FlowsOfJourneys = { flows: readonly FlowFile[] };

export type CheckedJourneys = {
  good: { journey: string; source: string; note: string | null }[];
  bad: string[];
  present: ReadonlySet<string>;
  problems: Problem[];
};

export function checkJourneyFiles(
  files: { journeys: ReadonlyMap<string, string>; tests: ReadonlyMap<string, string> },
  known: FlowsOfJourneys & { catalogue: Catalogue | null },
): CheckedJourneys {
  const read = [...files.journeys].map(([path, source]) => ({ path, source, ...readJourney(path, source) }));
  // Half-read ones too: their names are known.
  const readable = read.flatMap(({ journey }) => (journey ? [journey] : []));
  const problems = [...read.flatMap((file) => file.problems), ...validateJourneys(readable, known)];
  const red = new Set(problems.flatMap((problem) => (problem.severity === 'error' ? [problem.file] : [])));
  const isGood = (path: string) => !red.has(path) && !red.has(path.replace(/\.journey\.yaml$/, '.test.yaml'));
  return {
    good: read.flatMap(({ path, source, journey }) =>
      journey?.isComplete && isGood(path) ? [{ journey: journey.id, source, note: journey.head.note ?? null }] : [],
    ),
    bad: read.flatMap(({ path, journey }) => (journey?.isComplete && isGood(path) ? [] : [idOf(path, journey)])),
    present: new Set(read.map(({ path, journey }) => idOf(path, journey))),
    problems,
  };
}

function idOf(path: string, journey: { id: string } | null): string {
  return journey?.id ?? journeyIdOfPath(path);
}
