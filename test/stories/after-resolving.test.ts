// A person has helped and is done: the customer is asked how it was, when the agent wishes so, once for what it was about.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type SignedIn, signIn } from '../inbox/signed-in.ts';
import {
  afterWriting,
  CHANNELS,
  conversationOf,
  ledgerOf,
  nameCustomer,
  type Somebody,
  said,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let staff: SignedIn;
beforeAll(async () => {
  stage = await openStage();
  staff = await signIn(stage);
});
afterAll(() => stage.close());

/** Sessions end meanwhile. */
async function pass(time: Parameters<Stage['pass']>[0]): Promise<void> {
  await stage.pass(time);
  staff = await signIn(stage);
}

async function act(id: string, what: string, body: object = {}): Promise<void> {
  const answer = await staff.call('POST', `/inbox/conversations/${id}/${what}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  await stage.settle();
}

/** Somebody called a person, who has taken over. */
async function helped(channel: 'zalo' | 'messenger') {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  const { id } = await conversationOf(stage, customer);
  const again = async () => {
    await afterWriting(stage, person, 'gặp nhân viên');
    await act(id, 'take');
  };
  await again();
  return { person, customer, id, again };
}

const questions = (person: Somebody) => said(stage, person).filter((text) => text.includes('hài lòng ở mức nào'));

test.each(CHANNELS)('on %s the question comes when it was wished, once, and its answer is kept', async (channel) => {
  const { person, customer, id, again } = await helped(channel);
  expect(questions(person)).toEqual([]);
  await act(id, 'resolve', { survey: true });
  expect(questions(person)).toHaveLength(1);
  await afterWriting(stage, person, '5');
  expect(await ledgerOf(stage, customer, 'survey_answered')).toMatchObject([{ data: { metric: 'csat', score: 5 } }]);
  await pass({ days: 5 });
  await again();
  await act(id, 'resolve', { survey: true });
  await pass({ hours: 3 });
  expect(questions(person)).toHaveLength(1);
});

test('who is not to be asked is not', async () => {
  const { person, id } = await helped('zalo');
  await act(id, 'resolve', { survey: false });
  await pass({ days: 1 });
  expect(questions(person)).toEqual([]);
});

test('of two who resolve at once it is asked once', async () => {
  const { person, id } = await helped('messenger');
  const resolve = () => staff.call('POST', `/inbox/conversations/${id}/resolve`, { survey: true });
  await Promise.all([resolve(), resolve(), resolve()]);
  await stage.settle();
  expect(questions(person)).toHaveLength(1);
});

/** A case that was opened beside the conversation. */
async function caseOf(id: string): Promise<string> {
  const { body } = await staff.call('POST', `/inbox/conversations/${id}/work`, { kind: 'case', words: 'Máy in lỗi' });
  return z.object({ id: z.uuid() }).parse(body).id;
}

async function close(caseId: string): Promise<void> {
  const fields = { outcome: 'đã đổi máy in', by: 'staff' };
  expect((await staff.call('POST', `/cases/${caseId}/close`, fields)).status).toBe(200);
  await stage.settle();
}

test('what was mended long ago keeps nobody from being asked about the next time', async () => {
  const { person, id, again } = await helped('messenger');
  await close(await caseOf(id));
  await act(id, 'resolve', { survey: true });
  expect(questions(person)).toHaveLength(1);
  await afterWriting(stage, person, '5');
  await pass({ days: 120 });
  await again();
  await act(id, 'resolve', { survey: true });
  expect(questions(person)).toHaveLength(2);
});

test('a case that is still open keeps nobody from being asked', async () => {
  const { person, id } = await helped('messenger');
  await caseOf(id);
  await act(id, 'resolve', { survey: true });
  expect(questions(person)).toHaveLength(1);
});
