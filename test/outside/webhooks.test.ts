// The doors that providers knock on, and everybody else too: what is let in, what is not, and what no body can do.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import type { ProgramProcess } from './program-process.ts';
import { sendRaw } from './raw-request.ts';
import { until } from './until.ts';
import {
  followOf,
  newPeerId,
  pageKeys,
  pageTextOf,
  postPage,
  postZalo,
  signPage,
  signZalo,
  VERIFY_TOKEN,
  zaloKeys,
  zaloTextOf,
} from './webhook.ts';

let world: OutsideWorld;
let program: ProgramProcess;
beforeAll(async () => {
  world = await openWorld();
  program = await world.start();
});
afterAll(() => world.close());

type Door = {
  path: string;
  header: string;
  sign: (body: string | Buffer) => string;
  good: () => string;
};
const doors: Record<'zalo' | 'messenger', Door> = {
  zalo: {
    path: '/webhooks/zalo',
    header: 'X-ZEvent-Signature',
    sign: (body) => signZalo(body),
    // Nobody needs to be answered here: old enough to be out of every window.
    good: () => zaloTextOf(newPeerId(), 'xin chào', Date.now() - 30 * 86_400_000),
  },
  messenger: {
    path: '/webhooks/messenger',
    header: 'X-Hub-Signature-256',
    sign: (body) => signPage(body),
    good: () => pageTextOf(newPeerId(), 'xin chào', Date.now() - 30 * 86_400_000),
  },
};
const each = Object.entries(doors);

async function count(sql: string, values: unknown[] = []): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values);
  return rows[0]?.n ?? -1;
}

/** Nothing is waiting or parked. */
const settled = () =>
  until('the queue to be empty', async () => (await count('inbound_queue')) === 0, { withinMs: 20_000 });

const rowsOfAll = () => count('webhook_deliveries');

/** Posts signed bytes with whatever content type. */
function post(door: Door, body: string | Buffer, contentType: string | null = 'application/json') {
  const headers: [string, string][] = [[door.header, door.sign(body)]];
  if (contentType !== null) headers.push(['Content-Type', contentType]);
  return sendRaw(program, { method: 'POST', target: door.path, headers, body });
}

describe.each(each)('%s: who is let in', (_name, door) => {
  test('a signed body is committed when it is answered', async () => {
    const before = await rowsOfAll();
    expect((await post(door, door.good())).status).toBe(200);
    expect(await rowsOfAll()).toBe(before + 1);
  });

  test('the bytes count, not their meaning: a body written anew is refused', async () => {
    const body = door.good();
    const headers: [string, string][] = [[door.header, door.sign(body)]];
    const anew = JSON.stringify(JSON.parse(body), null, 1);
    expect((await sendRaw(program, { method: 'POST', target: door.path, headers, body: anew })).status).toBe(401);
  });

  test('a wrong signature in every way it can be wrong is 401 and leaves no trace', async () => {
    const before = await rowsOfAll();
    const body = door.good();
    const right = door.sign(body);
    const [prefix = '', hex = ''] = right.split('=');
    const foreign = doors.zalo === door ? signPage(body) : signZalo(body);
    const wrong: [string, string][][] = [
      [],
      [[door.header, '']],
      [[door.header, prefix]],
      [[door.header, `${prefix}=`]],
      [[door.header, right.slice(0, -1)]],
      [[door.header, `${right}0`]],
      [[door.header, `${prefix}=${hex.replace(/^./, (first) => (first === '0' ? '1' : '0'))}`]],
      [[door.header, `sha512=${hex}`]],
      [[door.header, `${prefix}=${'z'.repeat(64)}`]],
      [[door.header, `${prefix}=${'0'.repeat(64)}`]],
      [[door.header, `${right},${right}`]],
      [
        [door.header, right],
        [door.header, right],
      ],
      [[door.header, foreign]],
      [['X-Hub-Signature', signPage(body, 'sha1')]],
      [[door.header, signPage(body, 'sha1')]],
      [[door.header, 'a'.repeat(8_000)]],
      [['X-Signature', right]],
      [['Authorization', `Bearer ${right}`]],
    ];
    for (const headers of wrong) {
      const answer = await sendRaw(program, { method: 'POST', target: door.path, headers, body });
      expect(answer.status, JSON.stringify(headers).slice(0, 200)).toBe(401);
      expect(answer.body).not.toContain(hex);
    }
    expect(await rowsOfAll()).toBe(before);
  });

  test('unsigned garbage is 401 whatever it calls itself', async () => {
    const types = [
      ['application/json', '{"a":1}'],
      ['application/json', '{"a":'],
      ['application/json', ''],
      ['application/x-www-form-urlencoded', 'a=1&b[c]=2'],
      ['text/plain', 'hello'],
      ['text/xml', '<a/>'],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'],
      ['multipart/form-data', 'no boundary'],
      ['application/octet-stream', '\u0000\u0001'],
      ['application/json; charset=utf-7', '{}'],
      ['application/vnd.api+json', '{}'],
      ['nonsense', '{}'],
      ['/', '{}'],
      [';;;', '{}'],
      ['application/json, text/plain', '{}'],
      ['"quoted"', '{}'],
      ['a'.repeat(2_000), '{}'],
      [null, '{}'],
      [null, ''],
    ] as const;
    for (const [type, body] of types) {
      const headers: [string, string][] = type === null ? [] : [['Content-Type', type]];
      const answer = await sendRaw(program, { method: 'POST', target: door.path, headers, body });
      expect(answer.status, `${type} ${body}`).toBe(401);
    }
  });

  test('what is signed and not JSON is 400; what is signed and no webhook is 400 or kept', async () => {
    for (const body of ['', ' ', '{', 'hello', '{"a":1}}', "{'a':1}", '\u0000', '<xml/>', 'undefined', 'NaN'])
      expect((await post(door, body)).status, body).toBe(400);
    expect((await post(door, gzipSync(door.good()))).status).toBe(400);
    for (const body of ['1', '-0', '"text"', 'null', 'true', '[]', '[[]]', '[{"a":1}]', '1e400', '{}', '{"a":null}'])
      expect([200, 400], body).toContain((await post(door, body)).status);
  });

  test('no content type of a signed body makes it fail', async () => {
    const types = [
      null,
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'nonsense',
      ';;;',
      '/',
    ];
    const more = [
      'application/json;charset=UTF-8',
      'APPLICATION/JSON',
      'application/json; charset="utf-16"',
      '"x"',
      '*/*',
    ];
    const random = Array.from({ length: 187 }, (_, n) => `t${n}/${'x'.repeat(n)};${'p='.repeat(n % 7)}${n}`);
    for (const type of [...types, ...more, ...random]) {
      const { status } = await post(door, door.good(), type);
      expect(status === 200 || (status >= 400 && status < 500), `${type} → ${status}`).toBe(true);
    }
  });

  test('other methods find nothing that breaks', async () => {
    for (const method of ['HEAD', 'GET', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'BREW'])
      expect((await sendRaw(program, { method, target: door.path })).status, method).toBeLessThan(500);
  });
});

describe.each(each)('%s: what no body can do', (name, door) => {
  const wrap = (text: string) =>
    name === 'zalo'
      ? zaloTextOf(newPeerId(), '@@', Date.now() - 30 * 86_400_000).replace('"@@"', text)
      : pageTextOf(newPeerId(), '@@', Date.now() - 30 * 86_400_000).replace('"@@"', text);
  const poison: Record<string, () => string> = {
    'NUL in a text': () => wrap('"a\\u0000b"'),
    'half a surrogate': () => wrap('"\\ud83d and \\udc00"'),
    'a number where a text belongs': () => wrap('1e400'),
    'an object where a text belongs': () =>
      wrap('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}'),
    'an id of 20 digits as a number': () => door.good().replace(/"id":"(\d+)"/, '"id":12345678901234567890'),
    'an id of 5,000 digits': () => door.good().replace(/"id":"(\d+)"/, `"id":"${'9'.repeat(5_000)}"`),
    'an id that is an object': () => door.good().replace(/"id":"(\d+)"/, '"id":{"a":1}'),
    'an id with NUL': () => door.good().replace(/"id":"(\d+)"/, '"id":"1\\u00002"'),
    'a time out of all calendars': () => door.good().replace(/"timestamp":"?\d+"?/, '"timestamp":"99999999999999"'),
    'a time that is a number with an exponent': () => door.good().replace(/"timestamp":"?\d+"?/, '"timestamp":1e300'),
    'a time below zero': () => door.good().replace(/"timestamp":"?\d+"?/, '"timestamp":"-1"'),
    'proto keys everywhere': () =>
      door.good().replace('{', '{"__proto__":{"isAdmin":true},"constructor":1,"toString":null,"hasOwnProperty":1,'),
    'doubled keys': () => door.good().replace('{', '{"event_name":"follow","object":"page","event_name":"x",'),
    'arrays 10,000 deep': () => door.good().replace('{', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},`),
    'arrays 10,000 deep in a message': () => wrap(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    'objects 10,000 deep': () => door.good().replace('{', `{"x":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)},`),
    'an array of 100,000': () => wrap(`[${Array.from({ length: 100_000 }, () => 1)}]`),
    'a text of 500,000 letters': () => wrap(`"${'ữ'.repeat(160_000)}"`),
    'a name of 200,000 letters': () => door.good().replace('{', `{"event_name":"${'x'.repeat(200_000)}",`),
    'all fields null': () => door.good().replace(/"(sender|message|recipient|entry)":/g, '"$1":null,"x":'),
    'an empty entry': () => '{"object":"page","entry":[],"event_name":""}',
    'entries that are not': () =>
      '{"object":"page","entry":[null,1,"a",[],{},{"messaging":[null,1,[],{}]},{"messaging":{}}]}',
    'a byte order mark': () => `\uFEFF${door.good()}`,
    'bytes that are not UTF-8': () => door.good().replace('xin', '\uFFFD'),
  };

  test.each(Object.entries(poison))('%s', async (_what, make) => {
    const { status } = await post(door, make());
    expect([200, 400]).toContain(status);
  });

  test('and it still works afterwards, every event settled, none parked', async () => {
    await settled();
    expect((await post(door, door.good())).status).toBe(200);
    const alive: unknown = await (await fetch(`${program.address}/readyz`)).json();
    expect(alive).toMatchObject({ status: 'ready' });
  });
});

describe('sizes', () => {
  const zaloOf = (size: number) => {
    const body = zaloTextOf(newPeerId(), '', Date.now() - 30 * 86_400_000);
    return body.replace('"text":""', `"text":"${'a'.repeat(size - body.length)}"`);
  };
  const pageOf = (size: number) => {
    const body = pageTextOf(newPeerId(), '', Date.now() - 30 * 86_400_000);
    return body.replace('"text":""', `"text":"${'a'.repeat(size - body.length)}"`);
  };
  const MIB = 1_048_576;

  test.each([
    ['Zalo, 1 MiB', doors.zalo, () => zaloOf(MIB), 200],
    ['Zalo, a byte more', doors.zalo, () => zaloOf(MIB + 1), 413],
    ['Messenger, a byte more than 1 MiB', doors.messenger, () => pageOf(MIB + 1), 200],
    ['Messenger, 4 MiB', doors.messenger, () => pageOf(4 * MIB), 200],
    ['Messenger, a byte more', doors.messenger, () => pageOf(4 * MIB + 1), 413],
  ])('%s', async (_what, door, body, expected) => {
    expect((await post(door, body())).status).toBe(expected);
  });

  test('a batch of 1,000 messages in one body is kept whole', async () => {
    const at = Date.now() - 30 * 86_400_000;
    const psid = newPeerId();
    const messaging = Array.from({ length: 1_000 }, (_, n) => ({
      sender: { id: psid },
      recipient: { id: pageKeys.pageId },
      timestamp: at + n,
      message: { mid: `m_batch_${psid}_${n}`, text: `tin ${n}` },
    }));
    const body = JSON.stringify({ object: 'page', entry: [{ id: pageKeys.pageId, time: at, messaging }] });
    expect((await postPage(program, body)).status).toBe(200);
    expect(
      await count('inbound_events e JOIN channel_identities i ON i.id = e.identity_id WHERE i.external_id = $1', [
        psid,
      ]),
    ).toBe(1_000);
  });
});

describe('strangers among the events', () => {
  test('an object that is not a page is kept as unhandled', async () => {
    for (const object of ['instagram', 'whatsapp_business_account', 'user', ''])
      expect((await postPage(program, JSON.stringify({ object, entry: [{ id: '1', n: newPeerId() }] }))).status).toBe(
        200,
      );
    expect(await count(`touchpoints WHERE kind = 'unhandled_event' AND data->>'event' = 'object:instagram'`)).toBe(1);
  });

  test("the console's Test event with foreign ids, another page, an unknown event: 200 and silence", async () => {
    await settled();
    const before = await count('outbound_messages');
    const test = `{"app_id":"${zaloKeys.appId}","sender":{"id":"1"},"recipient":{"id":"2"},"event_name":"user_send_text","message":{"text":"This is testing message","msg_id":"This is message id"},"timestamp":"154390853474"}`;
    expect((await postZalo(program, test)).status).toBe(200);
    const unknown = test.replace('user_send_text', 'something_new').replace('"1"', `"${newPeerId()}"`);
    expect((await postZalo(program, unknown)).status).toBe(200);
    const otherPage = pageTextOf(newPeerId(), 'hi').replaceAll(pageKeys.pageId, '111');
    expect((await postPage(program, otherPage)).status).toBe(200);
    await settled();
    expect(await count('outbound_messages')).toBe(before);
  });

  test('the app id of another app is refused although the key fits', async () => {
    const body = followOf(newPeerId()).replace(zaloKeys.appId, '999');
    expect((await postZalo(program, body, signZalo(body, undefined, { ...zaloKeys, appId: '999' }))).status).toBe(401);
  });
});

test('50 copies at once are one event and one welcome', async () => {
  const user = newPeerId();
  const body = followOf(user);
  const answers = await Promise.all(Array.from({ length: 50 }, () => postZalo(program, body)));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
  const psid = newPeerId();
  const text = pageTextOf(psid, 'xin chào');
  const more = await Promise.all(Array.from({ length: 50 }, () => postPage(program, text)));
  expect(new Set(more.map((answer) => answer.status))).toEqual(new Set([200]));
  const sentTo = () => [
    ...world.zalo.to('POST', '/message/cs').filter((call) => call.text.includes(user)),
    ...world.graph
      .to('POST', '/messages')
      .filter((call) => call.text.includes(psid) && !call.text.includes('sender_action')),
  ];
  await until('two welcomes', () => sentTo().length >= 2);
  await until(
    'the outbox to settle',
    async () => (await count(`outbound_messages WHERE status IN ('queued', 'sending')`)) === 0,
  );
  expect(
    await count('inbound_events e JOIN channel_identities i ON i.id = e.identity_id WHERE i.external_id = $1', [user]),
  ).toBe(1);
  // A late copy, byte for byte, after everything is done.
  expect((await postZalo(program, body)).status).toBe(200);
  await settled();
  expect(sentTo()).toHaveLength(2);
  // Of these two only: somebody else may just be greeted late.
  expect(
    await count(
      'outbound_messages o JOIN channel_identities i ON i.id = o.identity_id WHERE i.external_id = ANY(string_to_array($1, $2))',
      [`${user},${psid}`, ','],
    ),
  ).toBe(2);
});

describe('the handshake', () => {
  const ask = (query: string, method = 'GET') => sendRaw(program, { method, target: `/webhooks/messenger${query}` });
  const token = `hub.verify_token=${VERIFY_TOKEN}`;

  test('echoes the challenge as plain text', async () => {
    const answer = await ask(`?hub.mode=subscribe&${token}&hub.challenge=1158201444`);
    expect([answer.status, answer.body]).toEqual([200, '1158201444']);
    expect(answer.head).toMatch(/content-type: text\/plain/i);
  });

  test('a challenge that looks like a page is not one', async () => {
    const answer = await ask(`?hub.mode=subscribe&${token}&hub.challenge=%3Cscript%3Ealert(1)%3C%2Fscript%3E`);
    expect(answer.head).toMatch(/content-type: text\/plain/i);
    expect(answer.head).toMatch(/x-content-type-options: nosniff/i);
    expect(answer.head).not.toMatch(/text\/html/i);
  });

  test.each([
    '',
    '?',
    '?hub.mode=subscribe',
    `?hub.mode=subscribe&${token}`,
    `?hub.mode=subscribe&${token}&hub.challenge=`,
    `?hub.mode=unsubscribe&${token}&hub.challenge=1`,
    `?${token}&hub.challenge=1`,
    '?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1',
    '?hub.mode=subscribe&hub.verify_token=&hub.challenge=1',
    `?hub.mode=subscribe&${token}x&hub.challenge=1`,
    `?hub.mode=subscribe&hub.mode=x&${token}&hub.challenge=1`,
    `?hub.mode=x&hub.mode=subscribe&${token}&hub.challenge=1`,
    `?hub.mode=subscribe&hub.verify_token=wrong&${token}&hub.challenge=1`,
    `?hub.mode=subscribe&${token}&hub.challenge=1&hub.challenge=2`,
    `?hub[mode]=subscribe&hub[verify_token]=${VERIFY_TOKEN}&hub[challenge]=1`,
    `?hub_mode=subscribe&hub_verify_token=${VERIFY_TOKEN}&hub_challenge=1`,
    '?hub.mode=%zz',
    '?__proto__=1',
  ])('403: %s', async (query) => {
    const answer = await ask(query);
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain(VERIFY_TOKEN);
  });
});

describe("Zalo's look at the domain", () => {
  test('finds the page of our code and no other', async () => {
    const page = await fetch(`${program.address}/zalo_verifierOutside_Code-1.html`, { redirect: 'manual' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await page.text()).toContain('<meta name="zalo-platform-site-verification" content="Outside_Code-1" />');
    for (const code of ['Other', '', '..%2f', 'Outside_Code-1.html/..'])
      expect((await fetch(`${program.address}/zalo_verifier${code}.html`)).status).toBe(404);
  });

  test('GET and HEAD of its webhook say that somebody is at home', async () => {
    for (const method of ['GET', 'HEAD'])
      expect((await sendRaw(program, { method, target: '/webhooks/zalo' })).status).toBe(200);
  });
});
