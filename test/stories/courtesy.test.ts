// Small words: people say thanks, "ok" and hello to a bot as they do to anybody, and are not told that they were not understood.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  afterDoing,
  afterTapping,
  afterWriting,
  CHANNELS,
  choicesOf,
  conversationOf,
  ledgerOf,
  must,
  nameCustomer,
  WELCOME_CHOICES,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
});

test.each(CHANNELS)('thanks on %s are answered, however often, and what was asked still waits', async (channel) => {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  for (const words of ['Dạ em cảm ơn ạ', 'cám ơn shop nhiều nha', 'thanks em']) {
    const [answer, ...more] = await afterWriting(stage, person, words);
    expect([answer?.text, more]).toEqual([expect.stringContaining('không có gì'), []]);
  }
  expect(await ledgerOf(stage, customer, 'not_understood')).toEqual([]);
  const ended = await ledgerOf(stage, customer, 'flow_ended');
  expect(ended.map(({ flow, data }) => [flow, data])).toEqual(Array(3).fill(['courtesy', { how: 'finished' }]));
  // The welcome goes on: its reminder comes where the window is still open, and its words are understood.
  const reminders = await afterDoing(stage, person, () => stage.pass({ days: 2, hours: 1 }));
  const reminder = expect.stringContaining('em vẫn ở đây');
  expect(reminders.map(({ text }) => text)).toEqual(channel === 'zalo' ? [reminder] : []);
  const [training] = await afterWriting(stage, person, 'đặt lịch');
  expect(training?.text).toContain('buổi đào tạo');
});

test.each(CHANNELS)('on %s a nod is only answered when something was asked', async (channel) => {
  const person = await welcomed(stage, channel);
  const [points] = await afterWriting(stage, person, 'điểm của tôi');
  expect(points?.text).toContain('điểm');
  expect(await afterWriting(stage, person, '👍')).toEqual([]);
  // The welcome asked where to begin, and "ok" is no answer to that.
  const [again] = await afterWriting(stage, person, 'ok em');
  expect(again?.text).toContain('chọn giúp em');
});

test.each(CHANNELS)('on %s nobody is handed over for three nods and a hello', async (channel) => {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  await afterTapping(stage, person, 'Hướng dẫn sử dụng');
  await afterWriting(stage, person, 'làm sao đổi mật khẩu');
  await afterTapping(stage, person, 'Được rồi, cảm ơn');
  expect(await afterWriting(stage, person, 'ok em')).toEqual([]);
  expect(await afterWriting(stage, person, 'dạ vâng ạ')).toEqual([]);
  expect(await afterWriting(stage, person, '❤️')).toEqual([]);
  const [hello] = await afterWriting(stage, person, 'alo');
  expect(hello?.text).toContain('em chào');
  expect((await conversationOf(stage, customer)).state).toBe('bot');
});

test('who deleted the thread in Messenger and taps Get Started again is greeted, also after all was resolved', async () => {
  const person = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, person);
  const getStarted = async () => {
    await stage.pass({ minutes: 1 });
    return await afterDoing(stage, person, () => {
      const { pageId } = stage.sandbox.messengerSettings;
      const time = stage.clock.now().getTime();
      const postback = { mid: `m_start_${time}`, title: 'Bắt đầu', payload: 'GET_STARTED' };
      const messaging = [{ sender: { id: person.id }, recipient: { id: pageId }, timestamp: time, postback }];
      const body = JSON.stringify({ object: 'page', entry: [{ id: pageId, time, messaging }] });
      return stage.sandbox.rawWebhook({ channel: 'messenger', body, sign: true });
    });
  };
  const [hello, ...more] = await getStarted();
  expect([hello?.text, more]).toEqual([expect.stringContaining('cứ nhắn em'), []]);
  const { id } = await conversationOf(stage, customer);
  await must(stage, 'POST', `/api/v1/conversations/${id}/take-over`, { owner: 'huong' });
  expect(await getStarted()).toEqual([]);
  await must(stage, 'POST', `/api/v1/conversations/${id}/resolve`, { by: 'huong' });
  const [again] = await getStarted();
  expect(again?.text).toContain('cứ nhắn em');
  // A week later the whole welcome is in place again.
  await stage.pass({ days: 8 });
  await afterWriting(stage, person, 'ok');
  const [welcome] = await getStarted();
  expect(choicesOf(welcome)).toEqual(WELCOME_CHOICES);
});
