// What echoes tell of our messages: which one was meant, and that no other is believed to have arrived because of it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AddressedChange, applyOutboxChanges } from '../../src/outbox/apply-outbox-changes.ts';
import { createTestDatabase } from '../test-database.ts';
import { aQueued, type PersonRow, somebodyOn } from './a-message.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
const SENDING = new Date('2026-11-23T05:00:00.000Z');
const WORDS = 'Dạ em chào anh/chị ạ!';

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

type MessageRow = { status: string; providerId?: string; content?: unknown };

async function aMessage(person: PersonRow, { status, providerId, content }: MessageRow): Promise<string> {
  const what = content ?? { kind: 'text', text: WORDS };
  const id = await aQueued(db, person, { purpose: 'answer', at: SENDING, content: what });
  if (status === 'queued') return id;
  await db.pool.query(
    `UPDATE outbound_messages SET status = $2, attempts = 1, sending_at = $3, provider_message_id = $4 WHERE id = $1`,
    [id, status, SENDING, providerId ?? null],
  );
  return id;
}

type Echo = Extract<AddressedChange, { change: 'echo' }>;
const hear = (person: PersonRow, ...echoes: Partial<Echo>[]) =>
  db.transaction('keep-and-play', (client) =>
    applyOutboxChanges(
      client,
      new Date(SENDING.getTime() + 5_000),
      echoes.map((echo) => ({
        ...{ change: 'echo' as const, messageId: 'z-1', outboundMessageId: null, text: WORDS },
        ...person,
        ...echo,
      })),
    ),
  );
const statusOf = async (id: string) =>
  (await db.pool.query('SELECT status FROM outbound_messages WHERE id = $1', [id])).rows[0]?.status;
const linesOf = async () =>
  (await db.pool.query(`SELECT outbound_message_id AS id, data FROM touchpoints WHERE kind = 'message_out'`)).rows;

test.each(['sending', 'uncertain', 'parked'])('the echo of what is %s settles it, with one line', async (status) => {
  const person = await somebody('zalo');
  const id = await aMessage(person, { status });
  await hear(person, {});
  await hear(person, {});
  expect(await statusOf(id)).toBe('sent');
  expect(await linesOf()).toMatchObject([{ id, data: { knownBy: 'echo', messageId: 'z-1' } }]);
});

test('the same words to two people: only theirs is settled to whom the echo belongs', async () => {
  const [lan, minh] = [await somebody('zalo'), await somebody('zalo')];
  const [toLan, toMinh] = [await aMessage(lan, { status: 'uncertain' }), await aMessage(minh, { status: 'uncertain' })];
  await hear(minh, {});
  expect([await statusOf(toLan), await statusOf(toMinh)]).toEqual(['uncertain', 'sent']);
});

test('a mark of ours settles nothing of somebody else', async () => {
  const [lan, minh] = [await somebody('messenger'), await somebody('messenger')];
  const toLan = await aMessage(lan, { status: 'uncertain' });
  await hear(minh, { outboundMessageId: toLan });
  expect(await statusOf(toLan)).toBe('uncertain');
});

test('a late echo of what was answered for does not stand for the same words said after it', async () => {
  const person = await somebody('zalo');
  await aMessage(person, { status: 'sent', providerId: 'z-1' });
  const again = await aMessage(person, { status: 'uncertain' });
  await hear(person, { messageId: 'z-1' });
  expect(await statusOf(again)).toBe('uncertain');
  await hear(person, { messageId: 'z-2' });
  expect(await statusOf(again)).toBe('sent');
});

test('of the same words said twice the older is meant, and one echo settles one of them', async () => {
  const person = await somebody('zalo');
  const [older, newer] = [
    await aMessage(person, { status: 'parked' }),
    await aMessage(person, { status: 'uncertain' }),
  ];
  await hear(person, {});
  expect([await statusOf(older), await statusOf(newer)]).toEqual(['sent', 'uncertain']);
});

test('two echoes of the same words, heard at once, settle both', async () => {
  const person = await somebody('zalo');
  const ids = [await aMessage(person, { status: 'parked' }), await aMessage(person, { status: 'uncertain' })];
  await hear(person, { messageId: 'z-1' }, { messageId: 'z-2' });
  expect(await Promise.all(ids.map(statusOf))).toEqual(['sent', 'sent']);
  const lines = await linesOf();
  expect(lines.map(({ id, data }) => [id, data.messageId])).toEqual([
    [ids[0], 'z-1'],
    [ids[1], 'z-2'],
  ]);
});

test('where the channel carries our mark, it decides and not the words', async () => {
  const person = await somebody('messenger');
  const [older, newer] = [
    await aMessage(person, { status: 'parked' }),
    await aMessage(person, { status: 'uncertain' }),
  ];
  await hear(person, { outboundMessageId: newer });
  expect([await statusOf(older), await statusOf(newer)]).toEqual(['parked', 'sent']);
});

test('what was never called for is not meant by its words', async () => {
  const person = await somebody('zalo');
  const waiting = await aMessage(person, { status: 'queued' });
  await hear(person, {});
  expect(await statusOf(waiting)).toBe('queued');
  expect(await linesOf()).toEqual([]);
});

test('a mark of ours on what was put back into the queue proves that it went', async () => {
  const person = await somebody('messenger');
  const back = await aMessage(person, { status: 'queued' });
  await hear(person, { outboundMessageId: back });
  expect(await statusOf(back)).toBe('sent');
});

test('other words settle nothing; a template, whose words the channel writes, is known by having none', async () => {
  const person = await somebody('zalo');
  const text = await aMessage(person, { status: 'uncertain' });
  await hear(person, { text: 'Dạ em chào anh/chị.' });
  await hear(person, { messageId: 'z-2', text: null });
  expect(await statusOf(text)).toBe('uncertain');
  const template = await aMessage(person, {
    status: 'uncertain',
    content: { kind: 'template', templateId: '1', parameters: {}, preview: 'Gói sắp hết hạn' },
  });
  await hear(person, { messageId: 'z-3', text: null });
  expect([await statusOf(text), await statusOf(template)]).toEqual(['uncertain', 'sent']);
});
