// Claiming on a real database: the cap and the stop line hold however many processes claim at once, and a ladder is taken
// in the transaction that claims.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { createManualClock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import { type Database, openDatabase } from '../../src/database.ts';
import type { ApprovedTemplate } from '../../src/flows/approved-template.ts';
import { type ClaimDeps, claimMessages } from '../../src/outbox/claim-messages.ts';
import type { SendRules } from '../../src/outbox/may-send.ts';
import { saveResults } from '../../src/outbox/save-results.ts';
import { createSpending } from '../../src/outbox/spending.ts';
import { createTestDatabase } from '../test-database.ts';
import { aPerson, aQueued, type PersonRow, somebodyOn } from './a-message.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
/** 10:00 in Vietnam. */
const NOW = new Date('2026-11-23T03:00:00Z');
const CHANNELS = ['zalo', 'messenger', 'email'] as const;

const template: ApprovedTemplate = {
  id: 'nhac',
  channel: 'zalo',
  via: 'zbs',
  providerId: '331001',
  approval: 'approved',
  price: 300,
  language: 'vi',
  parameters: { name: { max: 10, required: true } },
  text: 'Chào {{name}}.',
};
const rules: SendRules = {
  window: defaultWindowRules,
  quietHours: { start: '21:00', end: '07:30', timeZone },
  advertisingRest: { start: '22:00', end: '07:00', timeZone },
  advertisingPerDay: 3,
  spendLimit: null,
  templates: new Map([['nhac', template]]),
};
const depsWith = (more: Partial<SendRules> = {}): ClaimDeps => ({
  rules: { ...rules, ...more },
  spending: createSpending(timeZone),
  accounts: { zalo: 'us', email: 'us@example.com' },
  labels: { email: true, template: true },
});

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let others: Database[];
beforeAll(async () => {
  db = await createTestDatabase();
  others = [1, 2, 3].map(() => openDatabase({ url: db.url, poolSize: 4 }));
});
afterAll(async () => {
  for (const other of others) await other.close();
  await db.close();
});
beforeEach(async () => {
  await db.pool.query(
    'TRUNCATE outbound_messages, touchpoints, consents, tasks, template_states, conversations, channel_identities, customers CASCADE',
  );
});

/** Four processes, three channels each, at once and again until nothing more moves. */
async function claimEverywhere(now: Date, deps: () => ClaimDeps): Promise<string[]> {
  const all: string[] = [];
  for (let quiet = 0; quiet < 3; ) {
    const rounds = [db, ...others].flatMap((each) =>
      CHANNELS.map((channel) => claimMessages(each, { channel, now, limit: 10 }, deps())),
    );
    const done = await Promise.all(rounds);
    const claimed = done.flatMap((round) => round.claimed.map((message) => message.id));
    all.push(...claimed);
    // Who is judged is held, also when nothing leaves: the others get their turn in the next round.
    quiet = done.every((round) => round.claimed.length + round.settled === 0) ? quiet + 1 : 0;
    // As a provider that accepts at once: the next message of the same person is no longer held back.
    await db.pool.query(`UPDATE outbound_messages SET status = 'sent', sent_at = $1 WHERE status = 'sending'`, [now]);
  }
  return all;
}

const row = async (id: string) => (await db.pool.query('SELECT * FROM outbound_messages WHERE id = $1', [id])).rows[0];
const statuses = async () =>
  (
    await db.pool.query<{ status: string; n: number }>(
      'SELECT status, count(*)::int AS n FROM outbound_messages GROUP BY 1 ORDER BY 1',
    )
  ).rows;

test('four processes and three channels at once: three advertising messages, no more, in 24 hours', async () => {
  const people: PersonRow[][] = [];
  for (let n = 0; n < 5; n += 1) people.push(await aPerson(db, CHANNELS, new Date(NOW.getTime() - HOUR_MS)));
  for (const person of people) {
    for (const identity of person) {
      for (let n = 0; n < 4; n += 1) await aQueued(db, identity, { purpose: 'advertising', at: NOW });
    }
  }
  const claimed = await claimEverywhere(NOW, depsWith);
  expect(new Set(claimed).size).toBe(claimed.length);
  expect(await statuses()).toEqual([
    { status: 'queued', n: 45 },
    { status: 'sent', n: 15 },
  ]);
  // Exactly a day later they still count; then the window frees for three more.
  expect(await claimEverywhere(new Date(NOW.getTime() + DAY_MS), depsWith)).toEqual([]);
  await db.pool.query('UPDATE channel_identities SET last_interaction_at = $1', [NOW]);
  expect(await claimEverywhere(new Date(NOW.getTime() + DAY_MS + MINUTE_MS), depsWith)).toHaveLength(15);
});

test('what was surely not accepted does not count; what may have been does', async () => {
  const person = await somebodyOn(db, 'email', NOW);
  for (const status of ['failed', 'skipped', 'parked', 'sent']) {
    const id = await aQueued(db, person, { purpose: 'advertising', at: NOW });
    await db.pool.query('UPDATE outbound_messages SET status = $2, sending_at = $3 WHERE id = $1', [id, status, NOW]);
  }
  for (let n = 0; n < 3; n += 1) await aQueued(db, person, { purpose: 'advertising', at: NOW });
  expect(await claimEverywhere(new Date(NOW.getTime() + MINUTE_MS), depsWith)).toHaveLength(1);
});

test('quiet hours make nothing old; the cap does', async () => {
  const person = await somebodyOn(db, 'email', NOW);
  const night = new Date('2026-11-23T15:00:00Z');
  const id = await aQueued(db, person, { purpose: 'care', at: night, expiresAt: new Date(night.getTime() + HOUR_MS) });
  await claimMessages(db, { channel: 'email', now: night, limit: 10 }, depsWith());
  expect(await row(id)).toMatchObject({
    status: 'queued',
    available_at: new Date('2026-11-24T00:30:00Z'),
    expires_at: new Date('2026-11-24T01:30:00Z'),
  });
});

describe('ladders', () => {
  const nudge = { do: 'template', template: 'nhac', parameters: { name: 'Lan' } };
  const letter = { do: 'email', subject: 'Gói sắp hết hạn', text: 'Chào Lan' };
  const call = { do: 'task', flow: 'gia-han', title: 'Gọi Lan' };
  const longAgo = new Date(NOW.getTime() - 30 * DAY_MS);

  async function take(fallback: unknown[], { purpose = 'care', deps = depsWith() } = {}) {
    const person = await somebodyOn(db, 'zalo', longAgo);
    const id = await aQueued(db, person, { purpose, at: NOW, fallback });
    const { claimed } = await claimMessages(db, { channel: 'zalo', now: NOW, limit: 10 }, deps);
    const lines = await db.pool.query(`SELECT kind, reason, data FROM touchpoints WHERE customer_id = $1 ORDER BY id`, [
      person.customerId,
    ]);
    return { id, claimed, row: await row(id), lines: lines.rows };
  }

  test('the template replaces the words in the same row, with its price', async () => {
    const taken = await take([nudge, letter, call]);
    expect(taken.claimed).toMatchObject([
      { message: { kind: 'template', templateId: '331001', parameters: { name: 'Lan' } }, permit: { costAmount: 300 } },
    ]);
    expect(taken.row).toMatchObject({ status: 'sending', cost_amount: 300, fallback: [letter, call] });
    expect(taken.row.content).toMatchObject({ name: 'nhac', preview: 'Chào Lan.' });
    expect(taken.lines).toMatchObject([{ kind: 'fallback_taken', data: { rung: 'template', taken: true, cost: 300 } }]);
  });

  test.each([
    ['missing', {}, 'thiếu "name"'],
    ['too long', { name: 'Nguyễn Thị Ngọc Lan' }, 'dài quá 10'],
    ['unknown', { name: 'Lan', price: '1' }, 'không có chỗ điền "price"'],
  ])('a parameter that is %s is refused before the call', async (_, parameters, words) => {
    const taken = await take([{ ...nudge, parameters }]);
    expect(taken.claimed).toEqual([]);
    expect(taken.row.status).toBe('skipped');
    expect(taken.lines[0]).toMatchObject({ kind: 'fallback_taken', data: { taken: false } });
    expect(taken.lines[0].reason).toContain(words);
    expect(taken.lines[1]).toMatchObject({ kind: 'message_skipped', reason: expect.stringContaining('Quá 7 ngày') });
  });

  test('without any rung left it is skipped with the reason of the window, never forced', async () => {
    const taken = await take([]);
    expect(taken.row).toMatchObject({ status: 'skipped', reason: expect.stringContaining('Quá 7 ngày') });
  });

  test('what the provider said of a template wins over the file', async () => {
    await db.pool.query(
      `INSERT INTO template_states (template, approval, changed_at) VALUES ('331001', 'disabled', $1)`,
      [NOW],
    );
    const taken = await take([nudge, letter]);
    expect(taken.claimed).toEqual([]);
    const moved = await db.pool.query(`SELECT content, channel, status FROM outbound_messages WHERE channel = 'email'`);
    expect(moved.rows).toMatchObject([{ content: { subject: 'Gói sắp hết hạn', text: 'Chào Lan' }, status: 'queued' }]);
  });

  test('advertising by e-mail is labelled, and a template that is not labelled is passed over', async () => {
    const taken = await take([nudge, letter], { purpose: 'advertising' });
    expect(taken.lines[0].reason).toContain('[QC]');
    const moved = await db.pool.query(`SELECT content FROM outbound_messages WHERE channel = 'email'`);
    expect(moved.rows[0].content.subject).toBe('[QC] Gói sắp hết hạn');
    expect(moved.rows[0].content.text).toMatch(/^\[QC\] Chào Lan\n\nNhắn DỪNG/);
  });

  test('who chats on Messenger only is reached by phone, on the identity of that phone', async () => {
    const zns: ApprovedTemplate = { ...template, id: 'nhac-zns', via: 'zns' };
    const deps = depsWith({ templates: new Map([['nhac-zns', zns]]) });
    const person = await somebodyOn(db, 'messenger', longAgo);
    const fallback = [{ ...nudge, template: 'nhac-zns' }, call];
    const without = await aQueued(db, person, { purpose: 'care', at: NOW, fallback });
    await claimMessages(db, { channel: 'messenger', now: NOW, limit: 10 }, deps);
    expect((await row(without)).reason).toContain('đã giao nhân viên');
    await db.pool.query('UPDATE customers SET phone = $2 WHERE id = $1', [person.customerId, '84912345678']);
    await aQueued(db, person, { purpose: 'care', at: NOW, fallback });
    await claimMessages(db, { channel: 'messenger', now: NOW, limit: 10 }, deps);
    const { claimed } = await claimMessages(db, { channel: 'zalo', now: NOW, limit: 10 }, deps);
    expect(claimed).toMatchObject([{ peerId: 'phone:84912345678', message: { kind: 'template', name: 'nhac-zns' } }]);
    const { rows } = await db.pool.query(`SELECT customer_id FROM channel_identities WHERE external_id LIKE 'phone:%'`);
    expect(rows).toEqual([{ customer_id: person.customerId }]);
  });

  test('a phone without Zalo is no reason not to write to the chat, and is not written to again', async () => {
    const zns: ApprovedTemplate = { ...template, id: 'nhac-zns', via: 'zns' };
    const deps = depsWith({ templates: new Map([['nhac-zns', zns]]) });
    const person = await somebodyOn(db, 'zalo', longAgo);
    await db.pool.query('UPDATE customers SET phone = $2 WHERE id = $1', [person.customerId, '84912345679']);
    const fallback = [{ ...nudge, template: 'nhac-zns' }, call];
    const claim = () => claimMessages(db, { channel: 'zalo', now: NOW, limit: 10 }, deps);
    const first = await aQueued(db, person, { purpose: 'care', at: NOW, fallback });
    const [message] = (await claim()).claimed;
    if (message?.id !== first) throw new Error('not taken');
    expect(message).toMatchObject({ message: { phone: '84912345679' } });
    const reason = 'Số điện thoại này không có tài khoản Zalo.';
    const result = { outcome: 'refused', concerns: 'recipient', code: 'zns:-118', reason } as const;
    await saveResults({ db, clock: createManualClock(NOW), random: () => 0.5 }, [{ message, result }]);
    const { rows } = await db.pool.query(
      'SELECT external_id, unreachable_reason FROM channel_identities WHERE customer_id = $1 ORDER BY external_id',
      [person.customerId],
    );
    expect(rows).toEqual([
      { external_id: person.identityId, unreachable_reason: null },
      { external_id: 'phone:84912345679', unreachable_reason: reason },
    ]);
    await claim();
    const second = await aQueued(db, person, { purpose: 'care', at: NOW, fallback });
    expect((await claim()).claimed).toEqual([]);
    expect((await row(second)).reason).toContain('đã giao nhân viên');
  });

  test('past the stop line the ladder goes on', async () => {
    const taken = await take([nudge, call], { deps: depsWith({ spendLimit: 299 }) });
    expect(taken.lines[0].reason).toContain('hạn mức chi');
    expect(taken.row.status).toBe('skipped');
    const tasks = await db.pool.query('SELECT kind, title, status FROM tasks');
    expect(tasks.rows).toEqual([{ kind: 'follow_up', title: 'Gọi Lan', status: 'open' }]);
  });

  test('processes that spend at once stay below the line together', async () => {
    for (let n = 0; n < 20; n += 1) {
      const [person] = await aPerson(db, ['zalo'], longAgo);
      if (person) await aQueued(db, person, { purpose: 'care', at: NOW, fallback: [nudge] });
    }
    const kept = [1, 2, 3, 4].map(() => depsWith({ spendLimit: 2_000 }));
    const rounds = [db, ...others].map((each, n) =>
      claimMessages(each, { channel: 'zalo', now: NOW, limit: 5 }, kept[n] ?? depsWith()),
    );
    const done = await Promise.all(rounds);
    expect(done.flatMap((round) => round.claimed)).toHaveLength(6);
  });
});

test('a window that closes while a message waits for the morning: the ladder is taken, down to the task', async () => {
  const evening = new Date('2026-11-23T14:30:00Z');
  const morning = new Date('2026-11-24T00:30:00Z');
  const person = await somebodyOn(db, 'messenger', new Date(evening.getTime() - 20 * HOUR_MS));
  const fallback = [{ do: 'task', flow: 'nhac', title: 'Gọi khách' }];
  const expiresAt = new Date(evening.getTime() + 2 * HOUR_MS);
  const id = await aQueued(db, person, { purpose: 'care', at: evening, fallback, expiresAt });
  expect(await claimEverywhere(evening, depsWith)).toEqual([]);
  expect(await row(id)).toMatchObject({ status: 'queued', available_at: morning });
  expect(await claimEverywhere(morning, depsWith)).toEqual([]);
  expect(await row(id)).toMatchObject({ status: 'skipped' });
  expect((await db.pool.query('SELECT title FROM tasks')).rows).toEqual([{ title: 'Gọi khách' }]);
});
