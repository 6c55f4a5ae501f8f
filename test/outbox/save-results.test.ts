// What becomes of a message after each try: again, or no more.
import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/channels/channel.ts';
import { createManualClock } from '../../src/clock.ts';
import type { ClaimedMessage } from '../../src/outbox/candidate.ts';
import { saveResults } from '../../src/outbox/save-results.ts';
import { createTestDatabase } from '../test-database.ts';
import { aQueued, somebodyOn } from './a-message.ts';

const NOON = new Date('2026-11-23T05:00:00Z');
let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

type Later = Extract<SendResult, { outcome: 'later' }>;
const later: Later = {
  outcome: 'later',
  concerns: 'message',
  code: '100/2018008',
  reason: 'Không tải được.',
  retryAt: null,
};

/** What it is after that many tries, the last with this result. */
async function after(attempts: number, result: SendResult) {
  const person = await somebodyOn(db, 'messenger', NOON);
  const id = await aQueued(db, person, { purpose: 'answer', at: NOON });
  await db.pool.query(`UPDATE outbound_messages SET status = 'sending', sending_at = $2, attempts = $3 WHERE id = $1`, [
    id,
    NOON,
    attempts,
  ]);
  const message = {
    id,
    ...{ identityId: person.identityId, conversationId: person.conversationId, peerId: 'lan', attempts },
    message: { kind: 'text' as const, text: 'chào', choices: [], links: [] },
    permit: { mode: 'free' as const, costAmount: 0, messagingType: 'RESPONSE' as const },
    isFromFlow: true,
    hasFallback: false,
  };
  await saveResults({ db, clock: createManualClock(NOON), random: () => 0.5 }, [{ message, result }]);
  const { rows } = await db.pool.query('SELECT status, reason, error_code FROM outbound_messages WHERE id = $1', [id]);
  return rows[0];
}

test('what may be tried twice in all is tried again once, and then has failed', async () => {
  expect(await after(1, { ...later, mostTries: 2 })).toMatchObject({ status: 'queued' });
  const failed = { status: 'failed', reason: 'Không tải được.', error_code: '100/2018008' };
  expect(await after(2, { ...later, mostTries: 2 })).toEqual(failed);
  expect(await after(3, { ...later, mostTries: 2 })).toEqual(failed);
});

test('without such a number it is tried until it is too old', async () => {
  expect(await after(500, later)).toMatchObject({ status: 'queued' });
});

describe('who cannot be reached is remembered, and asked no second time', () => {
  const refused = { outcome: 'refused', concerns: 'recipient', code: '-213', reason: 'Khách đã chặn.' } as const;
  const text = { kind: 'text' as const, text: 'chào', choices: [], links: [] };
  const template = { kind: 'template' as const, templateId: 't', language: 'vi', parameters: {} };

  /** What is known of the chat and of the phone of somebody, after that answer. */
  async function reasonsAfter(result: SendResult, message: ClaimedMessage['message']) {
    const person = await somebodyOn(db, 'zalo', NOON);
    const { customerId, identityId, conversationId } = person;
    const [phone, phoneIdentity] = [`849${String(randomInt(1e8)).padStart(8, '0')}`, randomUUID()];
    await db.pool.query(
      `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at)
       VALUES ($1, 'zalo', 'us', $2, $3, $4)`,
      [phoneIdentity, `phone:${phone}`, customerId, NOON],
    );
    const id = await aQueued(db, person, { purpose: 'care', at: NOON });
    await db.pool.query(`UPDATE outbound_messages SET status = 'sending', attempts = 1 WHERE id = $1`, [id]);
    const one = {
      ...{ id, identityId, conversationId, peerId: 'lan', attempts: 1, isFromFlow: true, hasFallback: false },
      message: message.kind === 'template' && 'phone' in message ? { ...message, phone } : message,
      permit: { mode: 'free' as const, costAmount: 0, messagingType: 'RESPONSE' as const },
    };
    await saveResults({ db, clock: createManualClock(NOON), random: () => 0.5 }, [{ message: one, result }]);
    const { rows } = await db.pool.query<{ id: string; reason: string | null }>(
      'SELECT id, unreachable_reason AS reason FROM channel_identities WHERE id = ANY($1)',
      [[identityId, phoneIdentity]],
    );
    const reasonOf = (which: string) => rows.find((row) => row.id === which)?.reason;
    return { chat: reasonOf(identityId), phone: reasonOf(phoneIdentity) };
  }

  test('the chat, by what was refused in it', async () => {
    expect(await reasonsAfter(refused, text)).toEqual({ chat: 'Khách đã chặn.', phone: null });
    expect(await reasonsAfter(refused, template)).toEqual({ chat: 'Khách đã chặn.', phone: null });
  });

  test('the phone, which says nothing of the chat', async () => {
    expect(await reasonsAfter(refused, { ...template, phone: 'theirs' })).toEqual({
      chat: null,
      phone: 'Khách đã chặn.',
    });
  });

  test('nobody, where the words, the window or the account were refused', async () => {
    for (const concerns of ['message', 'window', 'account', 'thread'] as const) {
      expect(await reasonsAfter({ ...refused, concerns }, text)).toEqual({ chat: null, phone: null });
    }
    expect(await reasonsAfter({ ...later, concerns: 'recipient' }, text)).toEqual({ chat: null, phone: null });
  });
});
