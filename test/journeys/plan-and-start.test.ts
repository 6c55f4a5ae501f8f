import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../test-database.ts';
import { type CareStage, createCareStage, DAY, HOUR, LADDER, START } from './care-stage.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let stage: CareStage;
beforeEach(async () => {
  db = await createTestDatabase();
  stage = createCareStage(db, LADDER);
});
afterEach(async () => {
  await db.close();
});

const at = (ms: number) => new Date(START.getTime() + ms);

describe('planning', () => {
  test('a subscription is enrolled once, with the steps that are still to come', async () => {
    const customer = await stage.addCustomer();
    await stage.addSubscription(customer, 20 * DAY);
    await stage.settle();
    expect(await stage.steps('due_at')).toEqual([
      { step: 'truoc_7', due_at: at(13 * DAY), status: 'planned' },
      { step: 'goi', due_at: at(19 * DAY), status: 'planned' },
    ]);
    await stage.tell(customer, 'subscription_saved');
    await stage.settle();
    expect(await stage.lines()).toEqual(['enrolment_started']);
    expect(await stage.rows('SELECT 1 FROM journey_signals')).toEqual([]);
  });

  test('a date that wanders by small moves is another occasion in the end, once something was said', async () => {
    const subscription = await stage.addSubscription(await stage.addCustomer(), 29.5 * DAY);
    await stage.settle();
    await stage.begin();
    for (const days of [35.5, 41.5]) {
      await stage.change(subscription, { expiresAt: at(days * DAY) });
      await stage.settle();
    }
    expect((await stage.steps()).filter(({ step }) => step === 'truoc_30')).toEqual([
      { step: 'truoc_30', status: 'started' },
    ]);
    await stage.change(subscription, { expiresAt: at(47.5 * DAY) });
    await stage.settle();
    expect(await stage.lines()).toContain('enrolment_ended Ngày làm mốc đã chuyển sang một kỳ khác.');
    expect(
      await stage.rows(`SELECT due_at FROM enrolment_steps WHERE step = 'truoc_30' AND status = 'planned'`),
    ).toEqual([{ due_at: at(17.5 * DAY) }]);
  });

  test('before anything was said small moves are followed wherever they lead', async () => {
    const subscription = await stage.addSubscription(await stage.addCustomer(), 60 * DAY);
    await stage.settle();
    for (const days of [70, 80, 90]) {
      await stage.change(subscription, { expiresAt: at(days * DAY) });
      await stage.settle();
    }
    expect(await stage.lines()).toEqual(['enrolment_started']);
  });

  test('steps that a moved date leaves behind are one line of the ledger, with the reason', async () => {
    const subscription = await stage.addSubscription(await stage.addCustomer(), 18 * DAY);
    await stage.settle();
    await stage.change(subscription, { expiresAt: at(4.5 * DAY) });
    await stage.settle();
    const lines = await stage.rows(`SELECT reason, data FROM touchpoints WHERE kind = 'journey_steps_cancelled'`);
    expect(lines).toMatchObject([
      { reason: 'Ngày làm mốc đã dời sang 27/11/2026.', data: { journey: 'ladder', steps: ['truoc_7'], count: 1 } },
    ]);
  });

  test('a step within "late" is due now', async () => {
    await stage.addSubscription(await stage.addCustomer(), 6.5 * DAY);
    await stage.plan();
    expect((await stage.steps('due_at'))[0]).toEqual({ step: 'truoc_7', due_at: START, status: 'planned' });
  });

  test('a date that moves a little takes its steps along; another term ends the enrolment and begins one', async () => {
    const subscription = await stage.addSubscription(await stage.addCustomer(), 20 * DAY);
    await stage.settle();
    await stage.change(subscription, { expiresAt: at(22 * DAY) });
    await stage.settle();
    expect(await stage.steps('due_at')).toEqual([
      { step: 'truoc_7', due_at: at(15 * DAY), status: 'planned' },
      { step: 'goi', due_at: at(21 * DAY), status: 'planned' },
    ]);
    await stage.change(subscription, { expiresAt: at(380 * DAY) });
    await stage.settle();
    expect((await stage.steps()).map(({ step, status }) => `${step} ${status}`)).toEqual([
      'truoc_7 cancelled',
      'goi cancelled',
      'truoc_30 planned',
      'truoc_7 planned',
      'goi planned',
    ]);
    expect(await stage.lines()).toEqual([
      'enrolment_started',
      'enrolment_ended Ngày làm mốc đã chuyển sang một kỳ khác.',
      'enrolment_started',
    ]);
  });

  test.each([
    ['renewed', 'enrolment_ended Đã đạt mục tiêu: since.subscription_renewed > 0.'],
    ['cancelled', 'enrolment_ended Gói đã huỷ hoặc hoàn tiền.'],
    ['refunded', 'enrolment_ended Gói đã huỷ hoặc hoàn tiền.'],
    ['opted out', 'enrolment_ended Khách đã từ chối nhận tin.'],
  ])('%s: what is pending is cancelled at once, with the reason', async (how, line) => {
    const customer = await stage.addCustomer();
    const subscription = await stage.addSubscription(customer, 20 * DAY);
    await stage.settle();
    if (how === 'renewed') await stage.tell(customer, 'subscription_renewed');
    else if (how === 'opted out') {
      await stage.rows('UPDATE customers SET opted_out_at = $1', [stage.clock.now()]);
      await stage.tell(customer, 'opted_out');
    } else await stage.change(subscription, { status: how });
    await stage.settle();
    expect((await stage.lines())[1]).toBe(line);
    expect((await stage.steps()).filter(({ status }) => status === 'planned')).toEqual([]);
  });

  test('what is told about another subscription of the customer is no goal', async () => {
    const customer = await stage.addCustomer();
    await stage.addSubscription(customer, 20 * DAY);
    const other = await stage.addSubscription(customer, 200 * DAY);
    await stage.settle();
    await stage.tell(customer, 'subscription_renewed', { subscription: `goi-${other}` });
    await stage.settle();
    expect(await stage.rows('SELECT status FROM enrolments ORDER BY anchor_at')).toEqual([
      { status: 'active' },
      { status: 'goal' },
    ]);
  });

  test('a kill before the end of a transaction leaves nothing, and the next try gives the same', async () => {
    await stage.addSubscription(await stage.addCustomer(), 7 * DAY);
    const dying = createCareStage(killedAtTheEnd(db), LADDER);
    await expect(dying.plan()).rejects.toThrow('killed');
    expect(await stage.rows('SELECT 1 FROM enrolments')).toEqual([]);
    await stage.plan();
    await expect(dying.start()).rejects.toThrow('killed');
    expect(await stage.pushed()).toEqual([]);
    await stage.settle();
    expect(await stage.pushed()).toHaveLength(1);
    expect((await stage.steps())[0]).toMatchObject({ step: 'truoc_7', status: 'due' });
  });
});

describe('starting', () => {
  test('two engines at once never start a step twice', async () => {
    for (let n = 0; n < 60; n += 1) await stage.addSubscription(await stage.addCustomer(), 7 * DAY);
    const engines = Array.from({ length: 4 }, () => createCareStage(db, LADDER));
    await Promise.all(engines.map((engine) => engine.settle()));
    await stage.settle();
    const pushed = await stage.pushed();
    expect(new Set(pushed).size).toBe(60);
    expect(pushed).toHaveLength(60);
    expect(await stage.rows(`SELECT count(*)::int AS n FROM enrolments`)).toEqual([{ n: 60 }]);
  });

  test('whom another engine is deciding about is left alone until that is committed', async () => {
    const customer = await stage.addCustomer();
    await stage.addSubscription(customer, 7 * DAY);
    await stage.plan();
    const other = await db.pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM customers WHERE id = $1 FOR NO KEY UPDATE', [customer]);
    expect(await stage.start()).toBe(0);
    expect(await stage.steps()).toContainEqual({ step: 'truoc_7', status: 'planned' });
    await other.query('ROLLBACK');
    other.release();
    expect(await stage.start()).toBe(1);
    expect(await stage.steps()).toContainEqual({ step: 'truoc_7', status: 'due' });
  });

  test('a call becomes a task, once, and the enrolment is over when all is decided', async () => {
    await stage.addSubscription(await stage.addCustomer(), 1 * DAY);
    await stage.settle();
    expect(await stage.rows('SELECT kind, title, status, due_at FROM tasks')).toEqual([
      {
        kind: 'renewal_call',
        title: 'Gọi Nguyễn Thị Lan về việc gia hạn',
        status: 'open',
        due_at: new Date(START.getTime() + DAY),
      },
    ]);
    expect(await stage.lines()).toEqual([
      'enrolment_started',
      'task_opened goi',
      'enrolment_ended Đã đi hết các bước.',
    ]);
  });

  test('whoever has no channel gets a task for staff, once per enrolment', async () => {
    await stage.addSubscription(await stage.addCustomer({ reachable: false }), 30 * DAY);
    await stage.settle();
    stage.pass(23 * DAY);
    await stage.settle();
    expect((await stage.lines()).filter((line) => line.startsWith('journey_step'))).toEqual([
      'journey_step_skipped truoc_30 Khách chưa có kênh chat nào.',
      'journey_step_skipped truoc_7 Khách chưa có kênh chat nào.',
    ]);
    expect(await stage.rows('SELECT kind FROM tasks')).toEqual([{ kind: 'unreachable' }]);
  });

  test('of two journeys the one with priority speaks first, the other waits with its reason, service does not', async () => {
    const base = 'for: subscription\ntrigger: { on: date, of: subscription.expires_at }\n';
    const steps = 'steps: [{ id: mot, offset: -7 days, flow: nhac }]\n';
    stage.publish(`id: second\ntitle: B\nstage: other\npriority: 60\n${base}${steps}`);
    stage.publish(`id: notice\ntitle: C\nstage: other\npurpose: service\npriority: 90\n${base}${steps}`);
    await stage.addSubscription(await stage.addCustomer(), 7 * DAY);
    await stage.settle();
    expect(
      await stage.rows(`SELECT journey, status, reason FROM enrolment_steps WHERE step <> 'goi' ORDER BY journey`),
    ).toEqual([
      { journey: 'ladder', status: 'due', reason: null },
      { journey: 'notice', status: 'due', reason: null },
      { journey: 'second', status: 'planned', reason: 'Vừa nhắn khách cách đây chưa lâu.' },
    ]);
    stage.pass(4 * HOUR + 1_000);
    await stage.begin();
    await stage.settle();
    expect(await stage.pushed()).toHaveLength(3);
  });

  test('what waits for its turn counts as said: another journey does not follow on its heels', async () => {
    const base = 'for: subscription\ntrigger: { on: date, of: subscription.expires_at }\n';
    stage.publish(`id: second\ntitle: B\nstage: other\n${base}steps: [{ id: mot, offset: -167 hours, flow: nhac }]\n`);
    await stage.addSubscription(await stage.addCustomer(), 7 * DAY);
    await stage.settle();
    stage.pass(HOUR);
    await stage.settle();
    expect(
      await stage.rows(
        `SELECT journey, status, reason FROM enrolment_steps WHERE step IN ('mot', 'truoc_7') ORDER BY 1`,
      ),
    ).toEqual([
      { journey: 'ladder', status: 'due', reason: null },
      { journey: 'second', status: 'planned', reason: 'Vừa nhắn khách cách đây chưa lâu.' },
    ]);
  });
});

describe('what is late', () => {
  test('a paused journey drops nobody; resumed it runs what is not too late, spread over an hour', async () => {
    for (let n = 0; n < 70; n += 1) await stage.addSubscription(await stage.addCustomer(), 8 * DAY);
    await stage.settle();
    await stage.rows(`INSERT INTO journey_pauses (journey, paused_by, paused_at) VALUES ('ladder', 'lan', now())`);
    stage.pass(2 * DAY);
    await stage.settle();
    expect(await stage.pushed()).toEqual([]);
    expect((await stage.steps()).filter(({ status }) => status === 'planned')).toHaveLength(140);
    await stage.rows('DELETE FROM journey_pauses');
    await stage.settle();
    // The last of the crowd are few enough to run at once.
    expect((await stage.pushed()).length).toBeLessThanOrEqual(50);
    const moments = await stage.rows(
      `SELECT DISTINCT due_at FROM enrolment_steps WHERE step = 'truoc_7' AND due_at BETWEEN $1 AND $2`,
      [stage.clock.now(), new Date(stage.clock.now().getTime() + HOUR)],
    );
    expect(moments.length).toBeGreaterThan(60);
    let most = 0;
    for (let minutes = 0; minutes <= 60; minutes += 5) {
      const before = (await stage.pushed()).length;
      stage.pass(HOUR / 12);
      await stage.settle();
      most = Math.max(most, (await stage.pushed()).length - before);
    }
    expect(most).toBeLessThan(25);
    expect(await stage.pushed()).toHaveLength(70);
  });

  test('a few that are late run at once', async () => {
    for (let n = 0; n < 5; n += 1) await stage.addSubscription(await stage.addCustomer(), 8 * DAY);
    await stage.settle();
    stage.pass(2 * DAY);
    await stage.settle();
    expect(await stage.pushed()).toHaveLength(5);
  });

  test('after an outage of three days what is later than "late" is skipped with the reason', async () => {
    await stage.addSubscription(await stage.addCustomer(), 8 * DAY);
    await stage.settle();
    stage.pass(4 * DAY);
    await stage.settle();
    expect(await stage.pushed()).toEqual([]);
    expect((await stage.lines()).at(-1)).toBe('journey_step_skipped truoc_7 Đã quá hạn gửi muộn (2 ngày).');
    expect((await stage.steps()).at(-1)).toMatchObject({ step: 'goi', status: 'planned' });
  });

  test('published anew nothing floods: no step of the past for those who are in, an hour for those who come in', async () => {
    for (let n = 0; n < 30; n += 1) await stage.addSubscription(await stage.addCustomer(), 6 * DAY);
    await stage.settle();
    const before = (await stage.pushed()).length;
    stage.publish(
      LADDER.replace('  - { id: goi', '  - { id: truoc_6, offset: -6 days, flow: nhac }\n  - { id: goi'),
      2,
    );
    stage.publish(LADDER.replace('id: ladder', 'id: other').replace('late: 2 days', 'late: 5 days'));
    stage.pass(DAY);
    const { beginSweep } = await import('../../src/journeys/sweep-customers.ts');
    await beginSweep(stage.db.pool, stage.clock.now());
    await stage.settle();
    expect((await stage.pushed()).length).toBe(before);
    expect((await stage.steps()).filter(({ step }) => step === 'truoc_6')).toEqual([]);
    const [spread] = await stage.rows(
      `SELECT count(DISTINCT due_at)::int AS moments, count(*)::int AS steps FROM enrolment_steps WHERE journey = 'other' AND step = 'truoc_7'`,
    );
    expect(spread.steps).toBe(30);
    expect(spread.moments).toBeGreaterThan(20);
    await beginSweep(stage.db.pool, stage.clock.now());
    await stage.settle();
    expect(await stage.rows(`SELECT count(*)::int AS n FROM enrolments`)).toEqual([{ n: 60 }]);
  });
});

/** Everything is done and then thrown away, as when the process dies before the commit. */
function killedAtTheEnd(real: typeof db): typeof db {
  const die =
    (transaction: typeof db.transaction): typeof db.transaction =>
    (boundary, work) =>
      transaction(boundary, async (client) => {
        await work(client);
        throw new Error('Connection terminated: killed');
      });
  return { ...real, transaction: die(real.transaction), queueTransaction: die(real.queueTransaction) };
}

describe('a customer whose rows cannot be worked', () => {
  /** The database itself refuses whatever would be written for them. */
  const refuse = (customer: string) =>
    stage.rows(`ALTER TABLE enrolment_steps ADD CONSTRAINT poison CHECK (customer_id <> '${customer}') NOT VALID`);
  const mend = () => stage.rows('ALTER TABLE enrolment_steps DROP CONSTRAINT poison');
  const failures = () => stage.rows('SELECT customer_id, attempts, retry_at FROM failed_plans');

  test('holds up nobody, is tried later and later, and is planned when it can be', async () => {
    const [poisoned, ...others] = [await stage.addCustomer(), await stage.addCustomer(), await stage.addCustomer()];
    await refuse(poisoned);
    for (const customer of [poisoned, ...others]) await stage.addSubscription(customer, 20 * DAY);
    await stage.settle();
    expect(await stage.rows('SELECT DISTINCT customer_id FROM enrolments')).toHaveLength(2);
    expect(await failures()).toEqual([{ customer_id: poisoned, attempts: 1, retry_at: at(60_000) }]);
    stage.pass(60_000);
    await stage.settle();
    expect(await failures()).toEqual([{ customer_id: poisoned, attempts: 2, retry_at: at(180_000) }]);
    await mend();
    await stage.settle();
    expect(await stage.rows('SELECT DISTINCT customer_id FROM enrolments')).toHaveLength(2);
    stage.pass(120_000);
    await stage.settle();
    expect(await stage.rows('SELECT DISTINCT customer_id FROM enrolments')).toHaveLength(3);
    expect(await failures()).toEqual([]);
    expect(await stage.rows('SELECT 1 FROM journey_signals')).toEqual([]);
  });

  test('does not keep what is due from others', async () => {
    const people = [await stage.addCustomer(), await stage.addCustomer(), await stage.addCustomer()];
    for (const customer of people) await stage.addSubscription(customer, 20 * DAY);
    await stage.settle();
    await refuse(people[1] ?? '');
    stage.pass(13 * DAY);
    expect(await stage.start()).toBe(3);
    expect(await stage.start()).toBe(0);
    const started = await stage.rows(`SELECT customer_id FROM enrolment_steps WHERE status = 'due'`);
    expect(started.map((row) => row.customer_id).sort()).toEqual([people[0], people[2]].sort());
    await mend();
    stage.pass(60_000);
    expect(await stage.start()).toBe(1);
    expect(await failures()).toEqual([]);
  });
});
