// Working: what was accepted becomes changes. Many people in one transaction, each locked; nothing is sent here.
import type pg from 'pg';
import type { Person } from '../conversations/work.ts';
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';
import { claimWork } from './claim-work.ts';
import type { ProfileWish } from './fetch-profiles.ts';
import type { LinkIdentity } from './link-people.ts';
import type { Outcome } from './outcome.ts';
import { MAX_ATTEMPTS, type PlayDeps, playWork, versionsOf } from './play-work.ts';
import type { SaveContext } from './save-records.ts';
import { saveTurns } from './save-turns.ts';
import type { Work } from './work.ts';

export type ProcessDeps = PlayDeps & {
  linkIdentity?: LinkIdentity;
  db: Database;
  clock: { now(): Date };
  newId: NewId;
  /** Told after the commit: whose profile is wanted. */
  onProfilesWanted?: (identities: ProfileWish[]) => void;
  /** Asked before anything is played, in the batch's transaction: may change what is known of the people. */
  beforePlaying?: (client: pg.ClientBase, people: readonly Person[], now: Date) => Promise<void>;
};

export { MAX_ATTEMPTS };

/** Works up to `limit` people; answers how many had something to be worked. `onClaimed` hears whom, before they are. */
export async function processEvents(
  deps: ProcessDeps,
  limit: number,
  onClaimed?: (identityIds: string[]) => void,
): Promise<number> {
  const now = deps.clock.now();
  const wanted: ProfileWish[] = [];
  const count = await deps.db.queueTransaction('process-events', async (client) => {
    const works = await claimWork(client, { now, limit, newId: deps.newId, timeZone: deps.tools.timeZone });
    if (works.length === 0) return 0;
    onClaimed?.(works.map((work) => work.person.identity.id));
    const outcomes = await playBatch(deps, client, works, now);
    await saveTurns(client, saveContext(deps, now), outcomes);
    for (const work of works) {
      if (work.awaitsProfile) wanted.push({ ...work.person.identity });
    }
    return works.length;
  });
  if (wanted.length > 0) deps.onProfilesWanted?.(wanted);
  return count;
}

/** What saving needs to know beside what became of people. */
export function saveContext({ newId, library, linkIdentity }: ProcessDeps, now: Date): SaveContext {
  return { now, newId, linkIdentity, offers: () => library.scripts().catalogue };
}

/** What becomes of people whom the transaction of `client` holds; nothing is written yet. */
export async function playBatch(
  deps: ProcessDeps,
  client: pg.ClientBase,
  works: readonly Work[],
  now: Date,
): Promise<Outcome[]> {
  await deps.library.ensureLoaded(client, works.flatMap(versionsOf));
  const people = works.map((work) => work.person);
  await deps.beforePlaying?.(client, people, now);
  return works.map((work) => playWork(deps, work, now));
}

/** After a batch failed as a whole: one person at a time, so that the one whose rows the database refuses is found. */
export async function processOneByOne(deps: ProcessDeps, onFailure: (error: unknown) => void): Promise<void> {
  for (let worked = 1; worked > 0; ) {
    let claimed: string[] = [];
    try {
      worked = await processEvents(deps, 1, (identityIds) => {
        claimed = identityIds;
      });
    } catch (error) {
      onFailure(error);
      if (!(await punishFirst(deps, claimed, error))) return;
    }
  }
}

/** Counts a try against the first item of whose rows were refused, in a transaction of its own; false when there is none. */
async function punishFirst(deps: ProcessDeps, identityIds: string[], error: unknown): Promise<boolean> {
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error);
  const now = deps.clock.now();
  const { rowCount } = await deps.db.durably('punish-event', () =>
    deps.db.pool.query(PUNISH, [now, MAX_ATTEMPTS, reason, identityIds]),
  );
  return (rowCount ?? 0) > 0;
}

const PUNISH = `
UPDATE inbound_queue SET attempts = attempts + 1, reason = $3,
  available_at = $1::timestamptz + interval '1 second' * power(2, attempts),
  parked_at = CASE WHEN attempts + 1 >= $2 THEN $1::timestamptz END
WHERE seq = (SELECT seq FROM inbound_queue WHERE identity_id = ANY($4::uuid[]) AND parked_at IS NULL AND available_at <= $1
  ORDER BY occurred_at, seq LIMIT 1 FOR UPDATE SKIP LOCKED)`;
