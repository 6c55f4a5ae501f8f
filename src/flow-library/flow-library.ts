// Which scripts can be played: the files that passed their checks and tests, each as an immutable version.
// A file that does not pass changes nothing: its last good version stays, and /readyz and the log say why.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { compileFlow } from '../flows/compile-flow.ts';
import { createGuideLibrary, type GuideLibrary } from '../flows/guides/guide-library.ts';
import { readGuides } from '../flows/guides/read-guides-directory.ts';
import { formatProblem, type Problem } from '../flows/problem.ts';
import type { PublishedFlow, Scripts } from '../flows/published-flow.ts';
import { readFlow } from '../flows/read-flow.ts';
import { checkInWorker } from './check-in-worker.ts';
import { CHECK_FAILED, type CheckedFiles } from './checked-files.ts';
import { findPublished } from './find-published.ts';
import { emptyShelf, fillFromFiles, fillFromPublished, type Shelf, type ShelfDeps } from './journey-shelf.ts';
import { createLaterMap, type LaterMap, later } from './later-map.ts';
import { openGuidesLater } from './open-guides-later.ts';
import { checksumOf, type FlowVersion, newestVersion, publishVersion, versionsById } from './publish-version.ts';
import { type FolderTexts, fingerprintOf, readFolderTexts } from './read-flow-files.ts';

export type FlowLibrary = {
  scripts(): Scripts;
  /** Loads versions that older runs are on, so that `scripts()` has them. */
  ensureLoaded(client: pg.ClientBase, versionIds: readonly string[]): Promise<void>;
  /** Reads the folder again when a file changed; true when it did. One at a time. */
  refresh(): Promise<boolean>;
  /** What keeps files from being published, as of the last look. */
  problems(): readonly Problem[];
  /** Ends a check that is under way, and begins no more. */
  stop(): void;
};

export type LibraryDeps = ShelfDeps & {
  /** How the folder is checked; tests give a check that fails. */
  check?: (texts: FolderTexts, options: { signal: AbortSignal }) => Promise<CheckedFiles>;
};

/** Files that are published already need no checks before the first message; they get them a little later. */
const FULL_CHECK_AFTER_MS = 20 * SECOND_MS;
/** A check that came to no end may have had bad luck. */
const TRY_AGAIN_AFTER_MS = 10 * MINUTE_MS;

type State = {
  shelf: Shelf;
  active: LaterMap<PublishedFlow>;
  versions: LaterMap<PublishedFlow>;
  guides: GuideLibrary;
  /** Of the guides in use. */
  guidesChecksum: string;
  problems: readonly Problem[];
  /** Of the files as last checked. */
  fingerprint: string;
  /** Before that no file is looked at; 0 = nothing was read yet. */
  nextLookAt: number;
  /** When they are checked again although no file changed; null = never. */
  tryAgainAt: number | null;
};

export function createFlowLibrary(deps: LibraryDeps): FlowLibrary {
  const stopping = new AbortController();
  const state: State = {
    shelf: emptyShelf(),
    active: createLaterMap(),
    versions: createLaterMap(),
    guides: createGuideLibrary([]),
    guidesChecksum: '',
    problems: [],
    fingerprint: '',
    nextLookAt: 0,
    tryAgainAt: null,
  };
  const scripts = scriptsOf(state);
  return {
    scripts: () => scripts,
    problems: () => state.problems,
    refresh: async () => {
      try {
        return await refresh(deps, state, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return false;
        throw error;
      }
    },
    ensureLoaded: async (client, ids) => {
      const missing = ids.filter((id) => !state.versions.has(id));
      if (missing.length === 0) return;
      for (const version of await versionsById(client, missing)) addVersion(state, version);
    },
    stop: () => stopping.abort(),
  };
}

/** Always as the state is at the moment of asking. */
function scriptsOf(state: State): Scripts {
  return {
    active: state.active,
    versions: state.versions,
    get guides() {
      return state.guides;
    },
    journeys: state.shelf.journeys,
    get catalogue() {
      return state.shelf.catalogue();
    },
  };
}

async function refresh(deps: LibraryDeps, state: State, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const now = deps.clock.now().getTime();
  if (now < state.nextLookAt) {
    await makeTheRest(state, signal);
    return false;
  }
  const seen = await fingerprintOf(deps.flowsDir);
  const isTriedAgain = state.tryAgainAt !== null && now >= state.tryAgainAt;
  if (seen === state.fingerprint && !isTriedAgain) return false;
  const texts = await readFolderTexts(deps.flowsDir);
  if (state.nextLookAt === 0 && (await takePublished(deps, state, texts))) {
    state.nextLookAt = now + FULL_CHECK_AFTER_MS;
    return true;
  }
  const { check = checkInWorker } = deps;
  const checked = await check(texts, { signal });
  await takeChecked(deps, state, { texts, checked });
  const hasFailed = checked.problems.some(({ code }) => code === CHECK_FAILED);
  Object.assign(state, {
    fingerprint: seen,
    nextLookAt: now,
    tryAgainAt: hasFailed ? now + TRY_AGAIN_AFTER_MS : null,
  });
  return true;
}

/** Nobody who writes shall wait for what can be made before; each takes some milliseconds, and messages come between. */
async function makeTheRest({ active, shelf }: State, signal: AbortSignal): Promise<void> {
  shelf.catalogue();
  do await nextTurn();
  while (!signal.aborted && (active.makeOne() || shelf.journeys.makeOne()));
}

async function takePublished(deps: LibraryDeps, state: State, texts: FolderTexts): Promise<boolean> {
  const versions = await findPublished(deps.db, texts);
  if (!versions || !(await fillFromPublished(deps, state.shelf, texts))) return false;
  for (const version of versions) activateLater(state, version);
  state.guides = openGuidesLater(() => createGuideLibrary(readGuides(texts.guides).guides));
  state.guidesChecksum = checksumOfGuides(texts);
  return true;
}

type Checked = { texts: FolderTexts; checked: CheckedFiles };

async function takeChecked(deps: LibraryDeps, state: State, { texts, checked }: Checked): Promise<void> {
  const { db, clock, newId, log } = deps;
  for (const { path, id, note, isGood } of checked.flows) {
    const source = texts.flows.get(path) ?? '';
    if (isGood) activate(state, await publishVersion(db, { flow: id, source, note, now: clock.now(), newId }));
    else await keepLastGood(deps, state, id);
  }
  const present = new Set(checked.flows.map(({ id }) => id));
  for (const flow of [...state.active.keys()]) if (!present.has(flow)) state.active.delete(flow);
  takeGuides(state, checked.guides, checksumOfGuides(texts));
  await fillFromFiles(deps, state.shelf, { texts, checked });
  state.problems = checked.problems;
  for (const problem of state.problems) log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem));
  const { active, shelf, problems } = state;
  log.info({ flows: active.size, journeys: shelf.journeys.size, problems: problems.length }, 'flow files read');
}

/** The same guides keep their index, which takes a moment to make. */
function takeGuides(state: State, guides: CheckedFiles['guides'], checksum: string): void {
  if (guides === null || checksum === state.guidesChecksum) return;
  state.guides = createGuideLibrary(guides);
  state.guidesChecksum = checksum;
}

function checksumOfGuides({ guides }: FolderTexts): string {
  return checksumOf(JSON.stringify(guides));
}

function activateLater(state: State, version: FlowVersion): void {
  const open = later(() => compileVersion(version));
  state.versions.put(version.id, open);
  state.active.put(version.flow, open);
}

function activate(state: State, version: FlowVersion): PublishedFlow | null {
  const published = addVersion(state, version);
  if (published) state.active.put(version.flow, () => published);
  return published;
}

function addVersion(state: State, version: FlowVersion): PublishedFlow | null {
  const known = state.versions.get(version.id) ?? compileVersion(version);
  if (known) state.versions.put(version.id, () => known);
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
