import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  acceptedFor,
  afterTapping,
  afterWriting,
  CHANNELS,
  choicesOf,
  conversationOf,
  inTurns,
  ledgerOf,
  must,
  nameCustomer,
  outboxOf,
  said,
  WELCOME_CHOICES,
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
    'gặp nhân viên',
    'gap nv',
    'Gặp NV với ạ',
    'tư vấn viên',
    'tu van vien',
    'cho mình gặp nhân viên với',
    'tôi muốn khiếu nại',
    'khieu nai',
    'dịch vụ quá tệ',
  ].map(inTurns),
)('"%s" gets one polite line and a person is called (%s)', async (words, channel) => {
  const person = await welcomed(stage, channel);
  const answer = await afterWriting(stage, person, words);
  expect(answer).toHaveLength(1);
  expect(answer[0]?.text).toContain('nhân viên');
  const customer = await nameCustomer(stage, person);
  expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent', owner: null });
});

describe.each(CHANNELS)('on %s', (channel) => {
  test('after the one line the bot does not even try to say anything, whatever comes', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'gặp nhân viên');
    const [sends, rows] = [acceptedFor(stage, person).length, (await outboxOf(stage, person)).length];
    const words = ['alo', 'có ai không', 'gặp nhân viên', 'hướng dẫn', 'khiếu nại', 'qwerty'];
    expect(await afterWriting(stage, person, ...words)).toEqual([]);
    stage.sandbox.sendSticker(person);
    await stage.pass({ days: 3 });
    expect(acceptedFor(stage, person)).toHaveLength(sends);
    expect(await outboxOf(stage, person)).toHaveLength(rows);
    expect(await ledgerOf(stage, customer, 'handed_over')).toHaveLength(1);
    const heard = (await ledgerOf(stage, customer, 'message_in')).map((line) => line.text);
    expect(heard).toEqual(expect.arrayContaining(words));
  });

  test('two texts that mean nothing bring a person; one does not', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const first = await afterWriting(stage, person, 'qwerty asdf');
    expect(first).toHaveLength(1);
    expect(choicesOf(first[0])).toEqual(WELCOME_CHOICES);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', misunderstandings: 1 });
    const second = await afterWriting(stage, person, 'zxcv bnm');
    expect(second).toHaveLength(1);
    expect(second[0]?.text).toContain('nhân viên');
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
    expect((await ledgerOf(stage, customer, 'handed_over'))[0]?.reason).toContain('không hiểu');
  });

  test('something understood in between begins the count anew', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'qwerty asdf');
    await afterWriting(stage, person, 'hướng dẫn');
    await afterWriting(stage, person, 'qwerty asdf');
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot' });
  });

  test('with nothing pending, the first meaningless text is answered with a way on', async () => {
    const person = await welcomed(stage, channel);
    await afterWriting(stage, person, 'đặt lịch đào tạo');
    await afterWriting(stage, person, 'để sau');
    const answer = await afterWriting(stage, person, 'qwerty asdf');
    expect(answer).toHaveLength(1);
    expect(choicesOf(answer[0])).toContain('Gặp nhân viên');
  });

  test('two quick messages, a question and a call for a person, end with one polite line last', async () => {
    const person = await welcomed(stage, channel);
    await afterWriting(stage, person, 'hướng dẫn', 'gặp nhân viên');
    const customer = await nameCustomer(stage, person);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
    expect(said(stage, person).at(-1)).toContain('nhân viên');
    expect(said(stage, person).filter((text) => text.includes('chờ em một chút'))).toHaveLength(1);
  });

  test('an agent takes over, answers, hands back: the pending question comes again, nothing else', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'đặt lịch đào tạo');
    const question = said(stage, person).at(-1);
    const { id } = await conversationOf(stage, customer);
    const taken = await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
    expect(taken).toMatchObject({ state: 'with_agent', owner: 'huong' });
    expect(await afterWriting(stage, person, 'hướng dẫn', 'tôi cần hỏi giá', 'gặp nhân viên')).toEqual([]);
    await must(stage, 'POST', `/api/v1/conversations/${id}/messages`, {
      text: 'Chào chị, em Hương đây',
      author: 'huong',
    });
    expect(said(stage, person).at(-1)).toBe('Chào chị, em Hương đây');
    const before = said(stage, person).length;
    const back = await must(stage, 'POST', `/api/v1/conversations/${id}/hand-back`, { by: 'huong' });
    expect(back).toMatchObject({ state: 'bot', owner: null, flow: 'training', step: 'chon_gio' });
    expect(said(stage, person).slice(before)).toEqual([question]);
    await stage.pass({ hours: 1 });
    expect(said(stage, person).slice(before)).toEqual([question]);
    const [booked] = await afterWriting(stage, person, '2');
    expect(booked?.text).toContain('Em đã đặt lịch');
  });

  test('who asked for a person in the middle of a question is asked it again after the hand-back', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'đặt lịch đào tạo');
    const question = said(stage, person).at(-1);
    await afterWriting(stage, person, 'gặp nhân viên');
    const { id } = await conversationOf(stage, customer);
    await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
    const before = said(stage, person).length;
    await must(stage, 'POST', `/api/v1/conversations/${id}/hand-back`, { by: 'huong' });
    expect(said(stage, person).slice(before)).toEqual([question]);
  });

  test('handed back with another flow, that flow begins; handed back with the end, all is quiet', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const { id } = await conversationOf(stage, customer);
    await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
    let before = said(stage, person).length;
    const started = await must(stage, 'POST', `/api/v1/conversations/${id}/hand-back`, {
      by: 'huong',
      how: 'start_flow',
      flow: 'training',
    });
    expect(started).toMatchObject({ state: 'bot', flow: 'training' });
    expect(said(stage, person).slice(before)).toHaveLength(1);
    await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
    before = said(stage, person).length;
    const ended = await must(stage, 'POST', `/api/v1/conversations/${id}/hand-back`, { by: 'huong', how: 'end' });
    expect(ended).toMatchObject({ state: 'bot', flow: null });
    expect(said(stage, person).slice(before)).toEqual([]);
    const [guides] = await afterWriting(stage, person, 'hướng dẫn');
    expect(choicesOf(guides).length).toBeGreaterThanOrEqual(2);
  });

  test('a resolved conversation begins anew when the customer writes', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'đặt lịch đào tạo');
    const { id } = await conversationOf(stage, customer);
    await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
    const resolved = await must(stage, 'POST', `/api/v1/conversations/${id}/resolve`, { by: 'huong' });
    expect(resolved).toMatchObject({ state: 'resolved', owner: null, flow: null });
    await stage.pass({ days: 4 });
    const answer = await afterWriting(stage, person, 'hướng dẫn');
    expect(answer).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', flow: 'how-to' });
    expect((await ledgerOf(stage, customer, 'resolved', 'reopened')).map((line) => line.kind)).toEqual([
      'resolved',
      'reopened',
    ]);
  });

  test('two colleagues never hold one conversation; on purpose it moves', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const { id } = await conversationOf(stage, customer);
    await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
    const refused = await stage.api('POST', `/api/v1/conversations/${id}/take-over`, { owner: 'nam' });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'taken_by_other' } } });
    const forced = await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'nam', force: true });
    expect(forced).toMatchObject({ state: 'with_agent', owner: 'nam' });
  });

  test('an opt-out is obeyed while a person leads, with its one confirmation', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'gặp nhân viên');
    const answer = await afterWriting(stage, person, 'dừng');
    expect(answer).toHaveLength(1);
    expect(answer[0]?.text).toContain('ngừng gửi tin');
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
  });
});

test('the tap on "Gặp nhân viên" is the same as the words', async () => {
  const person = await welcomed(stage, 'zalo');
  const answer = await afterTapping(stage, person, 'Gặp nhân viên');
  expect(answer).toHaveLength(1);
  const customer = await nameCustomer(stage, person);
  expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
});
