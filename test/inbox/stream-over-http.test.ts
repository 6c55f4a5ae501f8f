// The stream as browsers have it: two real processes, people who come back to whichever answers, sessions that end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createPasswords } from '../../src/auth/hash-password.ts';
import { createIdMaker, identityIdOf } from '../../src/ids.ts';
import { type OutsideWorld, openWorld } from '../outside/outside-world.ts';
import type { ProgramProcess } from '../outside/program-process.ts';
import { until } from '../outside/until.ts';
import { openReader, type Reader } from './read-stream.ts';

const PASSWORD = 'con đường dài 2026';
const newId = createIdMaker({ now: () => new Date() });
const patient = { withinMs: 20_000 };
let world: OutsideWorld;
let programs: ProgramProcess[];
let hash: string;
beforeAll(async () => {
  world = await openWorld();
  programs = [await world.start({}, { wait: false }), await world.start({}, { wait: false })];
  // Patient: both check all flows, and beat each second only after that.
  for (const { address } of programs)
    await until('it to be ready', async () => (await fetch(`${address}/readyz`).catch(() => null))?.ok, {
      withinMs: 80_000,
    });
  hash = await createPasswords().hash(PASSWORD);
}, 120_000);
afterAll(() => world.close());

const streamOf = (n: number) => `${programs[n % 2]?.address}/api/v1/inbox/stream`;

async function makeStaff(role: 'agent' | 'admin'): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `${id}@spa.vn`;
  await world.db.pool.query(
    `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at) VALUES ($1, $2, 'Lan', $3, $4, '{}', now())`,
    [id, email, role, hash],
  );
  return { id, email };
}

async function call(n: number, method: string, path: string, body: object, cookie = ''): Promise<Response> {
  const address = programs[n]?.address ?? '';
  return await fetch(`${address}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', origin: address, cookie },
    body: JSON.stringify(body),
  });
}

async function signIn(email: string): Promise<string> {
  const answer = await call(0, 'POST', '/session', { email, password: PASSWORD });
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

async function makeConversation(): Promise<{ customerId: string; conversationId: string }> {
  const [customerId, conversationId] = [newId(), newId()];
  const identityId = identityIdOf('zalo', 'account', conversationId);
  await world.db.pool.query(
    `WITH cu AS (INSERT INTO customers (id, created_at, updated_at) VALUES ($1, now(), now())),
     i AS (INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at) VALUES ($2, 'zalo', 'account', $3, $1, now()))
     INSERT INTO conversations (id, identity_id, customer_id, state, created_at, updated_at) VALUES ($4, $2, $1, 'bot', now(), now())`,
    [customerId, identityId, conversationId, conversationId],
  );
  return { customerId, conversationId };
}

const LINE = `INSERT INTO touchpoints (at, kind, customer_id, conversation_id) VALUES (now(), 'note_added', $1, $2)`;
type Thread = Awaited<ReturnType<typeof makeConversation>>;

/** Writes a line for each; every third commits only after the two that began later. */
async function writeOutOfOrder(threads: Thread[]): Promise<void> {
  const slow = await world.db.pool.connect();
  for (let n = 0; n < threads.length; n += 3) {
    const [first, ...others] = threads.slice(n, n + 3);
    await slow.query('BEGIN');
    if (first) await slow.query(LINE, [first.customerId, first.conversationId]);
    for (const { customerId, conversationId } of others) await world.db.pool.query(LINE, [customerId, conversationId]);
    await slow.query('COMMIT');
  }
  slow.release();
}

const changed = z.object({ id: z.string(), changedAt: z.string() });
const idsOf = (reader: Reader): string[] =>
  reader.settled().flatMap(({ event, data }) => (event === 'conversation' ? [changed.parse(data).id] : []));

describe('who comes back', () => {
  test('has lost nothing and hears nothing twice, whichever process answers, while four writers write', async () => {
    const cookie = await signIn((await makeStaff('admin')).email);
    const threads: Thread[] = [];
    while (threads.length < 240) threads.push(await makeConversation());
    const first = await openReader(streamOf(0), { cookie });
    await first.hello();
    let isWritten = false;
    const writing = Promise.all([0, 1, 2, 3].map((n) => writeOutOfOrder(threads.slice(n * 60, n * 60 + 60)))).then(
      () => {
        isWritten = true;
      },
    );
    const heard: string[] = [];
    let reader = first;
    for (let visit = 1; !isWritten || heard.length < threads.length; visit += 1) {
      // Broken off in the middle of whatever is being told.
      const before = reader.events.length;
      await until('one more line', () => reader.events.length > before || isWritten);
      reader.leave();
      heard.push(...idsOf(reader));
      expect(visit, `heard ${heard.length} of ${threads.length}`).toBeLessThan(100);
      const place = reader.lastId() ?? '';
      reader = await openReader(streamOf(visit), { cookie, 'last-event-id': place });
      await reader.hello();
    }
    await writing;
    reader.leave();
    heard.push(...idsOf(reader));
    expect(heard.toSorted()).toEqual(threads.map(({ conversationId }) => conversationId).toSorted());
    expect(reader.events.some(({ event }) => event === 'reset')).toBe(false);
  });

  test.each(['nonsense', '0_1:1:', '9999999999999999999_1:2:3', "'; DROP TABLE x", '1_2:3:4\u00e9'])(
    'with the place %s is told to read everything anew',
    async (place) => {
      const cookie = await signIn((await makeStaff('admin')).email);
      const reader = await openReader(streamOf(1), { cookie, 'last-event-id': place });
      await reader.hello();
      expect(['reset', 'conversation']).toContain(reader.events[0]?.event);
      expect(reader.isOver()).toBe(false);
      reader.leave();
    },
  );
});

describe('a stream is over', () => {
  const ways: [string, (person: { id: string; cookie: string }, admin: string) => Promise<Response>][] = [
    ['signed out', ({ cookie }) => call(0, 'DELETE', '/session', {}, cookie)],
    ['disabled', ({ id }, admin) => call(0, 'POST', `/staff/${id}/disable`, {}, admin)],
    ['given another role', ({ id }, admin) => call(0, 'PATCH', `/staff/${id}`, { role: 'marketer' }, admin)],
  ];
  test.each(ways)('in every process for who is %s', async (_, end) => {
    const admin = await signIn((await makeStaff('admin')).email);
    const { id, email } = await makeStaff('agent');
    const cookie = await signIn(email);
    const readers = await Promise.all([0, 1].map((n) => openReader(streamOf(n), { cookie })));
    const other = await openReader(streamOf(1), { cookie: admin });
    await Promise.all([...readers, other].map((reader) => reader.hello()));
    expect((await end({ id, cookie }, admin)).status).toBeLessThan(300);
    await until('both to end', () => readers.every((reader) => reader.isOver()), patient);
    expect(other.isOver()).toBe(false);
    expect((await openReader(streamOf(1), { cookie, 'last-event-id': readers[1]?.lastId() ?? '' })).status).toBe(401);
    other.leave();
  });

  test('for every browser but the one in which the password was changed', async () => {
    const { email } = await makeStaff('agent');
    const [here, there] = [await signIn(email), await signIn(email)];
    const reader = await openReader(streamOf(1), { cookie: there });
    await reader.hello();
    const answer = await call(0, 'POST', '/me/password', { current: PASSWORD, next: 'một câu khác hẳn' }, here);
    expect(answer.status).toBe(200);
    await until('it to end', () => reader.isOver(), patient);
  });
});

test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['a page of nowhere', { origin: 'null' }],
  ['a page of another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
])('%s hears nothing', async (_, headers) => {
  const cookie = await signIn((await makeStaff('admin')).email);
  const reader = await openReader(streamOf(0), { cookie, ...headers });
  expect(reader.status).toBe(403);
});

test('without a session nobody hears anything', async () => {
  expect((await openReader(streamOf(0), {})).status).toBe(401);
});
