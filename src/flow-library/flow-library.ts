// Which scripts can be played: the files that passed their checks and tests, each as an immutable version.
// A file that does not pass changes nothing: its last good version stays, and /readyz and the log say why.
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { compileFlow } from '../flows/compile-flow.ts';
import { createGuideLibrary, type GuideLibrary } from '../flows/guides/guide-library.ts';
import { formatProblem, type Problem } from '../flows/problem.ts';
import { readFlow } from '../flows/read-flow.ts';
import type { NewId } from '../ids.ts';
import { checkFlowFiles } from './check-flow-files.ts';
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

export type LibraryDeps = { db: Database; clock: Clock; newId: NewId; flowsDir: string; log: Logger };

export function createFlowLibrary(deps: LibraryDeps): FlowLibrary {
  const active = new Map<string, PublishedFlow>();
  const versions = new Map<string, PublishedFlow>();
  let guides: GuideLibrary = createGuideLibrary([]);
  let problems: readonly Problem[] = [];
  let fingerprint = '';

  const add = (version: FlowVersion): PublishedFlow | null => {
    const known = versions.get(version.id);
    if (known) return known;
    const published = compileVersion(version);
    if (published) versions.set(version.id, published);
    return published;
  };
  const refresh = async (): Promise<boolean> => {
    const seen = await fingerprintOf(deps.flowsDir);
    if (seen === fingerprint) return false;
    const checked = await checkFlowFiles(deps.flowsDir);
    for (const { flow, source, note } of checked.good) {
      const version = await publishVersion(deps.db, { flow, source, note, now: deps.clock.now(), newId: deps.newId });
      const published = add(version);
      if (published) active.set(flow, published);
    }
    for (const flow of checked.bad) await keepLastGood(deps, active, add, flow);
    for (const flow of [...active.keys()]) if (!checked.present.has(flow)) active.delete(flow);
    if (checked.guides !== null) guides = createGuideLibrary(checked.guides);
    problems = checked.problems;
    fingerprint = seen;
    for (const problem of problems) deps.log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem));
    deps.log.info({ flows: active.size, problems: problems.length }, 'flow files read');
    return true;
  };
  return {
    scripts: () => ({ active, versions, guides }),
    problems: () => problems,
    refresh,
    ensureLoaded: async (client, ids) => {
      const missing = ids.filter((id) => !versions.has(id));
      if (missing.length === 0) return;
      for (const version of await versionsById(client, missing)) add(version);
    },
  };
}

/** A stored version passed its checks when it was published; null when this program can no longer read it. */
function compileVersion(version: FlowVersion): PublishedFlow | null {
  const { flow } = readFlow(`${version.flow}.flow.yaml`, version.source);
  return flow?.isComplete ? { versionId: version.id, number: version.number, flow: compileFlow(flow) } : null;
}

async function keepLastGood(
  { db, log }: LibraryDeps,
  active: Map<string, PublishedFlow>,
  add: (version: FlowVersion) => PublishedFlow | null,
  flow: string,
): Promise<void> {
  const last = await newestVersion(db.pool, flow);
  const published = last && add(last);
  if (published) {
    active.set(flow, published);
    log.warn({ flow, version: published.number }, 'the file has errors, the last good version stays');
  } else {
    log.error({ flow }, 'the file has errors and there is no earlier version: the flow is off');
  }
}
