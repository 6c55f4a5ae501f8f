// The short way: what a webhook brings is worked in the transaction that keeps it, unless somebody's turn is not yet.
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InboundEvent } from '../../src/channels/inbound-event-schema.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { createFlowLibrary, type FlowLibrary } from '../../src/flow-library/flow-library.ts';
import { createIdMaker } from '../../src/ids.ts';
import type { Delivery } from '../../src/inbound/delivery-rows.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';
import { keepAndPlay } from '../../src/inbound/keep-and-play.ts';
import { type ProcessDeps, processEvents } from '../../src/inbound/process-events.ts';
import { createEventRecorder } from '../../src/inbound/record-events.ts';
import { createInboundWorker } from '../../src/inbound/worker.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
let library: FlowLibrary;

beforeAll(async () => {
  db = await createTestDatabase();
  clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
  const flowsDir = fileURLToPath(new URL('../../scripts/bench/flows', import.meta.url));
  library = createFlowLibrary({ db, clock, newId: createIdMaker(clock), flowsDir, log: pino({ level: 'silent' }) });
  await library.refresh();
});
afterAll(async () => {
  await db.close();
});
beforeEach(async () => {
  await db.pool.query(
    'TRUNCATE inbound_queue, inbound_events, webhook_deliveries, touchpoints, outbound_messages, timers, conversations, channel_identities CASCADE',
  );
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

function says(peerId: string, text: string, n: number, atMs = n): Delivery {
  const event: InboundEvent = {
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
  const raw = Buffer.from(JSON.stringify(event));
  return { channel: 'messenger', accountId: '100', raw, receivedAt: clock.now(), events: [event] };
}

/** Somebody whose profile is known, so that nothing waits for it. */
async function know(...peerIds: string[]): Promise<void> {
  for (const peerId of peerIds) {
    await db.pool.query(
      `INSERT INTO channel_identities (id, channel, account_id, external_id, profile_fetched_at, created_at)
       VALUES ($1, 'messenger', '100', $2, $3, $3)`,
      [identityIdOf('messenger', '100', peerId), peerId, clock.now()],
    );
  }
}

async function textsOf(peerId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ text: string }>(
    `SELECT t.text FROM touchpoints t JOIN conversations c ON c.id = t.conversation_id
     WHERE c.identity_id = $1 AND t.kind = 'message_in' ORDER BY t.id`,
    [identityIdOf('messenger', '100', peerId)],
  );
  return rows.map((row) => row.text);
}

async function count(table: 'inbound_queue' | 'inbound_events' | 'outbound_messages' | 'customers'): Promise<number> {
  return (await db.pool.query(`SELECT 1 FROM ${table}`)).rowCount ?? 0;
}

test('two messages of one person and one of another are answered at once, in the channel`s order, once', async () => {
  await know('a', 'b');
  const batch = [says('a', 'hai', 2), says('a', 'một', 1), says('b', 'một', 1)];
  expect(await keepAndPlay(deps(), batch)).toEqual({ worked: 2, isSomethingQueued: false });
  expect(await textsOf('a')).toEqual(['một', 'hai']);
  expect(await count('outbound_messages')).toBe(3);
  expect(await count('inbound_queue')).toBe(0);
  expect(await keepAndPlay(deps(), batch)).toEqual({ worked: 0, isSomethingQueued: false });
  expect(await textsOf('a')).toEqual(['một', 'hai']);
  expect(await count('inbound_events')).toBe(3);
});

test('whoever has something queued is left to the worker, behind what waits', async () => {
  await know('a');
  await createEventRecorder(db).record(says('a', 'một', 1));
  expect(await keepAndPlay(deps(), [says('a', 'hai', 2)])).toEqual({ worked: 0, isSomethingQueued: true });
  expect(await textsOf('a')).toEqual([]);
  await processEvents(deps(), 10);
  expect(await textsOf('a')).toEqual(['một', 'hai']);
});

test.each([
  'SELECT 1 FROM channel_identities WHERE external_id = $1 FOR UPDATE',
  // Already written to, not yet committed: who comes with the same batch does not wait for that either.
  'UPDATE channel_identities SET last_interaction_at = now() WHERE external_id = $1',
])('whoever is being worked by another process is left to the worker: %s', async (statement) => {
  await know('a', 'b');
  const other = await db.pool.connect();
  await other.query('BEGIN');
  await other.query(statement, ['a']);
  const batch = [says('a', 'một', 1), says('b', 'một', 1)];
  expect(await keepAndPlay(deps(), batch)).toEqual({ worked: 1, isSomethingQueued: true });
  await other.query('ROLLBACK');
  other.release();
  await processEvents(deps(), 10);
  expect(await textsOf('a')).toEqual(['một']);
  expect(await textsOf('b')).toEqual(['một']);
});

test('somebody new is kept, their profile is asked for, and their first words wait for it', async () => {
  const wishes: string[] = [];
  const d = deps({ onProfilesWanted: (wanted) => wishes.push(...wanted.map((wish) => wish.peerId)) });
  await keepAndPlay(d, [says('new', 'một', 1)]);
  expect(wishes).toEqual(['new']);
  expect(await count('inbound_queue')).toBe(1);
  clock.advance(2_001);
  await processEvents(d, 10);
  expect(await textsOf('new')).toEqual(['một']);
});

test('a poison event is queued for its next try and costs nobody else an answer', async () => {
  await know('bad', 'good');
  const split = () => (message: Parameters<ReturnType<ProcessDeps['splitMessage']>>[0]) => [message];
  const d = deps();
  const poison: ProcessDeps = {
    ...d,
    tools: {
      ...d.tools,
      calendarUrl: () => {
        throw new Error('poison');
      },
    },
    splitMessage: split,
  };
  await keepAndPlay(poison, [says('bad', 'một', 1)]);
  const { rows } = await db.pool.query('SELECT attempts, reason FROM inbound_queue');
  expect(rows).toEqual([{ attempts: 1, reason: 'poison' }]);
  await keepAndPlay(d, [says('good', 'một', 1), says('bad', 'hai', 2)]);
  expect(await textsOf('good')).toEqual(['một']);
  expect(await textsOf('bad')).toEqual([]);
  clock.advance(1_001);
  await processEvents(d, 10);
  expect(await textsOf('bad')).toEqual(['một', 'hai']);
});

test('what the database refuses to save is kept all the same, and left to the worker', async () => {
  await know('a');
  const d = deps({ splitMessage: () => (message) => [message, { ...message, text: 'NUL \0' } as typeof message] });
  const worker = createInboundWorker({ ...d, loaded: Promise.resolve() });
  const heard: string[] = [];
  const log = { warn: (_: unknown, text: string) => heard.push(text) };
  const recorder = createEventRecorder(db, { playAtOnce: worker.playAtOnce, log: log as never });
  await Promise.resolve();
  await recorder.record(says('a', 'một', 1));
  expect(heard).toHaveLength(1);
  expect(await count('inbound_events')).toBe(1);
  expect(await count('inbound_queue')).toBe(1);
  expect(await count('outbound_messages')).toBe(0);
  await worker.stop();
});

test('who has two hundred answers waiting gets a person instead of more; others are answered', async () => {
  await know('a', 'b');
  // Floods are looked for every eight milliseconds.
  clock.advance(8 - (clock.now().getTime() % 8));
  const many = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => says('a', (from + n) % 2 === 0 ? 'một' : 'hai', from + n));
  await keepAndPlay(deps(), many(0, 199));
  await keepAndPlay(deps(), many(199, 200));
  expect(await count('outbound_messages')).toBe(200);
  await keepAndPlay(deps(), [...many(200, 230), says('b', 'một', 1)]);
  expect(await textsOf('a')).toHaveLength(230);
  const { rows } = await db.pool.query(
    `SELECT c.state, t.reason, (SELECT count(*)::int FROM outbound_messages o WHERE o.conversation_id = c.id) AS answers
     FROM conversations c LEFT JOIN touchpoints t ON t.conversation_id = c.id AND t.kind = 'handed_over' ORDER BY c.state`,
  );
  expect(rows).toEqual([
    { state: 'bot', reason: null, answers: 1 },
    { state: 'waiting_for_agent', reason: 'Khách nhắn dồn dập, bot đáp không kịp.', answers: 201 },
  ]);
});
