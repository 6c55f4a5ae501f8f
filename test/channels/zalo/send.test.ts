// How a send ends, over a real socket: accepted, refused, later, or honestly unknown.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../src/flows/message-schema.ts';
import { failure, type Reply, success } from './fake-zalo.ts';
import { CS_PATH, HELLO, type Opened, openChannel, requestFor } from './open-channel.ts';

let zalo: Opened;
beforeEach(async () => {
  zalo = await openChannel();
});
afterEach(() => zalo.close());

const quota = (quotaType: string) => ({ quota_type: quotaType, remain: '8', total: '8' });
const answer = (...replies: Reply[]) => {
  const last = replies.at(-1) ?? failure(-1);
  zalo.fake.on(CS_PATH, () => replies.shift() ?? last);
};
const send = (message: Message = HELLO) => zalo.channel.send(requestFor(message));

describe('accepted', () => {
  it('with the bare token header and the id as it came', async () => {
    zalo.fake.on(CS_PATH, () => ({
      text: '{"data":{"message_id":98765432109876543210,"quota":{"quota_type":"reply"}},"error":0}',
    }));
    expect(await send()).toEqual({
      outcome: 'sent',
      providerMessageId: '98765432109876543210',
      cost: { kind: 'free', amount: 0 },
    });
    const [request] = zalo.fake.received;
    expect(request?.headers).toMatchObject({ access_token: 'access-0', 'content-type': 'application/json' });
    expect(request?.headers).not.toHaveProperty('appsecret_proof');
    expect(JSON.parse(request?.text ?? '')).toMatchObject({ message: { text: HELLO.kind === 'text' && HELLO.text } });
  });

  it.each([
    [quota('welcome_msg'), 'free', { kind: 'free', amount: 0 }],
    [quota('sub_quota'), 'charged', { kind: 'sub_quota', amount: 0 }],
    [undefined, 'charged', { kind: 'charged', amount: 55 }],
    [undefined, 'free', { kind: 'free', amount: 0 }],
  ] as const)('and what it cost: quota %j, window %s', async (given, mode, cost) => {
    answer(success({ message_id: 'm', quota: given }));
    const permit = { mode, messagingType: 'UPDATE', costAmount: 55 } as const;
    expect(await zalo.channel.send(requestFor(HELLO, { permit }))).toMatchObject({ outcome: 'sent', cost });
  });

  it('as a template by phone on the other host', async () => {
    zalo.fake.on('/message/template', () => success({ msg_id: 'z1', sent_time: '1' }));
    const template: Message = {
      kind: 'template',
      templateId: 't',
      language: 'vi',
      parameters: {},
      phone: '84900000001',
    };
    expect(await send(template)).toEqual({ outcome: 'sent', providerMessageId: 'z1', cost: { kind: 'template' } });
  });

  it('with a proof where the app asks for one', async () => {
    answer(success({ message_id: 'm' }));
    await zalo.reopen({ sendAppSecretProof: true }).send(requestFor(HELLO));
    expect(zalo.fake.received[0]?.headers.appsecret_proof).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('not accepted', () => {
  it.each([
    [failure(-230), { outcome: 'refused', concerns: 'window', code: 'zalo:-230' }],
    [failure(-213), { outcome: 'refused', concerns: 'recipient' }],
    [failure(-32), { outcome: 'later', concerns: 'account' }],
    [
      { status: 429, text: 'slow down' },
      { outcome: 'later', concerns: 'account', code: 'zalo:-32' },
    ],
    [
      { status: 503, json: { error: -32 } },
      { outcome: 'later', code: 'zalo:-32' },
    ],
    [
      { status: 400, json: { error: -201 } },
      { outcome: 'refused', concerns: 'message' },
    ],
    [failure(-424242), { outcome: 'refused', concerns: 'message', code: 'zalo:-424242' }],
  ])('%j', async (reply, expected) => {
    answer(reply);
    expect(await send()).toMatchObject(expected);
    expect(zalo.fake.count(CS_PATH)).toBe(1);
  });

  it.each<[string, Reply]>([
    ['without a code', { status: 429, text: 'slow down' }],
    ['with a code that is in no table', { status: 429, json: { error: 429, message: 'Too many requests' } }],
  ])('because it was too fast (HTTP 429 %s), on either host: later', async (_name, reply) => {
    answer(reply);
    expect(await send()).toMatchObject({ outcome: 'later', concerns: 'account', code: 'zalo:-32' });
    zalo.fake.on('/message/template', () => reply);
    const template: Message = {
      kind: 'template',
      templateId: 't',
      language: 'vi',
      parameters: {},
      phone: '84900000001',
    };
    const byPhone = await send(template);
    expect(byPhone).toMatchObject({ outcome: 'later', concerns: 'message', code: 'zns:-32' });
  });

  it('because nobody listens: later, nothing was said, and it is no fault of this message', async () => {
    const deaf = zalo.reopen({ apiUrl: 'http://127.0.0.1:9' });
    expect(await deaf.send(requestFor(HELLO))).toMatchObject({
      outcome: 'later',
      concerns: 'account',
      code: 'ECONNREFUSED',
    });
    const deafToTemplates = zalo.reopen({ znsUrl: 'http://127.0.0.1:9' });
    const byPhone = {
      kind: 'template',
      templateId: 't',
      language: 'vi',
      parameters: {},
      phone: '84900000001',
    } as const;
    expect(await deafToTemplates.send(requestFor(byPhone))).toMatchObject({ outcome: 'later', concerns: 'message' });
    const lost = zalo.reopen({ apiUrl: 'http://zalo.invalid' });
    expect(await lost.send(requestFor(HELLO))).toMatchObject({ outcome: 'later' });
  });

  it('because the database is away: later, nothing was said', async () => {
    const { pool } = zalo.db;
    const away = Object.assign(Object.create(pool), { query: () => Promise.reject(new Error('gone')) });
    Object.assign(zalo.db, { pool: away });
    const closed = zalo.reopen({});
    expect(await closed.send(requestFor(HELLO))).toMatchObject({ outcome: 'later', concerns: 'account' });
    Object.assign(zalo.db, { pool });
  });
});

describe('unknown, and never repeated here', () => {
  it.each<[string, Reply]>([
    ['a reset after the bytes left', 'reset'],
    ['no answer in time', 'hang'],
    ['HTTP 500', { status: 500, text: 'oops' }],
    ['HTTP 502 with a code nobody knows', { status: 502, json: { error: -1 } }],
    ['HTTP 200 that is not JSON', { text: '<html>' }],
    ['JSON without an error code', { json: { data: {} } }],
    ['a redirect', { status: 302, text: '' }],
  ])('%s', async (_name, reply) => {
    answer(reply);
    expect(await send()).toMatchObject({ outcome: 'unknown' });
    expect(zalo.fake.count(CS_PATH)).toBe(1);
  });
});

describe('a mistake of ours on the way', () => {
  it('may have come after the words left: nobody takes it for "not sent"', async () => {
    answer(success({ message_id: 'm-1' }));
    const permit = { ...requestFor(HELLO).permit };
    const broken = Object.defineProperty(permit, 'mode', {
      get: () => {
        throw new TypeError('a mistake');
      },
    });
    expect(await zalo.channel.send(requestFor(HELLO, { permit: broken }))).toMatchObject({ outcome: 'unknown' });
    expect(zalo.logged.join()).toContain('a mistake');
  });
});

describe('a dead token', () => {
  const onlyLiving = () =>
    zalo.fake.on(CS_PATH, ({ headers }) =>
      headers.access_token === zalo.tokens.state.access ? success({ message_id: 'm' }) : failure(-216),
    );

  it.each([-216, -220, 216, 401, -401])('%i is renewed once and the message said once more', async (code) => {
    answer(failure(code), success({ message_id: 'm' }));
    expect(await send()).toMatchObject({ outcome: 'sent' });
    expect(zalo.tokens.state.number).toBe(1);
  });

  it('met by 500 sends together costs one refresh, and all are said', async () => {
    zalo.tokens.state.access = 'something else';
    onlyLiving();
    const patient = zalo.reopen({}, 20_000);
    const results = await Promise.all(Array.from({ length: 500 }, () => patient.send(requestFor(HELLO))));
    expect(results.filter((result) => result.outcome === 'sent')).toHaveLength(500);
    expect(zalo.tokens.state).toMatchObject({ number: 1, reused: 0 });
  });

  it('that stays dead pauses the account instead of losing the message', async () => {
    answer(failure(-216));
    expect(await send()).toMatchObject({ outcome: 'later', concerns: 'account', code: 'zalo:-216' });
    expect(zalo.fake.count(CS_PATH)).toBe(2);
  });

  it('that only the owner can renew pauses the account, until they do', async () => {
    onlyLiving();
    zalo.tokens.state.access = 'elsewhere';
    zalo.tokens.state.refresh = 'elsewhere';
    expect(await send()).toMatchObject({ outcome: 'later', concerns: 'account', code: 'needs_reauthorisation' });
    expect(await send()).toMatchObject({ outcome: 'later', code: 'needs_reauthorisation' });
    expect(zalo.fake.count(CS_PATH)).toBe(1);
  });

  it('never reaches the log, nor does what was said', async () => {
    onlyLiving();
    zalo.tokens.state.access = 'elsewhere';
    await send();
    answer(failure(-424242));
    await send();
    expect(zalo.logged.join()).not.toMatch(/access-\d|refresh-\d|app-secret|Lan/);
    expect(zalo.logged.join()).toContain('-424242');
  });
});

describe('4,000 requests a minute', () => {
  it('are never exceeded; the next one says when there is room', async () => {
    answer(success({ message_id: 'm' }));
    const results = [];
    for (let burst = 0; burst < 11; burst += 1) {
      results.push(...(await Promise.all(Array.from({ length: 100 }, () => send()))));
    }
    const later = results.filter((result) => result.outcome === 'later');
    expect(later).toHaveLength(100);
    expect(later[0]).toMatchObject({
      concerns: 'account',
      code: 'rate_limit',
      retryAt: new Date(zalo.clock.now().getTime() + 20),
    });
    zalo.clock.advance(20);
    expect(await send()).toMatchObject({ outcome: 'sent' });
  });
});

describe('uploads', () => {
  const png = Buffer.from('89504e470d0a1a0a', 'hex');
  const image: Message = { kind: 'image', source: 'a.png', caption: 'Ảnh' };
  const put = (name: string, bytes: Buffer) => writeFile(join(zalo.mediaDir, name), bytes);

  it('happen once for a picture that is sent twice', async () => {
    await put('a.png', png);
    zalo.fake.on('/v2.0/oa/upload/image', () => success({ attachment_id: 'A1' }));
    answer(success({ message_id: 'm' }));
    expect(await send(image)).toMatchObject({ outcome: 'sent' });
    expect(await send(image)).toMatchObject({ outcome: 'sent' });
    expect(zalo.fake.count('/v2.0/oa/upload/image')).toBe(1);
    expect(zalo.fake.received[0]?.text).toContain('name="file"; filename="a.png"');
  });

  it('are made again once when the asset expired', async () => {
    await put('a.png', png);
    let number = 0;
    zalo.fake.on('/v2.0/oa/upload/image', () => success({ attachment_id: `A${++number}` }));
    answer(success({ message_id: 'm' }), failure(-100), success({ message_id: 'm2' }), failure(-100));
    await send(image);
    expect(await send(image)).toMatchObject({ outcome: 'sent', providerMessageId: 'm2' });
    expect(number).toBe(2);
    expect(await send(image)).toMatchObject({ outcome: 'refused', concerns: 'message' });
    expect(number).toBe(3);
  });

  it('take documents by token and animations with their size', async () => {
    await put('a.pdf', Buffer.from('%PDF'));
    await put('a.gif', Buffer.concat([Buffer.from('GIF89a'), Buffer.from([120, 0, 80, 0])]));
    zalo.fake.on('/v2.0/oa/upload/file', () => success({ token: 'T' }));
    zalo.fake.on('/v2.0/oa/upload/gif', () => success({ attachment_id: 'G' }));
    answer(success({ message_id: 'm' }));
    await send({ kind: 'file', source: 'a.pdf', name: 'Hướng dẫn.pdf' });
    await send({ kind: 'image', source: 'a.gif' });
    const said = zalo.fake.received.filter((one) => one.path === CS_PATH).map((one) => JSON.parse(one.text).message);
    expect(said[0]).toEqual({ attachment: { type: 'file', payload: { token: 'T' } } });
    expect(said[1].attachment.payload.elements).toEqual([
      { media_type: 'gif', attachment_id: 'G', width: 120, height: 80 },
    ]);
  });

  it.each<[string, Message]>([
    ['is missing', { kind: 'image', source: 'none.png' }],
    ['lies outside the folder', { kind: 'file', source: '../../etc/passwd', name: 'a.pdf' }],
    ['is of a type Zalo does not take', { kind: 'file', source: 'a.png', name: 'a.zip' }],
    ['is too big', { kind: 'image', source: 'big.png' }],
  ])('are refused before the call when the file %s', async (_name, message) => {
    await put('a.png', png);
    await put('big.png', Buffer.alloc(1024 * 1024 + 1));
    expect(await send(message)).toMatchObject({ outcome: 'refused', concerns: 'message' });
    expect(zalo.fake.received).toEqual([]);
  });

  it('whose answer is lost or empty say nothing to the customer', async () => {
    await put('a.png', png);
    zalo.fake.on('/v2.0/oa/upload/image', () => 'reset');
    expect(await send(image)).toMatchObject({ outcome: 'later', concerns: 'message' });
    zalo.fake.on('/v2.0/oa/upload/image', () => success({}));
    expect(await send(image)).toMatchObject({ outcome: 'refused', code: 'upload_empty' });
    expect(zalo.fake.count(CS_PATH)).toBe(0);
  });
});
