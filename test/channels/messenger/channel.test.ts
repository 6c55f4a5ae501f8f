// The whole channel over HTTP: what goes out, what a lost answer means, what may be known afterwards.
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendPermit } from '../../../src/channels/messaging-window.ts';
import { proveAppSecret } from '../../../src/channels/messenger/access-token.ts';
import { createGraphClient } from '../../../src/channels/messenger/api-client.ts';
import { createMessengerChannel, type MessengerChannel } from '../../../src/channels/messenger/channel.ts';
import { createManualClock } from '../../../src/clock.ts';
import type { Message } from '../../../src/flows/message-schema.ts';

const apiUrl = 'https://graph.test';
const settings = {
  appId: '123456789',
  appSecret: 'test_app_secret',
  verifyToken: 'tk',
  pageId: '682498302938465',
  pageAccessToken: 'TEST_PAGE_TOKEN',
  apiUrl,
  apiVersion: 'v25.0',
};
const proof = proveAppSecret(settings.pageAccessToken, settings.appSecret);
const start = new Date('2026-11-21T05:00:00.000Z');
const peerId = '1254459154682919';
const outboundMessageId = '01890a5d-ac96-774b-bcce-b302099a8057';
const free: SendPermit = { mode: 'free', messagingType: 'RESPONSE', costAmount: 0 };
const unasked: SendPermit = { mode: 'free', messagingType: 'UPDATE', costAmount: 0 };
const text: Message = { kind: 'text', text: 'Dạ em chào chị', choices: [], links: [] };

let mediaDir: string;
let logged: unknown[];
let clock = createManualClock(start);
let channel: MessengerChannel;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), 'ganbo-media-'));
  await writeFile(join(mediaDir, 'lich.ics'), 'BEGIN:VCALENDAR');
  await symlink('/etc/passwd', join(mediaDir, 'link.txt'));
  nock.disableNetConnect();
});
afterAll(async () => {
  nock.enableNetConnect();
  await rm(mediaDir, { recursive: true });
});
beforeEach(() => {
  logged = [];
  clock = createManualClock(start);
  channel = createChannel();
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  const words = JSON.stringify(logged);
  for (const secret of ['TEST_PAGE_TOKEN', proof, 'test_app_secret', 'chào chị', peerId])
    expect(words).not.toContain(secret);
});

function createChannel(over: Partial<typeof settings> = {}, rates?: { textPerSecond: number; mediaPerSecond: number }) {
  const log = {
    warn: (...all: unknown[]) => void logged.push(all),
    error: (...all: unknown[]) => void logged.push(all),
  };
  return createMessengerChannel({ clock, log, mediaDir, ...(rates ? { rates } : {}) }, { ...settings, ...over });
}

function onMessages(body?: nock.RequestBodyMatcher) {
  return nock(apiUrl, { reqheaders: { authorization: 'Bearer TEST_PAGE_TOKEN' } })
    .post('/v25.0/me/messages', body)
    .query({ appsecret_proof: proof });
}

const send = (message: Message = text, permit = free) => channel.send({ outboundMessageId, peerId, message, permit });

describe('sending', () => {
  it('token in the header, proof in the query, our mark in the message', async () => {
    onMessages({
      recipient: { id: peerId },
      messaging_type: 'RESPONSE',
      message: { text: 'Dạ em chào chị', metadata: `ganbo:${outboundMessageId}` },
    }).reply(200, { recipient_id: peerId, message_id: 'm_1' });
    expect(await send()).toEqual({ outcome: 'sent', providerMessageId: 'm_1' });
  });

  it('an impossible permit makes no call', async () => {
    const permit: SendPermit = { mode: 'human_agent', messagingType: 'MESSAGE_TAG', tag: 'HUMAN_AGENT', costAmount: 0 };
    const choices = [{ title: 'a', payload: 'a' }];
    expect(await send({ ...text, choices }, permit)).toMatchObject({
      outcome: 'refused',
      concerns: 'message',
      code: 'human_agent_not_typed',
    });
  });

  it.each<[string, string, object]>([
    ['refused connection', 'ECONNREFUSED', { outcome: 'later', concerns: 'account' }],
    ['no such host', 'ENOTFOUND', { outcome: 'later', concerns: 'account' }],
    ['DNS away', 'EAI_AGAIN', { outcome: 'later', concerns: 'account' }],
    ['reset', 'ECONNRESET', { outcome: 'unknown' }],
    ['broken pipe', 'EPIPE', { outcome: 'unknown' }],
    ['timeout', 'ETIMEDOUT', { outcome: 'unknown' }],
  ])('%s', async (_name, code, expected) => {
    onMessages().replyWithError(Object.assign(new Error(code), { code }));
    expect(await send()).toMatchObject(expected);
  });

  it('a redirect is not followed', async () => {
    onMessages().reply(302, '', { location: 'https://elsewhere.test/' });
    expect(await send()).toMatchObject({ outcome: 'later', code: 'http_302' });
  });

  it('a mistake of ours on the way: nobody takes it for "not sent"', async () => {
    const permit = Object.defineProperty({ ...free }, 'mode', {
      get: () => {
        throw new TypeError('a mistake');
      },
    });
    expect(await send(text, permit)).toMatchObject({ outcome: 'unknown', code: 'bug' });
  });

  it('an error inside a 200', async () => {
    onMessages().reply(200, { error: { code: 10, error_subcode: 2018278 } });
    expect(await send()).toMatchObject({ outcome: 'refused', concerns: 'window' });
  });

  it('HTML from a proxy with 200', async () => {
    onMessages().reply(200, '<html>');
    expect(await send()).toMatchObject({ outcome: 'unknown' });
  });

  it('an answer that drips for ever ends with the time of its call, not with the last drop', async () => {
    let drip: NodeJS.Timeout | undefined;
    const server = createServer((socket) => {
      socket.on('error', () => clearInterval(drip));
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
        drip = setInterval(() => socket.write(' '), 20);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    nock.enableNetConnect('127.0.0.1');
    const client = createGraphClient({ ...settings, apiUrl: `http://127.0.0.1:${port}` });
    const call = client.call({ method: 'POST', path: 'me/messages', body: {}, timeoutMs: 300 });
    expect(await Promise.race([call, sleep(3_000)])).toMatchObject({ kind: 'no_answer' });
    clearInterval(drip);
    server.close();
  });

  it('a server that takes the request and hangs up', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    nock.enableNetConnect('127.0.0.1');
    channel = createChannel({ apiUrl: `http://127.0.0.1:${port}` });
    expect(await send()).toMatchObject({ outcome: 'unknown' });
    await new Promise((resolve) => server.close(resolve));
    expect(await send()).toMatchObject({ outcome: 'later', code: 'econnrefused' });
    nock.disableNetConnect();
  });

  it('a file travels in a form', async () => {
    let form = '';
    onMessages((body) => {
      form = String(body);
      return true;
    }).reply(200, { message_id: 'm_f' });
    expect(await send({ kind: 'file', source: 'lich.ics', name: 'dao-tao.ics' })).toMatchObject({ outcome: 'sent' });
    expect(form).toContain('name="filedata"; filename="dao-tao.ics"');
    expect(form).toContain('text/calendar');
    expect(form).toContain('BEGIN:VCALENDAR');
    expect(form).toContain(`{"id":"${peerId}"}`);
    expect(form).toContain(`ganbo:${outboundMessageId}`);
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'link.txt', 'khong-co.pdf', '.', ''])(
    'never sends %s',
    async (source) => {
      expect(await send({ kind: 'file', source, name: 'a.pdf' })).toMatchObject({ outcome: 'refused', code: 'upload' });
    },
  );

  const film: Message = {
    kind: 'media',
    mediaKind: 'video',
    source: 'https://example.com/a.mp4',
    links: [{ kind: 'url', title: 'Xem', url: 'https://example.com' }],
  };

  it('buttons on a film: uploaded first, then sent by its id', async () => {
    nock(apiUrl)
      .post('/v25.0/me/message_attachments')
      .query(true)
      .reply(200, '{"attachment_id": 18577777748210329999}');
    onMessages((body) => body.message.attachment.payload.elements[0].attachment_id === '18577777748210329999').reply(
      200,
      { message_id: 'm' },
    );
    expect(await send(film)).toMatchObject({ outcome: 'sent' });
  });

  it('an upload that fails says nothing to anybody: later, never unknown', async () => {
    nock(apiUrl).post('/v25.0/me/message_attachments').query(true).reply(500, 'x');
    expect(await send(film)).toMatchObject({ outcome: 'later', concerns: 'message' });
    nock(apiUrl)
      .post('/v25.0/me/message_attachments')
      .query(true)
      .reply(400, { error: { code: 190 } });
    expect(await send(film)).toMatchObject({ outcome: 'later', concerns: 'account' });
  });
});

describe('pace', () => {
  it('keeps to the rate and names the time', async () => {
    channel = createChannel({}, { textPerSecond: 2, mediaPerSecond: 1 });
    onMessages().times(2).reply(200, { message_id: 'm' });
    expect(await send()).toMatchObject({ outcome: 'sent' });
    expect(await send()).toMatchObject({
      outcome: 'later',
      concerns: 'account',
      code: 'own_pace',
      retryAt: new Date(start.getTime() + 500),
    });
    clock.advance(499);
    expect(await send()).toMatchObject({ outcome: 'later' });
    clock.advance(1);
    expect(await send()).toMatchObject({ outcome: 'sent' });
  });

  it('texts and media have rates of their own', async () => {
    channel = createChannel({}, { textPerSecond: 1, mediaPerSecond: 1 });
    onMessages().times(2).reply(200, { message_id: 'm' });
    expect(await send()).toMatchObject({ outcome: 'sent' });
    expect(await send({ kind: 'image', source: 'https://example.com/a.jpg' })).toMatchObject({ outcome: 'sent' });
    expect(await send({ kind: 'image', source: 'https://example.com/a.jpg' })).toMatchObject({ outcome: 'later' });
  });

  const usage = (percent: number, minutes = 0) => ({
    'x-business-use-case-usage': JSON.stringify({
      '1': [{ call_count: percent, total_time: 1, estimated_time_to_regain_access: minutes }],
    }),
  });

  it('at 90 % only answers go out, for some minutes', async () => {
    onMessages().reply(200, { message_id: 'm' }, usage(92));
    await send();
    expect(await send(text, unasked)).toMatchObject({
      outcome: 'later',
      concerns: 'message',
      retryAt: new Date(start.getTime() + 60_000),
    });
    onMessages().reply(200, { message_id: 'm' });
    expect(await send()).toMatchObject({ outcome: 'sent' });
    clock.advance(5 * 60_000);
    onMessages().reply(200, { message_id: 'm' });
    expect(await send(text, unasked)).toMatchObject({ outcome: 'sent' });
  });

  it('at 100 % nothing goes out until the time that Meta named', async () => {
    onMessages().reply(200, { message_id: 'm' }, usage(100, 19));
    await send();
    expect(await send()).toMatchObject({
      outcome: 'later',
      concerns: 'account',
      retryAt: new Date(start.getTime() + 19 * 60_000),
    });
  });

  it('at 75 % it slows to a quarter', async () => {
    channel = createChannel({}, { textPerSecond: 8, mediaPerSecond: 1 });
    onMessages().reply(200, { message_id: 'm' }, { 'x-app-usage': '{"call_count":80}' });
    await send();
    expect(await send()).toMatchObject({ outcome: 'later', retryAt: new Date(start.getTime() + 500) });
  });
});

describe('profile', () => {
  const onProfile = () => {
    return nock(apiUrl)
      .get(`/v25.0/${peerId}`)
      .query({ fields: 'first_name,last_name,profile_pic', appsecret_proof: proof });
  };
  const fetch = () => channel.fetchProfile(peerId, new AbortController().signal);

  it('the first name is what friends call', async () => {
    onProfile().reply(200, {
      first_name: 'Lan',
      last_name: 'Nguyễn Thị',
      profile_pic: 'https://cdn.example.test/p.jpg',
      id: peerId,
    });
    expect(await fetch()).toEqual({
      displayName: 'Nguyễn Thị Lan',
      givenName: 'Lan',
      avatarUrl: 'https://cdn.example.test/p.jpg',
    });
  });
  it.each([
    ['Thu\n\u202eHà ', 'Thu Hà'],
    ['Đ'.repeat(2_000), null],
    ['🌸🌸', null],
  ])('of %j a greeting has a name of one line, or none', async (given, givenName) => {
    onProfile().reply(200, { first_name: given, id: peerId });
    expect(await fetch()).toMatchObject({ givenName });
  });
  it('an empty answer is no profile', async () => {
    onProfile().reply(200, {});
    expect(await fetch()).toBeNull();
  });
  it.each([[2018218], [2018247], [33]])('subcode %i is no profile', async (subcode) => {
    onProfile().reply(400, { error: { code: 100, error_subcode: subcode } });
    expect(await fetch()).toBeNull();
  });
  it.each<[number, string | object]>([
    [400, { error: { code: 190 } }],
    [500, 'x'],
    [200, 'x'],
  ])('answers %i: throws without secrets', async (status, body) => {
    onProfile().reply(status, body);
    await expect(fetch()).rejects.toThrow(/^Messenger did not answer as expected \([\w/-]+\)\.$/);
  });
  it('aborts', async () => {
    await expect(channel.fetchProfile(peerId, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

describe('was it sent?', () => {
  const page = { id: settings.pageId };
  const since = new Date('2026-11-21T05:00:00.700Z');
  const ask = (message: Message = text) => channel.findSentMessage({ peerId, outboundMessageId, message, since });
  const onConversations = (body: nock.Body, status = 200) => {
    nock(apiUrl)
      .get(`/v25.0/${settings.pageId}/conversations`)
      .query({
        platform: 'messenger',
        user_id: peerId,
        fields: 'messages{id,message,created_time,from}',
        appsecret_proof: proof,
      })
      .reply(status, body);
  };
  const spoken = (message: string, time: string, from: object = page) => ({
    id: `m_${time}`,
    message,
    created_time: `2026-11-21T${time}+0000`,
    from,
  });
  const conversation = (data: object[], paging?: object) => ({
    data: [{ id: 't_1', messages: { data, ...(paging ? { paging } : {}) } }],
  });
  const theirs = spoken('alo', '04:50:00', { id: peerId });

  it.each<[string, nock.Body, object]>([
    [
      'the same words by the page since',
      conversation([spoken('Dạ em  chào chị ', '05:00:01'), theirs]),
      { found: 'yes', providerMessageId: 'm_05:00:01' },
    ],
    [
      'in the very second',
      conversation([spoken(text.text, '05:00:00'), theirs]),
      { found: 'yes', providerMessageId: 'm_05:00:00' },
    ],
    ['other words by the page', conversation([spoken('Khác', '05:00:01'), theirs]), { found: 'no' }],
    [
      'the same words by the customer',
      conversation([spoken(text.text, '05:00:01', { id: peerId }), theirs]),
      { found: 'no' },
    ],
    ['the same words long before', conversation([spoken(text.text, '04:40:00')]), { found: 'no' }],
    [
      'the same words just before: nobody knows',
      conversation([spoken(text.text, '04:59:50'), theirs]),
      { found: 'unknown' },
    ],
    ['no conversation', { data: [] }, { found: 'unknown' }],
    [
      'two conversations',
      { data: [...conversation([theirs]).data, ...conversation([theirs]).data] },
      { found: 'unknown' },
    ],
    [
      'a list cut short',
      conversation([spoken('a', '05:00:05', { id: peerId })], { next: 'https://x' }),
      { found: 'unknown' },
    ],
    [
      'a long list that reaches back',
      conversation([spoken('a', '05:00:05', { id: peerId }), theirs], { next: 'https://x' }),
      { found: 'no' },
    ],
    ['something without words', conversation([spoken('', '05:00:01'), theirs]), { found: 'unknown' }],
    ['an unreadable time', conversation([{ ...theirs, created_time: 'gestern' }]), { found: 'unknown' }],
    ['no messages field', { data: [{ id: 't_1' }] }, { found: 'unknown' }],
    ['an error in 200', { error: { code: 100 } }, { found: 'unknown' }],
    ['a dead token', { error: { code: 190 } }, { found: 'not_asked' }],
    ['too many questions', { error: { code: 613 } }, { found: 'not_asked' }],
    ['too many questions of the page', { error: { code: 80006 } }, { found: 'not_asked' }],
    ['no JSON', 'x', { found: 'unknown' }],
  ])('%s', async (_name, body, expected) => {
    onConversations(body);
    expect(await ask()).toEqual(expected);
  });

  it('a picture cannot be recognised, but its absence can', async () => {
    const image: Message = { kind: 'image', source: 'https://example.com/a.jpg' };
    onConversations(conversation([spoken('', '05:00:01'), theirs]));
    expect(await ask(image)).toEqual({ found: 'unknown' });
    onConversations(conversation([theirs]));
    expect(await ask(image)).toEqual({ found: 'no' });
  });

  it('nobody was asked when nothing got through', async () => {
    const refused = Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' });
    nock(apiUrl).get(`/v25.0/${settings.pageId}/conversations`).query(true).replyWithError(refused);
    expect(await ask()).toEqual({ found: 'not_asked' });
  });

  it('an answer of 500 says nothing', async () => {
    onConversations(conversation([theirs]), 500);
    expect(await ask()).toEqual({ found: 'unknown' });
  });

  it('asks at most twice a second: what is more is for a later round, and Meta hears nothing of it', async () => {
    let heard = 0;
    nock(apiUrl)
      .get(`/v25.0/${settings.pageId}/conversations`)
      .query(true)
      .times(6)
      .reply(200, () => {
        heard += 1;
        return conversation([theirs]);
      });
    const askMany = async () => (await Promise.all(Array.from({ length: 12 }, () => ask()))).map(({ found }) => found);
    const ten = Array.from({ length: 10 }, () => 'not_yet');
    expect(await askMany()).toEqual(['no', 'no', ...ten]);
    clock.advance(1_099);
    expect((await askMany()).filter((found) => found !== 'not_yet')).toEqual([]);
    clock.advance(1);
    expect(await ask()).toEqual({ found: 'no' });
    clock.advance(900);
    expect(await askMany()).toEqual(['no', ...ten, 'not_yet']);
    clock.advance(900);
    expect(await ask()).toEqual({ found: 'not_yet' });
    clock.advance(200);
    expect(await askMany()).toEqual(['no', 'no', ...ten]);
    expect(heard).toBe(6);
  });
});

describe('the rest', () => {
  it('typing and seen never throw', async () => {
    onMessages({ recipient: { id: peerId }, sender_action: 'typing_on' }).reply(500);
    await channel.showTyping(peerId);
    onMessages({ recipient: { id: peerId }, sender_action: 'mark_seen' }).replyWithError('x');
    await channel.markSeen(peerId);
  });

  const onApps = () => nock(apiUrl).get('/v25.0/me/subscribed_apps').query(true);
  const all = ['messages', 'messaging_postbacks', 'message_echoes'];
  it.each<[string, object | string, boolean, RegExp]>([
    ['we are subscribed', { data: [{ id: '123456789', subscribed_fields: all }] }, true, /^null$/],
    ['another app is', { data: [{ id: '5' }] }, false, /chưa đăng ký/],
    ['nobody is', { data: [] }, false, /chưa đăng ký/],
    [
      'without echoes',
      { data: [{ id: '123456789', subscribed_fields: ['messages', 'messaging_postbacks'] }] },
      false,
      /message_echoes/,
    ],
    ['a dead token', { error: { code: 190 } }, false, /Mã truy cập/],
    ['nonsense', 'x', false, /không như mong đợi/],
  ])('health: %s', async (_name, body, ok, reason) => {
    onApps().reply(200, body);
    const health = await channel.health();
    expect(health.ok).toBe(ok);
    expect(String(health.reason)).toMatch(reason);
  });

  it('health: nobody there', async () => {
    onApps().replyWithError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
    expect(await channel.health()).toMatchObject({ ok: false, reason: expect.stringContaining('Không kết nối') });
  });

  it('sets Get Started, greeting and menu', async () => {
    nock(apiUrl)
      .post('/v25.0/me/messenger_profile', {
        get_started: { payload: 'GET_STARTED' },
        greeting: [{ locale: 'default', text: 'Chào {{user_first_name}}' }],
        persistent_menu: [
          {
            locale: 'default',
            composer_input_disabled: false,
            call_to_actions: [
              { type: 'postback', title: 'Gặp nhân viên', payload: 'Gặp nhân viên' },
              { type: 'web_url', title: 'Trang chủ', url: 'https://example.com', webview_height_ratio: 'full' },
            ],
          },
        ],
      })
      .query(true)
      .reply(200, { result: 'success' });
    const items = [
      { kind: 'choice' as const, title: 'Gặp nhân viên', payload: 'Gặp nhân viên' },
      { kind: 'url' as const, title: 'Trang chủ', url: 'https://example.com' },
    ];
    expect(await channel.setMenu({ greeting: 'Chào {{user_first_name}}', items })).toEqual({ ok: true });
  });

  it('says why a menu was not taken', async () => {
    nock(apiUrl)
      .delete('/v25.0/me/messenger_profile', { fields: ['persistent_menu'] })
      .query(true)
      .reply(400, { error: { code: 613 } });
    expect(await channel.removeMenu(['persistent_menu'])).toMatchObject({ ok: false, code: '613/-' });
    await expect(channel.setMenu({ greeting: 'x'.repeat(161) })).rejects.toThrow();
  });

  it('signs, shakes hands and parses with its settings', () => {
    expect(channel).toMatchObject({ name: 'messenger', accountId: settings.pageId });
    expect(
      channel.answerHandshake({ 'hub.mode': 'subscribe', 'hub.verify_token': 'tk', 'hub.challenge': '1' }),
    ).toEqual({ status: 200, body: '1' });
    expect(channel.isSignatureValid(Buffer.from('{}'), {})).toBe(false);
    expect(channel.parseWebhook(Buffer.from('{"object":"page","entry":[]}'), {}, start)).toMatchObject({ ok: true });
  });
});
