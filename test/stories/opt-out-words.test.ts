// A sample of the words with which people stop and come back, told as stories on both channels in turns; the whole table
// is held by test/flows/read-wish.test.ts.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { lookAlikes, optIns, optOuts, stopAdvertising } from '../privacy/opt-out-words.ts';
import { acceptedFor, afterWriting, inTurns, must, nameCustomer, welcomed } from './scenes.ts';
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

/** Enough of each to meet the program as a whole; pure tables hold the rest. */
const some = (words: string[], every: number) => words.filter((_, index) => index % every === 0).map(inTurns);
const optedOutAt = async (customer: string) => (await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt;

test('the tables are as long as promised', () => {
  expect(new Set(optOuts).size).toBeGreaterThanOrEqual(60);
  expect(new Set(lookAlikes).size).toBeGreaterThanOrEqual(60);
});

test.each(some(optOuts, 4))('"%s" stops at once, with the time (%s)', async (words, channel) => {
  const person = await welcomed(stage, channel);
  const answer = await afterWriting(stage, person, words);
  expect(answer).toHaveLength(1);
  expect(answer[0]?.text).toMatch(/lúc .*\d{2}:\d{2}.* và đã ngừng gửi tin/);
  expect(answer[0]?.text).not.toMatch(/ưu đãi|khuyến mãi|quảng cáo|giảm giá/i);
  expect(await optedOutAt(await nameCustomer(stage, person))).not.toBeNull();
});

test.each(some(lookAlikes, 5))('"%s" stops nothing (%s)', async (words, channel) => {
  const person = await welcomed(stage, channel);
  await afterWriting(stage, person, words);
  expect(await optedOutAt(await nameCustomer(stage, person))).toBeNull();
});

test.each(optIns.map(inTurns))('"%s" takes it back (%s)', async (words, channel) => {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  await afterWriting(stage, person, 'dừng');
  expect(await optedOutAt(customer)).not.toBeNull();
  await afterWriting(stage, person, words);
  expect(await optedOutAt(customer)).toBeNull();
});

test.each(some(stopAdvertising, 3))('"%s" keeps service, stops advertising (%s)', async (words, channel) => {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, {
    consents: [{ purpose: 'advertising', granted: true, source: 'hop-dong' }],
  });
  // The newest word holds: this one comes after it.
  await stage.pass({ minutes: 1 });
  const answer = await afterWriting(stage, person, words);
  expect(answer).toHaveLength(1);
  expect(await optedOutAt(customer)).toBeNull();
  const held = await must(stage, 'GET', `/api/v1/customers/${customer}`);
  expect(held.consents).toMatchObject([{ purpose: 'advertising', granted: false, source: `chat:${channel}` }]);
  // Care still comes.
  const before = acceptedFor(stage, person).length;
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/satisfaction-survey`);
  expect(acceptedFor(stage, person).length).toBe(before + 1);
});

test('asked whether advertising is welcome, only a plain yes is one, kept with the words of the question', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  const consents = async () => (await must(stage, 'GET', `/api/v1/customers/${customer}`)).consents;
  await must(stage, 'POST', `/api/v1/customers/${customer}/flows/advertising-consent`);
  await afterWriting(stage, person, 'ok để xem');
  expect(await consents()).toEqual([]);
  await afterWriting(stage, person, 'Đồng ý');
  expect(await consents()).toMatchObject([
    {
      purpose: 'advertising',
      granted: true,
      source: 'chat:zalo',
      wording: expect.stringMatching(/không quá 3 tin mỗi ngày, từ 7:00 đến 22:00.*\[Đồng ý\]$/s),
    },
  ]);
  // Having messages again is not a yes to advertising.
  for (const words of ['chỉ ngừng quảng cáo', 'dừng', 'nhận tin']) {
    await stage.pass({ minutes: 1 });
    await afterWriting(stage, person, words);
  }
  expect(await consents()).toMatchObject([
    { purpose: 'advertising', granted: false },
    { purpose: 'all', granted: true },
  ]);
});
