// What a supervisor sees, and what calls for one person, over REST and a real database.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { alertAnswer } from '../../src/inbox/alert-schema.ts';
import { measureDay } from '../../src/inbox/measure-day.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { supervisedList, supervision } from '../../src/inbox/supervision-schema.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let desk: InboxStage;
let lan: StaffActor;
let minh: StaffActor;
const ids: Record<'waits' | 'led' | 'done', string> = { waits: '', led: '', done: '' };

beforeAll(async () => {
  desk = await openInbox();
  const teamId = desk.newId();
  await desk.rows('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [teamId, 'Spa', START]);
  lan = await desk.staff('Lan', { teamId, capacity: 5 });
  minh = await desk.staff('Minh', { lastSeenAt: new Date(0) });
  await desk.rows(`UPDATE staff_members SET password_hash = 'x'`);
  for (const name of ['waits', 'led', 'done'] as const) {
    ids[name] = (await desk.chatter(`5500${name.length}${name}`, { name, state: 'waiting_for_agent' })).conversationId;
    await desk.rows(
      `INSERT INTO touchpoints (at, kind, conversation_id, customer_id) SELECT $2, 'handed_over', id, customer_id FROM conversations WHERE id = $1`,
      [ids[name], desk.clock.now()],
    );
  }
  await desk.rows('UPDATE conversations SET reply_due_at = $2 WHERE id = $1', [ids.waits, START]);
  desk.clock.advance(6 * MINUTE_MS);
  for (const name of ['led', 'done'] as const) {
    const body = { text: 'Dạ em đây ạ', seenStaffMessageId: null };
    expect((await desk.call(lan, 'POST', `/inbox/conversations/${ids[name]}/messages`, body)).status).toBe(200);
    desk.clock.advance(4 * MINUTE_MS);
  }
  await desk.rows(`UPDATE conversations SET state = 'resolved', resolved_at = $2 WHERE id = $1`, [
    ids.done,
    desk.clock.now(),
  ]);
  await desk.rows(
    `INSERT INTO touchpoints (at, kind, conversation_id, customer_id) SELECT $2, 'resolved', id, customer_id FROM conversations WHERE id = $1`,
    [ids.done, desk.clock.now()],
  );
});
afterAll(() => desk.close());

it('shows who is there with how much, what waits longest, and how today went', async () => {
  await desk.rows('UPDATE staff_members SET last_seen_at = $2 WHERE id = $1', [lan.id, desk.clock.now()]);
  const { body } = await desk.call(lan, 'GET', '/inbox/supervision');
  const seen = supervision.parse(body);
  expect(seen.people).toMatchObject([
    { name: 'Lan', presence: 'online', capacity: 5, open: 1, waiting: 0, repliesToday: 2, firstReplyMinutes: 6 },
    { name: 'Minh', presence: 'offline', open: 0, firstReplyMinutes: null },
  ]);
  expect(seen.queues).toEqual({
    open: 2,
    waiting: 1,
    overdue: 1,
    oldestWaitingSince: START.toISOString(),
    unassigned: 1,
    snoozed: 0,
  });
  expect(seen.teams).toMatchObject([
    { team: { name: 'Spa' }, open: 1 },
    { team: null, waiting: 1 },
  ]);
  expect(seen.today).toEqual({
    handedOver: 3,
    firstReplied: 2,
    firstReplyMinutes: 6,
    inTime: 2,
    resolved: 1,
    resolveMinutes: 14,
  });
});

it.each([
  ['of=open', ['led', 'waits']],
  ['of=waiting', ['waits']],
  ['of=unassigned', ['waits']],
  ['of=overdue', ['waits']],
  ['of=snoozed', []],
  ['of=handed_over_today', ['done', 'led', 'waits']],
  ['of=first_replied_today', ['done', 'led']],
  ['of=resolved_today', ['done']],
  ['of=open&team=none', ['waits']],
])('%s opens its rows', async (query, names) => {
  const { body } = await desk.call(lan, 'GET', `/inbox/supervision/conversations?${query}`);
  expect(
    supervisedList
      .parse(body)
      .items.map(({ customer }) => customer)
      .sort(),
  ).toEqual(names);
});

it('the rows of one person', async () => {
  const { body } = await desk.call(minh, 'GET', `/inbox/supervision/conversations?of=open&staff=${lan.id}`);
  expect(supervisedList.parse(body).items).toMatchObject([
    { id: ids.led, assignee: { name: 'Lan' }, team: { name: 'Spa' } },
  ]);
});

it('a whispered note and a conversation that is given call for whom they are meant, and for nobody else', async () => {
  const ask = async (by: StaffActor, after = '') =>
    alertAnswer.parse((await desk.call(by, 'GET', `/inbox/alerts${after}`)).body);
  const { cursor, items } = await ask(lan);
  expect(items).toEqual([]);
  const note = { text: 'Hỏi thêm số buổi còn lại nhé', mentions: [lan.id] };
  await desk.call(minh, 'POST', `/inbox/conversations/${ids.led}/notes`, note);
  await desk.call(minh, 'POST', `/inbox/conversations/${ids.waits}/assign`, { staffId: lan.id, teamId: null });
  await desk.call(minh, 'POST', `/inbox/conversations/${ids.waits}/assign`, { staffId: minh.id, teamId: null });
  const heard = await ask(lan, `?after=${cursor}`);
  expect(heard.items).toMatchObject([
    { kind: 'mention', conversationId: ids.led, by: 'Minh', text: note.text, customer: 'led' },
    { kind: 'assigned', conversationId: ids.waits, by: 'Minh', text: null },
  ]);
  // Who gives something to themselves, or writes the note, knows it.
  expect((await ask(minh, `?after=${cursor}`)).items).toEqual([]);
});

it('a day is measured by the first call of a stay, in open minutes', () => {
  const hours = { timeZone: 'Asia/Ho_Chi_Minh', week: Array(7).fill([{ from: '08:00', to: '18:00' }]), holidays: [] };
  const at = (time: string) => new Date(`2026-11-23T${time}:00+07:00`);
  const line = (kind: string, time: string, staffId: string | null = null) => ({
    conversationId: 'c',
    kind,
    at: at(time),
    staffId,
  });
  const day = measureDay(
    [
      line('reply_queued', '07:00', 'lan'),
      line('handed_over', '07:30'),
      line('handed_over', '08:05'),
      line('reply_queued', '08:10', 'lan'),
      line('reply_queued', '08:12', 'minh'),
      line('resolved', '09:00'),
      line('handed_over', '17:50'),
      line('handed_back', '17:55'),
      line('reply_queued', '17:58', 'minh'),
    ],
    hours,
  );
  expect(day.firstReplies).toEqual([{ conversationId: 'c', staffId: 'lan', minutes: 10 }]);
  expect(day.resolved).toEqual([{ conversationId: 'c', minutes: 60 }]);
  expect([...day.repliesOf]).toEqual([
    ['lan', 2],
    ['minh', 2],
  ]);
  expect(day.handedOver).toEqual(['c']);
});
