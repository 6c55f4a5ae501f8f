// A provider that is away, refuses the account for a while, or answers nobody: how often it is asked, and in which order
// everybody is answered when it is back.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SendResult } from '../../src/channels/channel.ts';
import { createManualClock, HOUR_MS, SECOND_MS } from '../../src/clock.ts';
import type { Deliverer } from '../../src/outbox/deliver-messages.ts';
import { createTestDatabase } from '../test-database.ts';
import { aDeliverer, NOON } from './a-deliverer.ts';
import { aQueued, type PersonRow, somebodyOn } from './a-message.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('TRUNCATE outbound_messages, touchpoints, conversations, channel_identities, customers CASCADE');
});

const away: SendResult = {
  outcome: 'later',
  concerns: 'account',
  retryAt: null,
  code: 'ECONNREFUSED',
  reason: 'Không kết nối được Facebook.',
};

async function somebody(): Promise<PersonRow> {
  const person = await somebodyOn(db, 'messenger', NOON);
  return person;
}
const say = (person: PersonRow) => aQueued(db, person, { purpose: 'answer', at: NOON });

/** A channel that does what `answer` says; every call is noted, those that were accepted in `said`. */
function aChannel(answer: () => SendResult | null) {
  const clock = createManualClock(NOON);
  const calls: { at: number; id: string }[] = [];
  const said: string[] = [];
  const deliverer = aDeliverer(
    db,
    async ({ outboundMessageId: id }) => {
      calls.push({ at: clock.now().getTime() - NOON.getTime(), id });
      const trouble = answer();
      if (trouble !== null) return trouble;
      said.push(id);
      return { outcome: 'sent', providerMessageId: `m_${id}` };
    },
    { clock, after: () => undefined },
  );
  return { clock, calls, said, deliverer };
}

async function ring(deliverer: Deliverer): Promise<void> {
  deliverer.ring();
  await deliverer.idle();
}

test('away for two hours: asked once in ten seconds, and then everybody hears their lines in order', async () => {
  const people = [await somebody(), await somebody(), await somebody()];
  const lines = new Map<PersonRow, string[]>();
  for (const person of people) lines.set(person, [await say(person), await say(person), await say(person)]);
  let isAway = true;
  const { clock, calls, said, deliverer } = aChannel(() => (isAway ? away : null));
  for (let second = 0; second < (2 * HOUR_MS) / SECOND_MS; second += 5) {
    await ring(deliverer);
    clock.advance(5 * SECOND_MS);
  }
  expect(calls.length).toBeLessThanOrEqual((2 * HOUR_MS) / (10 * SECOND_MS) + 5);
  isAway = false;
  for (let second = 0; second < 600; second += 5) {
    await ring(deliverer);
    clock.advance(5 * SECOND_MS);
  }
  for (const own of lines.values()) expect(said.filter((id) => own.includes(id))).toEqual(own);
  expect(said).toHaveLength(9);
  await deliverer.stop();
});

test('back just after a line had failed once more: what was said to them since does not overtake it', async () => {
  const person = await somebody();
  const first = await say(person);
  let isAway = true;
  const { clock, calls, said, deliverer } = aChannel(() => (isAway ? away : null));
  while (calls.length < 12) {
    await ring(deliverer);
    clock.advance(5 * SECOND_MS);
  }
  isAway = false;
  const second = await say(person);
  for (let turn = 0; turn < 120; turn += 1) {
    await ring(deliverer);
    clock.advance(5 * SECOND_MS);
  }
  expect(said).toEqual([first, second]);
  await deliverer.stop();
});

test('an account that is told when to come back is not asked before, whoever has something to say', async () => {
  const until = 30 * SECOND_MS;
  const [first, later] = [await say(await somebody()), await somebody()];
  const busy = { ...away, retryAt: new Date(NOON.getTime() + until), code: '-32' };
  const { clock, calls, said, deliverer } = aChannel(() => (calls.length === 1 ? busy : null));
  await ring(deliverer);
  const second = await say(later);
  clock.advance(until - 1);
  await ring(deliverer);
  expect(calls.map(({ id }) => id)).toEqual([first]);
  clock.advance(1);
  await ring(deliverer);
  expect(said.toSorted()).toEqual([first, second].toSorted());
  await deliverer.stop();
});

test('one who may not be written to now holds up nobody else', async () => {
  const [first, second] = [await say(await somebody()), await say(await somebody())];
  const retryAt = new Date(NOON.getTime() + HOUR_MS);
  const { said, deliverer } = aChannel(() =>
    said.length === 0 ? { ...away, concerns: 'recipient', retryAt, code: 'too_fast_for_person' } : null,
  );
  await ring(deliverer);
  const third = await say(await somebody());
  said.push('nobody');
  await ring(deliverer);
  expect(said).toEqual(['nobody', third]);
  expect([first, second]).not.toContain(third);
  await deliverer.stop();
});

test('five answers that were lost in a row: the next ones wait, then one asks for all', async () => {
  const waiting: string[] = [];
  let isLost = true;
  const { clock, calls, said, deliverer } = aChannel(() =>
    isLost ? { outcome: 'unknown', code: 'timeout', reason: 'Không rõ.' } : null,
  );
  for (let n = 0; n < 5; n += 1) await say(await somebody());
  await ring(deliverer);
  expect(calls).toHaveLength(5);
  for (let n = 0; n < 3; n += 1) waiting.push(await say(await somebody()));
  await ring(deliverer);
  expect(calls).toHaveLength(5);
  expect(deliverer.isPaused()).toBe(true);
  clock.advance(10 * SECOND_MS);
  await ring(deliverer);
  expect(calls).toHaveLength(6);
  isLost = false;
  clock.advance(10 * SECOND_MS);
  await ring(deliverer);
  expect(deliverer.isPaused()).toBe(false);
  expect(said).toEqual(waiting.filter((id) => id !== calls[5]?.id));
  await deliverer.stop();
});
