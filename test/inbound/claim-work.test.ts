// Taking work, straight on the tables: who is locked, whose events wait, and in what order they come.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { claimWork } from '../../src/inbound/claim-work.ts';
import { createTestDatabase } from '../test-database.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let delivery: string;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query(
    'TRUNCATE inbound_queue, inbound_events, webhook_deliveries, channel_identities, customers CASCADE',
  );
  delivery = randomUUID();
  await db.pool.query(
    `INSERT INTO webhook_deliveries (id, channel, account_id, raw, received_at) VALUES ($1, 'zalo', 'oa', 'x', $2)`,
    [delivery, NOW],
  );
});

type Wait = { waitUntil?: Date | null; fetchedAt?: Date | null };

async function aPerson(name: string, { waitUntil = null, fetchedAt = null }: Wait = {}): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, created_at, profile_wait_until, profile_fetched_at)
     VALUES ($1, 'zalo', 'oa', $2, $3, $4, $5)`,
    [id, name, NOW, waitUntil, fetchedAt],
  );
  return id;
}

type Item = { occurred?: number; due?: number; attempts?: number; isParked?: boolean; kind?: string; payload?: object };

async function queued(person: string, name: string, item: Item = {}): Promise<void> {
  const { occurred = 0, due = 0, attempts = 0, isParked = false, kind = 'message', payload = {} } = item;
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO inbound_events (id, delivery_id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
     VALUES ($1, $2, 'zalo', 'oa', $3, $4, $5, $6, $7, $8)`,
    [id, delivery, person, kind, name, at(occurred), NOW, payload],
  );
  await db.pool.query(
    `INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at, attempts, parked_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, person, at(occurred), at(due), attempts, isParked ? NOW : null],
  );
}

/** Name of each person with the names of their events, as one transaction took them. */
async function taken({
  limit = 10,
  from = db,
  meanwhile = async () => {},
}: {
  limit?: number;
  from?: Pick<typeof db, 'transaction'>;
  meanwhile?: () => Promise<void>;
} = {}): Promise<Record<string, string[]>> {
  return await from.transaction('process-events', async (client) => {
    const works = await claimWork(client, { now: NOW, limit, newId: randomUUID, timeZone: 'Asia/Ho_Chi_Minh' });
    await meanwhile();
    return Object.fromEntries(
      works.map(({ person, events }) => [person.identity.peerId, events.map(({ providerEvent }) => providerEvent)]),
    );
  });
}
const left = async () =>
  (
    await db.pool.query<{ name: string }>(
      'SELECT e.provider_event AS name FROM inbound_queue q JOIN inbound_events e ON e.id = q.event_id ORDER BY 1',
    )
  ).rows.map(({ name }) => name);

test('events come in the order they happened, then in that of arrival; nothing of them stays', async () => {
  const lan = await aPerson('lan');
  await queued(lan, 'third', { occurred: 20 });
  await queued(lan, 'first', { occurred: -10 });
  await queued(lan, 'second, by arrival', { occurred: 20 - 5 });
  await queued(lan, 'fourth', { occurred: 20 });
  expect(await taken()).toEqual({ lan: ['first', 'second, by arrival', 'third', 'fourth'] });
  expect(await left()).toEqual([]);
  expect(await taken()).toEqual({});
});

test('an event that is not due keeps its person waiting only after a failed try', async () => {
  const [lan, mai, cuc] = [await aPerson('lan'), await aPerson('mai'), await aPerson('cuc')];
  await queued(lan, 'later', { due: 1 });
  await queued(mai, 'failed', { due: 1, attempts: 1 });
  await queued(mai, 'after the failed one');
  await queued(cuc, 'now');
  await queued(cuc, 'new and later', { due: 1 });
  expect(await taken()).toEqual({ cuc: ['now', 'new and later'] });
  expect(await left()).toEqual(['after the failed one', 'failed', 'later']);
});

test('a failed event whose time has come is taken with the rest, at the millisecond', async () => {
  const mai = await aPerson('mai');
  await queued(mai, 'failed', { attempts: 1 });
  await queued(mai, 'next', { occurred: 1 });
  expect(await taken()).toEqual({ mai: ['failed', 'next'] });
});

test('what is parked is nobody’s work and stands in nobody’s way', async () => {
  const [lan, mai] = [await aPerson('lan'), await aPerson('mai')];
  await queued(lan, 'parked', { isParked: true });
  await queued(mai, 'parked, not due', { isParked: true, attempts: 5, due: 1 });
  await queued(mai, 'after it');
  expect(await taken()).toEqual({ mai: ['after it'] });
  expect(await left()).toEqual(['parked', 'parked, not due']);
});

test('nor does it use up places: behind any number of parked events the next person is found', async () => {
  const lan = await aPerson('lan');
  for (let n = 0; n < 9; n += 1) await queued(lan, 'parked', { isParked: true });
  await queued(await aPerson('mai'), 'x');
  expect(await taken({ limit: 1 })).toEqual({ mai: ['x'] });
});

test('who waits for a profile is left alone until it is there or the time is over', async () => {
  for (const [name, wait] of [
    ['waits', { waitUntil: at(1) }],
    ['over', { waitUntil: at(0) }],
    ['fetched', { waitUntil: at(1), fetchedAt: NOW }],
    ['never waited', {}],
  ] as const) {
    await queued(await aPerson(name, wait), name);
  }
  expect(Object.keys(await taken()).sort()).toEqual(['fetched', 'never waited', 'over']);
});

test('somebody else’s person is passed over without waiting, and taken when they are done', async () => {
  const other = openDatabase({ url: db.url, poolSize: 2 });
  const [lan, mai] = [await aPerson('lan'), await aPerson('mai')];
  await queued(lan, 'a');
  const first = await taken({
    from: other,
    meanwhile: async () => {
      await queued(lan, 'b');
      await queued(mai, 'c');
      expect(await taken()).toEqual({ mai: ['c'] });
    },
  });
  expect(first).toEqual({ lan: ['a'] });
  expect(await taken()).toEqual({ lan: ['b'] });
  await other.close();
});

test('of many people as many as were asked for, who waited longest', async () => {
  for (let n = 0; n < 20; n += 1) await queued(await aPerson(`p${n}`), 'x');
  expect(Object.keys(await taken({ limit: 3 }))).toHaveLength(3);
  expect(Object.keys(await taken({ limit: 1 }))).toHaveLength(1);
  expect(await left()).toHaveLength(16);
});

test('one person with very many events does not use up the places of others for ever', async () => {
  const lan = await aPerson('lan');
  for (let n = 0; n < 9; n += 1) await queued(lan, 'x');
  await queued(await aPerson('mai'), 'y');
  expect(Object.keys(await taken({ limit: 1 }))).toEqual(['lan']);
  expect(Object.keys(await taken({ limit: 1 }))).toEqual(['mai']);
});

test('an event carries all that its turn needs', async () => {
  await queued(await aPerson('lan'), 'user_send_text', { occurred: -5, attempts: 2, payload: { a: 1 } });
  await db.transaction('process-events', async (client) => {
    const [work] = await claimWork(client, { now: NOW, limit: 1, newId: randomUUID, timeZone: 'Asia/Ho_Chi_Minh' });
    expect(work?.events).toEqual([
      {
        id: expect.any(String),
        seq: expect.any(String),
        attempts: 2,
        availableAt: NOW,
        occurredAt: at(-5),
        receivedAt: NOW,
        providerEvent: 'user_send_text',
        kind: 'message',
        payload: { a: 1 },
      },
    ]);
    expect(work?.person).not.toHaveProperty('surveys');
    expect(work?.person).not.toHaveProperty('dueSteps');
  });
});

test('when a step of care is due, its turn knows whether it still is, and when the customer was last asked', async () => {
  const [lan, mai] = [await aPerson('lan'), await aPerson('mai')];
  const customers = [randomUUID(), randomUUID()];
  for (const [n, person] of [lan, mai].entries()) {
    await db.pool.query('INSERT INTO customers (id, created_at, updated_at) VALUES ($1, $2, $2)', [customers[n], NOW]);
    await db.pool.query('UPDATE channel_identities SET customer_id = $2 WHERE id = $1', [person, customers[n]]);
  }
  await queued(lan, 'due', { kind: 'flow_due', payload: { journey: { stepId: randomUUID() } } });
  await queued(lan, 'words besides');
  await queued(mai, 'words');
  await db.transaction('process-events', async (client) => {
    const works = await claimWork(client, { now: NOW, limit: 9, newId: randomUUID, timeZone: 'Asia/Ho_Chi_Minh' });
    const of = (name: string) => works.find(({ person }) => person.identity.peerId === name)?.person;
    expect(of('lan')).toMatchObject({ dueSteps: new Map(), surveys: { lastAskedAt: null, casesToAskAgain: [] } });
    expect(of('mai')).not.toHaveProperty('surveys');
  });
});
