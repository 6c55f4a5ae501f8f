// What people see first: what is due first. On 100,000 conversations as on ten.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { seesAll } from '../../src/http/may-see.ts';
import { COUNT } from '../../src/inbox/count-conversations.ts';
import type { InboxRow } from '../../src/inbox/inbox-schema.ts';
import { inboxPage, queueNames } from '../../src/inbox/inbox-schema.ts';
import { pageStatement } from '../../src/inbox/list-conversations.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let inbox: InboxStage;
beforeAll(async () => {
  inbox = await openInbox();
});
afterAll(() => inbox.close());

async function page(query: string): Promise<{ items: InboxRow[]; nextCursor: string | null }> {
  const { status, body } = await inbox.call(null, 'GET', `/inbox/conversations?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return inboxPage.parse(body);
}

describe('with 100,000 conversations, 5,000 of them open', () => {
  beforeAll(async () => {
    for (let from = 1; from < 100_000; from += 10_000)
      await inbox.rows(
        `WITH who AS (SELECT n, gen_random_uuid() AS customer, gen_random_uuid() AS identity FROM generate_series($2::int, $2::int + 9999) n),
         cu AS (INSERT INTO customers (id, name, phone, created_at, updated_at) SELECT customer, 'Khách Hàng ' || n, '849' || (10000000 + n), $1, $1 FROM who),
         i AS (INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at)
           SELECT identity, CASE WHEN n % 2 = 0 THEN 'zalo' ELSE 'messenger' END, 'many', 'm' || n, customer, $1 FROM who)
       INSERT INTO conversations (id, identity_id, customer_id, state, waiting_since, reply_due_at, resolve_due_at, resolved_at, created_at, updated_at)
       SELECT gen_random_uuid(), identity, customer, s.state, CASE WHEN n % 20 = 0 THEN $1::timestamptz END,
         CASE WHEN n % 20 = 0 AND n % 40 = 0 THEN $1::timestamptz + n % 997 * interval '1 minute' END,
         CASE WHEN n % 20 = 0 THEN $1::timestamptz + n % 499 * interval '1 hour' END,
         CASE WHEN s.state = 'resolved' THEN $1::timestamptz - n * interval '1 minute' END, $1, $1
       FROM who, LATERAL (SELECT CASE WHEN n % 40 = 0 THEN 'waiting_for_agent' WHEN n % 20 = 0 THEN 'with_agent' WHEN n % 2 = 0 THEN 'resolved' ELSE 'bot' END AS state) s`,
        [START, from],
      );
    await inbox.rows('ANALYZE');
  }, 120_000);

  test.each(['waiting', 'all', 'unassigned', 'resolved'])(
    '%s is read by its index, page after page without gaps or doubles',
    async (queue) => {
      const statement = pageStatement({ queue: queueNames.parse(queue), limit: 30 }, seesAll);
      const plan = await inbox.rows(`EXPLAIN ${statement.text}`, statement.values);
      const lines = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
      expect(lines).toMatch(
        queue === 'resolved' ? /conversations_resolved_idx/ : /conversations_(due|state_waiting_since)_idx/,
      );
      expect(lines).not.toContain('Seq Scan on conversations');
      const seen: string[] = [];
      let cursor = '';
      const began = performance.now();
      for (let n = 0; n < 10; n += 1) {
        const { items, nextCursor } = await page(`queue=${queue}&limit=100${cursor}`);
        seen.push(...items.map(({ id }) => id));
        cursor = `&cursor=${nextCursor}`;
      }
      console.info(queue, `${((performance.now() - began) / 10).toFixed(1)} ms a page of 100`);
      expect(new Set(seen).size).toBe(1_000);
      const due = `coalesce(reply_due_at, resolve_due_at, 'infinity')`;
      const where =
        { waiting: `state = 'waiting_for_agent'`, resolved: `state = 'resolved'` }[queue] ??
        `state IN ('waiting_for_agent', 'with_agent')`;
      const order = queue === 'resolved' ? 'resolved_at DESC, id DESC' : `${due}, id`;
      const wanted = await inbox.rows(`SELECT id FROM conversations WHERE ${where} ORDER BY ${order} LIMIT 1000`);
      expect(seen).toEqual(wanted.map(({ id }) => id));
    },
  );

  test('counts pass over what is open only', async () => {
    const plan = await inbox.rows(`EXPLAIN ${COUNT}`, [null, null, START]);
    expect(plan.map((row) => String(row['QUERY PLAN'])).join('\n')).not.toContain('Seq Scan on conversations');
    const { body } = await inbox.call(null, 'GET', '/inbox/counts');
    expect(body).toMatchObject({
      all: 5_000,
      waiting: 2_500,
      unassigned: 5_000,
      mine: 0,
      snoozed: 0,
      oldestWaitingSince: START.toISOString(),
    });
  });

  test('people are found by beginnings of words, with and without dấu, and by phone as they write it', async () => {
    const { items } = await page('queue=all&q=khach+hang+40');
    expect(items.some(({ customer }) => customer.name === 'Khách Hàng 40')).toBe(true);
    const began = performance.now();
    const found = await inbox.call(null, 'GET', `/search?q=${encodeURIComponent('khách HÀNG 77777')}`);
    expect(found.body).toMatchObject({ customers: [{ name: 'Khách Hàng 77777', conversations: [{ state: 'bot' }] }] });
    expect((await inbox.call(null, 'GET', '/search?q=0910077777')).body).toMatchObject({
      customers: [{ phone: '84910077777' }],
    });
    console.info('two searches', `${(performance.now() - began).toFixed(1)} ms`);
    expect((await inbox.call(null, 'GET', `/search?q=${encodeURIComponent("'; & | !!")}`)).body).toEqual({
      customers: [],
      messages: [],
      nextCursor: null,
    });
  });
});

test('what was said is found without dấu; overdue and nearly due are told apart', async () => {
  const { conversationId, customerId } = await inbox.chatter('said', { name: 'Lý Thị Mơ', state: 'waiting_for_agent' });
  await inbox.rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text) VALUES ($1, 'message_in', $2, $3, 'zalo', 'Đăng nhập không được ạ')`,
    [START, customerId, conversationId],
  );
  const found = await inbox.call(null, 'GET', '/search?q=dang+nhap');
  expect(found.body).toMatchObject({
    messages: [{ conversationId, text: 'Đăng nhập không được ạ', from: 'customer' }],
  });
  const due = async (ms: number) => {
    await inbox.rows('UPDATE conversations SET reply_due_at = $2 WHERE id = $1', [
      conversationId,
      new Date(START.getTime() + ms),
    ]);
    return (await inbox.call(null, 'GET', `/inbox/conversations/${conversationId}`)).body;
  };
  expect(await due(-MINUTE_MS)).toMatchObject({
    isOverdue: true,
    isDueSoon: false,
    unread: 1,
    lastMessage: { from: 'customer' },
  });
  expect(await due(5 * MINUTE_MS)).toMatchObject({ isOverdue: false, isDueSoon: true });
  expect(await due(HOUR_MS)).toMatchObject({ isOverdue: false, isDueSoon: false });
});

test('of equal deadlines, who waited longer comes first, page after page', async () => {
  const due = new Date(START.getTime() - HOUR_MS);
  const ids: string[] = [];
  for (const minutes of [10, 50, 30, 20, 40]) {
    const { conversationId } = await inbox.chatter(`equal-${minutes}`, { state: 'waiting_for_agent' });
    await inbox.rows('UPDATE conversations SET reply_due_at = $2, waiting_since = $3 WHERE id = $1', [
      conversationId,
      due,
      new Date(due.getTime() - minutes * MINUTE_MS),
    ]);
    ids.push(conversationId);
  }
  const [a, e, c, b, d] = ids;
  const first = await page('queue=waiting&limit=2');
  const second = await page(`queue=waiting&limit=3&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([e, d, c, b, a]);
});
