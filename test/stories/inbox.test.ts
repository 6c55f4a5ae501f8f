// A person is called: deadlines, one line out of hours, snoozing, the idle timer, and the bot's silence from the very
// commit of a take-over, over two programs.
import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { recordConsents } from '../../src/customers/record-consents.ts';
import { openDatabase } from '../../src/database.ts';
import { createIdMaker } from '../../src/ids.ts';
import { takeConversation } from '../../src/inbox/take-conversation.ts';
import { createDeliverer } from '../../src/outbox/deliver-messages.ts';
import type { SendRules } from '../../src/outbox/may-send.ts';
import { createSpending } from '../../src/outbox/spending.ts';
import { afterWriting, conversationOf, ledgerOf, must, nameCustomer, type Somebody, said, welcomed } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

async function rowOf(id: string) {
  return await must(stage, 'GET', `/api/v1/inbox/conversations/${id}`);
}

async function called(
  channel: 'zalo' | 'messenger' = 'zalo',
): Promise<{ person: Somebody; customer: string; id: string }> {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  await afterWriting(stage, person, 'gặp nhân viên');
  const { id } = await conversationOf(stage, customer);
  return { person, customer, id };
}

test('who is called for has half an open hour to answer and a day to mend; the queue shows it with its reason', async () => {
  const { id, person } = await called();
  const now = stage.clock.now().getTime();
  const minutes = (n: number) => new Date(now + n * 60_000).toISOString();
  const row = await rowOf(id);
  expect(row).toMatchObject({ state: 'waiting_for_agent', replyDueAt: minutes(30), isOverdue: false });
  // 10:00, eight open hours: exactly at closing time.
  expect(row).toMatchObject({ resolveDueAt: minutes(8 * 60) });
  expect(said(stage, person).at(-1)).toContain('nhân viên');
  const queue = await must(stage, 'GET', '/api/v1/inbox/conversations?queue=waiting');
  expect(JSON.stringify(queue)).toContain(id);
  await stage.pass({ minutes: 31 });
  expect(await rowOf(id)).toMatchObject({ isOverdue: true });
  expect(await must(stage, 'GET', '/api/v1/inbox/counts')).toMatchObject({ waiting: 1, overdue: 1 });
  const card = await rowOf(id);
  expect(card.context).toMatchObject({ window: { mode: 'free', cost: 0 }, otherChannels: [] });
  await must(stage, 'POST', `/api/v1/conversations/${id}/resolve`, { by: 'huong' });
  expect(await rowOf(id)).toMatchObject({ replyDueAt: null, resolveDueAt: null });
});

test('the thread pages back without gaps or doubles, with what was skipped and why', async () => {
  const { id, person } = await called('messenger');
  for (let n = 0; n < 7; n += 1) await afterWriting(stage, person, `câu ${n}`);
  const ids: string[] = [];
  let before = '';
  for (;;) {
    const page = await must(stage, 'GET', `/api/v1/inbox/conversations/${id}/timeline?limit=3${before}`);
    const items = Array.isArray(page.items) ? page.items : [];
    ids.push(...items.map((item) => `${item.id}`));
    if (page.nextBefore === null) break;
    before = `&before=${page.nextBefore}`;
  }
  const whole = await must(stage, 'GET', `/api/v1/inbox/conversations/${id}/timeline?limit=200`);
  const all = Array.isArray(whole.items) ? whole.items : [];
  expect(ids).toEqual(all.map((item) => item.id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(all.filter(({ kind }) => kind === 'in').map(({ text }) => text)).toEqual(
    expect.arrayContaining(['câu 6', 'câu 0', 'gặp nhân viên']),
  );
  await must(stage, 'POST', `/api/v1/conversations/${id}/resolve`, { by: 'huong' });
});

test('silent for two open hours, the owner loses it to the queue; nobody is forgotten', async () => {
  const { id, person, customer } = await called();
  await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
  await afterWriting(stage, person, 'em ơi');
  await stage.pass({ hours: 2, minutes: 1 });
  expect(await rowOf(id)).toMatchObject({ state: 'waiting_for_agent', owner: null });
  expect((await ledgerOf(stage, customer, 'handed_over'))[1]?.reason).toContain('im lặng');
  await must(stage, 'POST', `/api/v1/conversations/${id}/resolve`, { by: 'huong' });
});

test('with the policy "bot" the asked question comes again, unless the customer waits for the person', async () => {
  await must(stage, 'PUT', '/api/v1/settings/idle_policy', { to: 'bot', minutes: 60 });
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  await afterWriting(stage, person, 'đặt lịch đào tạo');
  const question = said(stage, person).at(-1);
  const { id } = await conversationOf(stage, customer);
  await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
  await stage.pass({ hours: 1, minutes: 1 });
  expect(await rowOf(id)).toMatchObject({ state: 'bot' });
  expect(said(stage, person).at(-1)).toBe(question);
  await must(stage, 'PUT', '/api/v1/settings/idle_policy', {});
});

test('out of hours the one line also says when somebody is there', async () => {
  await stage.pass({ hours: 10 });
  for (const channel of ['zalo', 'messenger'] as const) {
    const { person, id } = await called(channel);
    const lines = said(stage, person).slice(1);
    expect(lines).toEqual([expect.stringMatching(/cho nhân viên ngay.*ngoài giờ.*08:00 thứ Ba, 24\/11\/2026/su)]);
    await afterWriting(stage, person, 'alo');
    await stage.pass({ minutes: 20 });
    expect(said(stage, person).slice(1)).toEqual(lines);
    await must(stage, 'POST', `/api/v1/conversations/${id}/resolve`, { by: 'huong' });
  }
});

/** How many people each race is run with. */
const RACES = Number(process.env.RACES ?? 1_000);
const races = [
  { name: 'take-over', purpose: 'answer' },
  { name: 'opt-out', purpose: 'care' },
  { name: 'a no to advertising', purpose: 'advertising' },
] as const;

describe('the bot is silent from the commit of a take-over and of a "no"', () => {
  test.each(races)(
    `$name, ${RACES} times against two programs that send: nothing of the bot begins after`,
    async (race) => {
      const silence =
        race.name === 'take-over' ? takeOver(await makeLan()) : sayNo(race.purpose === 'care' ? 'all' : 'advertising');
      const people = await makePeople(RACES, race);
      const senders = [1, 2].map(openSender);
      let isOver = false;
      const ringing = Promise.all(
        senders.map(async ({ deliverer: one }) => {
          while (!isOver) {
            one.ring();
            await one.idle();
          }
        }),
      );
      await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          silenceAll(
            people.filter((__, k) => k % 6 === n),
            silence,
          ),
        ),
      );
      isOver = true;
      await ringing;
      // Whoever was busy in the last round is left for the next.
      for (let round = 0; round < 50; round += 1) {
        senders[0]?.deliverer.ring();
        await senders[0]?.deliverer.idle();
      }
      for (const { deliverer, db } of senders) {
        await deliverer.stop();
        await db.close();
      }
      const { rows } = await stage.db.pool.query(
        `SELECT count(*) FILTER (WHERE r.started IS NOT NULL AND r.started > t.taken)::int AS late,
         count(*) FILTER (WHERE r.started IS NOT NULL)::int AS said, count(*) FILTER (WHERE o.status = 'skipped')::int AS skipped,
         count(*) FILTER (WHERE o.status = 'queued')::int AS queued
       FROM outbound_messages o JOIN race_taken t ON t.id = o.conversation_id LEFT JOIN race_started r ON r.id = o.id`,
      );
      expect(rows[0]).toMatchObject({ late: 0, queued: 0 });
      expect(Number(rows[0]?.said) + Number(rows[0]?.skipped)).toBe(RACES * 3);
      console.info(`${race.name} race`, rows[0]);
    },
    120_000,
  );
});

/** With three queued messages each; what starts and what is taken is written down by the database, in the order of commits. */
async function makePeople(count: number, { name, purpose }: (typeof races)[number]): Promise<string[]> {
  await stage.db.pool.query(
    'DROP TABLE IF EXISTS race_started, race_taken; DROP SEQUENCE IF EXISTS race_order; CREATE SEQUENCE race_order; CREATE TABLE race_started (id uuid, started bigint); CREATE TABLE race_taken (id uuid, taken bigint)',
  );
  await stage.db.pool.query(
    `CREATE OR REPLACE FUNCTION race_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO race_started VALUES (NEW.id, nextval(''race_order'')); RETURN NULL; END';
     DROP TRIGGER IF EXISTS race_note ON outbound_messages;
     CREATE CONSTRAINT TRIGGER race_note AFTER UPDATE OF status ON outbound_messages DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'sending') EXECUTE FUNCTION race_note()`,
  );
  const { rows } = await stage.db.pool.query<{ id: string }>(
    `WITH who AS (SELECT n, gen_random_uuid() AS customer, gen_random_uuid() AS identity, gen_random_uuid() AS conversation FROM generate_series(1, $1) n),
       cu AS (INSERT INTO customers (id, created_at, updated_at) SELECT customer, $2, $2 FROM who),
       k AS (INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at)
         SELECT gen_random_uuid(), customer, 'advertising', '*', true, 'race', $2::timestamptz - interval '1 day' FROM who),
       i AS (INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, last_interaction_at, created_at)
         SELECT identity, 'messenger', 'race', $3::text || '-' || n, customer, $2, $2 FROM who),
       c AS (INSERT INTO conversations (id, identity_id, customer_id, state, created_at, updated_at) SELECT conversation, identity, customer, 'bot', $2, $2 FROM who),
       o AS (INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at)
         SELECT gen_random_uuid(), conversation, identity, customer, 'messenger', 'race', '{"kind":"text","text":"Bot nói"}', $4, 'flow', 'queued', $2::timestamptz + interval '1 hour', $2
         FROM who, generate_series(1, 3) ORDER BY n)
     SELECT conversation AS id FROM who ORDER BY n`,
    [count, stage.clock.now(), name, purpose],
  );
  return rows.map(({ id }) => id);
}

type Silence = (client: pg.ClientBase, conversationId: string) => Promise<unknown>;

async function makeLan() {
  const { rows } = await stage.db.pool.query<{ id: string }>(
    `INSERT INTO staff_members (id, email, name, role, created_at) VALUES (gen_random_uuid(), 'lan@ganbo.vn', 'Lan', 'agent', now()) RETURNING id`,
  );
  return { id: rows[0]?.id ?? '', name: 'Lan', email: 'lan@ganbo.vn', role: 'agent', teamId: null };
}

const takeOver =
  (staff: Awaited<ReturnType<typeof makeLan>>): Silence =>
  (client, id) =>
    takeConversation({ clock: stage.clock }, client, id, { staff, force: false });

const sayNo =
  (purpose: 'all' | 'advertising'): Silence =>
  async (client, id) => {
    const { rows } = await client.query<{ id: string }>(
      'SELECT id FROM customers WHERE id = (SELECT customer_id FROM conversations WHERE id = $1) FOR UPDATE',
      [id],
    );
    const deps = { clock: stage.clock, newId: createIdMaker(stage.clock), timeZone: 'Asia/Ho_Chi_Minh' };
    const no = { purpose, channel: '*', granted: false, source: 'race' } as const;
    await recordConsents(deps, client, rows[0]?.id ?? '', [no]);
  };

async function silenceAll(ids: readonly string[], silence: Silence): Promise<void> {
  for (const id of ids) {
    // Due this very moment: the senders run for it.
    await stage.db.pool.query('UPDATE outbound_messages SET available_at = $2 WHERE conversation_id = $1', [
      id,
      stage.clock.now(),
    ]);
    await stage.db.transaction('answer-once', (client) => silence(client, id));
    // After the commit: whatever gets a later number began after it.
    await stage.db.pool.query(`INSERT INTO race_taken VALUES ($1, nextval('race_order'))`, [id]);
  }
}

/** The outbox of one more program, with its own connections and a provider that accepts at once. */
function openSender() {
  const channel = stage.program.channels.get('messenger');
  if (!channel) throw new Error('The sandbox has Messenger.');
  const newId = createIdMaker(stage.clock);
  const db = openDatabase({ url: stage.db.url });
  const never = { start: '21:00', end: '21:00', timeZone: 'Asia/Ho_Chi_Minh' };
  const rules: SendRules = {
    window: defaultWindowRules,
    quietHours: never,
    advertisingRest: never,
    advertisingPerDay: 3,
    spendLimit: null,
    templates: new Map(),
  };
  const deliverer = createDeliverer({
    db,
    channel: { ...channel, name: 'messenger', send: async () => ({ outcome: 'sent', providerMessageId: newId() }) },
    clock: stage.clock,
    rules: () => rules,
    ladder: {
      spending: createSpending('Asia/Ho_Chi_Minh'),
      accounts: { zalo: null, email: null },
      labels: { email: false, template: false },
    },
    random: () => 0.5,
    log: pino({ level: 'silent' }),
  });
  return { deliverer, db };
}
