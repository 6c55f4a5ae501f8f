// Consents as they are kept: only ever added, the newest holds, a "no" to everything is obeyed at once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import type { ConsentFields } from '../../src/customers/customer-schema.ts';
import { recordConsents } from '../../src/customers/record-consents.ts';
import { createTestDatabase } from '../test-database.ts';

const START = new Date('2026-11-23T03:00:00Z');
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
let customerId: string;
let otherId: string;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  clock = createManualClock(START);
  await db.pool.query('TRUNCATE consents, customers CASCADE');
  [customerId, otherId] = [randomUUID(), randomUUID()];
  for (const id of [customerId, otherId])
    await db.pool.query('INSERT INTO customers (id, created_at, updated_at) VALUES ($1, $2, $2)', [id, START]);
});

const yes: ConsentFields = { purpose: 'all', channel: '*', granted: true, source: 'form' };
const no: ConsentFields = { ...yes, granted: false };

/** Kinds of the ledger rows that it led to. */
async function record(consents: ConsentFields[], id = customerId): Promise<string[]> {
  const deps = { clock, newId: randomUUID, timeZone: 'Asia/Ho_Chi_Minh' };
  const lines = await db.transaction('answer-once', (client) => recordConsents(deps, client, id, consents));
  return lines.map(({ kind }) => kind);
}
const kept = async (id = customerId) =>
  Number((await db.pool.query('SELECT count(*) FROM consents WHERE customer_id = $1', [id])).rows[0].count);
const outSince = async (id = customerId) =>
  (await db.pool.query('SELECT opted_out_at FROM customers WHERE id = $1', [id])).rows[0].opted_out_at;

test('a word is kept with where it was said, and when', async () => {
  const deps = { clock, newId: randomUUID, timeZone: 'Asia/Ho_Chi_Minh' };
  const said = { ...yes, purpose: 'advertising', channel: 'zalo' as const, wording: 'Tôi đồng ý', at: '2026-11-01' };
  const lines = await db.transaction('answer-once', (client) => recordConsents(deps, client, customerId, [said]));
  const at = new Date('2026-10-31T17:00:00Z');
  const data = { purpose: 'advertising', channel: 'zalo', granted: true, source: 'form', saidAt: at };
  expect(lines).toEqual([{ at: START, kind: 'consent_recorded', customerId, data }]);
  expect((await db.pool.query('SELECT * FROM consents')).rows).toMatchObject([
    {
      customer_id: customerId,
      purpose: 'advertising',
      channel: 'zalo',
      granted: true,
      source: 'form',
      wording: 'Tôi đồng ý',
      at,
    },
  ]);
});

describe('a repeated word', () => {
  test.each<[string, Partial<ConsentFields>]>([
    ['another purpose', { purpose: 'advertising' }],
    ['another channel', { channel: 'zalo' }],
    ['another answer', { granted: false }],
    ['another place', { source: 'hotline' }],
    ['other words', { wording: 'Vâng' }],
  ])('%s is a new one', async (_name, changes) => {
    await record([yes]);
    clock.advance(1_000);
    expect(await record([yes])).toEqual([]);
    expect(await record([{ ...yes, ...changes }])).toContain('consent_recorded');
    expect(await kept()).toBe(2);
  });

  test('of somebody else is new', async () => {
    await record([yes]);
    await record([yes], otherId);
    expect([await kept(), await kept(otherId)]).toEqual([1, 1]);
  });

  test('without a date repeats what holds; with one only what was said then', async () => {
    await record([{ ...yes, at: '2026-11-01' }]);
    await record([{ ...no, at: '2026-11-02' }]);
    expect(await record([{ ...yes, at: '2026-11-01' }])).toEqual([]);
    expect(await record([{ ...no, at: '2026-11-03' }])).toEqual(['consent_recorded']);
    expect(await record([no])).toEqual([]);
    expect(await record([yes])).toEqual(['consent_recorded', 'opted_in']);
  });

  test('of two words of one moment the "no" holds', async () => {
    await record([{ ...no, at: '2026-11-02' }]);
    await record([{ ...yes, at: '2026-11-02' }]);
    expect(await outSince()).not.toBeNull();
    expect(await record([{ ...no, at: '2026-11-02' }])).toEqual([]);
  });
});

describe('the opt-out', () => {
  test('follows the newest word to everything, and says so once', async () => {
    expect(await record([{ ...no, at: '2026-11-10' }])).toEqual(['consent_recorded', 'opted_out']);
    expect(await outSince()).toEqual(new Date('2026-11-09T17:00:00Z'));
    expect(await record([{ ...yes, at: '2026-11-09' }])).toEqual(['consent_recorded']);
    expect(await record([{ ...no, at: '2026-11-12' }])).toEqual(['consent_recorded']);
    expect(await outSince()).toEqual(new Date('2026-11-09T17:00:00Z'));
    expect(await record([yes])).toEqual(['consent_recorded', 'opted_in']);
    expect(await outSince()).toBeNull();
    expect(await outSince(otherId)).toBeNull();
  });

  test('needs a word to everything, on every channel', async () => {
    expect(await record([{ ...no, purpose: 'advertising' }])).toEqual(['consent_recorded']);
    expect(await record([{ ...no, channel: 'zalo' }])).toEqual(['consent_recorded']);
    expect(await outSince()).toBeNull();
  });

  test('is not ended by a "yes" to less', async () => {
    await record([no]);
    clock.advance(60_000);
    expect(
      await record([
        { ...yes, purpose: 'advertising' },
        { ...yes, channel: 'zalo' },
      ]),
    ).not.toContain('opted_in');
    clock.advance(60_000);
    expect(await record([{ ...no, source: 'hotline' }])).toEqual(['consent_recorded']);
    expect(await outSince()).toEqual(START);
  });

  test('is one customer’s own, whatever others said and when', async () => {
    await record([{ ...yes, at: '2026-11-20' }], otherId);
    expect(await record([{ ...no, at: '2026-11-10' }])).toEqual(['consent_recorded', 'opted_out']);
    expect(await outSince(otherId)).toBeNull();
  });

  test('is not outvoted by what was said later about less', async () => {
    await record([
      { ...yes, purpose: 'advertising', at: '2026-11-20' },
      { ...yes, channel: 'zalo', at: '2026-11-20' },
    ]);
    expect(await record([{ ...no, at: '2026-11-10' }])).toEqual(['consent_recorded', 'opted_out']);
  });

  test('one word to everything among others is enough', async () => {
    expect(await record([{ ...yes, purpose: 'advertising' }, no])).toEqual([
      'consent_recorded',
      'consent_recorded',
      'opted_out',
    ]);
  });
});

test('clocks may differ by five minutes; later than that nobody can have said it', async () => {
  const at = (ms: number) => new Date(START.getTime() + ms).toISOString();
  expect(await record([{ ...yes, at: at(300_000) }])).toEqual(['consent_recorded']);
  await expect(record([{ ...no, at: at(300_001) }])).rejects.toMatchObject({ status: 422, code: 'consent_in_future' });
  expect(await kept()).toBe(1);
});
