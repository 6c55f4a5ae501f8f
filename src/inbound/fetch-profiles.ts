// The name to greet somebody by. The first answer waits for it, two seconds at most; nothing else ever does.
import type { Logger } from 'pino';
import { columnArrays, type RowOf, unnest } from '../batch-rows.ts';
import { createBatcher } from '../batcher.ts';
import type { Channel, ChannelProfile } from '../channels/channel.ts';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { Clock } from '../clock.ts';
import { type Database, isConnectionLost } from '../database.ts';
import { cleanText } from '../flows/vietnamese-text.ts';

type Deps = {
  db: Database;
  clock: Clock;
  channels: ReadonlyMap<ChannelName, Channel>;
  log: Logger;
  onFetched: () => void;
};
export type ProfileWish = { id: string; channel: ChannelName; peerId: string };

const TIMEOUT_MS = 2_000;

const columns = {
  id: 'uuid',
  display_name: 'text',
  given_name: 'text',
  avatar_url: 'text',
  profile: 'jsonb',
} as const;
type ProfileRow = RowOf<typeof columns>;

// In the order of ids: whoever else holds several of them takes them the same way.
const SAVE = `
WITH held AS (SELECT id FROM channel_identities WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE)
UPDATE channel_identities i SET profile_fetched_at = $6, display_name = coalesce(t.display_name, i.display_name),
  given_name = coalesce(t.given_name, i.given_name), avatar_url = coalesce(t.avatar_url, i.avatar_url), profile = coalesce(t.profile, i.profile)
FROM ${unnest(columns, 1)} JOIN held ON held.id = t.id WHERE i.id = t.id`;

/**
 * Asks the channel for each profile and lets the waiting events go on, with it or without it. What comes is kept by one
 * statement at a time: each for itself would wait for people who are being worked, and take every connection with it.
 */
export function createProfileFetcher(deps: Deps): (wishes: readonly ProfileWish[]) => Promise<void> {
  const kept = createBatcher<ProfileRow>({
    maxBatch: 256,
    concurrency: 1,
    maySplit: (error) => !isConnectionLost(error),
    commit: async (rows) => {
      const values = [...columnArrays(columns, rows), deps.clock.now()];
      await deps.db.durably('save-profile', () => deps.db.pool.query(SAVE, values));
      deps.onFetched();
    },
  });
  const fetchOne = async (wish: ProfileWish): Promise<void> => {
    const profile = await ask(deps, wish);
    try {
      await kept.add(rowOf(wish, profile));
    } catch (error) {
      // The wait ends by itself; the greeting goes without a name.
      deps.log.warn({ err: error }, 'a profile was not kept');
    }
  };
  return async (wishes) => {
    await Promise.all(wishes.map(fetchOne));
  };
}

function rowOf({ id }: ProfileWish, profile: ChannelProfile | null): ProfileRow {
  return {
    id,
    display_name: clean(profile?.displayName),
    given_name: clean(profile?.givenName),
    avatar_url: profile?.avatarUrl ?? null,
    profile: profile ? { phone: profile.phone ?? null, isFollower: profile.isFollower ?? null } : null,
  };
}

async function ask(deps: Deps, wish: ProfileWish): Promise<ChannelProfile | null> {
  const channel = deps.channels.get(wish.channel);
  if (!channel) return null;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const tooLate = new Promise<null>((resolve) =>
    timeout.addEventListener('abort', () => resolve(null), { once: true }),
  );
  const answer = channel.fetchProfile(wish.peerId, timeout).catch((error: unknown) => {
    deps.log.info(
      { err: error instanceof Error ? error.message : 'unknown', channel: wish.channel },
      'a profile could not be had',
    );
    return null;
  });
  return await Promise.race([answer, tooLate]);
}

function clean(text: string | null | undefined): string | null {
  return text ? cleanText(text) || null : null;
}
