// What becomes of a message whose fate is unknown: found, surely absent, or for a person to decide. Never said twice.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, SentLookup } from '../../src/channels/channel.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { settleMessages } from '../../src/outbox/settle-messages.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
const START = new Date('2026-11-23T03:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});
beforeEach(async () => {
  clock = createManualClock(START);
  await db.pool.query('TRUNCATE outbound_messages, touchpoints, conversations, channel_identities, customers CASCADE');
});

/** A person with one message in the given status, sent off at START. */
async function aMessage(peer: string, status: string, text = `chào ${peer}`): Promise<string> {
  const [customer, identity, conversation, id] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await db.pool.query('INSERT INTO customers (id, created_at, updated_at) VALUES ($1, $2, $2)', [customer, START]);
  await db.pool.query(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at) VALUES ($1, 'zalo', 'oa', $2, $3, $4)`,
    [identity, peer, customer, START],
  );
  await db.pool.query(
    `INSERT INTO conversations (id, identity_id, customer_id, state, created_at, updated_at) VALUES ($1, $2, $3, 'bot', $4, $4)`,
    [conversation, identity, customer, START],
  );
  await db.pool.query(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
       status, attempts, available_at, sending_at, sent_at, lease_until, created_at)
     VALUES ($1, $2, $3, $4, 'zalo', 'oa', $5, 'answer', 'flow', $6, 1, $7, $7, $7, now() - interval '1 minute', $7)`,
    [id, conversation, identity, customer, JSON.stringify({ kind: 'text', text }), status, START],
  );
  if (status === 'sent') {
    await db.pool.query(
      `INSERT INTO touchpoints (at, kind, customer_id, channel, outbound_message_id) VALUES ($1, 'message_out', $2, 'zalo', $3)`,
      [START, customer, id],
    );
  }
  return id;
}

function channelThatKnows(history: (peerId: string) => SentLookup): Channel {
  const never = () => {
    throw new Error('Nothing is sent while settling.');
  };
  return {
    name: 'zalo',
    accountId: 'oa',
    isSignatureValid: never,
    parseWebhook: never,
    splitMessage: (message) => [message],
    send: never,
    fetchProfile: never,
    findSentMessage: async ({ peerId }) => history(peerId),
    showTyping: async () => undefined,
    health: async () => ({ ok: true, reason: null }),
  };
}

async function settleAfter(ms: number, history: (peerId: string) => SentLookup): Promise<void> {
  clock.advance(ms);
  await settleMessages({ db, channel: channelThatKnows(history), clock, log: pino({ level: 'silent' }) });
}

async function statusOf(id: string): Promise<string> {
  const { rows } = await db.pool.query<{ status: string }>('SELECT status FROM outbound_messages WHERE id = $1', [id]);
  return rows[0]?.status ?? '';
}

const found = (id: string): SentLookup => ({ found: 'yes', providerMessageId: id });

test('a sender that died leaves an uncertain message, and the history that holds it settles it', async () => {
  const id = await aMessage('lan', 'sending');
  await settleAfter(20_000, () => ({ found: 'unknown' }));
  expect(await statusOf(id)).toBe('uncertain');
  await settleAfter(11_000, () => found('m-1'));
  expect(await statusOf(id)).toBe('sent');
  const { rows } = await db.pool.query(`SELECT kind FROM touchpoints ORDER BY id`);
  expect(rows.map((row) => row.kind)).toEqual(['message_uncertain', 'message_out']);
});

test('"not there" is not believed before a call under way must be over', async () => {
  const id = await aMessage('lan', 'uncertain');
  await aMessage('known', 'sent');
  const history = (peer: string): SentLookup => (peer === 'known' ? found('m-0') : { found: 'no' });
  await settleAfter(59_000, history);
  expect(await statusOf(id)).toBe('uncertain');
  await settleAfter(11_000, history);
  expect(await statusOf(id)).toBe('queued');
});

test('a history that does not show what surely was sent proves nothing: the message is parked', async () => {
  const id = await aMessage('lan', 'uncertain');
  await aMessage('known', 'sent');
  for (let look = 0; look < 10; look += 1) await settleAfter(11_000, () => ({ found: 'no' }));
  expect(await statusOf(id)).toBe('parked');
});

test('where nothing was ever sent, an empty history proves nothing either', async () => {
  const id = await aMessage('lan', 'uncertain');
  for (let look = 0; look < 10; look += 1) await settleAfter(11_000, () => ({ found: 'no' }));
  expect(await statusOf(id)).toBe('parked');
});

test('what nobody can tell is parked with one line for each move, not for each look', async () => {
  const id = await aMessage('lan', 'sending');
  for (let look = 0; look < 12; look += 1) await settleAfter(11_000, () => ({ found: 'unknown' }));
  expect(await statusOf(id)).toBe('parked');
  const { rows } = await db.pool.query(`SELECT kind FROM touchpoints ORDER BY id`);
  expect(rows.map((row) => row.kind)).toEqual(['message_uncertain', 'message_parked']);
});

test('while the channel cannot be asked nothing is parked for a day; connected again, it settles the rest', async () => {
  const [id, other] = [await aMessage('lan', 'sending'), await aMessage('mai', 'sending')];
  await aMessage('known', 'sent');
  for (let hour = 0; hour < 23; hour += 1) await settleAfter(3_600_000, () => ({ found: 'not_asked' }));
  expect([await statusOf(id), await statusOf(other)]).toEqual(['uncertain', 'uncertain']);
  const history = (peer: string): SentLookup => {
    if (peer === 'mai') return { found: 'not_asked' };
    return peer === 'known' ? found('m-0') : { found: 'no' };
  };
  await settleAfter(11_000, history);
  expect(await statusOf(id)).toBe('queued');
  await settleAfter(3_600_000, history);
  expect(await statusOf(other)).toBe('parked');
});
