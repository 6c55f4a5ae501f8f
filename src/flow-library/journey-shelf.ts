// Which journeys are followed, and what the business sells: files that passed their checks, the last good version of
// those that did not. The same promise as for flows.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { type Catalogue, emptyCatalogue } from '../flows/catalogue/catalogue.ts';
import { readCatalogue } from '../flows/catalogue/read-catalogue.ts';
import { checkJourneyFiles } from '../flows/check-folder.ts';
import type { GuideLibrary } from '../flows/guides/guide-library.ts';
import { compileJourneySource } from '../flows/journeys/compile-journey.ts';
import { journeyIdOfPath } from '../flows/journeys/read-journey.ts';
import type { Problem } from '../flows/problem.ts';
import type { FlowFile } from '../flows/read-flow.ts';
import type { NewId } from '../ids.ts';
import { CATALOGUE, type JourneyVersion, newestJourney, newestJourneys, publishJourney } from './publish-journey.ts';
import { checksumOf } from './publish-version.ts';
import type { PublishedJourney } from './published-flow.ts';

export type Shelf = { journeys: Map<string, PublishedJourney>; catalogue: Catalogue };
export type ShelfDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  flowsDir: string;
  log: Logger;
  /** In the transaction that publishes: everybody is planned anew. */
  onJourneysChanged?: ((client: pg.ClientBase, now: Date) => Promise<void>) | undefined;
};

export function emptyShelf(): Shelf {
  return { journeys: new Map(), catalogue: emptyCatalogue };
}

/** Path relative to the flows folder → text. */
export type ShelfFiles = {
  journeys: ReadonlyMap<string, string>;
  tests: ReadonlyMap<string, string>;
  catalogue: ReadonlyMap<string, string>;
};

export async function readShelfFiles(flowsDir: string): Promise<ShelfFiles> {
  return {
    journeys: await readFiles(flowsDir, 'journeys', '.journey.yaml'),
    tests: await readFiles(flowsDir, 'journeys', '.test.yaml'),
    catalogue: await readFiles(flowsDir, 'catalogue', '.yaml'),
  };
}

async function readFiles(flowsDir: string, folder: string, suffix: string): Promise<Map<string, string>> {
  const names = await readdir(join(flowsDir, folder)).catch(() => []);
  const wanted = names.filter((name) => name.endsWith(suffix)).sort();
  const texts = await Promise.all(wanted.map((name) => readFile(join(flowsDir, folder, name), 'utf8')));
  return new Map(wanted.map((name, index) => [`${folder}/${name}`, texts[index] ?? '']));
}

/** The quick way to start: true when every file is, letter by letter, the newest version that was published. */
export async function fillFromPublished({ db, flowsDir }: ShelfDeps, shelf: Shelf): Promise<boolean> {
  const [files, newest] = await Promise.all([readShelfFiles(flowsDir), newestJourneys(db.pool)]);
  const byChecksum = new Map(newest.map((version) => [version.checksum, version]));
  const journeys = [...files.journeys.values()].flatMap((source) => byChecksum.get(checksumOf(source)) ?? []);
  const catalogue = files.catalogue.size === 0 ? null : byChecksum.get(checksumOf(sourceOf(files.catalogue)));
  if (journeys.length !== files.journeys.size || catalogue === undefined) return false;
  for (const version of journeys) put(shelf, version);
  if (catalogue) shelf.catalogue = catalogueOf(catalogue);
  return true;
}

/** Checks all files and publishes what passed; answers what is wrong with the others. */
export async function fillFromFiles(
  deps: ShelfDeps,
  shelf: Shelf,
  known: { flows: readonly FlowFile[]; guides: GuideLibrary },
): Promise<Problem[]> {
  const files = await readShelfFiles(deps.flowsDir);
  const read = readCatalogue(files.catalogue, { guides: known.guides });
  await fillCatalogue(deps, shelf, files.catalogue, read);
  // Journeys are not blamed for a broken catalogue.
  const catalogue = hasErrors(read.problems) ? null : read.catalogue;
  const checked = checkJourneyFiles(files, { ...known, catalogue });
  const ids = new Map(checked.journeys.map((journey) => [journey.path, journey]));
  const present = new Set<string>();
  for (const [path, source] of files.journeys) {
    const file = ids.get(path);
    const journey = file?.id ?? journeyIdOfPath(path);
    present.add(journey);
    if (checked.bad.has(path)) await keepLastGood(deps, shelf, journey);
    else put(shelf, await publish(deps, { journey, source, note: file?.head.note ?? null }));
  }
  for (const journey of [...shelf.journeys.keys()]) if (!present.has(journey)) shelf.journeys.delete(journey);
  return [...read.problems, ...checked.problems];
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function publish(deps: ShelfDeps, version: { journey: string; source: string; note: string | null }) {
  const { db, clock, newId, onJourneysChanged } = deps;
  const now = clock.now();
  return publishJourney(db, {
    ...version,
    now,
    newId,
    onPublished: async (client) => await onJourneysChanged?.(client, now),
  });
}

async function fillCatalogue(
  deps: ShelfDeps,
  shelf: Shelf,
  sources: ReadonlyMap<string, string>,
  { catalogue, problems }: { catalogue: Catalogue; problems: readonly Problem[] },
): Promise<void> {
  if (sources.size === 0) {
    shelf.catalogue = emptyCatalogue;
    return;
  }
  if (!hasErrors(problems)) {
    await publish(deps, { journey: CATALOGUE, source: sourceOf(sources), note: null });
    shelf.catalogue = catalogue;
    return;
  }
  const last = shelf.catalogue === emptyCatalogue ? await newestJourney(deps.db.pool, CATALOGUE) : null;
  if (last) shelf.catalogue = catalogueOf(last);
  deps.log.warn('the catalogue has errors, the last good one stays');
}

function sourceOf(files: ReadonlyMap<string, string>): string {
  return JSON.stringify([...files]);
}

const sourcesSchema = z.array(z.tuple([z.string(), z.string()]));

function catalogueOf({ source }: JourneyVersion): Catalogue {
  return readCatalogue(new Map(sourcesSchema.parse(JSON.parse(source)))).catalogue;
}

/** A stored version passed its checks when it was published; false when this program can no longer read it. */
function put(shelf: Shelf, { id, journey, number, source }: JourneyVersion): boolean {
  if (shelf.journeys.get(journey)?.versionId === id) return true;
  const compiled = compileJourneySource(`journeys/${journey}.journey.yaml`, source);
  if (compiled) shelf.journeys.set(journey, { versionId: id, number, journey: compiled });
  return compiled !== null;
}

async function keepLastGood({ db, log }: ShelfDeps, shelf: Shelf, journey: string): Promise<void> {
  const last = await newestJourney(db.pool, journey);
  if (last && put(shelf, last))
    log.warn({ journey, version: last.number }, 'the file has errors, the last good version stays');
  else log.error({ journey }, 'the file has errors and there is no earlier version: the journey is off');
}
