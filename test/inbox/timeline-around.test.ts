// A thread read around one of its messages: what stands on both sides, from there to both ends, each item once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchAnswer } from '../../src/inbox/search-schema.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { timelinePage } from '../../src/inbox/timeline-schema.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

const COUNT = 10_000;
let inbox: InboxStage;
let lan: StaffActor;
let chat: Awaited<ReturnType<InboxStage['chatter']>>;
beforeAll(async () => {
  inbox = await openInbox();
  lan = await inbox.staff('Lan');
  chat = await inbox.chatter('around');
  // Ten of them in each millisecond: places hold where times are equal.
  await inbox.rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text)
     SELECT $1::timestamptz + (n / 10) * interval '1 millisecond', 'message_in', $2, $3, 'zalo', 'Tin số ' || n || CASE WHEN n = 5003 THEN ' máy phun sương' ELSE '' END
     FROM generate_series(1, $4::int) n`,
    [START, chat.customerId, chat.conversationId, COUNT],
  );
});
afterAll(() => inbox.close());

async function ask(query: string) {
  return await inbox.call(lan, 'GET', `/inbox/conversations/${chat.conversationId}/timeline?${query}`);
}
async function read(query: string) {
  const { status, body } = await ask(query);
  expect(status, JSON.stringify(body)).toBe(200);
  return timelinePage.parse(body);
}
const numbers = (page: { items: { text: string | null }[] }) =>
  page.items.map(({ text }) => Number(/\d+/.exec(text ?? '')?.[0]));
const countDown = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n);

async function idOf(words: string): Promise<string> {
  const { body } = await inbox.call(lan, 'GET', `/search?q=${encodeURIComponent(words)}`);
  return searchAnswer.parse(body).messages[0]?.messageId ?? '';
}

describe('around a message that was found', () => {
  test('half of the page stands on each side, and from there both ends are reached, nothing twice', async () => {
    const id = await idOf('phun sương');
    const page = await read(`around=${id}&limit=50`);
    expect(numbers(page)).toEqual(countDown(5028, 4979));
    expect(page.items.filter((item) => item.id === id)).toHaveLength(1);
    const older = await read(`before=${page.nextBefore}&limit=50`);
    expect(numbers(older)).toEqual(countDown(4978, 4929));
    const newer = await read(`after=${page.nextAfter}&limit=50`);
    expect(numbers(newer)).toEqual(countDown(5078, 5029));
    expect(numbers(await read(`before=${newer.nextBefore}&limit=50`))).toEqual(countDown(5028, 4979));
    let next = newer.nextAfter;
    let last = 5078;
    for (; next !== null; last += 200) {
      const further = await read(`after=${next}&limit=200`);
      expect(numbers(further)[0]).toBe(Math.min(last + 200, COUNT));
      next = further.nextAfter;
    }
    expect(last).toBeGreaterThanOrEqual(COUNT);
  });

  test.each([
    [1, 50, 26, 1, true, false],
    [COUNT, 50, COUNT, COUNT - 24, false, true],
    [5000, 1, 5000, 5000, true, true],
    [5000, 2, 5001, 5000, true, true],
  ])('number %i, pages of %i', async (n, limit, from, to, hasNewer, hasOlder) => {
    const around = (await inbox.rows('SELECT id FROM touchpoints WHERE text = $1', [`Tin số ${n}`]))[0]?.id;
    const page = await read(`around=t:${around}&limit=${limit}`);
    expect(numbers(page)).toEqual(countDown(from, to));
    expect([page.nextAfter !== null, page.nextBefore !== null]).toEqual([hasNewer, hasOlder]);
  });

  test('words of staff are found where they were queued, notes by their own id', async () => {
    const talk = await inbox.chatter('around-ours');
    const path = `/inbox/conversations/${talk.conversationId}`;
    await inbox.call(lan, 'POST', `${path}/notes`, { text: 'Ghi chú quanh đây', mentions: [] });
    const { body } = await inbox.call(lan, 'GET', `${path}/timeline`);
    const [note] = timelinePage.parse(body).items;
    const around = await inbox.call(lan, 'GET', `${path}/timeline?around=${note?.id}`);
    expect(timelinePage.parse(around.body).items.map(({ text }) => text)).toContain('Ghi chú quanh đây');
    const outbox = inbox.newId();
    await inbox.rows(
      `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at)
       VALUES ($1, $2, $3, $4, 'zalo', 'account', '{"kind":"text","text":"Dạ bưu phẩm đi rồi"}', 'answer', 'agent', 'sent', $5, $5)`,
      [outbox, talk.conversationId, talk.identityId, talk.customerId, START],
    );
    await inbox.rows(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, outbound_message_id, data)
       VALUES ($1, 'message_out', $2, $3, 'zalo', 'Dạ bưu phẩm đi rồi', $4, '{"author":"agent"}')`,
      [START, talk.customerId, talk.conversationId, outbox],
    );
    expect(await idOf('bưu phẩm')).toBe(`o:${outbox}`);
    const ours = await inbox.call(lan, 'GET', `${path}/timeline?around=o:${outbox}`);
    expect(timelinePage.parse(ours.body).items.map(({ id }) => id)).toContain(`o:${outbox}`);
  });

  test('what the thread does not hold is told as such, another customer’s message too', async () => {
    const stranger = await inbox.chatter('around-stranger');
    await inbox.rows(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text) VALUES ($1, 'message_in', $2, $3, 'zalo', 'bí mật')`,
      [START, stranger.customerId, stranger.conversationId],
    );
    const other = await idOf('bí mật');
    for (const around of [other, 't:999999999999999999', `o:${inbox.newId()}`])
      expect(await ask(`around=${around}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'message_not_found' } },
      });
  });

  test.each([
    'around=x',
    'around=t:x',
    'around=o:1',
    'around=t:1&before=eA',
    'after=x',
    'after=eA&before=eA',
    'around=',
  ])('%s is refused', async (query) => {
    expect(await ask(query)).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
  });
});
