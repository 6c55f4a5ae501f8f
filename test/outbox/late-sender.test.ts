// A process that was stopped between taking a message and saying it, for longer than its lease: somebody else has been
// told to look after the message by then, so the one who wakes up must stay silent.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../test-database.ts';
import { aDeliverer, NOON } from './a-deliverer.ts';
import { aPerson, aQueued } from './a-message.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

/** What it said after it had been stopped for `ms` with a message in its hand, and what the row says then. */
async function sayAfterBeingStopped(ms: number): Promise<{ said: string[]; status: string }> {
  const [person] = await aPerson(db, ['messenger'], NOON);
  if (!person) throw new Error('There is one.');
  const id = await aQueued(db, person, { purpose: 'answer', at: NOON });
  const said: string[] = [];
  let elapsedMs = 0;
  const slow: typeof db = {
    ...db,
    durably: async (boundary, work) => {
      if (boundary === 'send-message') elapsedMs += ms;
      return await work();
    },
  };
  const send = async ({ outboundMessageId }: { outboundMessageId: string }) => {
    said.push(outboundMessageId);
    return { outcome: 'sent' as const, providerMessageId: `m_${outboundMessageId}` };
  };
  const deliverer = aDeliverer(slow, send, { stopwatch: () => elapsedMs });
  deliverer.ring();
  await deliverer.idle();
  await deliverer.stop();
  const { rows } = await db.pool.query<{ status: string }>('SELECT status FROM outbound_messages WHERE id = $1', [id]);
  return { said, status: rows[0]?.status ?? '' };
}

test('past its lease it says nothing, and leaves the message to whoever settles what is unknown', async () => {
  expect(await sayAfterBeingStopped(20_000)).toEqual({ said: [], status: 'sending' });
});

test('a moment before, it may still speak', async () => {
  const { said, status } = await sayAfterBeingStopped(19_999);
  expect({ count: said.length, status }).toEqual({ count: 1, status: 'sent' });
});
