import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('rung once it says all there is, also when everything under way ends in the same moment', async () => {
  const ids: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1) {
    const [person] = await aPerson(db, ['messenger'], NOON);
    if (person) ids.push(await aQueued(db, person, { purpose: 'answer', at: NOON }));
  }
  const said: string[] = [];
  let together = Promise.withResolvers<void>();
  const deliverer = aDeliverer(db, async ({ outboundMessageId }) => {
    said.push(outboundMessageId);
    const { promise, resolve } = together;
    if (said.length % AT_ONCE === 0) {
      together = Promise.withResolvers();
      resolve();
    }
    await promise;
    return { outcome: 'sent', providerMessageId: `m_${outboundMessageId}` };
  });
  deliverer.ring();
  await deliverer.idle();
  expect(said.toSorted()).toEqual(ids.toSorted());
  await deliverer.stop();
});
