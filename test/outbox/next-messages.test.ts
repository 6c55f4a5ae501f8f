// Which message of each person is next: order, what holds back and what does not, the newest word about advertising.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { readDue } from '../../src/outbox/candidate.ts';
import { changeStatus, type StatusChange } from '../../src/outbox/change-status.ts';
import { claimMessages } from '../../src/outbox/claim-messages.ts';
import type { SendRules } from '../../src/outbox/may-send.ts';
import { createSpending } from '../../src/outbox/spending.ts';
import { createTestDatabase } from '../test-database.ts';
import { aQueued, type PersonRow, somebodyOn } from './a-message.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let lan: PersonRow;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query(
    'TRUNCATE outbound_messages, touchpoints, tasks, timers, offer_issues, survey_answers, conversations, channel_identities, consents, customers CASCADE',
  );
  lan = await someone();
});

async function someone(channel = 'zalo'): Promise<PersonRow> {
  const person = await somebodyOn(db, channel, NOW);
  return person;
}

type Fields = Record<string, string | number | boolean | Date | null>;
async function message(person: PersonRow, fields: Fields = {}, purpose = 'care'): Promise<string> {
  const id = await aQueued(db, person, { purpose, at: NOW });
  for (const [name, value] of Object.entries(fields))
    await db.pool.query(`UPDATE outbound_messages SET ${name} = $2 WHERE id = $1`, [id, value]);
  return id;
}
const read = (limit = 10, channel: 'zalo' | 'messenger' = 'zalo') =>
  db.transaction('claim-messages', (client) => readDue(client, { channel, now: NOW, limit }));
const next = async (limit?: number) => (await read(limit)).due.map(({ id }) => id);

describe('of one person', () => {
  test.each<[string, Fields, 'it' | 'the later' | 'none']>([
    ['is due', {}, 'it'],
    ['is due this moment', { available_at: at(0) }, 'it'],
    ['waits for the morning', { available_at: at(1) }, 'the later'],
    ['failed and is tried again soon', { available_at: at(2 * MINUTE_MS), attempts: 1 }, 'none'],
    ['failed and is tried again late', { available_at: at(2 * MINUTE_MS + 1), attempts: 1 }, 'the later'],
    ['is being sent', { status: 'sending', available_at: at(MINUTE_MS) }, 'none'],
    ['may have been sent', { status: 'uncertain', available_at: at(MINUTE_MS) }, 'none'],
    ['was sent', { status: 'sent' }, 'the later'],
    ['was skipped', { status: 'skipped' }, 'the later'],
    ['is parked', { status: 'parked' }, 'the later'],
  ])('where an earlier message %s (%j) next is %s', async (_name, fields, expected) => {
    const [earlier, later] = [await message(lan, fields), await message(lan)];
    expect(await next()).toEqual({ it: [earlier], 'the later': [later], none: [] }[expected]);
  });

  test('the first is next, and the one after it only when that is over', async () => {
    const ids = [await message(lan), await message(lan), await message(lan)];
    expect(await next()).toEqual(ids.slice(0, 1));
  });

  test('a message of somebody else holds nobody back', async () => {
    const [first, second] = [await message(lan), await message(await someone())];
    expect(await next()).toEqual([first, second]);
  });
});

test('each channel for itself, in the order they were said, as many as were asked for', async () => {
  await message(await someone('messenger'));
  const ids = [];
  for (let n = 0; n < 4; n += 1) ids.push(await message(await someone()));
  expect(await next(3)).toEqual(ids.slice(0, 3));
  expect((await read(10, 'messenger')).due).toHaveLength(1);
});

describe('who waits for words of ours comes first', () => {
  const campaign = async (count: number) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const purpose = n % 2 === 0 ? 'care' : 'advertising';
      ids.push(await message(await someone(), { available_at: at(-HOUR_MS) }, purpose));
    }
    return ids;
  };

  test('answers and confirmations, also the newest, before what nobody asked for', async () => {
    const unasked = await campaign(3);
    const answer = await message(await someone(), {}, 'answer');
    const confirmation = await message(await someone(), { available_at: at(-1) }, 'confirmation');
    expect(await next()).toEqual([confirmation, answer, ...unasked]);
    expect(await next(1)).toEqual([confirmation]);
    expect(await next(3)).toEqual([confirmation, answer, unasked[0]]);
  });

  test('what was to be said to them before goes along, in its order', async () => {
    const unasked = await campaign(2);
    const earlier = await message(lan, {}, 'care');
    await message(lan, {}, 'answer');
    expect(await next(1)).toEqual([earlier]);
    expect(await next()).toEqual([earlier, ...unasked]);
  });

  test('unless it may not leave yet: then the answer does', async () => {
    await message(lan, { available_at: at(HOUR_MS) }, 'care');
    const answer = await message(lan, {}, 'answer');
    expect(await next()).toEqual([answer]);
  });

  test('an answer behind one that may have left waits, and holds up nobody', async () => {
    const unasked = await campaign(1);
    await message(lan, { status: 'uncertain' }, 'care');
    await message(lan, {}, 'answer');
    expect(await next()).toEqual(unasked);
  });

  test('many answers to one person are one by one, and leave room for others', async () => {
    const first = await message(lan, {}, 'answer');
    for (let n = 0; n < 20; n += 1) await message(lan, {}, 'answer');
    const other = await message(await someone(), {}, 'answer');
    const unasked = await campaign(1);
    expect(await next(2)).toEqual([first, other]);
    expect(await next()).toEqual([first, other, ...unasked]);
  });
});

test('what another process holds is passed over', async () => {
  const [first, second] = [await message(lan), await message(await someone())];
  await db.transaction('claim-messages', async (client) => {
    expect((await readDue(client, { channel: 'zalo', now: NOW, limit: 1 })).due[0]?.id).toBe(first);
    expect(await next()).toEqual([second]);
  });
});

test('content that nobody can read is told apart and stops nothing', async () => {
  const broken = await message(lan, { content: '{"kind":"poem"}' });
  const fine = await message(await someone());
  const { due, unreadable } = await read();
  expect(unreadable).toEqual([broken]);
  expect(due.map(({ id }) => id)).toEqual([fine]);
});

test('all that the rules ask about', async () => {
  await db.pool.query(`UPDATE conversations SET state = 'with_agent'`);
  await db.pool.query(`UPDATE channel_identities SET followed_at = $1, unreachable_reason = 'chặn'`, [at(-7)]);
  const content = JSON.stringify({ kind: 'text', text: 'Dạ', tip: 'meo-1' });
  const id = await message(lan, { content, expires_at: at(9), attempts: 2, step: 's', author: 'agent' });
  expect((await read()).due).toEqual([
    expect.objectContaining({
      id,
      customerId: lan.customerId,
      identityId: lan.identityId,
      conversationId: lan.conversationId,
      peerId: lan.identityId,
      accountId: 'us',
      channel: 'zalo',
      attempts: 2,
      fallback: [],
      refusedBefore: null,
      tip: 'meo-1',
      step: 's',
      author: 'agent',
      purpose: 'care',
      expiresAt: at(9),
      conversationState: 'with_agent',
      lastInteractionAt: NOW,
      followedAt: at(-7),
      unreachableReason: 'chặn',
    }),
  ]);
});

test.each([
  ['agent', 'agent'],
  ['system', 'system'],
  ['flow', 'flow'],
])('written by %s', async (author, expected) => {
  await message(lan, { author });
  expect((await read()).due[0]?.author).toBe(expected);
});

test.each<[string, Fields, string | null]>([
  ['refused, with words', { error_code: 'refused:-230', reason: 'Khách đã chặn.' }, 'Khách đã chặn.'],
  ['refused, without', { error_code: 'refused:-230', reason: null }, 'Kênh đã từ chối tin.'],
  ['another mistake', { error_code: 'x-refused:', reason: 'Lỗi' }, null],
  ['none', { reason: 'Đang trong giờ yên tĩnh.' }, null],
])('what the provider said before: %s', async (_name, fields, expected) => {
  await message(lan, fields);
  expect((await read()).due[0]?.refusedBefore).toBe(expected);
});

describe('a move', () => {
  const change = async (changes: StatusChange[]) => {
    await db.transaction('claim-messages', (client) => changeStatus(client, NOW, changes));
    return (await db.pool.query('SELECT * FROM outbound_messages ORDER BY seq')).rows;
  };
  const lines = async () =>
    (await db.pool.query('SELECT kind, reason, text, outbound_message_id AS id, data FROM touchpoints ORDER BY id'))
      .rows;

  test('is made from where it may come from only, with one line of the ledger', async () => {
    const [a, b] = [await message(lan), await message(lan, { status: 'sent' })];
    const move = { from: ['queued', 'sending'], to: 'skipped' as const, reason: 'Khách đã từ chối.', errorCode: 'x' };
    const rows = await change([
      { ...move, id: a },
      { ...move, id: b },
    ]);
    expect(rows).toMatchObject([
      { status: 'skipped', reason: 'Khách đã từ chối.', error_code: 'x' },
      { status: 'sent' },
    ]);
    expect(await lines()).toMatchObject([
      {
        kind: 'message_skipped',
        id: a,
        reason: 'Khách đã từ chối.',
        text: `chào ${a}`,
        data: { purpose: 'care', code: 'x' },
      },
    ]);
    expect(await change([])).toHaveLength(2);
  });

  test('back into the queue, and another look, are no news', async () => {
    const [a, b] = [await message(lan, { status: 'sending' }), await message(lan, { status: 'uncertain' })];
    const rows = await change([
      { id: a, from: ['sending'], to: 'queued', reason: null, availableAt: at(5), expiresAt: at(6) },
      { id: b, from: ['uncertain'], to: 'uncertain', reason: 'x', availableAt: at(7) },
    ]);
    expect(rows).toMatchObject([
      { status: 'queued', available_at: at(5), expires_at: at(6), lease_until: null },
      { status: 'uncertain', available_at: at(7) },
    ]);
    expect(await lines()).toEqual([]);
  });

  test.each([
    ['skipped', 'unsent'],
    ['failed', 'unsent'],
    ['parked', 'unsent'],
    ['uncertain', 'queued'],
  ] as const)('to %s: the question it carried is %s', async (to, expected) => {
    const [mine, other] = [randomUUID(), randomUUID()];
    for (const run of [mine, other])
      await db.pool.query(
        `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, asked_at)
         VALUES (gen_random_uuid(), $1, $2, $3, 'hoi', 'cham', 'csat', 'queued', $4)`,
        [lan.customerId, lan.conversationId, run, NOW],
      );
    const id = await message(lan, { status: 'sending', run_id: mine, step: 'cham' });
    await message(lan, { status: 'skipped', run_id: other, step: 'cham' });
    await change([{ id, from: ['sending'], to, reason: 'x' }]);
    const { rows } = await db.pool.query('SELECT run_id, status FROM survey_answers');
    expect(new Map(rows.map(({ run_id, status }) => [run_id, status]))).toEqual(
      new Map([
        [mine, expected],
        [other, 'queued'],
      ]),
    );
  });

  test('keeps what it may have cost, and forgets what it surely did not', async () => {
    const cost = { cost_kind: 'charged', cost_amount: 55, status: 'sending' };
    const [a, b, c] = [await message(lan, cost), await message(lan, cost), await message(lan, cost)];
    const rows = await change([
      { id: a, from: ['sending'], to: 'uncertain', reason: null },
      { id: b, from: ['sending'], to: 'parked', reason: null },
      { id: c, from: ['sending'], to: 'failed', reason: null },
    ]);
    expect(rows.map(({ cost_kind, cost_amount }) => [cost_kind, cost_amount])).toEqual([
      ['charged', 55],
      ['charged', 55],
      [null, null],
    ]);
  });
});

describe('nobody answers what was not said: its silence begins at once', () => {
  const RUN = randomUUID();
  const due = at(HOUR_MS);

  /** When the timer of this step is due after its message was moved. */
  async function timerAfter({
    to = 'skipped',
    fields = {},
    purpose = 'care',
    dueAt = due,
    prepare = async () => {},
  }: {
    to?: 'skipped' | 'failed';
    fields?: Fields;
    purpose?: string;
    dueAt?: Date;
    prepare?: (conversation: string) => Promise<unknown>;
  } = {}): Promise<Date> {
    await db.pool.query(
      `INSERT INTO timers (id, conversation_id, identity_id, run_id, key, due_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [randomUUID(), lan.conversationId, lan.identityId, RUN, `${RUN}:hoi`, dueAt],
    );
    await prepare(lan.conversationId);
    const id = await message(lan, { run_id: RUN, step: 'hoi', ...fields }, purpose);
    const move: StatusChange = { id, from: ['queued'], to, reason: null };
    await db.transaction('claim-messages', (client) => changeStatus(client, NOW, [move]));
    return (await db.pool.query(`SELECT due_at FROM timers WHERE key = $1`, [`${RUN}:hoi`])).rows[0]?.due_at;
  }

  test.each(['care', 'advertising'])('%s that was skipped', async (purpose) => {
    expect(await timerAfter({ purpose })).toEqual(NOW);
  });

  test.each<[string, Parameters<typeof timerAfter>[0]]>([
    ['what failed is told by others', { to: 'failed' }],
    ['an answer', { purpose: 'answer' }],
    ['another step', { fields: { step: 'khac' } }],
    ['another run', { fields: { run_id: randomUUID() } }],
  ])('not so: %s', async (_name, given) => {
    expect(await timerAfter(given)).toEqual(due);
  });

  test('what is due already is not put off', async () => {
    expect(await timerAfter({ dueAt: at(-5) })).toEqual(at(-5));
  });

  test('an offer knows by itself', async () => {
    const issue = (run: string, step: string) => (conversation: string) =>
      db.pool.query(
        `INSERT INTO offer_issues (id, code, customer_id, conversation_id, run_id, flow, step, state, created_at)
         VALUES ($1, 'QUA', $2, $3, $4, 'f', $5, 'declined', $6)`,
        [randomUUID(), lan.customerId, conversation, run, step, NOW],
      );
    expect(await timerAfter({ prepare: issue(RUN, 'hoi') })).toEqual(due);
    await db.pool.query('TRUNCATE timers, offer_issues CASCADE');
    expect(await timerAfter({ prepare: issue(RUN, 'khac') })).toEqual(NOW);
    await db.pool.query('TRUNCATE timers, offer_issues CASCADE');
    expect(await timerAfter({ prepare: issue(randomUUID(), 'hoi') })).toEqual(NOW);
  });
});

describe('a claim', () => {
  const rules: SendRules = {
    window: defaultWindowRules,
    quietHours: { start: '21:00', end: '07:30', timeZone: 'Asia/Ho_Chi_Minh' },
    advertisingRest: { start: '22:00', end: '07:00', timeZone: 'Asia/Ho_Chi_Minh' },
    advertisingPerDay: 3,
    spendLimit: null,
    templates: new Map(),
  };
  const claim = (now = NOW) =>
    claimMessages(
      db,
      { channel: 'zalo', now, limit: 10 },
      {
        rules,
        spending: createSpending('Asia/Ho_Chi_Minh'),
        accounts: { zalo: 'us', email: null },
        labels: { email: true, template: true },
      },
    );
  const rowOf = async (id: string) =>
    (await db.pool.query('SELECT * FROM outbound_messages WHERE id = $1', [id])).rows[0];

  test('commits "sending" with its lease, the try and what it will cost, and nothing of others', async () => {
    await db.pool.query('UPDATE channel_identities SET last_interaction_at = $1', [at(-72 * HOUR_MS)]);
    const [id, later] = [await message(lan, { attempts: 2, error_code: 'x' }), await message(lan)];
    const { claimed, settled } = await claim();
    expect(settled).toBe(0);
    expect(claimed).toEqual([
      {
        id,
        identityId: lan.identityId,
        conversationId: lan.conversationId,
        peerId: lan.identityId,
        message: expect.objectContaining({ kind: 'text' }),
        permit: { mode: 'charged', messagingType: 'UPDATE', costAmount: 55 },
        attempts: 3,
        isFromFlow: true,
        hasFallback: false,
      },
    ]);
    expect(await rowOf(id)).toMatchObject({
      status: 'sending',
      sending_at: NOW,
      attempts: 3,
      error_code: null,
      cost_kind: 'charged',
      cost_amount: 55,
    });
    const lease = `SELECT lease_until > now() AND lease_until <= now() + interval '20 s' AS good FROM outbound_messages WHERE id = $1`;
    expect((await db.pool.query(lease, [id])).rows).toEqual([{ good: true }]);
    expect(await rowOf(later)).toMatchObject({ status: 'queued', lease_until: null });
  });

  test('knows an agent’s words and a ladder when it sees them', async () => {
    await message(lan, { author: 'agent', fallback: JSON.stringify([{ do: 'task', flow: 'f', title: 'Gọi' }]) });
    expect((await claim()).claimed).toMatchObject([{ isFromFlow: false, hasFallback: true }]);
  });

  test('what may not leave is skipped with its reason, what cannot be read has failed', async () => {
    await db.pool.query('UPDATE customers SET opted_out_at = $1', [NOW]);
    const [skipped, broken] = [await message(lan), await message(await someone(), { content: '{"kind":"poem"}' })];
    expect(await claim()).toEqual({ claimed: [], settled: 2 });
    expect(await rowOf(skipped)).toMatchObject({ status: 'skipped', reason: 'Khách đã từ chối nhận tin.' });
    expect(await rowOf(broken)).toMatchObject({ status: 'failed', error_code: 'content' });
  });

  test('the night makes nothing older; the cap does', async () => {
    const night = new Date('2026-11-23T15:00:00Z');
    const morning = new Date('2026-11-24T00:30:00Z');
    const [aged, ageless] = [
      await message(lan, { expires_at: new Date(night.getTime() + 5) }),
      await message(await someone()),
    ];
    const capped = await message(await someone(), { expires_at: new Date(NOW.getTime() + DAY_MS) }, 'advertising');
    const { customer_id: customer } = await rowOf(capped);
    for (let n = 0; n < 3; n += 1) {
      const sent = await message(lan, { status: 'sent', sending_at: NOW, customer_id: customer }, 'advertising');
      expect(sent).not.toBe(capped);
    }
    expect(await claim(at(1))).toMatchObject({ settled: 1 });
    expect(await rowOf(capped)).toMatchObject({
      status: 'queued',
      available_at: at(DAY_MS + 1),
      expires_at: at(DAY_MS),
    });
    await db.pool.query(`UPDATE outbound_messages SET status = 'queued' WHERE id = ANY($1)`, [[aged, ageless]]);
    expect(await claim(night)).toEqual({ claimed: [], settled: 2 });
    expect(await rowOf(aged)).toMatchObject({ available_at: morning, expires_at: new Date(morning.getTime() + 5) });
    expect(await rowOf(ageless)).toMatchObject({ available_at: morning, expires_at: null });
  });

  test('an advertised customer whom somebody counts is left for the next round', async () => {
    const [advertising, care] = [await message(lan, {}, 'advertising'), await message(await someone())];
    await db.transaction('claim-messages', async (client) => {
      await client.query('SELECT id FROM customers WHERE id = $1 FOR NO KEY UPDATE', [lan.customerId]);
      expect((await claim()).claimed.map(({ id }) => id)).toEqual([care]);
    });
    expect((await claim()).claimed.map(({ id }) => id)).toEqual([advertising]);
  });

  test('a closed window takes the ladder in the same transaction', async () => {
    await db.pool.query('UPDATE channel_identities SET last_interaction_at = $1', [at(-30 * DAY_MS)]);
    const id = await message(lan, { fallback: JSON.stringify([{ do: 'task', flow: 'f', title: 'Gọi Lan' }]) });
    const open = await message(await someone());
    const { claimed, settled } = await claim();
    expect([claimed.map((one) => one.id), settled]).toEqual([[open], 1]);
    expect(await rowOf(id)).toMatchObject({ status: 'skipped', reason: expect.stringContaining('đã giao nhân viên') });
    expect((await db.pool.query('SELECT title FROM tasks')).rows).toEqual([{ title: 'Gọi Lan' }]);
  });
});
