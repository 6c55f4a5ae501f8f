// The name to greet somebody by. The first answer waits for it, two seconds at most; nothing else ever does.
import type { Logger } from 'pino';
import type { Channel, ChannelProfile } from '../channels/channel.ts';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
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

const SAVE = `
UPDATE channel_identities SET profile_fetched_at = $2, display_name = coalesce($3, display_name),
  given_name = coalesce($4, given_name), avatar_url = coalesce($5, avatar_url), profile = coalesce($6, profile)
WHERE id = $1`;

/** Asks the channel for each profile and lets the waiting events go on, with it or without it. */
export async function fetchProfiles(deps: Deps, wishes: readonly ProfileWish[]): Promise<void> {
  await Promise.all(wishes.map((wish) => fetchOne(deps, wish)));
  deps.onFetched();
}

async function fetchOne(deps: Deps, wish: ProfileWish): Promise<void> {
  const profile = await ask(deps, wish);
  try {
    const values = [
      wish.id,
      deps.clock.now(),
      clean(profile?.displayName),
      clean(profile?.givenName),
      profile?.avatarUrl ?? null,
      profile ? JSON.stringify({ phone: profile.phone ?? null, isFollower: profile.isFollower ?? null }) : null,
    ];
    await deps.db.durably('save-profile', () => deps.db.pool.query(SAVE, values));
    deps.onFetched();
  } catch (error) {
    // The wait ends by itself; the greeting goes without a name.
    deps.log.warn({ err: error }, 'a profile was not kept');
  }
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
