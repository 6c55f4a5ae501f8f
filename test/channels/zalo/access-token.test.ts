// The token vault: one refresh whoever asks, nothing lost whatever breaks, and never a working pair overwritten.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTokenVault, type TokenVaultDeps } from '../../../src/channels/zalo/access-token.ts';
import { REFRESH_LEASE_MS } from '../../../src/channels/zalo/decide-refresh.ts';
import { createHttpClient } from '../../../src/channels/zalo/http-client.ts';
import { createTokenRows } from '../../../src/channels/zalo/token-rows.ts';
import { createManualClock, DAY_MS, HOUR_MS, MINUTE_MS, type MovableClock } from '../../../src/clock.ts';
import type { ZaloSettings } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database.ts';
import { createTestDatabase } from '../../test-database.ts';
import { type FakeZalo, issueTokens, type Reply, settingsFor, startFakeZalo, TOKEN_PATH } from './fake-zalo.ts';

const log = pino({ level: 'silent' });
const secretKey = randomBytes(32);
const isAlive = async () => true;
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let fake: FakeZalo;
let clock: MovableClock;
let spoolDir: string;
let zalo: ReturnType<typeof issueTokens>;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('TRUNCATE channel_tokens');
  fake = await startFakeZalo();
  zalo = issueTokens(fake);
  clock = createManualClock(new Date('2026-11-21T03:00:00Z'));
  spoolDir = await mkdtemp(join(tmpdir(), 'ganbo-spool-'));
});
afterEach(async () => {
  await fake.close();
  await rm(spoolDir, { recursive: true, force: true });
});

function vault(deps: Partial<TokenVaultDeps> = {}, settings: Partial<ZaloSettings> = {}, timeoutMs = 2_000) {
  const http = createHttpClient(timeoutMs);
  const all = { db, clock, log, http, secretKey, random: randomBytes, spoolDir, ...deps };
  return createTokenVault(all, settingsFor(fake.url, settings));
}

const row = async () => (await db.pool.query('SELECT * FROM channel_tokens')).rows[0];
const ok = (accessToken: string) => ({ ok: true, accessToken });
/** What the next refreshes are answered with, before Zalo works again. */
function answerWith(...replies: Reply[]): void {
  fake.on(TOKEN_PATH, ({ text }) => replies.shift() ?? zalo.refresh(new URLSearchParams(text).get('refresh_token')));
}

describe('the stored pair', () => {
  it('begins with the settings, sealed, and from then on the settings no longer matter', async () => {
    expect(await vault().getAccessToken()).toEqual(ok('access-0'));
    expect(await vault({}, { accessToken: 'other', refreshToken: 'other' }).getAccessToken()).toEqual(ok('access-0'));
    const stored = await row();
    expect(stored.access_token.toString('latin1')).not.toContain('access-0');
    expect(stored.key_id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is renewed before use when only a refresh token was given', async () => {
    expect(await vault({}, { accessToken: null }).getAccessToken()).toEqual(ok('access-1'));
  });

  it('says what to do when there is none, or when the key was changed', async () => {
    expect(await vault({}, { accessToken: null, refreshToken: null }).getAccessToken()).toMatchObject({
      ok: false,
      code: 'not_connected',
    });
    await vault().getAccessToken();
    expect(await vault({ secretKey: randomBytes(32) }).getAccessToken()).toMatchObject({
      ok: false,
      code: 'needs_reauthorisation',
      reason: expect.stringContaining('SECRET_KEY'),
    });
    expect(fake.count(TOKEN_PATH)).toBe(0);
  });
});

describe('a refresh', () => {
  it('happens once for four processes that find the token dead together', async () => {
    const processes: Database[] = Array.from({ length: 4 }, () => openDatabase({ url: db.url, poolSize: 3 }));
    try {
      for (let round = 0; round < 10; round += 1) {
        const vaults = processes.map((one) => vault({ db: one, wait: () => new Promise(setImmediate) }));
        const dead = `access-${round}`;
        const answers = await Promise.all(vaults.flatMap((one) => [0, 1, 2].map(() => one.renewAfterRefusal(dead))));
        expect(answers).toEqual(answers.map(() => ok(`access-${round + 1}`)));
        expect(fake.count(TOKEN_PATH)).toBe(round + 1);
      }
      expect(zalo.state.reused).toBe(0);
    } finally {
      await Promise.all(processes.map((one) => one.close()));
    }
  });

  it('is one for 500 senders, and none for those who come late with the old token', async () => {
    const one = vault();
    await Promise.all(Array.from({ length: 500 }, () => one.renewAfterRefusal('access-0')));
    expect(await one.renewAfterRefusal('access-0')).toEqual(ok('access-1'));
    expect(await vault().renewAfterRefusal('access-0')).toEqual(ok('access-1'));
    expect(fake.count(TOKEN_PATH)).toBe(1);
  });

  it('sends the app secret as a header and the token as a form', async () => {
    await vault().renewAfterRefusal('access-0');
    expect(fake.received[0]).toMatchObject({ method: 'POST', headers: { secret_key: 'app-secret' } });
    expect(Object.fromEntries(new URLSearchParams(fake.received[0]?.text))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-0',
      app_id: settingsFor('').appId,
    });
  });

  it('comes before the token ends', async () => {
    const one = vault();
    await one.renewAfterRefusal('access-0');
    clock.advance(19 * HOUR_MS);
    await one.keepFresh(isAlive);
    expect(fake.count(TOKEN_PATH)).toBe(1);
    clock.advance(HOUR_MS);
    await one.keepFresh(isAlive);
    expect(await one.getAccessToken()).toEqual(ok('access-2'));
    clock.advance(26 * HOUR_MS);
    expect(await one.getAccessToken()).toEqual(ok('access-3'));
  });
});

describe('the first token, whose age nobody knows', () => {
  it('is asked about before it is used, and left alone while it lives', async () => {
    const one = vault();
    let probes = 0;
    const probe = async () => {
      probes += 1;
      return true;
    };
    await one.keepFresh(probe);
    await one.keepFresh(probe);
    expect(probes).toBe(1);
    clock.advance(HOUR_MS);
    await one.keepFresh(probe);
    expect(probes).toBe(2);
    expect(fake.count(TOKEN_PATH)).toBe(0);
  });
});

describe('what must not overwrite a working pair', () => {
  it('is a pair that was made from an older one, however late it comes', async () => {
    const rows = createTokenRows({ db, clock, key: { secretKey, random: randomBytes } }, 'oa');
    await rows.insertFirst({ accessToken: 'first', refreshToken: 'refresh-1', isExpired: false });
    const before = (await rows.read())?.fence ?? -1;
    const soon = new Date(clock.now().getTime() + DAY_MS);
    const pairOf = (accessToken: string) => ({
      accessToken,
      refreshToken: `${accessToken}-refresh`,
      accessExpiresAt: soon,
      refreshExpiresAt: soon,
    });
    expect(await rows.savePair(pairOf('second'), before)).toBe(true);
    expect(await rows.savePair(pairOf('stale'), before)).toBe(false);
    expect(await rows.read()).toMatchObject({ accessToken: 'second', refreshToken: 'second-refresh' });
  });

  it.each<[string, Reply]>([
    ['an error with HTTP 200', { json: { error: -14003, error_name: 'x', access_token: '', refresh_token: '' } }],
    ['an error without a number', { json: { error_name: 'Invalid', error_description: 'x' } }],
    ['another code', { json: { error: -118, error_description: 'invalid grant' } }],
    ['HTTP 400', { status: 400, json: { error: -14002 } }],
  ])('%s: authorise again at once', async (_name, reply) => {
    answerWith(reply);
    const one = vault();
    const before = (await one.getAccessToken()) && (await row());
    expect(await one.renewAfterRefusal('access-0')).toMatchObject({ ok: false, code: 'needs_reauthorisation' });
    expect(await one.getAccessToken()).toMatchObject({ ok: false, code: 'needs_reauthorisation' });
    const after = await row();
    expect(after).toMatchObject({ status: 'needs_reauthorisation', fence: 0, refresh_started_at: null });
    expect(after.access_token.equals(before.access_token)).toBe(true);
    expect(fake.count(TOKEN_PATH)).toBe(1);
  });

  it.each<[string, Reply]>([
    ['empty tokens', { json: { access_token: '', refresh_token: '', expires_in: '90000' } }],
    ['no refresh token', { json: { access_token: 'only' } }],
    ['half a body', { text: '{"access_token":"acc' }],
    ['an empty body', { text: '' }],
  ])('%s: the same token once more', async (_name, reply) => {
    answerWith(reply);
    expect(await vault().renewAfterRefusal('access-0')).toEqual(ok('access-1'));
    expect(fake.count(TOKEN_PATH)).toBe(2);
  });
});

describe('a refresh that fails', () => {
  it.each<[string, Reply]>([
    ['-32', { json: { error: -32, message: 'limit' } }],
    ['HTTP 500 with a reason', { status: 500, json: { error: -1, message: 'x' } }],
    ['HTTP 502 without', { status: 502, text: 'Bad gateway' }],
    ['HTTP 429', { status: 429, json: { error: -32 } }],
  ])('for a moment (%s) is tried again with the same token within two minutes', async (_name, reply) => {
    answerWith(reply, reply, reply, reply, reply, reply);
    const one = vault();
    expect(await one.renewAfterRefusal('access-0')).toMatchObject({ ok: false, code: 'token_refresh_failed' });
    expect(await one.renewAfterRefusal('access-0')).toMatchObject({ ok: false });
    expect(fake.count(TOKEN_PATH)).toBe(1);
    for (let attempt = 2; attempt <= 7; attempt += 1) {
      clock.advance(2 * MINUTE_MS);
      await one.keepFresh(isAlive);
      expect(fake.count(TOKEN_PATH)).toBe(attempt);
    }
    expect(await one.getAccessToken()).toEqual(ok('access-1'));
    expect(zalo.state.reused).toBe(0);
  });

  it('because nobody answers is tried again, and works when Zalo is back', async () => {
    const gone = vault({}, { oauthUrl: 'http://127.0.0.1:9' });
    expect(await gone.renewAfterRefusal('access-0')).toMatchObject({ ok: false, code: 'token_refresh_failed' });
    clock.advance(2 * MINUTE_MS);
    await vault().keepFresh(isAlive);
    expect(await vault().getAccessToken()).toEqual(ok('access-1'));
  });

  it.each<Reply>(['reset', 'hang'])(
    'with a lost answer (%s) is repeated once, then the owner must act',
    async (fault) => {
      fake.on(TOKEN_PATH, ({ text }) => {
        const reply = zalo.refresh(new URLSearchParams(text).get('refresh_token'));
        return zalo.state.reused === 0 ? fault : reply;
      });
      const one = vault({}, {}, 300);
      expect(await one.renewAfterRefusal('access-0')).toMatchObject({ ok: false, code: 'needs_reauthorisation' });
      expect(fake.count(TOKEN_PATH)).toBe(2);
      clock.advance(DAY_MS);
      const state = await one.keepFresh(isAlive);
      expect(state).toMatchObject({
        status: 'needs_reauthorisation',
        warnings: [expect.stringContaining('/oauth/zalo')],
      });
      expect(fake.count(TOKEN_PATH)).toBe(2);
    },
  );

  it('with a lost answer that had changed nothing goes on with the old token', async () => {
    answerWith('reset');
    expect(await vault().renewAfterRefusal('access-0')).toEqual(ok('access-1'));
  });

  it('twice without an answer is tried again in time with the same token, until Zalo itself refuses it', async () => {
    answerWith('reset', 'reset', 'reset');
    const one = vault();
    expect(await one.renewAfterRefusal('access-0')).toMatchObject({ ok: false, code: 'token_refresh_failed' });
    clock.advance(2 * MINUTE_MS);
    await one.keepFresh(isAlive);
    clock.advance(2 * MINUTE_MS);
    await one.keepFresh(isAlive);
    expect(await one.getAccessToken()).toEqual(ok('access-1'));
    expect(zalo.state.reused).toBe(0);
  });

  it('refused for good asks for a new authorisation, which brings everything back', async () => {
    zalo.refresh('refresh-0');
    const one = vault();
    expect(await one.renewAfterRefusal('access-0')).toMatchObject({ ok: false, code: 'needs_reauthorisation' });
    const soon = (ms: number) => new Date(clock.now().getTime() + ms);
    await one.replacePair({
      accessToken: 'fresh',
      refreshToken: 'fresh-r',
      accessExpiresAt: soon(25 * HOUR_MS),
      refreshExpiresAt: soon(90 * DAY_MS),
    });
    expect(await one.getAccessToken()).toEqual(ok('fresh'));
    expect((await one.keepFresh(isAlive)).warnings).toEqual([]);
  });
});

describe('a crash', () => {
  /** As a process that claimed the refresh and never came back. */
  const claimAndDie = async () => {
    await vault().getAccessToken();
    await db.pool.query('UPDATE channel_tokens SET refresh_started_at = $1', [clock.now()]);
  };

  it('before Zalo was asked costs the lease, not the account', async () => {
    await claimAndDie();
    const waiting = await vault({ wait: async () => undefined }).renewAfterRefusal('access-0');
    expect(waiting).toMatchObject({ ok: false, code: 'token_refresh_failed' });
    expect(fake.count(TOKEN_PATH)).toBe(0);
    clock.advance(REFRESH_LEASE_MS);
    await vault().keepFresh(isAlive);
    expect(await vault().getAccessToken()).toEqual(ok('access-1'));
  });

  it('after Zalo was asked: one more call, then the owner must act', async () => {
    await claimAndDie();
    zalo.refresh('refresh-0');
    clock.advance(REFRESH_LEASE_MS);
    expect((await vault().keepFresh(isAlive)).status).toBe('needs_reauthorisation');
    expect(fake.count(TOKEN_PATH)).toBe(1);
  });

  it('in the repetition as well: Zalo is asked once more and decides', async () => {
    await claimAndDie();
    await db.pool.query(`UPDATE channel_tokens SET reason = 'answer_lost'`);
    clock.advance(REFRESH_LEASE_MS);
    expect((await vault().keepFresh(isAlive)).status).toBe('active');
    expect(fake.count(TOKEN_PATH)).toBe(1);
  });

  it('of the database between the answer and the commit loses nothing', async () => {
    await vault().getAccessToken();
    const refuseSaving = Object.assign(Object.create(db), {
      pool: Object.assign(Object.create(db.pool), {
        query: (sql: string, values?: unknown[]) =>
          sql.includes('fence = fence + 1') ? Promise.reject(new Error('gone')) : db.pool.query(sql, values),
      }),
    });
    expect(await vault({ db: refuseSaving }).renewAfterRefusal('access-0')).toEqual(ok('access-1'));
    expect((await row()).fence).toBe(0);
    expect(await readdir(spoolDir)).toHaveLength(1);
    // Another process, much later.
    expect(await vault().getAccessToken()).toEqual(ok('access-1'));
    expect((await row()).fence).toBe(1);
    expect(await readdir(spoolDir)).toEqual([]);
    expect(await vault().renewAfterRefusal('access-1')).toEqual(ok('access-2'));
    expect(zalo.state.reused).toBe(0);
  });

  it('that leaves an old or unreadable pair on disk does not bring it back', async () => {
    const { createTokenSpool } = await import('../../../src/channels/zalo/token-spool.ts');
    const pair = { accessToken: 'a', refreshToken: 'r', accessExpiresAt: clock.now(), refreshExpiresAt: clock.now() };
    const oaId = settingsFor('').oaId;
    await createTokenSpool({ secretKey, random: randomBytes }, spoolDir, oaId).write({ fence: 0, pair });
    expect(await vault().getAccessToken()).toEqual(ok('access-0'));
    await createTokenSpool({ secretKey: randomBytes(32), random: randomBytes }, spoolDir, oaId).write({
      fence: 1,
      pair,
    });
    expect(await vault().getAccessToken()).toEqual(ok('access-0'));
    await vault().keepFresh(isAlive);
    expect(await readdir(spoolDir)).toEqual([expect.stringMatching(/\.unreadable$/)]);
  });

  it('of the disk: the new pair goes into the database all the same', async () => {
    const file = `zalo-token-${settingsFor('').oaId}.1.sealed.${process.pid}.new`;
    await mkdir(join(spoolDir, file));
    expect(await vault().renewAfterRefusal('access-0')).toEqual(ok('access-1'));
    expect((await row()).fence).toBe(1);
    expect(await vault().getAccessToken()).toEqual(ok('access-1'));
  });

  it('of nobody: whoever saves an older pair leaves alone the newer one that waits on disk', async () => {
    const { createTokenSpool } = await import('../../../src/channels/zalo/token-spool.ts');
    const spool = createTokenSpool({ secretKey, random: randomBytes }, spoolDir, settingsFor('').oaId);
    await vault().getAccessToken();
    const until = new Date(clock.now().getTime() + DAY_MS);
    const pairOf = (name: string) => ({
      accessToken: name,
      refreshToken: name,
      accessExpiresAt: until,
      refreshExpiresAt: until,
    });
    await spool.write({ fence: 1, pair: pairOf('one') });
    await spool.write({ fence: 2, pair: pairOf('two') });
    expect(await vault().getAccessToken()).toEqual(ok('one'));
    expect(await vault().getAccessToken()).toEqual(ok('two'));
    expect(await readdir(spoolDir)).toEqual([]);
  });

  it('that was only a long pause: the pair that comes late is taken, over a newer one it is not', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    fake.on(TOKEN_PATH, async ({ text }) => {
      const reply = zalo.refresh(new URLSearchParams(text).get('refresh_token'));
      if (zalo.state.reused === 0) await held;
      return reply;
    });
    const slow = vault().renewAfterRefusal('access-0');
    await expect.poll(() => fake.count(TOKEN_PATH)).toBe(1);
    clock.advance(REFRESH_LEASE_MS);
    expect(await vault().renewAfterRefusal('access-0')).toMatchObject({ code: 'needs_reauthorisation' });
    letGo();
    expect(await slow).toEqual(ok('access-1'));
    expect(await vault().getAccessToken()).toEqual(ok('access-1'));
  });
});

describe('warnings', () => {
  it('stand in the log once an hour, not once a minute', async () => {
    const logged: string[] = [];
    const talking = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
    const one = vault({ log: talking }, { accessToken: null, refreshToken: null });
    const lines = async () => {
      await one.keepFresh(isAlive);
      return logged.length;
    };
    expect([await lines(), await lines()]).toEqual([1, 1]);
    clock.advance(HOUR_MS - 1);
    expect(await lines()).toBe(1);
    clock.advance(1);
    expect([await lines(), await lines()]).toEqual([2, 2]);
    expect(logged[0]).toContain('/oauth/zalo/start');
  });

  it('come more than seven days before the three months are over', async () => {
    const one = vault();
    await one.renewAfterRefusal('access-0');
    await db.pool.query(`UPDATE channel_tokens SET next_refresh_at = '2030-01-01'`);
    clock.advance(75 * DAY_MS);
    expect((await one.state()).warnings).toEqual([]);
    clock.advance(2 * DAY_MS);
    expect((await one.state()).warnings).toEqual([expect.stringContaining('hết hạn ngày')]);
  });
});
