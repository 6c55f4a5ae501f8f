// A process that was stopped between taking a message and saying it, for longer than its lease: somebody else has been
// told to look after the message by then, so the one who wakes up must stay silent.
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel } from '../../src/channels/channel.ts';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { createManualClock } from '../../src/clock.ts';
import { createDeliverer } from '../../src/outbox/deliver-messages.ts';
import { createSpending } from '../../src/outbox/spending.ts';
import { createTestDatabase } from '../test-database.ts';
import { aPerson, aQueued } from './a-message.ts';

const NOON = new Date('2026-11-23T05:00:00Z');
const timeZone = 'Asia/Ho_Chi_Minh';
const never = { start: '21:00', end: '21:00', timeZone };
const rules = {
  window: defaultWindowRules,
  quietHours: never,
  advertisingRest: never,
  advertisingPerDay: 3,
  spendLimit: null,
  templates: new Map(),
};

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
  const stub: Pick<Channel, 'name' | 'send'> = {
    name: 'messenger',
    send: async ({ outboundMessageId }) => {
      said.push(outboundMessageId);
      return { outcome: 'sent', providerMessageId: `m_${outboundMessageId}` };
    },
  };
  const deliverer = createDeliverer({
    db: {
      ...db,
      durably: async (boundary, work) => {
        if (boundary === 'send-message') elapsedMs += ms;
        return await work();
      },
    },
    // Nothing else of it is asked for by those who send.
    channel: stub as Channel,
    clock: createManualClock(NOON),
    stopwatch: () => elapsedMs,
    rules: () => rules,
    ladder: {
      spending: createSpending(timeZone),
      accounts: { zalo: null, email: null },
      labels: { email: false, template: false },
    },
    random: () => 0.5,
    log: pino({ level: 'silent' }),
  });
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
