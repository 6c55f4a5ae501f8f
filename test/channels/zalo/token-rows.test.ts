// The vault's row: who may spend the refresh token, and over which pair an answer may be written. Beside ours lies the row
// of another account, which nothing here may touch.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ANSWER_LOST, REFRESH_FAILED } from '../../../src/channels/zalo/decide-refresh.ts';
import { createTokenRows } from '../../../src/channels/zalo/token-rows.ts';
import { createManualClock, HOUR_MS, type MovableClock } from '../../../src/clock.ts';
import { createTestDatabase } from '../../test-database.ts';

const START = new Date('2026-11-21T03:00:00Z');
const key = { secretKey: Buffer.alloc(32, 7), random: (size: number) => Buffer.alloc(size, 9) };
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
let rows: ReturnType<typeof createTokenRows>;
let others: unknown[];

const after = (ms: number) => new Date(clock.now().getTime() + ms);
const pair = (name: string) => ({
  accessToken: `${name}-a`,
  refreshToken: `${name}-r`,
  accessExpiresAt: after(25 * HOUR_MS),
  refreshExpiresAt: after(2_000 * HOUR_MS),
});
const readOthers = async () =>
  (await db.pool.query(`SELECT * FROM channel_tokens WHERE (channel, account_id) <> ('zalo', 'oa') ORDER BY 1, 2`))
    .rows;
const row = async () =>
  (await db.pool.query(`SELECT * FROM channel_tokens WHERE channel = 'zalo' AND account_id = 'oa'`)).rows[0];
async function claim() {
  const result = await rows.claim(null);
  if (result.kind !== 'claimed') throw new Error(result.kind);
  return result.claim;
}

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('TRUNCATE channel_tokens');
  clock = createManualClock(START);
  rows = createTokenRows({ db, clock, key }, 'oa');
  await rows.insertFirst({ accessToken: 'first-a', refreshToken: 'first-r', isExpired: true });
  const copy =
    'SELECT access_token, refresh_token, key_id, status, next_refresh_at, updated_at, fence FROM channel_tokens LIMIT 1';
  const into =
    'INSERT INTO channel_tokens (channel, account_id, access_token, refresh_token, key_id, status, next_refresh_at, updated_at, fence)';
  await db.pool.query(`${into} SELECT 'zalo', 'other', * FROM (${copy}) t`);
  for (const channel of ['messenger', 'email'])
    await db.pool.query(`${into} SELECT '${channel}', 'oa', * FROM (${copy}) t`);
  await db.pool.query(`UPDATE channel_tokens SET refresh_started_at = $1 WHERE channel = 'email'`, [START]);
  others = await readOthers();
});
afterEach(async () => expect(await readOthers()).toEqual(others));

test('a first pair is kept once; what comes later as a first pair changes nothing', async () => {
  await rows.insertFirst({ accessToken: 'x', refreshToken: null, isExpired: false });
  expect(await rows.read()).toMatchObject({
    accessToken: 'first-a',
    refreshToken: 'first-r',
    status: 'active',
    fence: 0,
    accessExpiresAt: START,
    nextRefreshAt: START,
  });
});

test('a first token whose age nobody knows, and that nothing can renew', async () => {
  await db.pool.query(`DELETE FROM channel_tokens WHERE channel = 'zalo' AND account_id = 'oa'`);
  expect(await rows.read()).toBeNull();
  expect(await rows.claim(null)).toEqual({ kind: 'missing' });
  await rows.insertFirst({ accessToken: 'a', refreshToken: null, isExpired: false });
  expect(await rows.read()).toMatchObject({ accessToken: 'a', refreshToken: null, accessExpiresAt: null });
});

test('of many who ask at once one may spend the token', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => rows.claim(null)));
  expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  expect(results.filter(({ kind }) => kind === 'busy')).toHaveLength(7);
  expect(await row()).toMatchObject({ refresh_started_at: START, reason: null });
});

test('who comes while another decides waits for the decision', async () => {
  const second = await db.transaction('claim-token', async (client) => {
    await client.query(`SELECT 1 FROM channel_tokens WHERE channel = 'zalo' AND account_id = 'oa' FOR UPDATE`);
    const waiting = rows.claim(null);
    const blocked = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await db.pool.query(blocked)).rowCount).toBe(1);
    await client.query(
      `UPDATE channel_tokens SET refresh_started_at = $1 WHERE channel = 'zalo' AND account_id = 'oa'`,
      [START],
    );
    return { waiting };
  });
  expect(await second.waiting).toEqual({ kind: 'busy' });
});

test('a claim after a lost answer says so in the row', async () => {
  await claim();
  clock.advance(90_000);
  expect(await claim()).toMatchObject({ isSecondTry: true });
  expect((await row()).reason).toBe(ANSWER_LOST);
});

test('whoever finds that only the owner can help writes it down once', async () => {
  await db.pool.query(`UPDATE channel_tokens SET refresh_token = NULL WHERE channel = 'zalo' AND account_id = 'oa'`);
  expect(await rows.claim(null)).toEqual({ kind: 'needs_reauthorisation', reason: 'no_refresh_token' });
  expect(await row()).toMatchObject({ status: 'needs_reauthorisation', reason: 'no_refresh_token', updated_at: START });
  clock.advance(HOUR_MS);
  await rows.claim(null);
  expect((await row()).updated_at).toEqual(START);
});

test('a second try belongs to the first, as long as nobody else has begun', async () => {
  const first = await claim();
  clock.advance(1_000);
  const second = await rows.claimSecondTry(first);
  expect(second).toEqual({ ...first, startedAt: clock.now(), isSecondTry: true });
  expect(await row()).toMatchObject({ refresh_started_at: clock.now(), reason: ANSWER_LOST });
  clock.advance(1_000);
  expect(await rows.claimSecondTry(first)).toBeNull();
  if (second === null) throw new Error('nobody holds it');
  await rows.savePair(pair('new'), second.fence);
  expect(await rows.claimSecondTry(second)).toBeNull();
});

test('nor is there a second try over a newer pair, or once the owner is asked', async () => {
  const first = await claim();
  expect(await rows.claimSecondTry({ ...first, fence: 1 })).toBeNull();
  await db.pool.query(
    `UPDATE channel_tokens SET status = 'needs_reauthorisation' WHERE channel = 'zalo' AND account_id = 'oa'`,
  );
  expect(await rows.claimSecondTry(first)).toBeNull();
});

test('a pair goes over the pair that it was made from and over no other', async () => {
  await claim();
  expect(await rows.savePair(pair('wrong'), 1)).toBe(false);
  expect(await rows.savePair(pair('second'), 0)).toBe(true);
  expect(await rows.savePair(pair('late'), 0)).toBe(false);
  expect(await rows.read()).toMatchObject({
    accessToken: 'second-a',
    refreshToken: 'second-r',
    fence: 1,
    reason: null,
    refreshStartedAt: null,
    accessExpiresAt: after(25 * HOUR_MS),
    refreshExpiresAt: after(2_000 * HOUR_MS),
    nextRefreshAt: after(20 * HOUR_MS),
  });
});

test('a pair that is over already is due at once, not before', async () => {
  await rows.savePair({ ...pair('old'), accessExpiresAt: after(-HOUR_MS) }, 0);
  expect(await rows.read()).toMatchObject({ nextRefreshAt: START });
});

test('a new authorisation goes over whatever is there, and may be the first', async () => {
  const held = await claim();
  await rows.stop(held, 'refused');
  await rows.replacePair(pair('fresh'));
  expect(await rows.read()).toMatchObject({
    accessToken: 'fresh-a',
    status: 'active',
    reason: null,
    fence: 1,
    refreshStartedAt: null,
  });
  await db.pool.query(`DELETE FROM channel_tokens WHERE channel = 'zalo' AND account_id = 'oa'`);
  await rows.replacePair(pair('newest'));
  expect(await rows.read()).toMatchObject({ refreshToken: 'newest-r', fence: 1 });
});

test('who gives a claim back gives back their own', async () => {
  const held = await claim();
  const retryAt = after(5_000);
  await rows.release({ ...held, fence: 1 }, retryAt);
  await rows.release({ ...held, startedAt: after(1) }, retryAt);
  expect((await row()).refresh_started_at).toEqual(START);
  await rows.release(held, retryAt);
  expect(await row()).toMatchObject({ refresh_started_at: null, next_refresh_at: retryAt, reason: REFRESH_FAILED });
});

test('a second try given back is still a lost answer', async () => {
  await rows.release({ ...(await claim()), isSecondTry: true }, after(1));
  expect((await row()).reason).toBe(ANSWER_LOST);
});

test('who stops because Zalo refused stops their own pair', async () => {
  const held = await claim();
  await rows.stop({ ...held, fence: 1 }, 'refused:1');
  expect((await row()).status).toBe('active');
  await rows.stop(held, 'refused:1');
  expect(await row()).toMatchObject({ status: 'needs_reauthorisation', reason: 'refused:1', refresh_started_at: null });
});

test('a look is put off, unless somebody renews right now', async () => {
  await rows.postpone(after(HOUR_MS));
  expect((await row()).next_refresh_at).toEqual(after(HOUR_MS));
  await db.pool.query(`UPDATE channel_tokens SET next_refresh_at = $1 WHERE channel = 'zalo' AND account_id = 'oa'`, [
    START,
  ]);
  await claim();
  await rows.postpone(after(HOUR_MS));
  expect((await row()).next_refresh_at).toEqual(START);
});
