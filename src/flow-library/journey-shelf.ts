// Which journeys are followed, and what the business sells: files that passed their checks, the last good version of
// those that did not. The same promise as for flows.
import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { type Catalogue, emptyCatalogue } from '../flows/catalogue/catalogue.ts';
import { readCatalogue } from '../flows/catalogue/read-catalogue.ts';
import { compileJourneySource } from '../flows/journeys/compile-journey.ts';
import type { PublishedJourney } from '../flows/published-flow.ts';
import type { NewId } from '../ids.ts';
import type { CheckedFiles } from './checked-files.ts';
import { createLaterMap, type LaterMap, later } from './later-map.ts';
import { CATALOGUE, type JourneyVersion, newestJourney, newestJourneys, publishJourney } from './publish-journey.ts';
import { checksumOf } from './publish-version.ts';
import type { FolderTexts } from './read-flow-files.ts';

export type Shelf = {
  journeys: LaterMap<PublishedJourney>;
  catalogue: () => Catalogue;
  /** null = there is none. */
  catalogueChecksum: string | null;
};
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
  return { journeys: createLaterMap(), catalogue: () => emptyCatalogue, catalogueChecksum: null };
}

/** The quick way to start: true when every file is, letter by letter, the newest version that was published. */
export async function fillFromPublished({ db }: ShelfDeps, shelf: Shelf, texts: FolderTexts): Promise<boolean> {
  const byChecksum = new Map((await newestJourneys(db.pool)).map((version) => [version.checksum, version]));
  const journeys = [...texts.journeys.values()].flatMap((source) => byChecksum.get(checksumOf(source)) ?? []);
  const catalogue = texts.catalogue.size === 0 ? null : byChecksum.get(checksumOf(sourceOf(texts.catalogue)));
  if (journeys.length !== texts.journeys.size || catalogue === undefined) return false;
  for (const version of journeys) shelf.journeys.put(version.journey, () => published(version));
  if (catalogue) putCatalogue(shelf, catalogue);
  return true;
}

/** Publishes what passed its checks; of what did not, the last good version stays. */
export async function fillFromFiles(
  deps: ShelfDeps,
  shelf: Shelf,
  { texts, checked }: { texts: FolderTexts; checked: CheckedFiles },
): Promise<void> {
  await fillCatalogue(deps, shelf, { sources: texts.catalogue, isGood: checked.isCatalogueGood });
  const present = new Set<string>();
  for (const { path, id, note, isGood } of checked.journeys) {
    const source = texts.journeys.get(path) ?? '';
    present.add(id);
    if (isGood) put(shelf, await publish(deps, { journey: id, source, note }));
    else await keepLastGood(deps, shelf, id);
  }
  for (const journey of [...shelf.journeys.keys()]) if (!present.has(journey)) shelf.journeys.delete(journey);
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
  { sources, isGood }: { sources: ReadonlyMap<string, string>; isGood: boolean },
): Promise<void> {
  if (sources.size === 0) return emptyCatalogueOf(shelf);
  if (isGood) {
    return putCatalogue(shelf, await publish(deps, { journey: CATALOGUE, source: sourceOf(sources), note: null }));
  }
  const last = shelf.catalogueChecksum === null ? await newestJourney(deps.db.pool, CATALOGUE) : null;
  if (last) putCatalogue(shelf, last);
  deps.log.warn('the catalogue has errors, the last good one stays');
}

function emptyCatalogueOf(shelf: Shelf): void {
  Object.assign(shelf, { catalogue: () => emptyCatalogue, catalogueChecksum: null });
}

/** Reading it takes a moment, and it rarely changes. */
function putCatalogue(shelf: Shelf, version: JourneyVersion): void {
  if (shelf.catalogueChecksum === version.checksum) return;
  const { checksum } = version;
  Object.assign(shelf, { catalogue: later(() => catalogueOf(version)), catalogueChecksum: checksum });
}

function sourceOf(files: ReadonlyMap<string, string>): string {
  return JSON.stringify([...files]);
}

const sourcesSchema = z.array(z.tuple([z.string(), z.string()]));

function catalogueOf({ source }: JourneyVersion): Catalogue {
  return readCatalogue(new Map(sourcesSchema.parse(JSON.parse(source)))).catalogue;
}

/** False when this program can no longer read it. */
function put(shelf: Shelf, version: JourneyVersion): boolean {
  const { id, journey } = version;
  if (shelf.journeys.get(journey)?.versionId === id) return true;
  const found = published(version);
  if (found) shelf.journeys.put(journey, () => found);
  return found !== null;
}

/** A stored version passed its checks when it was published; null when this program can no longer read it. */
function published({ id, journey, number, source }: JourneyVersion): PublishedJourney | null {
  const compiled = compileJourneySource(`journeys/${journey}.journey.yaml`, source);
  return compiled && { versionId: id, number, journey: compiled };
}

async function keepLastGood({ db, log }: ShelfDeps, shelf: Shelf, journey: string): Promise<void> {
  const last = await newestJourney(db.pool, journey);
  if (last && put(shelf, last))
    log.warn({ journey, version: last.number }, 'the file has errors, the last good version stays');
  else log.error({ journey }, 'the file has errors and there is no earlier version: the journey is off');
}
