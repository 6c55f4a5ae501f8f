// Who was advertised to lately, counted under a lock that only other counters feel.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { lockAdvertised } from '../../src/outbox/advertising-cap.ts';
import type { Candidate } from '../../src/outbox/candidate.ts';
import { createTestDatabase } from '../test-database.ts';
import { aPerson, aQueued, type PersonRow } from './a-message.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
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
  const [person] = await aPerson(db, ['zalo'], NOW);
  if (!person) throw new Error('nobody');
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

// Only these two fields of a candidate are looked at.
const asks = (person: PersonRow, purpose = 'advertising') =>
  ({ customerId: person.customerId, purpose }) as unknown as Candidate;
const count = (candidates: Candidate[]) =>
  db.transaction('claim-messages', (client) => lockAdvertised(client, candidates, NOW));

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

test('who is not advertised to is neither asked about nor locked', async () => {
  expect(await count([asks(lan, 'care')])).toEqual(new Map());
  expect(await count([])).toEqual(new Map());
});

test('a customer whom somebody counts is left for the next round, at once; who only refers to them is not held up', async () => {
  await db.transaction('claim-messages', async (client) => {
    await lockAdvertised(client, [asks(lan)], NOW);
    expect([...(await count([asks(lan), asks(mai)])).keys()]).toEqual([mai.customerId]);
    await db.pool.query('SELECT id FROM customers WHERE id = $1 FOR KEY SHARE NOWAIT', [lan.customerId]);
  });
  expect((await count([asks(lan)])).size).toBe(1);
});
