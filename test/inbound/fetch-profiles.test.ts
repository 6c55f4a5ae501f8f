// Names to greet by: many at once are kept together, and nobody who is being worked costs others their connection.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, ChannelProfile } from '../../src/channels/channel.ts';
import { createManualClock } from '../../src/clock.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';
import { createProfileFetcher } from '../../src/inbound/fetch-profiles.ts';
import { until } from '../outside/until.ts';
import { createTestDatabase } from '../test-database.ts';

const clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => await db.close());
beforeEach(async () => {
  await db.pool.query('TRUNCATE channel_identities CASCADE');
  await db.pool.query(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, created_at)
     SELECT id, 'zalo', 'oa', peer, now() FROM unnest($1::uuid[], $2::text[]) AS t(id, peer)`,
    [peers.map(idOf), peers],
  );
});

const peers = Array.from({ length: 300 }, (_, n) => `p${n}`);
const idOf = (peerId: string) => identityIdOf('zalo', 'oa', peerId);
const wishes = peers.map((peerId) => ({ id: idOf(peerId), channel: 'zalo' as const, peerId }));

function fetcher(told: (peerId: string) => Promise<Partial<ChannelProfile>>) {
  const seen = { saves: 0, rung: 0 };
  const fetchProfile = async (peerId: string): Promise<ChannelProfile> => ({
    ...{ displayName: null, givenName: null, avatarUrl: null },
    ...(await told(peerId)),
  });
  // Of a channel nothing else is asked here.
  const channels = new Map([['zalo' as const, { fetchProfile } as Partial<Channel> as Channel]]);
  const durably: typeof db.durably = (_, work) => {
    seen.saves += 1;
    return work();
  };
  const log = pino({ level: 'silent' });
  const fetch = createProfileFetcher({
    db: { ...db, durably },
    clock,
    channels,
    log,
    onFetched: () => {
      seen.rung += 1;
    },
  });
  return { fetch, seen };
}

const known = async () => {
  const { rows } = await db.pool.query<{ external_id: string; display_name: string | null }>(
    'SELECT external_id, display_name FROM channel_identities WHERE profile_fetched_at = $1 ORDER BY external_id',
    [clock.now()],
  );
  return new Map(rows.map((row) => [row.external_id, row.display_name]));
};

test('three hundred profiles are kept by a few statements; whose cannot be had goes on without one', async () => {
  const { fetch, seen } = fetcher(async (peerId) => {
    if (peerId === 'p7') throw new Error('no such user');
    return { displayName: `Chị ${peerId}` };
  });
  await fetch(wishes);
  const names = await known();
  expect(names.size).toBe(300);
  expect(names.get('p7')).toBeNull();
  expect(names.get('p8')).toBe('Chị p8');
  expect(seen.saves).toBeLessThanOrEqual(10);
  expect(seen.rung).toBeGreaterThan(0);
});

test('a name of before outlives an answer without one; what no column takes costs nobody else theirs', async () => {
  await db.pool.query('UPDATE channel_identities SET display_name = $1 WHERE external_id = $2', ['Chị Cũ', 'p1']);
  const { fetch } = fetcher(async (peerId) =>
    peerId === 'p1' ? {} : { displayName: 'Chị Mới', avatarUrl: peerId === 'p2' ? 'NUL \0' : 'https://a.example/b' },
  );
  await fetch(wishes.slice(0, 5));
  const names = await known();
  expect(names.get('p1')).toBe('Chị Cũ');
  expect([...names.keys()]).toEqual(['p0', 'p1', 'p3', 'p4']);
});

test('people who are held by a turn take one connection, not all of them', async () => {
  const turn = await db.pool.connect();
  await turn.query('BEGIN');
  await turn.query('SELECT 1 FROM channel_identities FOR UPDATE');
  const { fetch, seen } = fetcher(async () => ({ displayName: 'Chị' }));
  const fetched = fetch(wishes);
  await until('the first of them to be saved', () => seen.saves > 0);
  const free = db.pool.totalCount - db.pool.idleCount;
  await turn.query('COMMIT');
  turn.release();
  await fetched;
  expect(free).toBeLessThanOrEqual(2);
  expect((await known()).size).toBe(300);
});
