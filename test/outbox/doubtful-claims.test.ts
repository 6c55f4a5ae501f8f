// The answer to the commit of a claim is lost: what it marked was surely not said by us, so it need not be looked for at
// the provider; but only what that claim itself marked.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { DatabaseUnavailableError } from '../../src/errors.ts';
import { createTestDatabase } from '../test-database.ts';
import { aDeliverer, NOON } from './a-deliverer.ts';
import { aPerson, aQueued } from './a-message.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let flaky: Database;
/** What happens instead of the answer to the commit of the next claim. */
let answer: (() => Promise<void>) | null;
beforeEach(async () => {
  db = await createTestDatabase();
  answer = null;
  flaky = openDatabase({
    url: db.url,
    poolSize: 4,
    atBoundary: async (boundary, phase) => {
      if (boundary !== 'claim-messages' || phase !== 'after' || answer === null) return;
      const instead = answer;
      answer = null;
      await instead();
      throw new DatabaseUnavailableError('The answer was lost.');
    },
  });
});
afterEach(async () => {
  await flaky.close();
  await db.close();
});

async function sayBesides(besides: () => Promise<void>) {
  const [person] = await aPerson(db, ['messenger'], NOON);
  if (!person) throw new Error('Nobody is there.');
  const id = await aQueued(db, person, { purpose: 'answer', at: NOON });
  const said: string[] = [];
  const deliverer = aDeliverer(flaky, async ({ outboundMessageId }) => {
    said.push(outboundMessageId);
    return { outcome: 'sent', providerMessageId: `m_${outboundMessageId}` };
  });
  answer = besides;
  const goOn = async () => {
    deliverer.ring();
    await deliverer.idle();
  };
  await goOn();
  const left = await rowOf(id);
  await goOn();
  await deliverer.stop();
  return { id, said, left, row: await rowOf(id) };
}

async function rowOf(id: string) {
  const sql = 'SELECT status, attempts FROM outbound_messages WHERE id = $1';
  return (await db.pool.query<{ status: string; attempts: number }>(sql, [id])).rows[0];
}

test('kept or not, it is said in the next round, and once', async () => {
  const { id, said, left, row } = await sayBesides(async () => undefined);
  expect(left).toEqual({ status: 'sending', attempts: 1 });
  expect(said).toEqual([id]);
  expect(row).toEqual({ status: 'sent', attempts: 1 });
});

test('what another process holds by now is left to it', async () => {
  const { said, row } = await sayBesides(async () => {
    // As if ours had not been kept and somebody else had claimed it: the same words in the row, by another transaction.
    await db.pool.query(`UPDATE outbound_messages SET status = 'sending'`);
  });
  expect(said).toEqual([]);
  expect(row).toEqual({ status: 'sending', attempts: 1 });
});

test('what became uncertain meanwhile is settled as everything uncertain is', async () => {
  const { said, row } = await sayBesides(async () => {
    await db.pool.query(`UPDATE outbound_messages SET status = 'uncertain'`);
  });
  expect(said).toEqual([]);
  expect(row).toEqual({ status: 'uncertain', attempts: 1 });
});
