// The stream of one process: it beats while nothing happens, and who reads too slowly costs nobody anything.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SECOND_MS } from '../../src/clock.ts';
import { inboxCounts } from '../../src/inbox/inbox-schema.ts';
import { until } from '../outside/until.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';
import { openReader } from './read-stream.ts';

let inbox: InboxStage;
let url: string;
const answers: ServerResponse[] = [];
beforeAll(async () => {
  inbox = await openInbox();
  inbox.app.server.on('request', (_, answer: ServerResponse) => void answers.push(answer));
  url = `${await inbox.app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/inbox/stream`;
});
afterAll(() => inbox.close());

async function look(): Promise<void> {
  inbox.streams.ring();
  await inbox.streams.idle();
}

test('nothing on the way may keep it, and it beats every fifteen seconds while nothing happens', async () => {
  const reader = await openReader(url, {});
  expect(reader.status).toBe(200);
  expect(Object.fromEntries(reader.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  expect(reader.headers.get('content-encoding')).toBeNull();
  await reader.hello();
  for (let second = 0; second < 46; second += 1) {
    await look();
    inbox.clock.advance(SECOND_MS);
  }
  const beats = () => reader.events.filter(({ event }) => event === 'beat').length;
  await until('three beats', () => beats() === 3);
  reader.leave();
});

test('who reads nothing is cut off at a bound; everybody else goes on hearing', async () => {
  const { conversationId, customerId } = await inbox.chatter('slow', { state: 'waiting_for_agent' });
  // A crowd looks at one conversation: each look makes one long line.
  await inbox.rows(
    `WITH crowd AS (INSERT INTO staff_members (id, email, name, role, skills, created_at)
       SELECT gen_random_uuid(), 'crowd' || n, repeat('Nguyễn ', 40), 'agent', '{}', $2 FROM generate_series(1, 400) n RETURNING id)
     INSERT INTO presences (conversation_id, staff_id, is_typing, until) SELECT $1, id, false, $2 FROM crowd`,
    [conversationId, new Date(START.getTime() + 3_600 * SECOND_MS)],
  );
  answers.length = 0;
  const quick = await openReader(url, {});
  await quick.hello();
  const slow = await openDeaf(url);
  const answer = await until('the answer to the deaf one', () => answers[1]);
  let most = 0;
  for (let n = 0; n < 400 && !answer.destroyed; n += 1) {
    await inbox.rows('UPDATE presences SET is_typing = NOT is_typing WHERE conversation_id = $1', [conversationId]);
    await look();
    most = Math.max(most, answer.writableLength);
  }
  expect(answer.destroyed).toBe(true);
  expect(most).toBeLessThan(1_000_000);
  await inbox.rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id) VALUES ($1, 'message_in', $2, $3)`,
    [START, customerId, conversationId],
  );
  await look();
  await until('the change', () => quick.events.some(({ event }) => event === 'conversation'));
  expect(quick.isOver()).toBe(false);
  quick.leave();
  slow.destroy();
});

test('who sees a conversation no more hears that it is gone; who never saw it hears nothing', async () => {
  const team = async (name: string) => {
    const [row] = await inbox.rows(
      'INSERT INTO teams (id, name, created_at) VALUES (gen_random_uuid(), $1, now()) RETURNING id',
      [name],
    );
    return String(row?.id);
  };
  const [ours, theirs, others] = [await team('Spa'), await team('Đào tạo'), await team('Kỹ thuật')];
  const agents = await Promise.all([ours, theirs, others].map((teamId, n) => inbox.staff(`Nhóm ${n}`, { teamId })));
  const { conversationId } = await inbox.chatter('moving', { state: 'waiting_for_agent' });
  await inbox.rows('UPDATE conversations SET team_id = $2 WHERE id = $1', [conversationId, ours]);
  const readers = await Promise.all(agents.map(({ id }) => openReader(url, { 'x-staff': id })));
  for (const reader of readers) await reader.hello();
  const body = { staffId: null, teamId: theirs };
  const path = `/inbox/conversations/${conversationId}/assign`;
  expect((await inbox.call(agents[0] ?? null, 'POST', path, body)).status).toBe(200);
  await look();
  const heard = (n: number) =>
    readers[n]?.events.filter(({ event }) => event === 'gone' || event === 'conversation') ?? [];
  await until('the new team to hear', () => heard(1).length > 0);
  await until('the old team to hear', () => heard(0).length > 0);
  expect(heard(0)).toEqual([{ event: 'gone', data: { id: conversationId }, id: expect.any(String) }]);
  expect(heard(1)).toMatchObject([{ event: 'conversation', data: { id: conversationId } }]);
  expect(heard(2)).toEqual([]);
  for (const reader of readers) reader.leave();
});

test('a change that could not be told because the database stumbled is told at the next look', async () => {
  const agent = await inbox.staff('An');
  const { conversationId, customerId } = await inbox.chatter('stumble', { state: 'waiting_for_agent' });
  const reader = await openReader(url, { 'x-staff': agent.id });
  await reader.hello();
  await inbox.rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id) VALUES ($1, 'message_in', $2, $3)`,
    [START, customerId, conversationId],
  );
  // What changed can still be read; who may see it cannot.
  await inbox.rows('ALTER TABLE settings RENAME TO settings_away');
  await expect(look()).rejects.toThrow('settings');
  await inbox.rows('ALTER TABLE settings_away RENAME TO settings');
  await look();
  const isTold = () => reader.events.some(({ event }) => event === 'conversation');
  await until('the change', isTold);
  reader.leave();
});

test('numbers that could not be counted because the database stumbled are told at the next look', async () => {
  const reader = await openReader(url, {});
  await reader.hello();
  const told = () => reader.events.findLast(({ event }) => event === 'counts')?.data;
  const before = inboxCounts.parse(await until('the first counts', told));
  const { conversationId, customerId } = await inbox.chatter('count', { state: 'waiting_for_agent' });
  await inbox.rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id) VALUES ($1, 'handed_over', $2, $3)`,
    [START, customerId, conversationId],
  );
  await inbox.rows('ALTER TABLE notes RENAME TO notes_away');
  await expect(look()).rejects.toThrow('notes');
  await inbox.rows('ALTER TABLE notes_away RENAME TO notes');
  await look();
  await until('the new counts', () => inboxCounts.parse(told()).waiting === before.waiting + 1);
  reader.leave();
});

/** Asks, and never reads a byte of the answer. */
async function openDeaf(address: string): Promise<Socket> {
  const { hostname, port, pathname } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.pause();
  await once(socket, 'connect');
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}
