// What leaves the sandbox: signed webhooks, echoes and receipts, retries; and how it misbehaves when told to.
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { createSeededChance } from '../../src/sandbox/faults.ts';
import type { Person } from '../../src/sandbox/sandbox-schema.ts';
import { callGraph, callZalo, type Harness, startHarness } from './sandbox-harness.ts';

let harness: Harness;
let lan: Person;
let minh: Person;

beforeEach(async () => {
  harness = await startHarness();
  lan = harness.sandbox.createPerson({ channel: 'zalo', name: 'Nguyễn Thị Lan' });
  minh = harness.sandbox.createPerson({ channel: 'messenger', name: 'Trần Văn Minh' });
});
afterEach(() => harness.close());

const sayOnZalo = (message: unknown = { text: 'chào Lan' }) =>
  callZalo(harness.sandbox, '/v3.0/oa/message/cs', { recipient: { user_id: lan.id }, message });
const sayOnMessenger = (message: unknown = { text: 'chào Minh', metadata: 'out-1' }) =>
  callGraph(harness.sandbox, '/me/messages', { recipient: { id: minh.id }, messaging_type: 'RESPONSE', message });

/** The one event of each Messenger webhook so far. */
const messengerEvents = (): Record<string, unknown>[] =>
  harness.messengerEvents().map((body) => {
    const entries: { messaging: Record<string, unknown>[] }[] = JSON.parse(JSON.stringify(body.entry));
    return entries[0]?.messaging[0] ?? {};
  });

describe('signatures', () => {
  it('Zalo: sha256 of app id, raw bytes, timestamp and OA secret key', async () => {
    harness.sandbox.write(lan, 'Xin chào 👋 / "ạ"');
    await harness.sandbox.settled();
    const [webhook] = harness.received;
    const { appId, oaSecretKey } = harness.sandbox.zaloSettings;
    const { timestamp } = JSON.parse(String(webhook?.raw));
    const mac = createHash('sha256')
      .update(appId + String(webhook?.raw) + timestamp + oaSecretKey)
      .digest('hex');
    expect(webhook?.headers['x-zevent-signature']).toBe(`mac=${mac}`);
    expect(webhook?.headers['x-zevent-server']).toBe('OA OpenAPI');
  });

  it('Messenger: HMAC over bytes that hold escaped unicode only', async () => {
    harness.sandbox.write(minh, 'Xin chào ạ 👋');
    await harness.sandbox.settled();
    const [webhook] = harness.received;
    const raw = webhook?.raw ?? Buffer.alloc(0);
    const { appSecret } = harness.sandbox.messengerSettings;
    expect(webhook?.headers['x-hub-signature-256']).toBe(
      `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`,
    );
    expect(String(raw)).toContain('Xin ch\\u00e0o \\u1ea1 \\ud83d\\udc4b');
    expect(raw.every((byte) => byte < 128)).toBe(true);
    expect(messengerEvents()[0]).toMatchObject({ message: { text: 'Xin chào ạ 👋' } });
  });
});

describe('what a person does on Zalo', () => {
  it.each([
    ['follow', () => harness.sandbox.follow(lan), { event_name: 'follow', source: 'oa_profile' }],
    ['unfollow', () => harness.sandbox.unfollow(lan), { event_name: 'unfollow' }],
    ['first opening', () => harness.sandbox.openChat(lan), { event_name: 'user_click_chatnow' }],
    [
      'sticker',
      () => harness.sandbox.sendSticker(lan),
      { event_name: 'user_send_sticker', message: { attachments: [{ type: 'sticker' }] } },
    ],
    [
      'image',
      () => harness.sandbox.sendImage(lan),
      { event_name: 'user_send_image', message: { attachments: [{ type: 'image' }] } },
    ],
    [
      'location',
      () => harness.sandbox.sendLocation(lan),
      {
        message: {
          text: 'Chợ Bến Thành',
          attachments: [{ payload: { coordinates: { latitude: '10.7725', longitude: '106.698' } } }],
        },
      },
    ],
    [
      'business card',
      () => harness.sandbox.sendContactCard(lan, { name: 'Hoa', phone: '0900000000' }),
      {
        event_name: 'user_send_business_card',
        message: {
          text: 'Hoa',
          attachments: [{ type: 'link', payload: { description: '{"phone":"0900000000","qrCodeUrl":""}' } }],
        },
      },
    ],
    [
      'contact form',
      () => harness.sandbox.submitInfo(lan, { name: 'Lan', phone: '84912345678' }),
      { event_name: 'user_submit_info', info: { name: 'Lan', phone: '84912345678' } },
    ],
  ])('%s', async (_, act, expected) => {
    act();
    await harness.sandbox.settled();
    expect(harness.zaloEvents()).toMatchObject([expected]);
    expect(harness.zaloEvents()[0]).toMatchObject({
      app_id: harness.sandbox.zaloSettings.appId,
      timestamp: expect.stringMatching(/^\d{13}$/),
    });
  });

  it('follow has no sender, a tap comes as its payload', async () => {
    harness.sandbox.follow(lan);
    const button = { title: 'Hướng dẫn sử dụng', type: 'oa.query.show', payload: 'huong dan' };
    await sayOnZalo({ text: 'Chọn nhé', attachment: { type: 'template', payload: { buttons: [button] } } });
    harness.sandbox.tap(lan, 'Hướng dẫn sử dụng');
    await harness.sandbox.settled();
    expect(harness.zaloEvents('follow')[0]).not.toHaveProperty('sender');
    expect(harness.zaloEvents('user_send_text')).toMatchObject([
      { sender: { id: lan.id }, message: { text: 'huong dan' } },
    ]);
    expect(() => harness.sandbox.tap(lan, 'Nút khác')).toThrow('không có nút');
  });

  it('echo without admin_id, receipts inverted, staff with admin_id', async () => {
    harness.sandbox.follow(lan);
    await sayOnZalo();
    harness.sandbox.humanReply(lan, 'để em xem giúp', '42');
    harness.sandbox.markRead(lan);
    await harness.sandbox.settled();
    const oa = { id: harness.sandbox.zaloSettings.oaId };
    const id = harness.sandbox.ledger[0]?.providerMessageId;
    expect(harness.zaloEvents('oa_send_text')).toMatchObject([
      { sender: oa, recipient: { id: lan.id }, message: { text: 'chào Lan', msg_id: id } },
      { sender: { ...oa, admin_id: '42' }, message: { text: 'để em xem giúp' } },
    ]);
    expect(harness.zaloEvents('oa_send_text')[0]?.sender).not.toHaveProperty('admin_id');
    expect(harness.zaloEvents('user_received_message')).toMatchObject([
      { sender: oa, recipient: { id: lan.id }, message: { msg_id: id } },
    ]);
    expect(harness.zaloEvents('user_seen_message')).toMatchObject([{ sender: oa, message: { msg_ids: [id] } }]);
    expect(harness.sandbox.shownTo(lan).map((message) => message.state)).toEqual(['read', 'read']);
  });
});

describe('what a person does on Messenger', () => {
  it('quick replies vanish after the next message, postbacks stay', async () => {
    harness.sandbox.write(minh, 'chào');
    await sayOnMessenger({
      text: 'Chọn nhé',
      quick_replies: [{ content_type: 'text', title: 'Hướng dẫn', payload: 'guide' }],
    });
    harness.sandbox.tap(minh, 'Hướng dẫn');
    await harness.sandbox.settled();
    expect(messengerEvents()).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({ text: 'Hướng dẫn', quick_reply: { payload: 'guide' } }),
      }),
    );
    expect(() => harness.sandbox.tap(minh, 'Hướng dẫn')).toThrow('không có nút');
    const buttons = [{ type: 'postback', title: 'Xem giá', payload: 'price' }];
    await sayOnMessenger({
      attachment: { type: 'template', payload: { template_type: 'button', text: 'Xem?', buttons } },
    });
    harness.sandbox.write(minh, 'khoan');
    harness.sandbox.tap(minh, 'price');
    await harness.sandbox.settled();
    expect(messengerEvents().at(-1)).toMatchObject({
      postback: { title: 'Xem giá', payload: 'price', mid: expect.any(String) },
    });
  });

  it('Get Started carries the ref, later links come as referrals', async () => {
    harness.sandbox.refer(minh, 'SPA-7');
    harness.sandbox.refer(minh, 'SPA-8');
    await harness.sandbox.settled();
    expect(messengerEvents()).toMatchObject([
      { postback: { payload: 'GET_STARTED', referral: { ref: 'SPA-7', source: 'SHORTLINK' } } },
      { referral: { ref: 'SPA-8', type: 'OPEN_THREAD' } },
    ]);
  });

  it('our echo has app_id and metadata, the inbox neither; receipts carry watermarks', async () => {
    harness.sandbox.write(minh, 'chào');
    await sayOnMessenger();
    harness.sandbox.humanReply(minh, 'em đây');
    const saidAt = harness.clock.now().getTime();
    harness.clock.advance(60_000);
    harness.sandbox.markRead(minh);
    await harness.sandbox.settled();
    const page = harness.sandbox.messengerSettings;
    const echoes = messengerEvents().filter((event) => JSON.stringify(event).includes('is_echo'));
    expect(echoes).toMatchObject([
      {
        sender: { id: page.pageId },
        recipient: { id: minh.id },
        message: { app_id: Number(page.appId), metadata: 'out-1' },
      },
      { message: { app_id: 263902037430900, text: 'em đây' } },
    ]);
    expect(JSON.stringify(echoes[1])).not.toContain('metadata');
    expect(messengerEvents().filter((event) => event.delivery !== undefined)).toMatchObject([
      { delivery: { mids: [expect.any(String)], watermark: saidAt } },
    ]);
    expect(messengerEvents().at(-1)).toMatchObject({ timestamp: saidAt + 60_000, read: { watermark: saidAt } });
  });

  it('the feedback form comes back with our question id', async () => {
    harness.sandbox.write(minh, 'chào');
    await sayOnMessenger({
      attachment: {
        type: 'template',
        payload: {
          template_type: 'customer_feedback',
          title: 'Mình thấy sao?',
          subtitle: 'Góp ý nhé',
          button_title: 'Đánh giá',
          feedback_screens: [{ questions: [{ id: 'q_9', type: 'csat' }] }],
          business_privacy: { url: 'https://example.com' },
        },
      },
    });
    harness.sandbox.giveFeedback(minh, 2, 'chờ lâu');
    await harness.sandbox.settled();
    expect(messengerEvents().at(-1)).toMatchObject({
      messaging_feedback: {
        feedback_screens: [{ questions: { q_9: { type: 'csat', payload: '2', follow_up: { payload: 'chờ lâu' } } } }],
      },
    });
  });
});

describe('delivery', () => {
  it('retries what was not taken, with the same bytes and num_retry', async () => {
    harness.answerNextWith(503, 500);
    harness.sandbox.write(lan, 'một');
    await harness.sandbox.settled();
    expect(harness.received).toHaveLength(3);
    expect(new Set(harness.received.map((each) => String(each.raw))).size).toBe(1);
    expect(harness.received.map((each) => each.headers.num_retry)).toEqual([undefined, '1', '2']);
    expect(harness.sandbox.shownTo(lan)[0]?.state).toBe('delivered');
  });

  it('gives up in the end and says so on the phone', async () => {
    harness.answerNextWith(500, 500, 500, 500);
    harness.sandbox.write(lan, 'một');
    await harness.sandbox.settled();
    expect(harness.received).toHaveLength(4);
    expect(harness.sandbox.shownTo(lan)[0]?.state).toBe('failed');
  });

  it('keeps the order of one person', async () => {
    for (let number = 0; number < 20; number += 1) harness.sandbox.write(lan, `tin ${number}`);
    await harness.sandbox.settled();
    const texts = harness.zaloEvents('user_send_text').map((event) => JSON.stringify(event.message));
    expect(texts.map((text) => /tin \d+/.exec(text)?.[0])).toEqual(
      Array.from({ length: 20 }, (_, number) => `tin ${number}`),
    );
  });

  it.each([
    ['webhook_twice', ['một', 'một', 'hai']],
    ['webhook_never', ['hai']],
    ['webhook_reordered', ['hai', 'một']],
  ] as const)('%s', async (kind, expected) => {
    harness.sandbox.setFault({ channel: 'zalo', kind, count: 1 });
    harness.sandbox.write(lan, 'một');
    harness.sandbox.write(lan, 'hai');
    await harness.sandbox.settled();
    expect(harness.zaloEvents().map((event) => JSON.parse(JSON.stringify(event.message)).text)).toEqual(expected);
  });

  it('sends any bytes once, and tells the answer', async () => {
    harness.answerNextWith(401);
    expect(await harness.sandbox.rawWebhook({ channel: 'zalo', body: '{"a":1}' })).toEqual({ status: 401, body: '{}' });
    expect(String(harness.received[0]?.raw)).toBe('{"a":1}');
  });
});

describe('faults', () => {
  beforeEach(() => {
    harness.sandbox.write(lan, 'a');
    harness.sandbox.write(minh, 'a');
  });

  it.each([
    ['http500', 500, { error: -200 }],
    ['rate_limit', 200, { error: -32 }],
    ['expired_token', 200, { error: -216 }],
    ['window_closed', 200, { error: -230 }],
    ['quota_used_up', 200, { error: -211 }],
  ] as const)('Zalo %s, once', async (kind, status, body) => {
    harness.sandbox.setFault({ channel: 'zalo', kind, count: 1 });
    const answer = await sayOnZalo();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(body);
    expect(harness.sandbox.ledger).toHaveLength(0);
    expect((await sayOnZalo()).body.error).toBe(0);
    expect(harness.sandbox.faults()).toEqual([]);
  });

  it.each([
    ['expired_token', -124],
    ['quota_used_up', -144],
    ['window_closed', -140],
  ] as const)('ZNS %s: in the codes of its own host', async (kind, error) => {
    harness.sandbox.setFault({ channel: 'zalo', kind, count: 1 });
    const message = { phone: '84912345678', template_id: '331001', template_data: {}, tracking_id: 'a1' };
    expect((await callZalo(harness.sandbox, '/message/template', message)).body).toMatchObject({ error });
  });

  it.each([
    ['http500', 500, 2],
    ['rate_limit', 429, 613],
    ['expired_token', 400, 190],
    ['window_closed', 400, 10],
  ] as const)('Messenger %s, typing left alone', async (kind, status, code) => {
    harness.sandbox.setFault({ channel: 'messenger', kind, count: 1, ms: 7_000 });
    const typing = await callGraph(harness.sandbox, '/me/messages', {
      recipient: { id: minh.id },
      sender_action: 'typing_on',
    });
    expect(typing.status).toBe(200);
    const answer = await sayOnMessenger();
    expect([answer.status, answer.body.error]).toEqual([status, expect.objectContaining({ code })]);
    if (kind === 'rate_limit') expect(answer.headers.get('retry-after')).toBe('7');
    expect((await sayOnMessenger()).status).toBe(200);
  });

  it('reset: nothing was accepted; drop_answer and bad_json: it was', async () => {
    harness.sandbox.setFault({ channel: 'zalo', kind: 'reset', count: 1 });
    await expect(sayOnZalo()).rejects.toThrow();
    expect(harness.sandbox.ledger).toHaveLength(0);
    harness.sandbox.setFault({ channel: 'zalo', kind: 'drop_answer', count: 1 });
    await expect(sayOnZalo()).rejects.toThrow();
    expect(harness.sandbox.ledger).toHaveLength(1);
    harness.sandbox.setFault({ channel: 'zalo', kind: 'bad_json', count: 1 });
    await expect(sayOnZalo()).rejects.toThrow(SyntaxError);
    expect(harness.sandbox.ledger).toHaveLength(2);
  });

  it('a stall ends when the sandbox closes', async () => {
    harness.sandbox.setFault({ channel: 'zalo', kind: 'stall', count: 1, ms: 600_000 });
    const call = sayOnZalo().catch(() => 'cut');
    await harness.sandbox.waitForMessage(lan, { text: 'chào Lan' });
    await harness.close();
    await call;
    harness = await startHarness();
  });

  it.each([
    ['echo_never', 0],
    ['echo_twice', 2],
  ] as const)('%s', async (kind, echoes) => {
    harness.sandbox.setFault({ channel: 'zalo', kind, count: 1 });
    await sayOnZalo();
    await harness.sandbox.settled();
    expect(harness.zaloEvents('oa_send_text')).toHaveLength(echoes);
  });

  it('strike by seeded chance, and only the calls they are meant for', async () => {
    harness.sandbox.setFault({ channel: 'zalo', kind: 'http500', scope: 'profile' });
    expect((await sayOnZalo()).status).toBe(200);
    const [one, two] = [createSeededChance(7), createSeededChance(7)];
    const numbers = Array.from({ length: 1000 }, one);
    expect(numbers).toEqual(Array.from({ length: 1000 }, two));
    expect(numbers.filter((number) => number < 0.2).length).toBeGreaterThan(150);
  });
});

describe('a restart', () => {
  it('keeps people, messages, tokens and virtual time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const statePath = join(folder, 'deep', 'sandbox.json');
    const first = await startHarness({ statePath });
    const hoa = first.sandbox.createPerson({ channel: 'zalo', name: 'Lê Hoa' });
    first.sandbox.write(hoa, 'nhớ em không');
    first.sandbox.advanceClock(30 * HOUR_MS);
    const tokens = first.sandbox.zaloSettings;
    await first.close();
    expect(readFileSync(statePath, 'utf8')).toContain('nhớ em không');
    const second = await startHarness({ statePath });
    expect(second.sandbox.shownTo(hoa.id)).toMatchObject([{ text: 'nhớ em không' }]);
    expect(second.sandbox.zaloSettings.refreshToken).toBe(tokens.refreshToken);
    expect(second.sandbox.zaloSettings.oaSecretKey).toBe(tokens.oaSecretKey);
    expect(second.clock.offsetMs()).toBe(30 * HOUR_MS);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});

describe('the phone over HTTP', () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(harness.sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('serves a page without inline script and drives people', async () => {
    const page = await fetch(`${harness.sandbox.url}/`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).not.toMatch(/<script(?![^>]*src=)|\son\w+=/);
    const created = await post('/control/people', { channel: 'zalo', name: 'Phạm Thu' });
    const { id } = JSON.parse(await created.text());
    expect((await post(`/control/people/${id}/act`, { type: 'write', text: 'alo' })).status).toBe(200);
    expect((await post(`/control/people/${id}/act`, { type: 'tap', choice: 'x' })).status).toBe(409);
    expect((await post('/control/people', { channel: 'zalo', name: ' ' })).status).toBe(400);
    expect(harness.sandbox.shownTo(id)).toMatchObject([{ text: 'alo' }]);
    expect((await post('/control/clock', { ms: HOUR_MS })).status).toBe(200);
    expect(harness.clock.offsetMs()).toBe(HOUR_MS);
  });

  it('refuses pages of other sites and foreign host names', async () => {
    expect((await post('/control/clock', { ms: 1 }, { origin: 'https://evil.example' })).status).toBe(403);
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(`${harness.sandbox.url}/control/state`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(421);
  });

  it('streams what changes', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${harness.sandbox.url}/control/events`, { signal: stop.signal });
    harness.sandbox.write(lan, 'có ai không');
    let seen = '';
    for await (const chunk of stream.body ?? []) {
      seen += Buffer.from(chunk).toString('utf8');
      if (seen.includes('event: person') && seen.includes('có ai không')) break;
    }
    stop.abort();
    expect(seen).toMatch(/^event: state\n/);
  });
});
