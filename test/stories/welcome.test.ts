import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
});

const CHOICES = ['Hướng dẫn sử dụng', 'Đặt lịch đào tạo', 'Gặp nhân viên'];

function said(person: { id: string }): string[] {
  return stage.sandbox
    .shownTo(person)
    .filter((message) => message.from === 'program')
    .map((message) => message.text);
}

test('a Zalo follow gets one welcome by name with three buttons', async () => {
  const lan = stage.sandbox.createPerson({ channel: 'zalo', name: 'Nguyễn Thị Lan' });
  stage.sandbox.follow(lan);
  await stage.settle();
  const shown = stage.sandbox.shownTo(lan).filter((message) => message.from === 'program');
  expect(shown).toHaveLength(1);
  expect(shown[0]?.text).toContain('Lan');
  expect(shown[0]?.choices.map((choice) => choice.title)).toEqual(CHOICES);
  expect(stage.sandbox.violations).toEqual([]);
});

test('a first Messenger message gets the same conversation with quick replies', async () => {
  const minh = stage.sandbox.createPerson({ channel: 'messenger', name: 'Trần Văn Minh' });
  stage.sandbox.write(minh, 'Chào shop');
  await stage.settle();
  const shown = stage.sandbox.shownTo(minh).filter((message) => message.from === 'program');
  expect(shown).toHaveLength(1);
  expect(shown[0]?.text).toContain('Minh');
  expect(shown[0]?.quickReplies.map((choice) => choice.title)).toEqual(CHOICES);
});

test.each(['zalo', 'messenger'] as const)(
  'the three taps lead to guides, training and a person on %s',
  async (channel) => {
    const { sandbox } = stage;
    for (const [title, words] of [
      [CHOICES[0], 'hướng dẫn'],
      [CHOICES[1], 'đào tạo'],
      [CHOICES[2], 'nhân viên'],
    ] as const) {
      const person = sandbox.createPerson({ channel, name: 'Lê Thu Hà' });
      if (channel === 'zalo') sandbox.follow(person);
      else sandbox.write(person, 'hi');
      await stage.settle();
      sandbox.tap(person, title ?? '');
      await stage.settle();
      const answers = said(person);
      expect(answers.length).toBeGreaterThanOrEqual(2);
      expect(answers.slice(1).join(' ').toLowerCase()).toContain(words);
    }
  },
);
