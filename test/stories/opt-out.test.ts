import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  acceptedFor,
  afterWriting,
  CHANNELS,
  choicesOf,
  inDays,
  inTurns,
  ledgerOf,
  must,
  nameCustomer,
  outboxOf,
  said,
  welcomed,
} from './scenes.ts';
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

test.each(
  [
    'dừng',
    'STOP',
    'stop',
    'hủy đăng ký',
    'huỷ đăng ký',
    'huy dang ky',
    'Dừng lại',
    'dung',
    'đừng nhắn tin nữa',
    'dạ cho em ngừng nhận tin nhé',
  ].map(inTurns),
)('"%s" is confirmed once (%s)', async (words, channel) => {
  const person = await welcomed(stage, channel);
  const answer = await afterWriting(stage, person, words);
  expect(answer).toHaveLength(1);
  expect(answer[0]?.text).toContain('ngừng gửi tin');
  const customer = await nameCustomer(stage, person);
  expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).not.toBeNull();
});

test.each(['em muốn dừng gói này lại', 'đúng rồi', 'dung roi a', 'không dừng được máy in'].map(inTurns))(
  '"%s" is no opt-out (%s)',
  async (words, channel) => {
    const person = await welcomed(stage, channel);
    await afterWriting(stage, person, words);
    const customer = await nameCustomer(stage, person);
    expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).toBeNull();
  },
);

describe.each(CHANNELS)('on %s', (channel) => {
  test('after it no reminder, survey or offer is said, but questions are answered', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const dates = { startedAt: inDays(stage, -5), expiresAt: inDays(stage, 9) };
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, { customer, product: 'spa', ...dates });
    const planned = () =>
      stage.db.pool.query(`SELECT 1 FROM enrolment_steps e JOIN customers c ON c.id = e.customer_id
        WHERE c.external_id = '${customer}' AND e.status = 'planned'`);
    expect((await planned()).rowCount).toBeGreaterThan(0);
    await afterWriting(stage, person, 'dừng');
    expect((await planned()).rowCount).toBe(0);
    // The integrator's next nightly sync must not wake them.
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, { customer, product: 'spa', ...dates });
    const before = acceptedFor(stage, person).length;
    await stage.pass({ days: 12 });
    expect(acceptedFor(stage, person)).toHaveLength(before);
    const [topics] = await afterWriting(stage, person, 'hướng dẫn');
    expect(choicesOf(topics).length).toBeGreaterThanOrEqual(2);
    const [line] = await ledgerOf(stage, customer, 'opted_out');
    expect(line).toMatchObject({ data: { source: channel } });
  });

  test('in the middle of a survey it ends the survey, and stays said once', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
    expect(said(stage, person).at(-1)).toContain('hài lòng');
    expect(await afterWriting(stage, person, 'dừng')).toHaveLength(1);
    await stage.pass({ days: 5 });
    const [answer] = await afterWriting(stage, person, '5');
    expect(answer?.text).not.toContain('chỗ nào');
    expect(await ledgerOf(stage, customer, 'survey_answered')).toEqual([]);
  });

  test('"nhận tin" takes it back', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'dừng');
    const answer = await afterWriting(stage, person, 'nhận tin');
    expect(answer).toHaveLength(1);
    await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
    expect(said(stage, person).at(-1)).toContain('hài lòng');
  });
});

test('said on one channel it holds on all of them, for what already waits as well', async () => {
  const zalo = await welcomed(stage, 'zalo');
  const messenger = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, zalo, messenger);
  // An offer is due at night on Messenger, where the customer was last; it waits for the morning.
  const hour = (stage.clock.now().getUTCHours() + 7) % 24;
  await stage.pass({ hours: (22 - hour + 24) % 24 });
  await afterWriting(stage, messenger, 'hướng dẫn');
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, {
    customer,
    product: 'spa',
    startedAt: inDays(stage, -60),
    expiresAt: inDays(stage, 7),
  });
  const before = [acceptedFor(stage, zalo).length, acceptedFor(stage, messenger).length];
  expect(await afterWriting(stage, zalo, 'dừng')).toHaveLength(1);
  await stage.pass({ days: 2 });
  expect([acceptedFor(stage, zalo).length - 1, acceptedFor(stage, messenger).length]).toEqual(before);
  const skipped = await ledgerOf(stage, customer, 'message_skipped', 'journey_step_skipped', 'enrolment_ended');
  expect(skipped.map((line) => line.reason)).toContain('Khách đã từ chối nhận tin.');
  expect((await outboxOf(stage, messenger)).map((row) => row.status)).not.toContain('queued');
});

test('a "no" to one channel, told by the CRM, holds on that channel', async () => {
  const zalo = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, zalo);
  const consents = [{ purpose: 'all', channel: 'zalo', granted: false, source: 'crm' }];
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, { consents });
  const before = acceptedFor(stage, zalo).length;
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
  // Whatever the hour: the morning comes.
  await stage.pass({ hours: 12 });
  expect(acceptedFor(stage, zalo)).toHaveLength(before);
  const skipped = { status: 'skipped', reason: 'Khách đã từ chối nhận tin.' };
  expect(await outboxOf(stage, zalo)).toContainEqual(expect.objectContaining(skipped));
  expect(await afterWriting(stage, zalo, 'hướng dẫn')).toHaveLength(1);
});

test('who unfollows hears nothing unasked on Zalo, until they write or follow again', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  stage.sandbox.unfollow(person.id);
  await stage.settle();
  const before = acceptedFor(stage, person).length;
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
  await stage.pass({ hours: 12 });
  expect(acceptedFor(stage, person)).toHaveLength(before);
  expect(await afterWriting(stage, person, 'hướng dẫn')).toHaveLength(1);
});
