// What was said last and how much advertising was had, read under a lock that other claims and a "no" feel.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import type { DueMessage } from '../../src/outbox/candidate.ts';
import { type LastWords, readLastWords } from '../../src/outbox/last-words.ts';
import { createTestDatabase } from '../test-database.ts';
import { aQueued, type PersonRow, somebodyOn } from './a-message.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let lan: PersonRow;
let mai: PersonRow;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('TRUNCATE outbound_messages, conversations, channel_identities, consents, customers CASCADE');
  [lan, mai] = [await someone(), await someone()];
});

async function someone(): Promise<PersonRow> {
  const person = await somebodyOn(db, 'zalo', NOW);
  return person;
}

async function sent(person: PersonRow, status: string, ageMs: number, purpose = 'advertising'): Promise<Date> {
  const id = await aQueued(db, person, { purpose, at: NOW });
  const sendingAt = new Date(NOW.getTime() - ageMs);
  await db.pool.query('UPDATE outbound_messages SET status = $2, sending_at = $3 WHERE id = $1', [
    id,
    status,
    sendingAt,
  ]);
  return sendingAt;
}

// Only these two fields are looked at.
const asks = (person: PersonRow, purpose = 'advertising') =>
  ({ customerId: person.customerId, purpose }) as unknown as DueMessage;
const hear = (due: DueMessage[]) =>
  db.transaction('claim-messages', (client) => readLastWords(client, due, { channel: 'zalo', now: NOW }));
const count = async (due: DueMessage[]) =>
  new Map([...(await hear(due))].map(([id, { advertisedAt }]) => [id, advertisedAt]));

test.each([
  ['sending', true],
  ['sent', true],
  ['delivered', true],
  ['read', true],
  ['uncertain', true],
  ['parked', true],
  ['queued', false],
  ['failed', false],
  ['skipped', false],
])('%s counts: %s', async (status, isCounted) => {
  const at = await sent(lan, status, 5);
  expect(await count([asks(lan)])).toEqual(new Map([[lan.customerId, isCounted ? [at] : []]]));
});

test('a day to the millisecond, advertising only, each customer for themselves', async () => {
  const edge = await sent(lan, 'sent', DAY_MS);
  await sent(lan, 'sent', DAY_MS + 1);
  await sent(lan, 'sent', 1, 'care');
  const other = await sent(mai, 'sent', 3);
  expect(await count([asks(lan)])).toEqual(new Map([[lan.customerId, [edge]]]));
  expect(await count([asks(lan), asks(mai), asks(lan)])).toEqual(
    new Map([
      [lan.customerId, [edge]],
      [mai.customerId, [other]],
    ]),
  );
});

test('who asked is neither read nor locked; of care only the "no" to everything is', async () => {
  await sent(lan, 'sent', 1);
  await db.pool.query('UPDATE customers SET opted_out_at = $1 WHERE id = $2', [NOW, mai.customerId]);
  expect(await hear([asks(lan, 'answer')])).toEqual(new Map());
  expect(await hear([])).toEqual(new Map());
  const nothing: LastWords = { optedOutAt: null, hasAdvertisingConsent: null, advertisedAt: [] };
  expect(await hear([asks(lan, 'care'), asks(mai, 'care')])).toEqual(
    new Map([
      [lan.customerId, nothing],
      [mai.customerId, { ...nothing, optedOutAt: NOW }],
    ]),
  );
});

test.each<[string, [channel: string, granted: boolean, agoMs: number][], boolean]>([
  ['a "no" to this channel', [['zalo', false, 5]], true],
  ['a "no" to another', [['messenger', false, 5]], false],
  [
    'taken back for this channel',
    [
      ['zalo', false, 5],
      ['zalo', true, 4],
    ],
    false,
  ],
  [
    'taken back for all',
    [
      ['zalo', false, 5],
      ['*', true, 4],
    ],
    false,
  ],
  [
    'taken back for another',
    [
      ['zalo', false, 5],
      ['messenger', true, 4],
    ],
    true,
  ],
  [
    'said again after a yes',
    [
      ['*', true, 5],
      ['zalo', false, 4],
    ],
    true,
  ],
  [
    'both in one moment',
    [
      ['zalo', true, 5],
      ['zalo', false, 5],
    ],
    true,
  ],
])('%s', async (_name, consents, isOut) => {
  for (const [channel, granted, agoMs] of consents) {
    await db.pool.query(
      `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at) VALUES ($1, $2, 'all', $3, $4, 'crm', $5)`,
      [randomUUID(), lan.customerId, channel, granted, at(-agoMs)],
    );
  }
  const words = (await hear([asks(lan, 'care')])).get(lan.customerId);
  expect(words?.optedOutAt).toEqual(
    isOut ? at(-Math.max(...consents.flatMap(([, g, ago]) => (g ? [] : [ago])))) : null,
  );
});

test('a customer whom somebody counts is left for the next round, at once; who only refers to them is not held up', async () => {
  await db.transaction('claim-messages', async (client) => {
    await readLastWords(client, [asks(lan)], { channel: 'zalo', now: NOW });
    expect([...(await count([asks(lan), asks(mai)])).keys()]).toEqual([mai.customerId]);
    await db.pool.query('SELECT id FROM customers WHERE id = $1 FOR KEY SHARE NOWAIT', [lan.customerId]);
  });
  expect((await count([asks(lan)])).size).toBe(1);
});

describe('the newest word about advertising', () => {
  type Word = [purpose: string, channel: string, granted: boolean, ms: number];
  test.each<[string, Word[], boolean | null]>([
    ['was a yes', [], true],
    ['is a later no', [['advertising', '*', false, 1]], false],
    ['is a later no on this channel', [['advertising', 'zalo', false, 1]], false],
    ['is a no on another channel', [['advertising', 'messenger', false, 1]], true],
    ['is an older no', [['advertising', '*', false, -1]], true],
    ['is a no of the same moment', [['advertising', '*', false, 0]], false],
    ['is a later no to everything', [['all', '*', false, 1]], false],
    [
      'is a later yes to everything, which says nothing about selling',
      [
        ['advertising', '*', false, 1],
        ['all', '*', true, 2],
      ],
      false,
    ],
    ['is about something else', [['photos', '*', false, 1]], true],
  ])('%s', async (_name, words, expected) => {
    for (const [purpose, channel, granted, ms] of words) {
      await db.pool.query(
        `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at) VALUES ($1, $2, $3, $4, $5, 'test', $6)`,
        [randomUUID(), lan.customerId, purpose, channel, granted, at(ms)],
      );
    }
    // Somebody else's word is theirs.
    const other = await someone();
    await db.pool.query('UPDATE consents SET granted = NOT granted, at = $2 WHERE customer_id = $1', [
      other.customerId,
      at(99),
    ]);
    expect((await hear([asks(lan)])).get(lan.customerId)?.hasAdvertisingConsent).toBe(expected);
  });
});
