// What we ask Zalo: who is this, was it said, how much is left, are we well.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failure, type Reply, success } from './fake-zalo.ts';
import { HELLO, type Opened, openChannel } from './open-channel.ts';
import { OA_ID, USER_ID } from './read-payload.ts';

let zalo: Opened;
beforeAll(async () => {
  zalo = await openChannel();
});
afterAll(() => zalo.close());
beforeEach(() => zalo.fake.received.splice(0));

describe('the profile', () => {
  const ask = (peerId = USER_ID, signal = new AbortController().signal) => zalo.channel.fetchProfile(peerId, signal);
  const answer = (reply: Reply) => zalo.fake.on('/v3.0/oa/user/detail', () => reply);

  it('has name, given name, picture, phone', async () => {
    const shared = { name: 'x', phone: 84900000001 };
    answer(
      success({
        user_id: USER_ID,
        display_name: 'Nguyễn Thị Lan',
        user_is_follower: true,
        avatar: 'https://e.vn/s.jpg',
        avatars: { '120': 'https://e.vn/120.jpg', '240': 'https://e.vn/240.jpg' },
        shared_info: shared,
      }),
    );
    expect(await ask()).toEqual({
      displayName: 'Nguyễn Thị Lan',
      givenName: 'Lan',
      avatarUrl: 'https://e.vn/240.jpg',
      phone: '84900000001',
      isFollower: true,
    });
    expect(zalo.fake.received[0]).toMatchObject({ method: 'GET', query: { user_id: USER_ID } });
  });

  it('may be almost empty', async () => {
    answer(success({ display_name: '', shared_info: { phone: 0 } }));
    expect(await ask()).toEqual({ displayName: null, givenName: null, avatarUrl: null, phone: null, isFollower: null });
  });

  it('is null for those Zalo does not tell about, without asking for phones', async () => {
    answer(failure(-201));
    expect(await ask()).toBeNull();
    expect(await ask('phone:84900000001')).toBeNull();
    expect(zalo.fake.received).toHaveLength(1);
  });

  it('throws when it cannot be had now or the caller stops waiting', async () => {
    answer(failure(-32));
    await expect(ask()).rejects.toThrow();
    answer('hang');
    await expect(ask(USER_ID, AbortSignal.timeout(20))).rejects.toThrow();
    await expect(ask(USER_ID, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('whether it was said', () => {
  const since = new Date('2026-11-21T03:00:00Z');
  const row = (src: number, seconds: number, message: string) => ({
    src,
    time: since.getTime() + seconds * 1000,
    type: 'text',
    message,
    message_id: `m${seconds}`,
  });
  const words = HELLO.kind === 'text' ? HELLO.text : '';
  const others = (count: number, from = 1) => Array.from({ length: count }, (_, index) => row(1, from + index, 'khác'));
  const look = (message = HELLO) =>
    zalo.channel.findSentMessage({ peerId: USER_ID, outboundMessageId: 'x', message, since });

  it.each<[string, Reply, object]>([
    ['our words since then', success([...others(3), row(0, 2, words)]), { found: 'yes', providerMessageId: 'm2' }],
    ['our words a little early', success([row(0, -3, `${words} `)]), { found: 'yes', providerMessageId: 'm-3' }],
    ['our words long before', success([row(0, -60, words)]), { found: 'no' }],
    ['the customer repeating us', success([row(1, 2, words)]), { found: 'no' }],
    ['nothing', success([]), { found: 'no' }],
    ['ten rows that reach back', success([...others(9), row(1, -60, 'khác')]), { found: 'no' }],
    ['rows without end that do not', success(others(10)), { found: 'unknown' }],
    ['an object instead of rows', success({}), { found: 'unknown' }],
    ['rows without a time', success([{ src: 0, message: 'x' }]), { found: 'unknown' }],
    ['a refusal', failure(-210), { found: 'unknown' }],
    ['too many calls this minute', failure(-32), { found: 'not_asked' }],
    ['HTTP 429', { status: 429, text: '' }, { found: 'not_asked' }],
    ['a server error', { status: 500, text: '' }, { found: 'unknown' }],
    ['no answer', 'reset', { found: 'unknown' }],
  ])('%s', async (_name, reply, expected) => {
    zalo.fake.on('/v2.0/oa/conversation', () => reply);
    expect(await look()).toEqual(expected);
  });

  it.each<[string, unknown[], object, number]>([
    ['our words further down', [...others(14), row(0, 2, words)], { found: 'yes', providerMessageId: 'm2' }, 2],
    ['a busy chat without them', [...others(34), row(1, -60, 'khác')], { found: 'no' }, 4],
    ['a chat that begins with the page', others(20), { found: 'no' }, 3],
  ])('goes back page by page: %s', async (_name, rows, expected, calls) => {
    zalo.fake.on('/v2.0/oa/conversation', ({ query }) => {
      const { offset, count } = z.object({ offset: z.number(), count: z.literal(10) }).parse(query);
      return success(rows.slice(offset, offset + count));
    });
    expect(await look()).toEqual(expected);
    expect(zalo.fake.received).toHaveLength(calls);
  });

  it('cannot be asked before the account is connected', async () => {
    const other = zalo.reopen({ oaId: 'another', accessToken: null, refreshToken: null });
    const question = { peerId: USER_ID, outboundMessageId: 'x', message: HELLO, since };
    expect(await other.findSentMessage(question)).toEqual({ found: 'not_asked' });
  });

  it('cannot be told of pictures', async () => {
    expect(await look({ kind: 'image', source: 'https://e.vn/a.png' })).toEqual({ found: 'unknown' });
    expect(zalo.fake.received).toEqual([]);
  });
});

describe('what is left', () => {
  it('for one person', async () => {
    zalo.fake.on('/v3.0/oa/quota/message', () =>
      success({ last_interaction: '1795000000000', cs_reply: { remain: '8', total: 8 } }),
    );
    expect(await zalo.channel.fetchUserQuota(USER_ID)).toEqual({
      lastInteractionAt: new Date(1795000000000),
      replies: { remain: 8, total: 8 },
    });
    zalo.fake.on('/v3.0/oa/quota/message', () => success({}));
    expect(await zalo.channel.fetchUserQuota(USER_ID)).toEqual({ lastInteractionAt: null, replies: null });
  });

  it('of the packages', async () => {
    zalo.fake.on('/v3.0/oa/quota/message', () =>
      success([{ asset_id: 'a', quota_type: 'sub_quota', valid_through: '31/12/2026', total: 100, remain: '5' }]),
    );
    expect(await zalo.channel.fetchAccountQuota('sub_quota')).toEqual([
      { assetId: 'a', quotaType: 'sub_quota', validThrough: '31/12/2026', total: 100, remain: 5 },
    ]);
    zalo.fake.on('/v3.0/oa/quota/message', () => failure(-212));
    expect(await zalo.channel.fetchAccountQuota('sub_quota')).toBeNull();
  });
});

describe('health', () => {
  it.each<[Reply, boolean]>([
    [success({ oaid: OA_ID, name: 'Ví Dụ' }), true],
    [success({ oa_id: Number('1') }), false],
    [failure(-209), false],
    ['reset', false],
  ])('%j', async (reply, ok) => {
    zalo.fake.on('/v2.0/oa/getoa', () => reply);
    expect(await zalo.channel.health()).toMatchObject({ ok });
  });

  it('finds a first token dead and renews it before anything is sent', async () => {
    zalo.tokens.state.access = 'elsewhere';
    zalo.fake.on('/v2.0/oa/getoa', ({ headers }) =>
      headers.access_token === zalo.tokens.state.access ? success({ oaid: OA_ID }) : failure(-220),
    );
    expect(await zalo.channel.runTokenKeeper()).toMatchObject({ status: 'active', warnings: [] });
    expect(zalo.tokens.state.number).toBe(1);
    expect(await zalo.channel.health()).toEqual({ ok: true, reason: null });
  });
});
