// The pretend Zalo refuses what the real one would refuse, with its codes, and takes what the contract sheet shows.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import type { Person } from '../../src/sandbox/sandbox-schema.ts';
import { callZalo, type Harness, inData, startHarness } from './sandbox-harness.ts';

let harness: Harness;
let lan: Person;

beforeEach(async () => {
  harness = await startHarness();
  lan = harness.sandbox.createPerson({ channel: 'zalo', name: 'Nguyễn Thị Lan', phone: '0912345678' });
  harness.sandbox.write(lan, 'xin chào');
});
afterEach(() => harness.close());

const say = (message: unknown, userId = lan.id) =>
  callZalo(harness.sandbox, '/v3.0/oa/message/cs', { recipient: { user_id: userId }, message });

const buttons = (list: unknown[], text = 'Chọn nhé') => ({
  text,
  attachment: { type: 'template', payload: { buttons: list } },
});
const tapButton = { title: 'Có', type: 'oa.query.show', payload: '#co' };

describe('what /v3.0/oa/message/cs takes', () => {
  const image = { media_type: 'image', url: 'https://example.com/a.png' };
  const template = (payload: unknown, text?: string) => ({
    ...(text === undefined ? {} : { text }),
    attachment: { type: 'template', payload },
  });
  it.each([
    ['text of 2,000', { text: 'a'.repeat(2000) }],
    ['image by address', template({ template_type: 'media', elements: [image] }, 'chú thích')],
    [
      'five buttons',
      buttons([
        { title: 'Mở', type: 'oa.open.url', payload: { url: 'https://example.com' } },
        tapButton,
        { title: 'Ẩn', type: 'oa.query.hide', payload: '#x' },
        { title: 'SMS', type: 'oa.open.sms', payload: { content: 'chào', phone_code: '84900000000' } },
        { title: 'Gọi', type: 'oa.open.phone', payload: { phone_code: '84900000000' } },
      ]),
    ],
    [
      'list',
      template({
        template_type: 'list',
        elements: [
          { title: 'A', subtitle: 'mô tả', default_action: { type: 'oa.open.url', url: 'https://example.com' } },
          { title: 'B', default_action: { type: 'oa.query.show', payload: '#b' } },
        ],
      }),
    ],
    [
      'request for contact',
      template({
        template_type: 'request_user_info',
        elements: [{ title: 'Xin số', subtitle: 'để gọi lại', image_url: 'https://example.com/a.png' }],
      }),
    ],
    ['sticker', template({ template_type: 'media', elements: [{ media_type: 'sticker', attachment_id: 'abc' }] })],
  ])('%s', async (_, message) => {
    const answer = await say(message);
    expect(answer.body).toMatchObject({ error: 0, data: { user_id: lan.id } });
  });

  it('keeps ids as strings beyond 2^53', async () => {
    expect(lan.id).toMatch(/^\d{18}$/);
    const answer = await say({ text: 'chào' });
    expect(answer.body.data).toMatchObject({ message_id: expect.stringMatching(/^[0-9a-f]{20}$/) });
  });
});

describe('what /v3.0/oa/message/cs refuses', () => {
  const media = (element: unknown) => ({
    attachment: { type: 'template', payload: { template_type: 'media', elements: [element] } },
  });
  it.each([
    ['text over 2,000', { text: 'a'.repeat(2001) }, -210],
    ['empty text', { text: '' }, -201],
    ['six buttons', buttons(Array(6).fill(tapButton)), -210],
    ['title over 100', buttons([{ ...tapButton, title: 'a'.repeat(101) }]), -210],
    ['payload over 1,000', buttons([{ ...tapButton, payload: 'a'.repeat(1001) }]), -210],
    ['buttons without text', { attachment: { type: 'template', payload: { buttons: [tapButton] } } }, -201],
    ['unknown button type', buttons([{ ...tapButton, type: 'postback' }]), -201],
    [
      'address as a plain payload',
      buttons([{ title: 'Mở', type: 'oa.open.url', payload: 'https://example.com' }]),
      -201,
    ],
    [
      'template_type button',
      { text: 'a', attachment: { type: 'template', payload: { template_type: 'button', buttons: [tapButton] } } },
      -233,
    ],
    ['image with address and id', media({ media_type: 'image', url: 'https://a.vn/a.png', attachment_id: 'x' }), -201],
    ['unknown upload', media({ media_type: 'image', attachment_id: 'x' }), -201],
    ['gif without a size', media({ media_type: 'gif', attachment_id: 'x' }), -201],
    ['unknown file token', { attachment: { type: 'file', payload: { token: 'x' } } }, -201],
    ['quote of a strange message', { text: 'a', quote_message_id: 'khong-co' }, -201],
    ['unknown field', { text: 'a', metadata: 'x' }, -201],
    [
      'six list rows',
      {
        attachment: {
          type: 'template',
          payload: { template_type: 'list', elements: Array(6).fill({ title: 'a', subtitle: 'b' }) },
        },
      },
      -210,
    ],
    [
      'first row without subtitle',
      { attachment: { type: 'template', payload: { template_type: 'list', elements: [{ title: 'a' }] } } },
      -201,
    ],
  ])('%s', async (_, message, error) => {
    const answer = await say(message);
    expect(answer.status).toBe(200);
    expect(answer.body.error).toBe(error);
    expect(harness.sandbox.ledger).toHaveLength(0);
  });

  it('an unknown person', async () => {
    expect((await say({ text: 'a' }, '123456789012345678')).body.error).toBe(-201);
    expect((await say({ text: 'a' }, lan.userIdByApp)).body.error).toBe(-201);
  });
});

describe('the window', () => {
  it.each([
    ['47 hours: free', 47 * HOUR_MS, { quota_type: 'reply' }],
    ['48 hours: free', 48 * HOUR_MS, { quota_type: 'reply' }],
  ])('%s', async (_, ms, quota) => {
    harness.sandbox.advanceClock(ms);
    expect(await sayWithFreshToken()).toMatchObject({ error: 0, data: { quota } });
  });

  it('after 48 hours: charged, without a quota', async () => {
    harness.sandbox.advanceClock(48 * HOUR_MS + 1);
    const body = await sayWithFreshToken();
    expect(body).toMatchObject({ error: 0 });
    expect(body.data).not.toHaveProperty('quota');
    expect(harness.sandbox.ledger.at(-1)?.isCharged).toBe(true);
  });

  it('after 48 hours from the package while it lasts', async () => {
    harness.sandbox.setZaloSubQuota(1);
    harness.sandbox.advanceClock(3 * DAY_MS);
    expect(await sayWithFreshToken()).toMatchObject({ data: { quota: { quota_type: 'sub_quota', remain: '0' } } });
    expect((await say({ text: 'nữa' })).body.data).not.toHaveProperty('quota');
  });

  it('after 7 days: -230, until the person writes', async () => {
    harness.sandbox.advanceClock(7 * DAY_MS + 1);
    expect((await sayWithFreshToken()).error).toBe(-230);
    harness.sandbox.write(lan, 'mình đây');
    expect((await say({ text: 'a' })).body.error).toBe(0);
  });

  it('a follower who never wrote: three welcomes, then -211', async () => {
    const minh = harness.sandbox.createPerson({ channel: 'zalo', name: 'Trần Minh' });
    expect((await say({ text: 'a' }, minh.id)).body.error).toBe(-232);
    harness.sandbox.follow(minh);
    for (const remain of ['2', '1', '0'])
      expect((await say({ text: 'a' }, minh.id)).body).toMatchObject({
        data: { quota: { quota_type: 'welcome_msg', remain } },
      });
    expect((await say({ text: 'a' }, minh.id)).body.error).toBe(-211);
    harness.sandbox.unfollow(minh);
    expect((await say({ text: 'a' }, minh.id)).body.error).toBe(-213);
  });

  it('unfollowing does not close the window, blocking does', async () => {
    harness.sandbox.follow(lan);
    harness.sandbox.unfollow(lan);
    expect((await say({ text: 'a' })).body.error).toBe(0);
    harness.sandbox.block(lan);
    expect((await say({ text: 'a' })).body.error).toBe(-244);
    expect(() => harness.sandbox.write(lan, 'alo')).toThrow('bỏ chặn');
  });

  async function sayWithFreshToken() {
    await refresh(harness.sandbox.zaloSettings.refreshToken);
    return (await say({ text: 'chào' })).body;
  }
});

async function refresh(refreshToken: string, secret = harness.sandbox.zaloSettings.appSecret) {
  const { url, zaloSettings } = harness.sandbox;
  const response = await fetch(`${url}/v4/oa/access_token`, {
    method: 'POST',
    headers: { secret_key: secret },
    body: new URLSearchParams({ refresh_token: refreshToken, app_id: zaloSettings.appId, grant_type: 'refresh_token' }),
  });
  const body: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body };
}

describe('tokens', () => {
  it('a refresh token works once, the old access token dies with it', async () => {
    const before = harness.sandbox.zaloSettings;
    const first = await refresh(before.refreshToken);
    expect(first.body).toMatchObject({ expires_in: '90000', access_token: harness.sandbox.zaloSettings.accessToken });
    const second = await refresh(before.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ error: -14014, error_name: expect.any(String) });
    expect(second.body).not.toHaveProperty('access_token');
    const late = await callZalo(harness.sandbox, '/v2.0/oa/getoa', undefined, { access_token: before.accessToken });
    expect(late.body.error).toBe(-216);
  });

  it('a wrong secret spends nothing', async () => {
    const { refreshToken } = harness.sandbox.zaloSettings;
    expect((await refresh(refreshToken, 'sai')).body).toHaveProperty('error');
    expect((await refresh(refreshToken)).body).toHaveProperty('access_token');
  });

  it('an access token ends after 25 hours', async () => {
    harness.sandbox.advanceClock(25 * HOUR_MS);
    expect((await say({ text: 'a' })).body.error).toBe(-220);
  });

  it('a missing token, a bearer token and a wrong proof are refused', async () => {
    const { sandbox } = harness;
    const noToken = await callZalo(sandbox, '/v2.0/oa/getoa', undefined, { access_token: '' });
    expect(noToken.body.error).toBe(-216);
    const proof = createHmac('sha256', sandbox.zaloSettings.appSecret)
      .update(sandbox.zaloSettings.accessToken)
      .digest('hex');
    expect((await callZalo(sandbox, '/v2.0/oa/getoa', undefined, { appsecret_proof: proof })).body.error).toBe(0);
    expect((await callZalo(sandbox, '/v2.0/oa/getoa', undefined, { appsecret_proof: 'x' })).body.error).toBe(-242);
  });

  it('the permission page sends back a code that works once, with its verifier', async () => {
    const { sandbox } = harness;
    const query = new URLSearchParams({
      app_id: sandbox.zaloSettings.appId,
      redirect_uri: 'http://127.0.0.1:3000/oauth/zalo/callback',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      state: 's1',
    });
    const page = await fetch(`${sandbox.url}/v4/oa/permission?${query}`, { redirect: 'manual' });
    const back = new URL(page.headers.get('location') ?? '');
    expect([page.status, back.searchParams.get('state'), back.searchParams.get('oa_id')]).toEqual([
      302,
      's1',
      sandbox.zaloSettings.oaId,
    ]);
    const code = back.searchParams.get('code') ?? '';
    const exchange = async (code_verifier: string) => {
      const body = new URLSearchParams({
        code,
        app_id: sandbox.zaloSettings.appId,
        grant_type: 'authorization_code',
        code_verifier,
      });
      const headers = { secret_key: sandbox.zaloSettings.appSecret };
      return (await fetch(`${sandbox.url}/v4/oa/access_token`, { method: 'POST', headers, body })).json();
    };
    expect(await exchange('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toHaveProperty('access_token');
    expect(await exchange('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toHaveProperty('error', -14007);
  });
});

describe('templates by phone and by user id', () => {
  const data = { customer_name: 'Lan', product: 'Spa Pro', expires_at: '28/11/2026' };
  const zns = (change: Record<string, unknown>) =>
    callZalo(harness.sandbox, '/message/template', {
      phone: '84912345678',
      template_id: '331001',
      template_data: data,
      tracking_id: 'out-1',
      ...change,
    });

  it('accepts, keeps our id and confirms the delivery with the ZNS header', async () => {
    const answer = await zns({});
    expect(answer.body).toMatchObject({ error: 0, data: { quota: { dailyQuota: '500' } } });
    expect(harness.sandbox.ledger.at(-1)).toMatchObject({ outboundMessageId: 'out-1', isCharged: true });
    await harness.sandbox.settled();
    const receipt = harness.received.find((each) => each.headers['x-zevent-server'] === 'ZNS');
    expect(JSON.parse(String(receipt?.raw))).toMatchObject({
      event_name: 'user_received_message',
      recipient: { id: '84912345678' },
      message: { tracking_id: 'out-1', delivery_time: expect.stringMatching(/^\d{13}$/) },
    });
  });

  it.each([
    ['no phone', { phone: 'abc' }, -108],
    ['unknown template', { template_id: '1' }, -109],
    ['no tracking id', { tracking_id: undefined }, -132],
    ['missing parameter', { template_data: { customer_name: 'Lan' } }, -1122],
    ['parameter too long', { template_data: { ...data, customer_name: 'a'.repeat(31) } }, -1121],
    ['no Zalo account for the phone', { phone: '84987654321' }, -118],
  ])('refuses %s', async (_, change, error) => {
    expect((await zns(change)).body.error).toBe(error);
  });

  it('goes by user id outside every window, but not with an OTP template', async () => {
    const { sandbox } = harness;
    sandbox.registerZnsTemplate({ id: '9', name: 'OTP', text: '{{otp}}', byUserId: false });
    const byUser = (template_id: string) =>
      callZalo(sandbox, '/v3.0/oa/message/template', { user_id: lan.id, template_id, template_data: data });
    expect((await byUser('331001')).body).toMatchObject({ error: 0, data: { user_id: lan.id } });
    expect((await byUser('9')).body.error).toBe(-249);
    expect((await byUser('0')).body.error).toBe(-201);
  });
});

describe('uploads', () => {
  const upload = async (kind: string, name: string, bytes: number) => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.alloc(bytes, 1)]), name);
    const headers = { access_token: harness.sandbox.zaloSettings.accessToken };
    const response = await fetch(`${harness.sandbox.url}/v2.0/oa/upload/${kind}`, {
      method: 'POST',
      headers,
      body: form,
    });
    const body: { error: number; data?: Record<string, string> } = JSON.parse(await response.text());
    return body;
  };
  const MIB = 1024 * 1024;

  it.each([
    ['image', 'a.png', MIB, 0],
    ['image', 'a.png', MIB + 1, -210],
    ['image', 'a.webp', 10, -201],
    ['file', 'a.pdf', 5 * MIB, 0],
    ['file', 'a.xlsx', 10, -201],
    ['gif', 'a.gif', 5 * MIB + 1, -210],
  ])('%s %s of %i bytes: %i', async (kind, name, bytes, error) => {
    expect((await upload(kind, name, bytes)).error).toBe(error);
  });

  it('a name without an extension: success with nothing in it', async () => {
    expect(await upload('file', 'hop-dong', 10)).toMatchObject({ error: 0, data: {} });
  });

  it('an upload can be sent for 7 days', async () => {
    const { data } = await upload('file', 'hop-dong.pdf', 10);
    const message = { attachment: { type: 'file', payload: { token: data?.token } } };
    expect((await say(message)).body.error).toBe(0);
    harness.sandbox.advanceClock(7 * DAY_MS + 1);
    await refresh(harness.sandbox.zaloSettings.refreshToken);
    expect((await say(message)).body.error).toBe(-100);
  });
});

describe('reading', () => {
  it('profiles, lists, history, quota, tags', async () => {
    const { sandbox } = harness;
    const detail = await callZalo(sandbox, `/v3.0/oa/user/detail${inData({ user_id: lan.id })}`);
    expect(detail.body.data).toMatchObject({
      display_name: 'Nguyễn Thị Lan',
      user_is_follower: false,
      user_last_interaction_date: '21/11/2026',
    });
    expect((await callZalo(sandbox, `/v3.0/oa/user/detail${inData({ user_id: '1' })}`)).body.error).toBe(-201);
    await say({ text: 'chào Lan' });
    const history = await callZalo(
      sandbox,
      `/v2.0/oa/conversation${inData({ user_id: lan.id, offset: 0, count: 10 })}`,
    );
    expect(history.body.data).toMatchObject([
      { src: 0, message: 'chào Lan' },
      { src: 1, message: 'xin chào' },
    ]);
    expect((await callZalo(sandbox, `/v2.0/oa/conversation${inData({ user_id: lan.id, count: 11 })}`)).body.error).toBe(
      -210,
    );
    expect(
      (await callZalo(sandbox, `/v3.0/oa/user/getlist${inData({ offset: 0, count: 50 })}`)).body.data,
    ).toMatchObject({ total: 1 });
    await callZalo(sandbox, '/v2.0/oa/tag/tagfollower', { user_id: lan.id, tag_name: 'spa' });
    expect((await callZalo(sandbox, '/v2.0/oa/tag/gettagsofoa')).body.data).toEqual(['spa']);
    const quota = await callZalo(sandbox, '/v3.0/oa/quota/message', { user_id: lan.id });
    expect(quota.body.data).toMatchObject({ last_interaction: String(harness.clock.now().getTime()) });
  });
});

describe('what is not there', () => {
  it('unknown paths, wrong methods and broken JSON are answered and noted', async () => {
    const { sandbox } = harness;
    expect((await callZalo(sandbox, '/v3.0/oa/message/promo', {})).status).toBe(404);
    expect((await callZalo(sandbox, '/v3.0/oa/message/cs')).status).toBe(404);
    expect((await callZalo(sandbox, '/v3.0/oa/message/cs', '{')).body.error).toBe(-201);
    expect(sandbox.violations.map((violation) => violation.path)).toEqual([
      '/v3.0/oa/message/promo',
      '/v3.0/oa/message/cs',
      '/v3.0/oa/message/cs',
    ]);
    expect((await callZalo(sandbox, '/v2.0/oa/message', {})).body.error).toBe(-240);
  });

  it('more calls per minute than allowed: -32 until the next minute', async () => {
    await harness.close();
    harness = await startHarness({ limits: { zaloCallsPerMinute: 2 } });
    const codes: unknown[] = [];
    for (let call = 0; call < 3; call += 1) codes.push((await callZalo(harness.sandbox, '/v2.0/oa/getoa')).body.error);
    harness.clock.advance(MINUTE_MS);
    codes.push((await callZalo(harness.sandbox, '/v2.0/oa/getoa')).body.error);
    expect(codes).toEqual([0, 0, -32, 0]);
  });
});
