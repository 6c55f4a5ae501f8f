import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import {
  acceptedFor,
  afterWriting,
  CHANNELS,
  conversationOf,
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
afterEach(async () => {
  stage.sandbox.clearFaults();
  expect(stage.sandbox.violations).toEqual([]);
  // The circuit breaker of one story is not the next one's.
  await stage.pass({ minutes: 10 });
});
afterAll(async () => {
  await stage.close();
});

const lastOf = async (person: { id: string }) => (await outboxOf(stage, person)).at(-1);

describe.each(CHANNELS)('on %s', (channel) => {
  test.each([
    ['echo in time', []],
    ['echo late', ['echo_late']],
    ['echo twice', ['echo_twice']],
  ] as [string, FaultKind[]][])(
    'accepted but never answered, %s: settled by the echo, never said again',
    async (_, kinds) => {
      const person = await welcomed(stage, channel);
      for (const kind of kinds) stage.sandbox.setFault({ channel, kind, count: 1, ms: 100 });
      stage.sandbox.setFault({ channel, kind: 'drop_answer', count: 1 });
      await afterWriting(stage, person, 'hướng dẫn');
      await stage.pass({ minutes: 10 });
      expect((await lastOf(person))?.status).toMatch(/^(sent|delivered|read)$/);
      expect(acceptedFor(stage, person)).toHaveLength(2);
      const customer = await nameCustomer(stage, person);
      expect(await ledgerOf(stage, customer, 'message_out')).toHaveLength(2);
    },
  );

  test('accepted but never answered and never echoed: found or left for a person to decide, never said again', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    stage.sandbox.setFault({ channel, kind: 'echo_never', count: 1 });
    stage.sandbox.setFault({ channel, kind: 'receipt_never', count: 1 });
    stage.sandbox.setFault({ channel, kind: 'drop_answer', count: 1 });
    await afterWriting(stage, person, 'hướng dẫn');
    expect((await lastOf(person))?.status).toBe('uncertain');
    await stage.pass({ hours: 1 });
    expect((await lastOf(person))?.status).toMatch(/^(sent|parked)$/);
    expect(acceptedFor(stage, person)).toHaveLength(2);
    expect(await ledgerOf(stage, customer, 'message_uncertain')).not.toEqual([]);
    // Whatever became of it, the conversation goes on.
    expect((await afterWriting(stage, person, 'đặt lịch đào tạo')).length).toBe(1);
  });

  test('a broken answer is an unknown outcome too', async () => {
    const person = await welcomed(stage, channel);
    stage.sandbox.setFault({ channel, kind: 'bad_json', count: 1 });
    await afterWriting(stage, person, 'hướng dẫn');
    await stage.pass({ minutes: 10 });
    expect((await lastOf(person))?.status).toMatch(/^(sent|delivered|read)$/);
    expect(acceptedFor(stage, person)).toHaveLength(2);
  });

  test.each(['http500', 'reset'] as const)('%s before it was accepted: said once at most', async (kind) => {
    const person = await welcomed(stage, channel);
    stage.sandbox.setFault({ channel, kind, count: 1 });
    await afterWriting(stage, person, 'hướng dẫn');
    await stage.pass({ minutes: 10 });
    const row = await lastOf(person);
    expect(row?.status).toMatch(/^(sent|delivered|read|parked)$/);
    expect(acceptedFor(stage, person)).toHaveLength(row?.status === 'parked' ? 1 : 2);
  });

  test('too fast: said a little later, once', async () => {
    const person = await welcomed(stage, channel);
    stage.sandbox.setFault({ channel, kind: 'rate_limit', count: 2, ms: 2000 });
    await afterWriting(stage, person, 'hướng dẫn');
    expect((await lastOf(person))?.status).toBe('queued');
    await stage.pass({ minutes: 30 });
    expect((await lastOf(person))?.status).toMatch(/^(sent|delivered|read)$/);
    expect(acceptedFor(stage, person)).toHaveLength(2);
  });

  test('the provider says the window is closed: once, with the reason, and nothing after it is held up', async () => {
    const person = await welcomed(stage, channel);
    stage.sandbox.setFault({ channel, kind: 'window_closed', count: 1 });
    await afterWriting(stage, person, 'hướng dẫn');
    await stage.pass({ hours: 1 });
    const row = await lastOf(person);
    expect(row?.status).toBe('failed');
    expect(row?.reason).toBeTruthy();
    expect(acceptedFor(stage, person)).toHaveLength(1);
    expect(await afterWriting(stage, person, 'đặt lịch đào tạo')).toHaveLength(1);
  });

  test('several lines of one answer arrive in order, also when the first one stumbles', async () => {
    const person = await welcomed(stage, channel);
    stage.sandbox.setFault({ channel, kind: 'rate_limit', count: 1, ms: 1000 });
    const before = said(stage, person).length;
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    await stage.pass({ minutes: 30 });
    const lines = said(stage, person).slice(before);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines[0]).toContain('lịch hẹn');
    expect(lines.at(-1)).toContain('đã giúp được');
  });

  test('past the window an agent is told so, and the bot does not try', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'gặp nhân viên');
    await stage.pass({ days: 8 });
    const conversation = await conversationOf(stage, customer);
    expect(conversation.window).toMatchObject({ isOpen: false });
    await must(stage, 'POST', `/api/v1/conversations/${conversation.id}/take-over`, { owner: 'huong' });
    const refused = await stage.api('POST', `/api/v1/conversations/${conversation.id}/messages`, {
      text: 'Chào chị',
      author: 'huong',
    });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'window_closed' } } });
  });
});

test('a Zalo token that has just expired is renewed before the message is said, once', async () => {
  const person = await welcomed(stage, 'zalo');
  stage.sandbox.expireZaloAccessToken();
  await afterWriting(stage, person, 'hướng dẫn');
  await stage.pass({ minutes: 2 });
  expect((await lastOf(person))?.status).toMatch(/^(sent|delivered|read)$/);
  expect(acceptedFor(stage, person)).toHaveLength(2);
});

test('a Zalo message of the third day is charged, and the ledger says so', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  stage.sandbox.setZaloSubQuota(0);
  await afterWriting(stage, person, 'đặt lịch đào tạo');
  await afterWriting(stage, person, 'để sau');
  await stage.pass({ days: 3 });
  const hour = (stage.clock.now().getUTCHours() + 7) % 24;
  await stage.pass({ hours: (10 - hour + 24) % 24 });
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
  expect(acceptedFor(stage, person).at(-1)?.isCharged).toBe(true);
  const lines = await ledgerOf(stage, customer, 'message_out');
  expect(lines.at(-1)).toMatchObject({ cost: 55, data: { cost: 'charged' } });
});

test('a sick channel holds nobody back on the other', async () => {
  stage.sandbox.setFault({ channel: 'zalo', kind: 'rate_limit' });
  const zalo = stage.sandbox.createPerson({ channel: 'zalo', name: 'Đỗ Mai' });
  stage.sandbox.follow(zalo);
  const messenger = await welcomed(stage, 'messenger');
  expect(said(stage, messenger)).toHaveLength(1);
  expect(said(stage, zalo)).toEqual([]);
  stage.sandbox.clearFaults();
  await stage.pass({ minutes: 30 });
  expect(said(stage, zalo)).toHaveLength(1);
});

test('the numbers of the outbox are in /metrics', async () => {
  const text = await (await fetch(`${stage.address}/metrics`)).text();
  const { rows } = await stage.db.pool.query<{ status: string; n: number }>(
    'SELECT status, count(*)::int AS n FROM outbound_messages GROUP BY status',
  );
  for (const { status, n } of rows) expect(text).toContain(`ganbo_outbound_messages{status="${status}"} ${n}`);
});
