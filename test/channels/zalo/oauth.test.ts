// Connecting an OA from the browser: the address, the way back, and everything that must not work.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { challengeOf } from '../../../src/channels/zalo/oauth.ts';
import { MINUTE_MS } from '../../../src/clock.ts';
import { failure, TOKEN_PATH } from './fake-zalo.ts';
import { type Opened, openChannel } from './open-channel.ts';
import { APP_ID, OA_ID } from './read-payload.ts';

const CALLBACK = 'https://care.example.com/oauth/zalo/callback';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
let zalo: Opened;
beforeAll(async () => {
  zalo = await openChannel();
});
afterAll(() => zalo.close());
beforeEach(() => {
  zalo.fake.received.splice(0);
  zalo.fake.on(TOKEN_PATH, () => ({ json: { access_token: 'new-a', refresh_token: 'new-r', expires_in: '90000' } }));
});

const exchange = () => Object.fromEntries(new URLSearchParams(zalo.fake.received[0]?.text));
const tokens = async () => (await zalo.db.pool.query('SELECT * FROM channel_tokens')).rows;

describe('connecting', () => {
  it('makes the challenge of RFC 7636', () => {
    expect(challengeOf(VERIFIER)).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it('goes to the permission page and comes back with a pair', async () => {
    const { url, state } = await zalo.channel.startConnect(CALLBACK);
    const asked = new URL(url);
    expect(asked.pathname).toBe('/v4/oa/permission');
    expect([...asked.searchParams.keys()]).toEqual(['app_id', 'redirect_uri', 'code_challenge', 'state']);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({ app_id: APP_ID, redirect_uri: CALLBACK, state });
    expect(await zalo.channel.finishConnect({ code: 'c', oaId: OA_ID, state })).toEqual({ ok: true });
    const { code_verifier: verifier = '', ...rest } = exchange();
    expect(rest).toEqual({ grant_type: 'authorization_code', code: 'c', app_id: APP_ID });
    expect(verifier).toHaveLength(43);
    expect(challengeOf(verifier)).toBe(asked.searchParams.get('code_challenge'));
    expect(await tokens()).toMatchObject([{ status: 'active', account_id: OA_ID }]);
  });

  it('with a fixed verifier, and with none', async () => {
    const fixed = zalo.reopen({ pkceMode: 'fixed', fixedCodeVerifier: VERIFIER });
    const first = await fixed.startConnect(CALLBACK);
    expect(new URL(first.url).searchParams.get('code_challenge')).toBe(challengeOf(VERIFIER));
    await fixed.finishConnect({ code: 'c', oaId: OA_ID, state: first.state });
    expect(exchange().code_verifier).toBe(VERIFIER);
    zalo.fake.received.splice(0);
    const none = zalo.reopen({ pkceMode: 'none' });
    const second = await none.startConnect(CALLBACK);
    expect(new URL(second.url).searchParams.has('code_challenge')).toBe(false);
    await none.finishConnect({ code: 'c', oaId: OA_ID, state: second.state });
    expect(exchange()).not.toHaveProperty('code_verifier');
  });

  it.each([
    ['no code', { code: undefined }, 'incomplete'],
    ['a state of somebody else', { state: 'foreign\u0000' }, 'state'],
    ['another OA', { oaId: '999' }, 'wrong_oa'],
    ['no OA', { oaId: undefined }, 'wrong_oa'],
  ])('refuses %s without asking Zalo', async (_name, change, code) => {
    const { state } = await zalo.channel.startConnect(CALLBACK);
    const callback = { code: 'c', oaId: OA_ID, state, ...change };
    expect(await zalo.channel.finishConnect(callback)).toMatchObject({ ok: false, code });
    expect(zalo.fake.received).toEqual([]);
  });

  it('takes a state once, for ten minutes', async () => {
    const { state } = await zalo.channel.startConnect(CALLBACK);
    const callback = { code: 'c', oaId: OA_ID, state };
    const both = await Promise.all([zalo.channel.finishConnect(callback), zalo.channel.finishConnect(callback)]);
    expect(both.map((result) => result.ok).sort()).toEqual([false, true]);
    const late = await zalo.channel.startConnect(CALLBACK);
    zalo.clock.advance(10 * MINUTE_MS);
    expect(await zalo.channel.finishConnect({ ...callback, state: late.state })).toMatchObject({ code: 'state' });
  });

  it('keeps what is stored when Zalo refuses the code', async () => {
    const before = await tokens();
    zalo.fake.on(TOKEN_PATH, () => failure(-14003));
    const { state } = await zalo.channel.startConnect(CALLBACK);
    expect(await zalo.channel.finishConnect({ code: 'c', oaId: OA_ID, state })).toMatchObject({
      ok: false,
      code: '-14003',
    });
    expect(await tokens()).toEqual(before);
  });
});
