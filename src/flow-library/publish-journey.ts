// An accepted change of a journey becomes an immutable version, as those of flows do. The catalogue is kept the same way,
// under a name of its own, so that a start with a broken file still has the last good one.
import type pg from 'pg';
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';
import { checksumOf } from './publish-version.ts';

export type JourneyVersion = { id: string; journey: string; number: number; checksum: string; source: string };

/** No journey can have this name: ids of journeys have no dot. */
export const CATALOGUE = 'catalogue.';

/** Any number, as long as nothing else locks by it. */
const LOCK = 620_519_078;

/** Gives the newest version when it already is this text, else makes the next one; `onPublished` in the same transaction. */
export async function publishJourney(
  db: Database,
  {
    journey,
    source,
    note,
    now,
    newId,
    onPublished,
  }: {
    journey: string;
    source: string;
    note: string | null;
    now: Date;
    newId: NewId;
    onPublished: (client: pg.ClientBase) => Promise<void>;
  },
): Promise<JourneyVersion> {
  const checksum = checksumOf(source);
  const newest = await newestJourney(db.pool, journey);
  if (newest?.checksum === checksum) return newest;
  return await db.transaction('publish-journey', async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const last = await newestJourney(client, journey);
    if (last?.checksum === checksum) return last;
    const version = { id: newId(), journey, number: (last?.number ?? 0) + 1, checksum, source };
    await client.query(
      'INSERT INTO journey_versions (id, journey, number, checksum, source, note, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [version.id, journey, version.number, checksum, source, note, now],
    );
    await onPublished(client);
    return version;
  });
}

export async function newestJourney(client: pg.ClientBase | pg.Pool, journey: string): Promise<JourneyVersion | null> {
  const { rows } = await client.query<JourneyVersion>(
    'SELECT id, journey, number, checksum, source FROM journey_versions WHERE journey = $1 ORDER BY number DESC LIMIT 1',
    [journey],
  );
  return rows[0] ?? null;
}

/** The newest version of each journey, and of the catalogue. */
export async function newestJourneys(client: pg.ClientBase | pg.Pool): Promise<JourneyVersion[]> {
  const { rows } = await client.query<JourneyVersion>(
    'SELECT DISTINCT ON (journey) id, journey, number, checksum, source FROM journey_versions ORDER BY journey, number DESC',
  );
  return rows;
}
