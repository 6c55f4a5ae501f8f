// The whole program on a business of some size: people chat, staff look and answer, journeys plan and start, providers
// confirm. Whatever is asked of the database meanwhile is looked at: no statement reads a big table whole, but those
// that are named here with their reason.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCrowd } from '../../scripts/bench/many-people.ts';
import { MINUTE_MS } from '../../src/clock.ts';
import { changesSince, currentPlace } from '../../src/inbox/follow-changes.ts';
import { queueNames } from '../../src/inbox/inbox-schema.ts';
import { type SignedIn, signIn } from '../inbox/signed-in.ts';
import { said, welcomed } from '../stories/scenes.ts';
import { MONDAY_MORNING, openStage, type Stage } from '../stories/stage.ts';
import { type PlanWatch, watchPlans } from './watch-plans.ts';

const BIG = 10_000;

/** Statements that may read a whole table: how they begin, and why. */
const MAY_READ_ALL: [beginning: string, why: string][] = [
  [
    'WITH w AS MATERIALIZED ( SELECT * FROM json_to_recordset($1::json) AS w(code text',
    'how offers do counts every offer ever made',
  ],
  ['SELECT metric, status, score, count(*)::int AS n FROM survey_answers', 'scores of a year are counted'],
  ['UPDATE inbound_events t SET payload', 'once a night: time takes what is too old'],
  ['UPDATE outbound_messages t SET content', 'once a night'],
  ["SELECT count(*) FROM customers WHERE NOT 'erased'", 'once a day: how many people are kept'],
  ['DELETE FROM enrolment_steps t WHERE t.ctid', 'once a night'],
  ['WITH recent AS (SELECT at, kind, channel', 'when a channel was silent for 20,000 lines of the ledger'],
];

/** What must have been among the statements, by name or beginning, or this test looks at the wrong things. */
const HOT = [
  'lock-people',
  'take-events',
  'read-all-people',
  'read-free-people',
  'next-messages',
  'hold-customers',
  'read-last-words',
  'SELECT o.id, o.attempts, o.content, o.sending_at, i.external_id FROM ( SELECT * FROM outbound_messages',
  'lock-due',
  'lock-signalled',
  'take-signals',
  'care-since',
  'care-tips',
  'count-overdue',
  'WITH page AS',
  'inbox-counts',
  'inbox-new-ones',
  'SELECT c.id, c.identity_id, c.customer_id, i.channel, i.account_id, i.last_inbound_at, l.last_at',
  'timeline-older',
  'timeline-newer',
  'timeline-place',
  'inbox-context',
  'SELECT t.id::text, t.at, t.kind, t.channel',
  'customer-page',
  'WITH found AS MATERIALIZED',
  'SELECT cu.id, cu.external_id',
  'inbox-changes',
  'SELECT k.id::text, k.at, CASE k.kind WHEN',
  'receipts-by-id',
  'receipts-by-time',
  'find-echoed',
  'write-touchpoints',
  'SELECT id, type, at FROM outgoing_events',
  'SELECT s.id, s.external_id, s.customer_id, s.product',
];

let stage: Stage;
let watch: PlanWatch;
let staff: SignedIn;
/** Calls that were not answered as they should: what they ask was not looked at. */
const missing: string[] = [];
beforeAll(async () => {
  stage = await openStage();
  staff = await signIn(stage);
  const crowd = { people: 12_000, lines: 60_000, months: 3, waiting: 40, now: MONDAY_MORNING };
  await makeCrowd({ db: stage.db, url: stage.db.url }, crowd);
  watch = watchPlans();
  await liveForAWhile();
}, 300_000);
afterAll(async () => {
  watch.stop();
  await stage.close();
});

async function liveForAWhile(): Promise<void> {
  await stage.db.pool.query(
    `INSERT INTO webhook_endpoints (id, url, events, secrets, created_at) VALUES (gen_random_uuid(), 'https://x.example', '{}', '{}', now())`,
  );
  const people = [await welcomed(stage, 'zalo'), await welcomed(stage, 'messenger')];
  for (const { id } of people) {
    for (const words of ['Hướng dẫn sử dụng', 'kẹo dừa', 'gặp nhân viên']) {
      stage.sandbox.write(id, words);
      await stage.settle();
    }
    expect(said(stage, { id }).length).toBeGreaterThan(1);
  }
  await somethingUnaskedIsDue(people[0]?.id ?? '');
  await integratorSpeaks();
  await staffLooks();
  stage.sandbox.advanceClock(2 * MINUTE_MS);
  await stage.program.tickMinute();
  await stage.settle();
}

async function somethingUnaskedIsDue(personId: string): Promise<void> {
  await stage.db.pool.query(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at)
     SELECT gen_random_uuid(), c.id, i.id, i.customer_id, i.channel, i.account_id, '{"kind":"text","text":"Ưu đãi tháng này"}', 'advertising', 'system', 'queued', $2, $2
     FROM channel_identities i JOIN conversations c ON c.identity_id = i.id WHERE i.external_id = $1`,
    [personId, stage.clock.now()],
  );
}

async function integratorSpeaks(): Promise<void> {
  const at = MONDAY_MORNING.toISOString();
  const calls: [method: 'PUT' | 'POST', path: string, body: unknown][] = [
    ['PUT', '/api/v1/customers/kh-7', { name: 'Khách Bảy', phone: '0900000007' }],
    ['PUT', '/api/v1/subscriptions/s-7', { customer: 'kh-7', product: 'spa', status: 'active', expiresAt: at }],
    ['POST', '/api/v1/orders', { id: 'd-new', customer: 'kh-7', amount: 500_000, items: [], at }],
    ['POST', '/api/v1/usage', [{ customer: 'kh-7', metric: 'appointments', value: 3, at, idempotencyKey: 'u-1' }]],
  ];
  for (const [method, path, body] of calls) {
    const answer = await stage.api(method, path, body);
    if (answer.status >= 300) missing.push(`${path}: ${JSON.stringify(answer.body)}`);
  }
  await stage.settle();
}

async function look(path: string): Promise<Record<string, unknown>> {
  const { status, body } = await staff.call('GET', path);
  if (status !== 200) missing.push(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function staffLooks(): Promise<void> {
  for (const queue of queueNames.options) await look(`/inbox/conversations?queue=${queue}&limit=30`);
  const { rows } = await stage.db.pool.query<{ id: string; customer_id: string }>(
    `SELECT id, customer_id FROM conversations WHERE state = 'waiting_for_agent' ORDER BY id LIMIT 1`,
  );
  const [{ id, customer_id: customer } = { id: '', customer_id: '' }] = rows;
  const thread = await look(`/inbox/conversations/${id}/timeline?limit=1`);
  const page = await look(`/inbox/conversations/${id}/timeline?limit=50`);
  const { cursor } = await look('/inbox/alerts');
  for (const path of [
    '/inbox/counts',
    `/inbox/conversations/${id}`,
    `/inbox/conversations/${id}/timeline?before=${encodeURIComponent(String(thread.nextBefore))}`,
    `/inbox/conversations/${id}/timeline?around=${JSON.stringify(page.items).match(/t:\d+/)?.[0]}&limit=2`,
    `/inbox/alerts?after=${cursor}`,
    '/inbox/supervision',
    `/customers/by-id/${customer}`,
    `/customers/by-id/${customer}/touchpoints`,
    `/customers/by-id/${customer}/touchpoints?kind=message_in&limit=10`,
    `/search?q=${encodeURIComponent('kẹo dừa')}`,
    '/search?q=0900000007',
    '/search',
    '/channels',
    '/offers',
    '/surveys/results',
    '/tasks',
    '/cases',
    '/sending/quota',
  ])
    await look(path);
  await changesSince(stage.db.pool, await currentPlace(stage.db.pool));
}

test('no statement reads a big table whole, but those that may', async () => {
  const { rows } = await stage.db.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND reltuples >= $1`,
    [BIG],
  );
  const big = new Set(rows.map(({ name }) => name));
  expect(big).toContain('customers');
  expect(big).toContain('touchpoints_2026_10');
  const wrong = watch.seen().flatMap(({ about, scans }) => {
    const tables = scans.filter((table) => big.has(table));
    return tables.length === 0 || MAY_READ_ALL.some(([beginning]) => about.startsWith(beginning))
      ? []
      : [{ about, tables }];
  });
  expect(wrong).toEqual([]);
});

test('everything was asked that is asked all day', () => {
  expect(missing).toEqual([]);
  expect(watch.mistakes).toEqual([]);
  const about = watch.seen().map((one) => one.about);
  if (process.env.SHOW_STATEMENTS) console.info([...new Set(about)].join('\n'));
  expect(HOT.filter((name) => !about.some((one) => one.startsWith(name)))).toEqual([]);
});
