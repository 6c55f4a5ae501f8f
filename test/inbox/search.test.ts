// Searching what was said: everything that was ever said is found, at a price that does not grow with it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '../../src/http/may-see.ts';
import { messagesStatement } from '../../src/inbox/search-messages.ts';
import { type SearchAnswer, searchAnswer } from '../../src/inbox/search-schema.ts';
import { searchWords } from '../../src/inbox/search-words.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let inbox: InboxStage;
let chat: Awaited<ReturnType<InboxStage['chatter']>>;
beforeAll(async () => {
  inbox = await openInbox();
  chat = await inbox.chatter('said', { name: 'Lý Thị Mơ' });
});
afterAll(() => inbox.close());

async function search(q: string, more = ''): Promise<SearchAnswer> {
  const { status, body } = await inbox.call(null, 'GET', `/search?q=${encodeURIComponent(q)}${more}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return searchAnswer.parse(body);
}

/** What was said, without who and when. */
const texts = async (q: string) => (await search(q)).messages.map(({ text }) => text);

const LINE = `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, data) VALUES ($1, $2, $3, $4, 'zalo', $5, $6)`;
async function line(text: string, kind = 'message_in', data: object | null = null): Promise<void> {
  await inbox.rows(LINE, [START, kind, chat.customerId, chat.conversationId, text, data]);
}

describe('words', () => {
  const SAID =
    'Chị ĐẶNG hỏi: máy «Triệt-lông» báo lỗi E05 ở 1.500.000đ, gửi hoa.mai@spa.vn hoặc https://spa.vn/bao_hanh nhé 🙏';
  beforeAll(() => line(SAID));

  test.each([
    'chi dang',
    'đặng',
    'DANG',
    'triet',
    'lông máy',
    'e05',
    '1.500.000',
    'hoa.mai@spa.vn',
    'mai',
    'spa.vn/bao_hanh',
    'hành nhé',
    'bao h',
    'Đa\u0323\u0306ng',
  ])('%s finds it', async (q) => {
    expect(await texts(q)).toEqual([SAID]);
  });

  test.each(['đặng xyz', 'ang', "'; & | !!", '🙏', '\\', 'a:*b<->c', '%', '()', ' '.repeat(3)])(
    '%s finds nothing and breaks nothing',
    async (q) => {
      const { status, body } = await inbox.call(null, 'GET', `/search?q=${encodeURIComponent(q)}`);
      expect([200, 400]).toContain(status);
      expect(body.messages ?? []).toEqual([]);
    },
  );

  test('staff are found as well, the bot is not, neither is what has no words for a person', async () => {
    await line('Dạ bưu phẩm đi rồi ạ', 'message_out', { author: 'agent' });
    await line('Bưu phẩm: tin tự động', 'message_out', { author: 'flow' });
    await line('bưu phẩm', 'customer_saved');
    await line('Bưu phẩm đã gửi', 'message_out', { author: 'provider_inbox' });
    const { messages } = await search('buu pham');
    expect(messages.map(({ text, from }) => [text, from])).toEqual([
      ['Bưu phẩm đã gửi', 'us'],
      ['Dạ bưu phẩm đi rồi ạ', 'us'],
    ]);
  });

  test.each([
    ['a word of a million letters', `${'a'.repeat(1_000_000)} cuoi`],
    ['a million words', 'x1 '.repeat(1_000_000)],
    ['half a pair and marks alone', '\u0301\u0323 \uFFFD ơ\u031b'],
    ['no letters', '!!! ... ///'],
  ])('%s is kept like any other line', async (_, text) => {
    await line(text);
    expect(await texts('khongcogi')).toEqual([]);
  });
});

test('of another team nothing is found, of one’s own and of no team everything', async () => {
  const [ours, theirs] = [inbox.newId(), inbox.newId()];
  for (const id of [ours, theirs])
    await inbox.rows('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [id, id, START]);
  const lan = await inbox.staff('Lan', { teamId: ours });
  for (const [n, team] of [ours, theirs, null].entries()) {
    const { conversationId, customerId } = await inbox.chatter(`team-${n}`, { name: `Khách ${n}` });
    await inbox.rows('UPDATE conversations SET team_id = $2 WHERE id = $1', [conversationId, team]);
    await inbox.rows(LINE, [START, 'message_in', customerId, conversationId, `bánh chưng ${n}`, null]);
  }
  const { body } = await inbox.call(lan, 'GET', '/search?q=banh+chung');
  expect(searchAnswer.parse(body).messages.map(({ text }) => text)).toEqual(['bánh chưng 2', 'bánh chưng 0']);
  expect((await search('banh chung')).messages).toHaveLength(3);
});

describe('people', () => {
  beforeAll(async () => {
    await inbox.rows(
      `INSERT INTO customers (id, external_id, name, created_at, updated_at)
       SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'nhieu-' || n,
         CASE n WHEN 1 THEN 'Nguyễn Thị Hiếm' ELSE 'Nguyễn Văn ' || n END, $1, $1 FROM generate_series(1, 3000) n`,
      [START],
    );
    await inbox.rows(
      `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, display_name, created_at)
       SELECT gen_random_uuid(), 'zalo', 'oa', 'nhieu-' || n, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
         'Bé Bống ' || n, $1 FROM unnest(ARRAY[2, 2999]) n`,
      [START],
    );
  });
  const ids = async (q: string) => (await search(q, '&limit=5')).customers.map(({ externalId }) => externalId);

  test('a name that many have finds the newest of them', async () => {
    const newest = [3000, 2999, 2998, 2997, 2996].map((n) => `nhieu-${n}`);
    expect(await ids('nguyen')).toEqual(newest);
    expect(await ids('Nguyễn văn')).toEqual(newest);
  });

  test('no words at all find the newest', async () => {
    const { body } = await inbox.call(null, 'GET', '/search?limit=3');
    const { customers, messages, nextCursor } = searchAnswer.parse(body);
    expect(customers.map(({ externalId }) => externalId)).toEqual(
      (await inbox.rows('SELECT external_id FROM customers ORDER BY id DESC LIMIT 3', [])).map(
        (row) => row.external_id,
      ),
    );
    expect([messages, nextCursor]).toEqual([[], null]);
  });

  test('a rare one finds whoever has it, however old, by our name for them or their own', async () => {
    expect(await ids('nguyễn hiếm')).toEqual(['nhieu-1']);
    expect(await ids('be bong')).toEqual(['nhieu-2999', 'nhieu-2']);
  });
});

describe('with 300,000 lines', () => {
  beforeAll(async () => {
    // In portions: no statement may take longer than the pool's patience, on whatever machine.
    for (let from = 1; from < 300_000; from += 50_000)
      await inbox.rows(
        `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, data)
       SELECT $1::timestamptz + n * interval '1 second', CASE WHEN n % 3 = 0 THEN 'message_in' ELSE 'message_out' END, $2, $3, 'zalo',
         CASE WHEN n % 10007 = 0 THEN 'Máy phun sương ' || n ELSE 'Dạ chị ơi ' || n END, '{"author":"agent"}'
       FROM generate_series($4::int, $4::int + 49999) n`,
        [START, chat.customerId, chat.conversationId, from],
      );
    await inbox.rows('VACUUM ANALYZE touchpoints');
  }, 120_000);

  test('rare words are read by the index, common ones among the newest lines only', async () => {
    const explain = async (where: 'newest' | 'all', q: string) => {
      const { text, values } = messagesStatement(where, { words: searchWords(q), limit: 21, viewer: seesAll });
      const plan = await inbox.rows(`EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) ${text}`, values);
      return plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    };
    const rare = await explain('all', 'phun sương');
    expect(rare).toMatch(/Bitmap Index Scan on touchpoints_\w*words_idx/);
    expect(rare).not.toContain('Seq Scan on touchpoints');
    const common = await explain('newest', 'dạ chị');
    expect(common).toMatch(/Index Scan Backward using touchpoints_\w*pkey.*rows=5000/);
    expect(common).not.toContain('Seq Scan on touchpoints');
  });

  test.each([
    ['phun suong', 29, 7],
    ['da chi 29999', 11, 3],
  ])('%s: all %i, page after page of %i, newest first', async (q, count, limit) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page === 0 || cursor !== null; page += 1) {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { messages, nextCursor, customers } = await search(q, `&limit=${limit}${more}`);
      if (page > 0) expect(customers).toEqual([]);
      expect(messages.length).toBeLessThanOrEqual(limit);
      seen.push(...messages.map(({ text }) => text));
      cursor = nextCursor;
    }
    const numbers = seen.map((text) => Number(/\d+$/.exec(text)?.[0]));
    expect(new Set(numbers).size).toBe(count);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  });

  test('a common word fills its page, and the next', async () => {
    const first = await search('dạ', '&limit=50');
    const second = await search('dạ', `&limit=50&cursor=${first.nextCursor}`);
    expect(first.messages).toHaveLength(50);
    expect(first.messages.at(-1)?.at).toBe(new Date(START.getTime() + 299_951_000).toISOString());
    expect(second.messages[0]?.at).toBe(new Date(START.getTime() + 299_950_000).toISOString());
  });

  test('a strange cursor is refused', async () => {
    expect((await inbox.call(null, 'GET', '/search?q=da&cursor=x')).status).toBe(400);
  });
});
