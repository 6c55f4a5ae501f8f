// What leaves the program, read off the wire by strangers and held against the contract sheets.
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { metricOf, type OutsideWorld, openWorld } from './outside-world.ts';
import type { ProgramProcess } from './program-process.ts';
import type { ProviderCall } from './provider-stub.ts';
import { until } from './until.ts';
import {
  followOf,
  newPeerId,
  PAGE_TOKEN,
  pageKeys,
  pageTextOf,
  postPage,
  postZalo,
  zaloEchoOf,
  zaloTextOf,
} from './webhook.ts';

let world: OutsideWorld;
let program: ProgramProcess;
beforeAll(async () => {
  world = await openWorld();
  program = await world.start();
});
afterAll(() => world.close());
beforeEach(() => {
  world.zalo.script = () => undefined;
  world.graph.script = () => undefined;
});

const toUser = (user: string) =>
  world.zalo.to('POST', '/v3.0/oa/message/cs').filter((call) => call.text.includes(user));
const toPerson = (psid: string) =>
  world.graph
    .to('POST', '/messages')
    .filter((call) => call.text.includes(psid) && !call.text.includes('sender_action'));
const metric = async (status: string) => {
  const text = await (await fetch(`${program.address}/metrics`)).text();
  return metricOf(text, `ganbo_outbound_messages{status="${status}"}`);
};

async function firstTo(read: () => ProviderCall[]): Promise<ProviderCall> {
  return await until('the message', () => read()[0]);
}

describe('Zalo', () => {
  test('a welcome: the profile is asked first, then one text with three buttons', async () => {
    const user = newPeerId();
    expect((await postZalo(program, followOf(user))).status).toBe(200);
    const send = await firstTo(() => toUser(user));
    const asked = world.zalo.to('GET', '/v3.0/oa/user/detail').filter((call) => call.url.includes(user));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.at).toBeLessThanOrEqual(send.at);
    expect([...(asked[0]?.query.keys() ?? [])]).toEqual(['data']);
    expect(JSON.parse(asked[0]?.query.get('data') ?? '')).toEqual({ user_id: user });
    expect(asked[0]?.url).toContain('?data=%7B');
    expect(asked[0]?.headers.access_token).toBe('access-1');

    expect(send.url).toBe('/v3.0/oa/message/cs');
    expect(send.headers.access_token).toBe('access-1');
    expect(send.headers.authorization).toBeUndefined();
    expect(send.headers['content-type']).toMatch(/^application\/json/);
    const body = JSON.parse(send.text);
    expect(Object.keys(body).sort()).toEqual(['message', 'recipient']);
    expect(body.recipient).toEqual({ user_id: user });
    expect(Object.keys(body.message).sort()).toEqual(['attachment', 'text']);
    expect(body.message.text).toContain('Hà');
    expect(body.message.text.length).toBeLessThanOrEqual(2_000);
    expect(body.message.text).toBe(body.message.text.normalize('NFC'));
    const titles = ['Hướng dẫn sử dụng', 'Đặt lịch đào tạo', 'Gặp nhân viên'];
    expect(body.message.attachment).toEqual({
      type: 'template',
      payload: {
        buttons: titles.map((title) => ({ title, type: 'oa.query.show', payload: expect.any(String) })),
      },
    });
  });

  test('a tap is the text of its payload, and leads on', async () => {
    const user = newPeerId();
    await postZalo(program, followOf(user));
    const welcome = JSON.parse((await firstTo(() => toUser(user))).text);
    await postZalo(program, zaloTextOf(user, welcome.message.attachment.payload.buttons[0].payload));
    await until('an answer', () => toUser(user).length === 2);
    const answer = JSON.parse(toUser(user)[1]?.text ?? '');
    expect(answer.message.attachment.payload.buttons.length).toBeGreaterThanOrEqual(2);
    expect(toUser(user)[1]?.text).not.toContain('template_type');
  });

  test.each([
    ['silent', () => 'hang' as const],
    ['an error', () => ({ json: { error: -201, message: 'user_id is invalid' } })],
    ['torn down', () => 'reset' as const],
    ['not JSON at all', () => ({ status: 502, json: 'Bad gateway' })],
    ['without a name', () => ({ json: { error: 0, data: { user_id: 1, display_name: null } } })],
    ['with a poisoned name', () => ({ json: { error: 0, data: { display_name: '\u0000\ud800{customer.phone}' } } })],
  ])('a profile that is %s: the welcome goes without it, once', async (_what, answer) => {
    const user = newPeerId();
    world.zalo.script = (call) => (call.path.endsWith('/user/detail') ? answer() : undefined);
    await postZalo(program, followOf(user));
    const send = await firstTo(() => toUser(user));
    expect(JSON.parse(send.text).message.text).not.toMatch(/undefined|null|customer\.|Thu Hà|\{/);
  });

  test('an answer that was lost and an echo in time: said once, and known as sent', async () => {
    const user = newPeerId();
    world.zalo.script = (call) => (call.path.endsWith('/message/cs') ? 'reset' : undefined);
    await postZalo(program, followOf(user));
    const send = await firstTo(() => toUser(user));
    await until('it to be uncertain', async () => (await statusOf(user)) === 'uncertain');
    expect(await metric('uncertain')).toBe(1);
    const echo = zaloEchoOf(user, JSON.parse(send.text).message.text, `echoed-${user}`);
    expect((await postZalo(program, echo)).status).toBe(200);
    await until('it to be sent', async () => (await statusOf(user)) === 'sent');
    expect(await metric('uncertain')).toBe(0);
    expect(toUser(user)).toHaveLength(1);
  });

  test("a person's answer from Zalo's own inbox takes the conversation over", async () => {
    const user = newPeerId();
    await postZalo(program, followOf(user));
    await firstTo(() => toUser(user));
    await postZalo(program, zaloEchoOf(user, 'Em chào anh, em là Lan ạ', `by-lan-${user}`, '246845883529197000'));
    await until('an agent to have it', async () => (await stateOf(user)) === 'with_agent');
    await postZalo(program, zaloTextOf(user, 'hướng dẫn'));
    await until('the text to be worked', async () => (await eventsOf(user)) === 3);
    await wait(500);
    expect(toUser(user)).toHaveLength(1);
  });
});

async function stateOf(peer: string): Promise<string | undefined> {
  const { rows } = await world.db.pool.query<{ state: string }>(
    'SELECT c.state FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE i.external_id = $1',
    [peer],
  );
  return rows[0]?.state;
}

/** What became of the message to this person; of others the last may still be on its way. */
async function statusOf(peer: string): Promise<string | undefined> {
  const { rows } = await world.db.pool.query<{ status: string }>(
    'SELECT m.status FROM outbound_messages m JOIN channel_identities i ON i.id = m.identity_id WHERE i.external_id = $1',
    [peer],
  );
  return rows[0]?.status;
}

/** Events of this person that were worked. */
async function eventsOf(peer: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM inbound_events e JOIN channel_identities i ON i.id = e.identity_id
     WHERE i.external_id = $1 AND NOT EXISTS (SELECT 1 FROM inbound_queue q WHERE q.event_id = e.id)`,
    [peer],
  );
  return rows[0]?.n ?? 0;
}

describe('Messenger', () => {
  test('the first message: messaging_type, metadata, quick replies, a proof, and no token in the address', async () => {
    const psid = newPeerId();
    expect((await postPage(program, pageTextOf(psid, 'xin chào'))).status).toBe(200);
    const send = await firstTo(() => toPerson(psid));
    expect(send.path).toMatch(/^\/v25\.0\/(me|\d+)\/messages$/);
    expect(send.query.get('appsecret_proof')).toBe(
      createHmac('sha256', pageKeys.appSecret).update(PAGE_TOKEN).digest('hex'),
    );
    expect(send.url).not.toContain(PAGE_TOKEN);
    expect(send.text).not.toContain(PAGE_TOKEN);
    expect(send.headers.authorization).toBe(`Bearer ${PAGE_TOKEN}`);
    const body = JSON.parse(send.text);
    expect(body.recipient).toEqual({ id: psid });
    expect(body.messaging_type).toBe('RESPONSE');
    expect(body.tag).toBeUndefined();
    expect(body.message.text).toContain('Minh');
    expect(body.message.text.length).toBeLessThan(2_000);
    expect(body.message.metadata).toEqual(expect.stringMatching(/^.{8,999}$/));
    expect(body.message.quick_replies.map((one: { title: string }) => one.title)).toEqual([
      'Hướng dẫn sử dụng',
      'Đặt lịch đào tạo',
      'Gặp nhân viên',
    ]);
    for (const reply of body.message.quick_replies) {
      expect(reply).toEqual({ content_type: 'text', title: expect.any(String), payload: expect.any(String) });
      expect(reply.title.length).toBeLessThanOrEqual(20);
      expect(reply.payload.length).toBeLessThanOrEqual(1_000);
    }
  });

  test('titles of all choices that follow fit into a quick reply', async () => {
    const psid = newPeerId();
    await postPage(program, pageTextOf(psid, 'hướng dẫn'));
    await firstTo(() => toPerson(psid));
    await postPage(program, pageTextOf(psid, 'hướng dẫn'));
    await until('two answers', () => toPerson(psid).length >= 2);
    for (const call of toPerson(psid)) {
      const replies: { title: string }[] = JSON.parse(call.text).message.quick_replies ?? [];
      expect(replies.length).toBeLessThanOrEqual(13);
      for (const { title } of replies) expect([...title].length).toBeLessThanOrEqual(20);
    }
  });

  test('our own echo settles what was lost; nothing is said again, nobody takes over', async () => {
    const psid = newPeerId();
    world.graph.script = (call) =>
      call.path.endsWith('/messages') && !call.text.includes('sender_action') ? 'reset' : undefined;
    await postPage(program, pageTextOf(psid, 'xin chào'));
    const send = JSON.parse((await firstTo(() => toPerson(psid))).text);
    await until('it to be uncertain', async () => ((await metric('uncertain')) ?? 0) >= 1);
    const at = Date.now();
    const message = { is_echo: true, app_id: Number(pageKeys.appId), mid: `m_echo_${psid}`, ...send.message };
    const messaging = [{ sender: { id: pageKeys.pageId }, recipient: { id: psid }, timestamp: at, message }];
    const echo = JSON.stringify({ object: 'page', entry: [{ id: pageKeys.pageId, time: at, messaging }] });
    expect((await postPage(program, echo)).status).toBe(200);
    await until('it to be settled', async () => (await metric('uncertain')) === 0);
    expect(toPerson(psid)).toHaveLength(1);
    expect(await stateOf(psid)).toBe('bot');
  });

  test('standby is recorded and never answered', async () => {
    const psid = newPeerId();
    const body = pageTextOf(psid, 'xin chào').replace('"messaging"', '"standby"');
    expect((await postPage(program, body)).status).toBe(200);
    await until('it to be worked', async () => (await eventsOf(psid)) === 1);
    await wait(500);
    expect(toPerson(psid)).toHaveLength(0);
  });
});

test('the metric lists all nine statuses, also those that count nothing', async () => {
  const statuses = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'skipped', 'uncertain', 'parked'];
  for (const status of statuses) expect(await metric(status), status).toBeGreaterThanOrEqual(0);
});
