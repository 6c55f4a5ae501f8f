// What becomes of a message after each try: again, or no more.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SendResult } from '../../src/channels/channel.ts';
import { createManualClock } from '../../src/clock.ts';
import { saveResults } from '../../src/outbox/save-results.ts';
import { createTestDatabase } from '../test-database.ts';
import { aPerson, aQueued } from './a-message.ts';

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
  const [person] = await aPerson(db, ['messenger'], NOON);
  if (person === undefined) throw new Error('nobody');
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
