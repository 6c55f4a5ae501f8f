// The single-use refresh token, as Zalo sees it: when it is spent, how often, by whom, and in what shape.
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import type { StubAnswer } from './provider-stub.ts';
import { until } from './until.ts';
import { followOf, newPeerId, postZalo, ZALO_APP_SECRET, zaloKeys } from './webhook.ts';

let world: OutsideWorld;

const refreshes = () => world.zalo.to('POST', '/v4/oa/access_token');
const sends = () => world.zalo.to('POST', '/v3.0/oa/message/cs');
const accepted = () => sends().filter((call) => call.headers.access_token === world.zalo.pair.access);

describe('a first access token that is already dead', () => {
  afterEach(() => world.close());

  test('is renewed before the first send, in exactly the shape of the contract', async () => {
    world = await openWorld({ isExpired: true });
    const program = await world.start();
    await until('the refresh', () => refreshes().length === 1);
    await postZalo(program, followOf(newPeerId()));
    await until('the welcome', () => accepted().length === 1);
    expect(refreshes()).toHaveLength(1);
    expect(sends()).toHaveLength(1);
    const [refresh] = refreshes();
    expect(refresh?.url).toBe('/v4/oa/access_token');
    expect(refresh?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(refresh?.headers.secret_key).toBe(ZALO_APP_SECRET);
    expect(Object.fromEntries(new URLSearchParams(refresh?.text))).toEqual({
      refresh_token: 'refresh-1',
      app_id: zaloKeys.appId,
      grant_type: 'refresh_token',
    });
    expect(refresh?.text).not.toContain(ZALO_APP_SECRET);
  });

  test('is renewed once by two processes that share the database', async () => {
    world = await openWorld({ isExpired: true });
    world.zalo.script = async (call) => {
      if (call.path === '/v4/oa/access_token') await wait(300);
      return undefined;
    };
    const programs = await Promise.all([world.start(), world.start()]);
    const bodies = Array.from({ length: 10 }, () => followOf(newPeerId()));
    await Promise.all(bodies.flatMap((body) => programs.map((program) => postZalo(program, body))));
    await until('all welcomes', () => accepted().length === 10, { withinMs: 20_000 });
    expect(refreshes()).toHaveLength(1);
    expect(world.zalo.pair.round).toBe(2);
  });

  test('the stored pair, not the one of the settings, is the truth after a restart', async () => {
    world = await openWorld({ isExpired: true });
    const first = await world.start();
    await until('the refresh', () => refreshes().length === 1);
    await until('the pair in the database', async () => {
      const { rows } = await world.db.pool.query('SELECT 1 FROM channel_tokens WHERE access_expires_at IS NOT NULL');
      return rows.length > 0;
    });
    expect(await first.stop()).toBe(0);
    const second = await world.start();
    await postZalo(second, followOf(newPeerId()));
    await until('the welcome', () => accepted().length === 1);
    expect(refreshes()).toHaveLength(1);
  });
});

describe('a refresh that fails for the moment', () => {
  const moments: [string, (times: number) => StubAnswer | undefined][] = [
    ['500 without a word', (n) => (n <= 2 ? { status: 500, json: '' } : undefined)],
    ['-32, too many calls', (n) => (n <= 2 ? { json: { error: -32, message: 'reached limit call api' } } : undefined)],
    ['a connection that breaks', (n) => (n <= 1 ? 'reset' : undefined)],
    ['502 of a proxy', (n) => (n <= 1 ? { status: 502, json: { html: 'Bad Gateway' } } : undefined)],
  ];

  test.concurrent.each(moments)('%s', { timeout: 60_000 }, async (_what, script) => {
    const own = await openWorld({ isExpired: true });
    try {
      own.zalo.script = (call) =>
        call.path === '/v4/oa/access_token' ? script(own.zalo.to('POST', '/v4/oa/access_token').length) : undefined;
      const program = await own.start();
      await postZalo(program, followOf(newPeerId()));
      const isWelcomed = () =>
        own.zalo.to('POST', '/message/cs').some((call) => call.headers.access_token === 'access-2');
      await until('the welcome', isWelcomed, { withinMs: 50_000 });
      const tried = own.zalo
        .to('POST', '/v4/oa/access_token')
        .map((call) => new URLSearchParams(call.text).get('refresh_token'));
      expect(new Set(tried)).toEqual(new Set(['refresh-1']));
      expect(own.zalo.pair.round).toBe(2);
    } finally {
      await own.close();
    }
  });
});
