import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  acceptedFor,
  afterDoing,
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
afterEach(() => {
  stage.sandbox.clearFaults();
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

const statusesOf = async (person: { id: string }) => (await outboxOf(stage, person)).map((row) => row.status);

describe.each(CHANNELS)('on %s', (channel) => {
  test('our own echo is no news: no second line, no take-over', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    expect(await ledgerOf(stage, customer, 'message_out')).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot' });
  });

  test('an echo that comes before the answer of the call settles the message, once', async () => {
    stage.sandbox.setFault({ channel, kind: 'stall', ms: 150, count: 1 });
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    expect(await ledgerOf(stage, customer, 'message_out')).toHaveLength(1);
    expect(await statusesOf(person)).toEqual([expect.stringMatching(/^(sent|delivered|read)$/)]);
    expect(acceptedFor(stage, person)).toHaveLength(1);
  });

  test.each(['echo_twice', 'echo_never', 'echo_late'] as const)('%s changes nothing that is seen', async (kind) => {
    stage.sandbox.setFault({ channel, kind, count: 1, ...(kind === 'echo_late' ? { ms: 100 } : {}) });
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    expect(await ledgerOf(stage, customer, 'message_out')).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot' });
  });

  test('what a person writes in the provider’s own inbox takes the conversation over', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    stage.sandbox.humanReply(person, 'Em chào chị, em là Hương ạ');
    await stage.settle();
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'with_agent', owner: 'provider_inbox' });
    expect(await ledgerOf(stage, customer, 'message_out', 'taken_over')).toMatchObject([
      {},
      { kind: 'message_out', text: 'Em chào chị, em là Hương ạ', data: { author: 'provider_inbox' } },
      { kind: 'taken_over' },
    ]);
    const sends = acceptedFor(stage, person).length;
    expect(await afterWriting(stage, person, 'hướng dẫn', 'gặp nhân viên', 'qwerty')).toEqual([]);
    await stage.pass({ days: 3 });
    expect(acceptedFor(stage, person)).toHaveLength(sends);
  });

  test('what the bot had waiting when a person stepped in is skipped', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    stage.sandbox.setFault({ channel, kind: 'rate_limit' });
    await afterWriting(stage, person, 'hướng dẫn');
    expect((await statusesOf(person)).at(-1)).toBe('queued');
    stage.sandbox.humanReply(person, 'Chị cần gì ạ?');
    await stage.settle();
    stage.sandbox.clearFaults();
    await stage.pass({ minutes: 30 });
    expect((await statusesOf(person)).at(-1)).toBe('skipped');
    expect(said(stage, person)).toHaveLength(1);
    expect(await ledgerOf(stage, customer, 'message_skipped')).toMatchObject([
      { reason: 'Nhân viên đã tiếp nhận hội thoại.' },
    ]);
  });

  test('handed back by an agent, the bot answers again', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    stage.sandbox.humanReply(person, 'Chị cần gì ạ?');
    await stage.settle();
    const { id } = await conversationOf(stage, customer);
    await must(stage, 'POST', `/api/v1/conversations/${id}/hand-back`, { by: 'huong', how: 'end' });
    expect(await afterWriting(stage, person, 'hướng dẫn')).toHaveLength(1);
  });
});

describe('in standby', () => {
  function standby(person: { id: string }, event: Record<string, unknown>) {
    const { pageId } = stage.sandbox.messengerSettings;
    const time = stage.clock.now().getTime();
    const standbyEvent = { sender: { id: person.id }, recipient: { id: pageId }, timestamp: time, ...event };
    const body = JSON.stringify({ object: 'page', entry: [{ id: pageId, time, standby: [standbyEvent] }] });
    return stage.sandbox.rawWebhook({ channel: 'messenger', body, sign: true });
  }

  test('a message is kept and never makes us send, also as first contact', async () => {
    const person = stage.sandbox.createPerson({ channel: 'messenger', name: 'Vũ An' });
    const answers = await afterDoing(stage, person, async () => {
      for (const [n, text] of ['chào shop', 'gặp nhân viên', 'dừng', 'hướng dẫn'].entries()) {
        const { status } = await standby(person, { message: { mid: `m_standby_${person.id}_${n}`, text } });
        expect(status).toBe(200);
      }
    });
    expect(answers).toEqual([]);
    expect(acceptedFor(stage, person)).toEqual([]);
    const customer = await nameCustomer(stage, { id: person.id, channel: 'messenger' });
    expect(await ledgerOf(stage, customer, 'message_in')).toHaveLength(4);
    // "Dừng" is obeyed all the same, without a word.
    expect(await ledgerOf(stage, customer, 'opted_out')).toHaveLength(1);
  });

  test('another app that takes the thread silences us, until it is passed back', async () => {
    const person = await welcomed(stage, 'messenger');
    const customer = await nameCustomer(stage, person);
    const { pageId, appId } = stage.sandbox.messengerSettings;
    const control = (event: Record<string, unknown>) =>
      stage.sandbox.sendEvent('messenger', {
        event_name: 'messaging_handovers',
        sender: { id: person.id },
        recipient: { id: pageId },
        timestamp: stage.clock.now().getTime(),
        ...event,
      });
    control({
      take_thread_control: { previous_owner_app_id: appId, new_owner_app_id: '263902037430900', metadata: '' },
    });
    await stage.settle();
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'with_agent', owner: 'other_app' });
    expect(await afterWriting(stage, person, 'hướng dẫn')).toEqual([]);
    await stage.pass({ minutes: 1 });
    control({
      pass_thread_control: { previous_owner_app_id: '263902037430900', new_owner_app_id: appId, metadata: '' },
    });
    await stage.settle();
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot' });
    expect((await afterWriting(stage, person, 'hướng dẫn')).length).toBeGreaterThanOrEqual(1);
  });
});
