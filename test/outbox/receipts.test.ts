// What receipts tell of our messages: also of one whose answer was lost, and by the provider's clock, not by ours.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AddressedChange, applyOutboxChanges } from '../../src/outbox/apply-outbox-changes.ts';
import { createTestDatabase } from '../test-database.ts';
import { aQueued, type PersonRow, somebodyOn } from './a-message.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
const SENDING = new Date('2026-11-23T05:00:00.000Z');
const after = (ms: number) => new Date(SENDING.getTime() + ms);

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});
beforeEach(async () => {
  await db.pool.query('TRUNCATE outbound_messages, touchpoints, conversations, channel_identities, customers CASCADE');
});

const somebody = (channel: string): Promise<PersonRow> => somebodyOn(db, channel, SENDING);

/** Called for at SENDING, the answer noted 400 ms later. */
async function aMessage(person: PersonRow, status: string, sendingAt = SENDING): Promise<string> {
  const id = await aQueued(db, person, { purpose: 'care', at: sendingAt });
  const sentAt = status === 'sent' ? new Date(sendingAt.getTime() + 400) : null;
  await db.pool.query(
    `UPDATE outbound_messages SET status = $2, attempts = 1, sending_at = $3, sent_at = $4, cost_kind = 'template', cost_amount = 300
     WHERE id = $1`,
    [id, status, sendingAt, sentAt],
  );
  return id;
}

type Receipt = Extract<AddressedChange, { change: 'receipt' }>;
const none: Omit<Receipt, 'at' | keyof PersonRow> = {
  change: 'receipt',
  receipt: 'delivered',
  messageIds: [],
  watermark: null,
  outboundMessageId: null,
};
const tell = (person: PersonRow, ...receipts: Partial<Receipt>[]) =>
  db.transaction('keep-and-play', (client) =>
    applyOutboxChanges(
      client,
      after(60_000),
      receipts.map((receipt) => ({ ...none, at: after(1_000), ...person, ...receipt })),
    ),
  );
const rowOf = async (id: string) =>
  (await db.pool.query('SELECT * FROM outbound_messages WHERE id = $1', [id])).rows[0];

test('"read up to here" is said in the provider\'s time of the message, before the answer reached us', async () => {
  const person = await somebody('messenger');
  const [first, next] = [await aMessage(person, 'sent'), await aMessage(person, 'sent', after(2_000))];
  await tell(person, { receipt: 'read', watermark: after(35) });
  expect(await rowOf(first)).toMatchObject({ status: 'read', read_at: after(35) });
  expect(await rowOf(next)).toMatchObject({ status: 'sent' });
});

test('what was read and what was only delivered are kept apart when both are told at once', async () => {
  const person = await somebody('messenger');
  const [first, next] = [await aMessage(person, 'sent'), await aMessage(person, 'sent', after(2_000))];
  await tell(person, { receipt: 'read', watermark: after(35) }, { watermark: after(2_035) });
  expect(await rowOf(first)).toMatchObject({ status: 'read', read_at: after(35) });
  expect(await rowOf(next)).toMatchObject({ status: 'delivered', delivered_at: after(2_035), read_at: null });
});

test.each([[['delivered', 'read']], [['read', 'delivered']]] as const)(
  'one message, %j at once: it was read',
  async (kinds) => {
    const person = await somebody('zalo');
    const id = await aMessage(person, 'sent');
    await db.pool.query(`UPDATE outbound_messages SET provider_message_id = 'z-1' WHERE id = $1`, [id]);
    const at = { delivered: after(500), read: after(900) };
    await tell(person, ...kinds.map((receipt) => ({ receipt, messageIds: ['z-1'], at: at[receipt] })));
    expect(await rowOf(id)).toMatchObject({ status: 'read', delivered_at: after(500), read_at: after(900) });
  },
);

const AFTER_A_CALL = ['sending', 'uncertain', 'parked', 'queued', 'failed'];
test.each(AFTER_A_CALL)('a receipt that names our own id settles what is %s', async (status) => {
  const person = await somebody('zalo');
  const id = await aMessage(person, status);
  await tell(person, { messageIds: ['z-1'], outboundMessageId: id });
  expect(await rowOf(id)).toMatchObject({ status: 'delivered', provider_message_id: 'z-1', sent_at: SENDING });
  const lines = await db.pool.query(`SELECT kind, cost_amount, data FROM touchpoints WHERE kind = 'message_out'`);
  expect(lines.rows).toMatchObject([{ cost_amount: 300, data: { knownBy: 'receipt', messageId: 'z-1' } }]);
  await tell(person, { receipt: 'delivered', messageIds: ['z-1'], outboundMessageId: id });
  expect((await db.pool.query(`SELECT FROM touchpoints WHERE kind = 'message_out'`)).rowCount).toBe(1);
});
