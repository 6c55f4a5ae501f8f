// Work under load and under poison, on the real database: order, one worker per person, nobody held back by another.
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InboundEvent } from '../../src/channels/inbound-event-schema.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { createFlowLibrary, type FlowLibrary } from '../../src/flow-library/flow-library.ts';
import { createIdMaker } from '../../src/ids.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';
import { MAX_ATTEMPTS, type ProcessDeps, processEvents, processOneByOne } from '../../src/inbound/process-events.ts';
import { createEventRecorder } from '../../src/inbound/record-events.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
let library: FlowLibrary;

beforeAll(async () => {
  db = await createTestDatabase();
  clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
  const flowsDir = fileURLToPath(new URL('../../flows', import.meta.url));
  library = createFlowLibrary({ db, clock, newId: createIdMaker(clock), flowsDir, log: pino({ level: 'silent' }) });
  await library.refresh();
});
afterAll(async () => {
  await db.close();
});
beforeEach(async () => {
  await db.pool.query('TRUNCATE inbound_queue, inbound_events, touchpoints, outbound_messages, timers');
});

function deps(changes: Partial<ProcessDeps> = {}): ProcessDeps {
  const newId = createIdMaker(clock);
  return {
    db,
    clock,
    newId,
    library,
    log: pino({ level: 'silent' }),
    tools: { newId, timeZone: 'Asia/Ho_Chi_Minh', business: { name: 'Thử', hotline: null, website: null } },
    splitMessage: () => (message) => [message],
    ...changes,
  };
}

function says(peerId: string, text: string, n: number, atMs = n): InboundEvent {
  return {
    channel: 'messenger',
    accountId: '100',
    peerId,
    providerEvent: 'message',
    occurredAt: new Date(clock.now().getTime() - 60_000 + atMs),
    providerId: `${peerId}-${n}`,
    opensWindow: true,
    standby: false,
    body: { kind: 'message', messageId: `${peerId}-${n}`, text, attachments: [] },
  };
}

async function record(events: InboundEvent[]): Promise<void> {
  const recorder = createEventRecorder(db);
  await Promise.all(
    events.map((event) =>
      recorder.record({
        channel: event.channel,
        accountId: event.accountId,
        raw: Buffer.from(JSON.stringify(event)),
        receivedAt: clock.now(),
        events: [event],
      }),
    ),
  );
  await db.pool.query('UPDATE channel_identities SET profile_fetched_at = $1', [clock.now()]);
}

async function workAll(d: ProcessDeps = deps()): Promise<void> {
  for (let worked = 1; worked > 0; ) worked = await processEvents(d, 64);
}

async function textsOf(peerId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ text: string }>(
    `SELECT t.text FROM touchpoints t JOIN conversations c ON c.id = t.conversation_id
     WHERE c.identity_id = $1 AND t.kind = 'message_in' ORDER BY t.id`,
    [identityIdOf('messenger', '100', peerId)],
  );
  return rows.map((row) => row.text);
}

test('two quick messages are both handled, in the order they were written', async () => {
  await record([says('quick', 'thứ hai', 2), says('quick', 'thứ nhất', 1), says('quick', 'thứ ba', 3)]);
  await workAll();
  expect(await textsOf('quick')).toEqual(['thứ nhất', 'thứ hai', 'thứ ba']);
});

test('the first messages of somebody new make one customer and one conversation, also with four workers', async () => {
  const people = Array.from({ length: 50 }, (_, n) => `new-${n}`);
  await record(people.flatMap((peer) => [1, 2, 3, 4].map((n) => says(peer, `câu ${n}`, n))));
  await Promise.all([1, 2, 3, 4].map(() => workAll()));
  await workAll();
  const { rows } = await db.pool.query<{ people: number; customers: number; threads: number; messages: number }>(
    `SELECT count(DISTINCT i.id)::int AS people, count(DISTINCT i.customer_id)::int AS customers, count(DISTINCT c.id)::int AS threads,
       (SELECT count(*)::int FROM touchpoints WHERE kind = 'message_in') AS messages
     FROM channel_identities i JOIN conversations c ON c.identity_id = i.id WHERE i.external_id LIKE 'new-%'`,
  );
  expect(rows[0]).toEqual({ people: 50, customers: 50, threads: 50, messages: 200 });
  for (const peer of people) expect(await textsOf(peer)).toEqual(['câu 1', 'câu 2', 'câu 3', 'câu 4']);
});

test('busy customers under many workers: no transition is lost', async () => {
  const rounds = 40;
  await record(Array.from({ length: rounds }, (_, n) => says('busy', `tin ${n}`, n)));
  await Promise.all(Array.from({ length: 6 }, () => workAll()));
  await workAll();
  expect(await textsOf('busy')).toHaveLength(rounds);
});

/** One customer who chats under two names. */
async function onTwoChannels(peers: readonly [string, string]): Promise<string> {
  await record(peers.map((peer) => says(peer, 'chào', 1)));
  await workAll();
  const ids = peers.map((peer) => identityIdOf('messenger', '100', peer));
  const { rows } = await db.pool.query<{ customer_id: string }>(
    'SELECT customer_id FROM channel_identities WHERE id = $1',
    [ids[0]],
  );
  const customerId = rows[0]?.customer_id ?? '';
  await db.pool.query('UPDATE channel_identities SET customer_id = $1 WHERE id = $2', [customerId, ids[1]]);
  await db.pool.query('UPDATE conversations SET customer_id = $1 WHERE identity_id = $2', [customerId, ids[1]]);
  return customerId;
}

function sharesMail(peerId: string, email: string): InboundEvent {
  return { ...says(peerId, '', 2), providerEvent: 'contact', body: { kind: 'contact_shared', email } };
}

async function keep(event: InboundEvent): Promise<void> {
  const raw = Buffer.from(JSON.stringify(event));
  await createEventRecorder(db).record({
    channel: 'messenger',
    accountId: '100',
    raw,
    receivedAt: clock.now(),
    events: [event],
  });
}

async function knownOf(customerId: string) {
  const { rows } = await db.pool.query<{ said_no: boolean; email: string | null }>(
    'SELECT opted_out_at IS NOT NULL AS said_no, email FROM customers WHERE id = $1',
    [customerId],
  );
  return rows[0];
}

test('a "no" outlives what the same customer says on another channel at that moment', async () => {
  const customerId = await onTwoChannels(['no-1', 'no-2']);
  await keep(sharesMail('no-1', 'an@example.com'));
  const sayNoElsewhere = async () => {
    await keep(says('no-2', 'dừng', 3));
    expect(await processEvents(deps(), 10)).toBe(1);
  };
  expect(await processEvents(deps({ beforePlaying: sayNoElsewhere }), 10)).toBe(1);
  expect(await knownOf(customerId)).toEqual({ said_no: true, email: 'an@example.com' });
});

test('the same hour, booked twice in one batch, is booked once, and nothing is parked', async () => {
  const words = ['đặt lịch đào tạo', '1', 'đặt lịch đào tạo', '1'];
  await record(words.map((text, n) => says('books', text, n)));
  await workAll();
  const { rows } = await db.pool.query<{ booked: number; parked: number; told: number }>(
    `SELECT (SELECT count(*)::int FROM training_bookings b JOIN conversations c ON c.id = b.conversation_id
         WHERE c.identity_id = $1) AS booked,
       (SELECT count(*)::int FROM inbound_queue) AS parked,
       (SELECT count(*)::int FROM touchpoints WHERE kind = 'training_booked') AS told`,
    [identityIdOf('messenger', '100', 'books')],
  );
  expect(rows[0]).toEqual({ booked: 1, parked: 0, told: 2 });
});

test('what one customer says on two channels at once is worked in one batch, and all of it is kept', async () => {
  const customerId = await onTwoChannels(['both-1', 'both-2']);
  await record([says('both-1', 'dừng', 2), sharesMail('both-2', 'binh@example.com')]);
  expect(await processEvents(deps(), 10)).toBe(2);
  expect(await knownOf(customerId)).toEqual({ said_no: true, email: 'binh@example.com' });
});

test('whoever is being worked is nobody else`s until that is committed: what comes meanwhile waits', async () => {
  await record([says('held', 'một', 1)]);
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const beforePlaying = async () => {
    begun.resolve();
    await mayEnd.promise;
  };
  const first = processEvents(deps({ beforePlaying }), 10);
  await begun.promise;
  await keep(says('held', 'hai', 2));
  expect(await processEvents(deps(), 10)).toBe(0);
  mayEnd.resolve();
  expect(await first).toBe(1);
  expect(await processEvents(deps(), 10)).toBe(1);
  expect(await textsOf('held')).toEqual(['một', 'hai']);
});

test('a poison event is parked after its tries with a reason; the person goes on, nobody else waits', async () => {
  await record([says('ill', 'một', 1), says('ill', 'hai', 2), says('well', 'khoẻ', 1)]);
  await db.pool.query(`UPDATE inbound_events SET payload = '{"kind": "message"}' WHERE payload ->> 'text' = 'một'`);
  await workAll();
  expect(await textsOf('well')).toEqual(['khoẻ']);
  expect(await textsOf('ill')).toEqual([]);
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
    clock.advance(60_000);
    await workAll();
  }
  expect(await textsOf('ill')).toEqual(['hai']);
  const { rows } = await db.pool.query('SELECT attempts, parked_at IS NOT NULL AS parked, reason FROM inbound_queue');
  expect(rows).toEqual([{ attempts: MAX_ATTEMPTS, parked: true, reason: expect.stringContaining('messageId') }]);
  const parked = await db.pool.query(`SELECT 1 FROM touchpoints WHERE kind = 'event_parked'`);
  expect(parked.rowCount).toBe(1);
});

test('rows that the database refuses cost the person they belong to, and nobody who came before', async () => {
  await record([says('first', 'chào', 1), says('refused', 'chào', 1), says('last', 'chào', 1)]);
  const refused = identityIdOf('messenger', '100', 'refused');
  await db.pool.query(`ALTER TABLE outbound_messages ADD CONSTRAINT refused CHECK (identity_id <> '${refused}')`);
  // Somebody older whose profile is awaited is not worked now, and has done nothing wrong.
  await db.pool.query(
    `UPDATE channel_identities SET profile_fetched_at = NULL, profile_wait_until = '2100-01-01' WHERE external_id = 'first'`,
  );
  try {
    const failures: unknown[] = [];
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      await processOneByOne(deps(), (error) => failures.push(error));
      clock.advance(60_000);
    }
    expect(failures).toHaveLength(MAX_ATTEMPTS);
    expect(await textsOf('last')).toEqual(['chào']);
    const { rows } = await db.pool.query(
      `SELECT i.external_id AS peer, q.attempts, q.parked_at IS NOT NULL AS parked
       FROM inbound_queue q JOIN channel_identities i ON i.id = q.identity_id ORDER BY q.seq`,
    );
    expect(rows).toEqual([
      { peer: 'first', attempts: 0, parked: false },
      { peer: 'refused', attempts: MAX_ATTEMPTS, parked: true },
    ]);
  } finally {
    await db.pool.query('ALTER TABLE outbound_messages DROP CONSTRAINT refused');
  }
});

test('while a person leads, messages are only kept', async () => {
  await record([says('led', 'chào', 1)]);
  await workAll();
  await db.pool.query(`UPDATE conversations SET state = 'with_agent', owner = 'lan@example.com'`);
  await db.pool.query('TRUNCATE outbound_messages');
  await record([says('led', 'hướng dẫn', 2), says('led', 'alo', 3)]);
  await workAll();
  expect(await textsOf('led')).toEqual(['chào', 'hướng dẫn', 'alo']);
  const { rowCount } = await db.pool.query('SELECT 1 FROM outbound_messages');
  expect(rowCount).toBe(0);
});

test('somebody new is answered after their profile was asked for, once', async () => {
  const recorder = createEventRecorder(db);
  const event = says('stranger', 'chào', 1);
  await recorder.record({
    channel: 'messenger',
    accountId: '100',
    raw: Buffer.from('{"s":1}'),
    receivedAt: clock.now(),
    events: [event],
  });
  const wishes: string[] = [];
  const d = deps({ onProfilesWanted: (wanted) => wishes.push(...wanted.map((wish) => wish.peerId)) });
  await processEvents(d, 10);
  expect(await textsOf('stranger')).toEqual([]);
  expect(await processEvents(d, 10)).toBe(0);
  clock.advance(2_001);
  await workAll(d);
  expect(await textsOf('stranger')).toEqual(['chào']);
  expect(wishes).toEqual(['stranger']);
});
