import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { createTestDatabase } from '../test-database.ts';
import { aDeliverer, NOON } from './a-deliverer.ts';
import { aPerson, aQueued } from './a-message.ts';

const AT_ONCE = 48;
const PEOPLE = 3 * AT_ONCE;

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

test('rung once it says all there is, never more than 48 at once, also when those end in the same moment', async () => {
  const ids: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1) {
    const [person] = await aPerson(db, ['messenger'], NOON);
    if (person) ids.push(await aQueued(db, person, { purpose: 'answer', at: NOON }));
  }
  const said: string[] = [];
  let [underWay, mostUnderWay] = [0, 0];
  let together = Promise.withResolvers<void>();
  const deliverer = aDeliverer(db, async ({ outboundMessageId }) => {
    said.push(outboundMessageId);
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    const { promise, resolve } = together;
    if (said.length % AT_ONCE === 0) {
      together = Promise.withResolvers();
      resolve();
    }
    await promise;
    // Long enough for another round to claim what it should not.
    await wait(50);
    underWay -= 1;
    return { outcome: 'sent', providerMessageId: `m_${outboundMessageId}` };
  });
  deliverer.ring();
  await deliverer.idle();
  expect(said.toSorted()).toEqual(ids.toSorted());
  expect(mostUnderWay).toBe(AT_ONCE);
  await deliverer.stop();
});

test('who spoke too fast goes on as soon as it may, not only when somebody rings', async () => {
  const [person] = await aPerson(db, ['messenger'], NOON);
  if (!person) throw new Error('Nobody is there.');
  const id = await aQueued(db, person, { purpose: 'answer', at: NOON });
  const clock = createManualClock(NOON);
  const waits: { ms: number; act: () => void }[] = [];
  const said: string[] = [];
  const retryAt = new Date(NOON.getTime() + 200);
  const deliverer = aDeliverer(
    db,
    async ({ outboundMessageId }) => {
      if (clock.now() < retryAt)
        return { outcome: 'later', concerns: 'account', retryAt, code: 'pace', reason: 'Tin sẽ tự gửi sau giây lát.' };
      said.push(outboundMessageId);
      return { outcome: 'sent', providerMessageId: `m_${outboundMessageId}` };
    },
    { clock, after: (ms, act) => waits.push({ ms, act }) },
  );
  deliverer.ring();
  await deliverer.idle();
  expect(said).toEqual([]);
  expect(waits.map(({ ms }) => ms)).toEqual([201]);
  clock.advance(201);
  waits[0]?.act();
  await deliverer.idle();
  expect(said).toEqual([id]);
  await deliverer.stop();
});

test('stopped, it waits for what is being said, keeps what became of it, and says nothing more', async () => {
  const people = [await aPerson(db, ['messenger'], NOON), await aPerson(db, ['messenger'], NOON)];
  const [first, second] = people.flatMap(([person]) => person ?? []);
  if (!first || !second) throw new Error('Nobody is there.');
  const id = await aQueued(db, first, { purpose: 'answer', at: NOON });
  const [calling, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const deliverer = aDeliverer(db, async ({ outboundMessageId }) => {
    calling.resolve();
    await mayAnswer.promise;
    return { outcome: 'sent', providerMessageId: `m_${outboundMessageId}` };
  });
  deliverer.ring();
  await calling.promise;
  let isOver = false;
  const stopping = deliverer.stop().then(() => {
    isOver = true;
  });
  const later = await aQueued(db, second, { purpose: 'answer', at: NOON });
  deliverer.ring();
  await wait(50);
  expect(isOver).toBe(false);
  mayAnswer.resolve();
  await stopping;
  const { rows } = await db.pool.query('SELECT id, status FROM outbound_messages WHERE id = ANY($1) ORDER BY seq', [
    [id, later],
  ]);
  expect(rows).toEqual([
    { id, status: 'sent' },
    { id: later, status: 'queued' },
  ]);
});
