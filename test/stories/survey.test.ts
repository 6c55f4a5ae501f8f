import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  acceptedFor,
  afterTapping,
  afterWriting,
  CHANNELS,
  type ChannelName,
  choicesOf,
  conversationOf,
  inDays,
  ledgerOf,
  must,
  nameCustomer,
  said,
  shownBy,
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

/** Somebody whose subscription began ten days ago, so that they are asked now. */
async function asked(channel: ChannelName) {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, {
    customer,
    product: 'spa',
    startedAt: inDays(stage, -10),
  });
  return { person, customer };
}

const answersOf = async (customer: string) =>
  (await ledgerOf(stage, customer, 'survey_answered')).map(({ data }) => [data.metric, data.score]);

async function casesOf(customer: string) {
  const { rows } = await stage.db.pool.query<{ reason: string; status: string; due_at: Date }>(
    'SELECT k.reason, k.status, k.due_at FROM cases k JOIN customers c ON c.id = k.customer_id WHERE c.external_id = $1 ORDER BY opened_at',
    [customer],
  );
  return rows;
}

/** Both channels get both kinds of answer. */
const channelOfScore = (score: number): ChannelName => (score % 2 === 0 ? 'zalo' : 'messenger');

test.each([
  ['5', 5],
  ['4 điểm', 4],
  ['rất hài lòng', 5],
  ['rat hai long', 5],
  ['bình thường', 3],
  ['dạ em cho 5 ạ', 5],
] as const)('"%s" is %i, thanked and followed by what was hard', async (words, score) => {
  const { person, customer } = await asked(channelOfScore(score));
  const answer = await afterWriting(stage, person, words);
  expect(answer).toHaveLength(1);
  expect(answer[0]?.text).toContain('cảm ơn');
  expect(await answersOf(customer)).toEqual([['csat', score]]);
  expect(await casesOf(customer)).toEqual([]);
});

test.each([
  ['1', 1],
  ['2', 2],
  ['tệ', 2],
  ['te', 2],
  ['rất tệ', 1],
  ['quá tệ', 1],
  ['chưa hài lòng', 2],
] as const)('"%s" opens a case and offers a person', async (words, score) => {
  const { person, customer } = await asked(channelOfScore(score));
  const answer = await afterWriting(stage, person, words);
  expect(answer).toHaveLength(1);
  expect(answer[0]?.text).toContain('xin lỗi');
  expect(choicesOf(answer[0])).toContain('Gặp nhân viên');
  expect(await answersOf(customer)).toEqual([['csat', score]]);
  expect(await casesOf(customer)).toMatchObject([{ reason: `Khách chấm hài lòng ${score}/5`, status: 'open' }]);
  expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot' });
});

describe.each(CHANNELS)('on %s', (channel) => {
  test('ten days after the start the customer is asked once, with buttons', async () => {
    const { person, customer } = await asked(channel);
    const question = shownBy(stage, person).at(-1);
    expect(question?.text).toContain('hài lòng ở mức nào');
    expect(choicesOf(question)).toEqual(['Rất hài lòng', 'Hài lòng', 'Bình thường', 'Chưa hài lòng', 'Rất tệ']);
    const before = said(stage, person).length;
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, {
      customer,
      product: 'spa',
      startedAt: inDays(stage, -10),
    });
    await stage.pass({ hours: 4 });
    expect(said(stage, person)).toHaveLength(before);
    expect(await ledgerOf(stage, customer, 'survey_asked')).toHaveLength(1);
  });

  test('by taps from "Rất tệ" to a person', async () => {
    const { person, customer } = await asked(channel);
    await afterTapping(stage, person, 'Rất tệ');
    const answer = await afterTapping(stage, person, 'Gặp nhân viên');
    expect(answer).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
    expect(await answersOf(customer)).toEqual([['csat', 1]]);
  });

  test('a second button of the same question is the score that counts', async () => {
    const { person, customer } = await asked(channel);
    await afterTapping(stage, person, 'Rất hài lòng');
    const [sorry] = await (channel === 'zalo' ? afterTapping : afterWriting)(stage, person, 'Rất tệ');
    expect(sorry?.text).toContain('xin lỗi');
    expect(await casesOf(customer)).toMatchObject([{ reason: 'Khách chấm hài lòng 1/5', status: 'open' }]);
    expect((await answersOf(customer)).map(([, score]) => score).sort()).toEqual([1, 5]);
    const { rows } = await stage.db.pool.query(
      `SELECT score FROM survey_answers a JOIN customers c ON c.id = a.customer_id WHERE c.external_id = $1`,
      [customer],
    );
    expect(rows).toEqual([{ score: 1 }]);
  });

  test('all the way: score, what was hard, recommendation, thanks', async () => {
    const { person, customer } = await asked(channel);
    await afterTapping(stage, person, 'Hài lòng');
    await afterWriting(stage, person, 'báo cáo cuối tháng hơi khó tìm');
    const [thanks] = await afterWriting(stage, person, '9');
    expect(thanks?.text).toContain('cảm ơn');
    const { rows } = await stage.db.pool.query(
      `SELECT metric, score, comment, status FROM survey_answers a JOIN customers c ON c.id = a.customer_id
       WHERE c.external_id = $1 ORDER BY asked_at, metric`,
      [customer],
    );
    expect(rows).toEqual([
      { metric: 'csat', score: 4, comment: 'báo cáo cuối tháng hơi khó tìm', status: 'answered' },
      { metric: 'nps', score: 9, comment: null, status: 'answered' },
    ]);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', flow: null });
  });

  test('a number outside the scale and a sticker are no answer; the question still stands', async () => {
    const { person, customer } = await asked(channel);
    const [again] = await afterWriting(stage, person, '8');
    expect(again?.text).toContain('từ 1');
    stage.sandbox.sendSticker(person);
    await stage.settle();
    expect(await answersOf(customer)).toEqual([]);
    await afterWriting(stage, person, '5');
    expect(await answersOf(customer)).toEqual([['csat', 5]]);
  });

  test('a question of the customer in between is answered, and the survey waits', async () => {
    const { person, customer } = await asked(channel);
    const [guide] = await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    expect(guide?.text).toContain('lịch hẹn');
    await afterWriting(stage, person, 'được rồi cảm ơn');
    await afterWriting(stage, person, '5');
    expect(await answersOf(customer)).toEqual([['csat', 5]]);
  });

  test('who does not answer in three days is left in peace', async () => {
    const { person, customer } = await asked(channel);
    const before = acceptedFor(stage, person).length;
    await stage.pass({ days: 3, hours: 1 });
    expect(acceptedFor(stage, person)).toHaveLength(before);
    expect(await ledgerOf(stage, customer, 'survey_expired')).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', flow: null });
  });

  test('due at night it is asked at 07:30, and what is written before is no answer to it', async () => {
    const hour = (stage.clock.now().getUTCHours() + 7) % 24;
    await stage.pass({ hours: (23 - hour + 24) % 24 });
    const { person, customer } = await asked(channel);
    expect(said(stage, person).join(' ')).not.toContain('hài lòng');
    await afterWriting(stage, person, '5');
    expect(await answersOf(customer)).toEqual([]);
    const before = said(stage, person).length;
    await stage.pass({ hours: 9 });
    const since = shownBy(stage, person).slice(before);
    expect(since).toHaveLength(1);
    expect(since[0]?.text).toContain('hài lòng ở mức nào');
    expect(new Date(since[0]?.at ?? '').toISOString()).toMatch(/T00:30:/);
    await stage.pass({ hours: 3 });
  });
});

describe.each(CHANNELS)('on %s, after a detour', (channel) => {
  test.each([
    ['Rất hài lòng', 5],
    ['5', 5],
    ['tệ', 2],
  ])('"%s" still answers the question', async (words, score) => {
    const { person, customer } = await asked(channel);
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    await afterWriting(stage, person, words);
    expect((await answersOf(customer))[0]?.[0]).toBe('csat');
    expect(Number((await answersOf(customer))[0]?.[1])).toBeLessThanOrEqual(score);
  });

  test('a sentence is none', async () => {
    const { person, customer } = await asked(channel);
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    await afterWriting(stage, person, 'tạo lịch hẹn cho khách quen thì làm thế nào');
    expect(await answersOf(customer)).toEqual([]);
  });
});
