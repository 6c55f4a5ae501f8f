// Which scripts can be played: the files that passed their checks and tests, each as an immutable version.
// A file that does not pass changes nothing: its last good version stays, and /readyz and the log say why.
import type pg from 'pg';
import { SECOND_MS } from '../clock.ts';
import { compileFlow } from '../flows/compile-flow.ts';
import { createGuideLibrary, type GuideLibrary } from '../flows/guides/guide-library.ts';
import { readGuides } from '../flows/guides/read-guides-directory.ts';
import { formatProblem, type Problem } from '../flows/problem.ts';
import { readFlow } from '../flows/read-flow.ts';
import { checkFlowFiles } from './check-flow-files.ts';
import { findPublished } from './find-published.ts';
import { emptyShelf, fillFromFiles, fillFromPublished, type Shelf, type ShelfDeps } from './journey-shelf.ts';
import { openGuidesLater } from './open-guides-later.ts';
import { type FlowVersion, newestVersion, publishVersion, versionsById } from './publish-version.ts';
import type { PublishedFlow, Scripts } from './published-flow.ts';
import { fingerprintOf } from './read-flow-files.ts';

export type FlowLibrary = {
  scripts(): Scripts;
  /** Loads versions that older runs are on, so that `scripts()` has them. */
  ensureLoaded(client: pg.ClientBase, versionIds: readonly string[]): Promise<void>;
  /** Reads the folder again when a file changed; true when it did. */
  refresh(): Promise<boolean>;
  /** What keeps files from being published, as of the last look. */
  problems(): readonly Problem[];
};

export type LibraryDeps = ShelfDeps;

/** Files that are published already need no checks before the first message; they get them a little later. */
const FULL_CHECK_AFTER_MS = 20 * SECOND_MS;

type State = Shelf & {
  active: Map<string, PublishedFlow>;
  versions: Map<string, PublishedFlow>;
  guides: GuideLibrary;
  problems: readonly Problem[];
  /** Of the files as last checked. */
  fingerprint: string;
  /** 0 = nothing was read yet. */
  fullCheckAt: number;
};

export function createFlowLibrary(deps: LibraryDeps): FlowLibrary {
  const state: State = {
    active: new Map(),
    versions: new Map(),
    guides: createGuideLibrary([]),
    ...emptyShelf(),
    problems: [],
    fingerprint: '',
    fullCheckAt: 0,
  };
  return {
    scripts: () => state,
    problems: () => state.problems,
    refresh: () => refresh(deps, state),
    ensureLoaded: async (client, ids) => {
      const missing = ids.filter((id) => !state.versions.has(id));
      if (missing.length === 0) return;
      for (const version of await versionsById(client, missing)) addVersion(state, version);
    },
  };
}

async function refresh(deps: LibraryDeps, state: State): Promise<boolean> {
  const now = deps.clock.now().getTime();
  if (now < state.fullCheckAt) return false;
  const seen = await fingerprintOf(deps.flowsDir);
  if (seen === state.fingerprint) return false;
  if (state.fullCheckAt === 0 && (await usePublished(deps, state))) {
    state.fullCheckAt = now + FULL_CHECK_AFTER_MS;
    return true;
  }
  await useChecked(deps, state);
  state.fingerprint = seen;
  state.fullCheckAt = now;
  return true;
}

async function usePublished(deps: LibraryDeps, state: State): Promise<boolean> {
  const known = await findPublished(deps);
  if (!known || !(await fillFromPublished(deps, state))) return false;
  for (const version of known.versions) activate(state, version);
  state.guides = openGuidesLater(() => createGuideLibrary(readGuides(known.guideFiles).guides));
  return true;
}

async function useChecked(deps: LibraryDeps, state: State): Promise<void> {
  const { db, clock, newId, log } = deps;
  const checked = await checkFlowFiles(deps.flowsDir);
  for (const { flow, source, note } of checked.good) {
    activate(state, await publishVersion(db, { flow, source, note, now: clock.now(), newId }));
  }
  for (const flow of checked.bad) await keepLastGood(deps, state, flow);
  for (const flow of [...state.active.keys()]) if (!checked.present.has(flow)) state.active.delete(flow);
  if (checked.guides !== null) state.guides = createGuideLibrary(checked.guides);
  const ofJourneys = await fillFromFiles(deps, state, { flows: checked.flows, guides: state.guides });
  state.problems = [...checked.problems, ...ofJourneys];
  for (const problem of state.problems) log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem));
  const { active, journeys, problems } = state;
  log.info({ flows: active.size, journeys: journeys.size, problems: problems.length }, 'flow files read');
}

function activate(state: State, version: FlowVersion): PublishedFlow | null {
  const published = addVersion(state, version);
  if (published) state.active.set(version.flow, published);
  return published;
}

function addVersion(state: State, version: FlowVersion): PublishedFlow | null {
  const known = state.versions.get(version.id) ?? compileVersion(version);
  if (known) state.versions.set(version.id, known);
  return known;
}

/** A stored version passed its checks when it was published; null when this program can no longer read it. */
function compileVersion(version: FlowVersion): PublishedFlow | null {
  const { flow } = readFlow(`${version.flow}.flow.yaml`, version.source);
  return flow?.isComplete ? { versionId: version.id, number: version.number, flow: compileFlow(flow) } : null;
}

async function keepLastGood({ db, log }: LibraryDeps, state: State, flow: string): Promise<void> {
  const last = await newestVersion(db.pool, flow);
  const published = last && activate(state, last);
  if (published) log.warn({ flow, version: published.number }, 'the file has errors, the last good version stays');
  else log.error({ flow }, 'the file has errors and there is no earlier version: the flow is off');
}
