// Small words: people say thanks, "ok" and hello to a bot as they do to anybody, and are not told that they were not understood.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  afterDoing,
  afterTapping,
  afterWriting,
  CHANNELS,
  conversationOf,
  ledgerOf,
  nameCustomer,
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
