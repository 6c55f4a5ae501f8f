import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  afterTapping,
  afterWriting,
  CHANNELS,
  choicesOf,
  conversationOf,
  inTurns,
  ledgerOf,
  must,
  nameCustomer,
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

/** Titles as the phone shows them may be shortened; their payload is the whole title. */
const withoutMarks = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');

test.each(['hướng dẫn', 'huong dan', 'Hướng dẫn ạ', 'HƯỚNG DẪN', 'hd'].map(inTurns))(
  '"%s" alone offers topics (%s)',
  async (words, channel) => {
    const person = await welcomed(stage, channel);
    const [answer] = await afterWriting(stage, person, words);
    expect(choicesOf(answer).length).toBeGreaterThanOrEqual(2);
  },
);

describe.each(CHANNELS)('on %s', (channel) => {
  test('title, question, words without dấu and tap bring the same answer', async () => {
    const asker = await welcomed(stage, channel);
    const [list] = await afterWriting(stage, asker, 'hướng dẫn');
    const shown = [...(list?.choices ?? []), ...(list?.quickReplies ?? [])].slice(0, 2);
    expect(shown).toHaveLength(2);
    for (const { title, payload } of shown) {
      const ways: (string | { tap: string })[] = [
        { tap: title },
        payload,
        `hướng dẫn ${payload}`,
        withoutMarks(`hướng dẫn ${payload}`).toLowerCase(),
        `cho mình hỏi ${payload} làm thế nào vậy`,
        withoutMarks(`cho mình hỏi ${payload} làm thế nào vậy`),
      ];
      const answers: string[] = [];
      for (const way of ways) {
        const person = await welcomed(stage, channel);
        if (typeof way !== 'string') await afterWriting(stage, person, 'hướng dẫn');
        const [answer] =
          typeof way === 'string' ? await afterWriting(stage, person, way) : await afterTapping(stage, person, way.tap);
        answers.push(answer?.text ?? '');
      }
      expect(answers[0]).toContain(payload);
      expect(new Set(answers)).toEqual(new Set([answers[0]]));
    }
  });

  test('as the very first message a question is answered, without a welcome before it', async () => {
    const person = stage.sandbox.createPerson({ channel, name: 'Vũ Minh Anh' });
    const answer = await afterWriting(stage, person, 'quen mat khau thi lam sao');
    expect(answer[0]?.text).toContain('mật khẩu');
    const other = stage.sandbox.createPerson({ channel, name: 'Vũ Minh Anh' });
    const [topics] = await afterWriting(stage, other, 'hướng dẫn');
    expect(choicesOf(topics).length).toBeGreaterThanOrEqual(2);
  });

  test('after an answer the customer says whether it helped, or asks on', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    const [next] = await afterWriting(stage, person, 'quên mật khẩu');
    expect(next?.text).toContain('mật khẩu');
    const [thanks] = await afterTapping(stage, person, 'Được rồi, cảm ơn');
    expect(thanks?.text).toContain('em vui lắm');
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', flow: null });
    const shown = await ledgerOf(stage, customer, 'guide_shown');
    expect(shown.map((line) => line.data.guide)).toEqual(['tao-lich-hen', 'quen-mat-khau']);
  });

  test('what no guide knows is not guessed: the nearest topics first, then a person', async () => {
    const person = stage.sandbox.createPerson({ channel, name: 'Vũ Minh Anh' });
    const [first] = await afterWriting(stage, person, 'hướng dẫn nấu phở bò tái nạm');
    expect(first?.text).toContain('chưa tìm thấy');
    expect(choicesOf(first).length).toBeGreaterThanOrEqual(2);
    const [second] = await afterWriting(stage, person, 'cách nuôi cá vàng trong bể xi măng');
    expect(second?.text).toContain('nhân viên');
    const customer = await nameCustomer(stage, { id: person.id, channel });
    expect(await ledgerOf(stage, customer, 'guide_shown')).toEqual([]);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
  });

  test.each([
    ['hướng dẫn thêm nhân viên', 'them-nhan-vien'],
    ['huong dan tao lich hen', 'tao-lich-hen'],
  ])('"%s" right after the welcome is a question, not one of its buttons', async (words, guide) => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, words);
    expect((await ledgerOf(stage, customer, 'guide_shown')).map((line) => line.data.guide)).toEqual([guide]);
  });

  test('whoever is known to have a spa is not answered with what is for schools, unless by its title', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'lương thầy cô tính sao em');
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, { customer, product: 'spa' });
    await afterWriting(stage, person, 'lương thầy cô tính sao em');
    await afterWriting(stage, person, 'hướng dẫn điểm danh');
    const shown = await ledgerOf(stage, customer, 'guide_shown');
    expect(shown.map((line) => line.data.guide)).toEqual(['luong-giao-vien', 'diem-danh']);
  });

  test('"vẫn chưa được" brings a person', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    const answer = await afterTapping(stage, person, 'Vẫn chưa được');
    expect(answer).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
  });
});
