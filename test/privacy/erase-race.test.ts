// Erasing somebody while they write, while others work and while webhooks are repeated: whatever the order, afterwards
// there is nobody, or somebody new who starts with a no.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InboundEvent } from '../../src/channels/inbound-event-schema.ts';
import { createManualClock } from '../../src/clock.ts';
import { createFlowLibrary, type FlowLibrary } from '../../src/flow-library/flow-library.ts';
import { createIdMaker } from '../../src/ids.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';
import { fireTimers } from '../../src/inbound/fire-timers.ts';
import { keepAndPlay } from '../../src/inbound/keep-and-play.ts';
import { type ProcessDeps, processEvents } from '../../src/inbound/process-events.ts';
import { createEventRecorder } from '../../src/inbound/record-events.ts';
import { eraseCustomer } from '../../src/privacy/erase-customer.ts';
import { silenceNewcomers } from '../../src/privacy/silence-returned.ts';
import { createTestDatabase } from '../test-database.ts';
import { tablesWith } from './person.ts';

const TRIES = Number(process.env.ERASURE_TRIES ?? 304);
const AT_ONCE = 8;

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let library: FlowLibrary;
const clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
const newId = createIdMaker(clock);
const secretKey = randomBytes(32);

beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
  );
  const flowsDir = fileURLToPath(new URL('../../flows', import.meta.url));
  library = createFlowLibrary({ db, clock, newId, flowsDir, log: pino({ level: 'silent' }) });
  await library.refresh();
});
afterAll(async () => {
  await db.close();
});

function workDeps(): ProcessDeps {
  return {
    db,
    clock,
    newId,
    library,
    log: pino({ level: 'silent' }),
    tools: { newId, timeZone: 'Asia/Ho_Chi_Minh', business: { name: 'Thử', hotline: null, website: null } },
    splitMessage: () => (message) => [message],
    beforePlaying: (client, people, now) => silenceNewcomers({ secretKey }, client, people, now),
  };
}

function says(peerId: string, n: number): InboundEvent {
  return {
    channel: 'messenger',
    accountId: '100',
    peerId,
    providerEvent: 'message',
    occurredAt: clock.now(),
    providerId: `${peerId}-${n}`,
    opensWindow: true,
    standby: false,
    body: { kind: 'message', messageId: `${peerId}-${n}`, text: `${peerId} câu ${n}`, attachments: [] },
  };
}

/** The long way over the queue, and the short way that plays at once, in turns. */
const recorderOf = (isShort: boolean) =>
  createEventRecorder(
    db,
    isShort
      ? {
          playAtOnce: () => async (deliveries) => {
            await keepAndPlay(workDeps(), deliveries);
          },
        }
      : {},
  );
async function record(recorder: ReturnType<typeof recorderOf>, event: InboundEvent): Promise<void> {
  const raw = Buffer.from(JSON.stringify(event));
  const delivery = { channel: event.channel, accountId: '100', raw, receivedAt: clock.now(), events: [event] };
  // On a busy machine the answer may be 503; the provider delivers again.
  await recorder.record(delivery).catch(() => recorder.record(delivery));
}

const skipProfiles = () =>
  // In order and only who is free: a tool of the test must not be the one that waits in a circle.
  db.pool.query(
    `UPDATE channel_identities SET profile_fetched_at = $1 WHERE id IN (
       SELECT id FROM channel_identities WHERE profile_fetched_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED)`,
    [clock.now()],
  );

async function work(): Promise<void> {
  for (let worked = 1; worked > 0; ) worked = await processEvents(workDeps(), 16);
}

async function customerOf(peerId: string): Promise<{ id: string; opted_out_at: Date | null } | undefined> {
  const { rows } = await db.pool.query<{ id: string; opted_out_at: Date | null }>(
    'SELECT c.id, c.opted_out_at FROM customers c JOIN channel_identities i ON i.customer_id = c.id WHERE i.id = $1',
    [identityIdOf('messenger', '100', peerId)],
  );
  return rows[0];
}

/** Others may just hold this person's work in hand. */
async function settled(peerId: string): Promise<{ id: string; opted_out_at: Date | null } | undefined> {
  for (let turn = 0; turn < 200; turn += 1) {
    await skipProfiles();
    await work();
    const waiting = await db.pool.query('SELECT 1 FROM inbound_queue WHERE identity_id = $1', [
      identityIdOf('messenger', '100', peerId),
    ]);
    const customer = await customerOf(peerId);
    if (waiting.rowCount === 0 && customer) return customer;
    if (waiting.rowCount === 0 && turn > 20) return undefined;
  }
  return await customerOf(peerId);
}

async function erase(customerId: string): Promise<boolean> {
  for (;;) {
    try {
      const deps = { clock, newId, secretKey, dataDir: tmpdir() };
      const receipt = await db.transaction('answer-once', (client) =>
        eraseCustomer(deps, client, { customerId, actor: 'test', reason: 'race' }),
      );
      return receipt !== null;
    } catch (error) {
      // As `answerOnce` does: who loses a deadlock begins again.
      if (!(error instanceof Error && 'code' in error && error.code === '40P01')) throw error;
    }
  }
}

/** One person who has chatted is erased in the midst of everything that can happen to them. */
async function race(peerId: string, isShort: boolean): Promise<string> {
  const recorder = recorderOf(isShort);
  await record(recorder, says(peerId, 1));
  const before = await settled(peerId);
  if (!before) return 'no customer was made';
  await Promise.all([
    erase(before.id),
    record(recorder, says(peerId, 2)),
    // The provider delivers the first one once more.
    record(recorder, says(peerId, 1)),
    work(),
    record(recorder, says(peerId, 3)).then(work),
    fireTimers(db, clock.now()),
  ]);
  await settled(peerId);
  return await verdict(peerId, before.id);
}

async function verdict(peerId: string, erasedId: string): Promise<string> {
  const after = await customerOf(peerId);
  if (after?.id === erasedId) return 'the erased customer is still there';
  if (after && after.opted_out_at === null) return 'whoever came back was not silent';
  const { rows } = await db.pool.query<{ orphans: number; firsts: number }>(
    `SELECT (SELECT count(*)::int FROM inbound_queue q WHERE NOT EXISTS (SELECT 1 FROM channel_identities i WHERE i.id = q.identity_id)) AS orphans,
       (SELECT count(*)::int FROM inbound_events WHERE payload ->> 'messageId' = $1) AS firsts`,
    [`${peerId}-1`],
  );
  if (rows[0]?.orphans) return 'an event waits for nobody';
  if (rows[0]?.firsts) return 'a repeated delivery brought a message back';
  return 'ok';
}

/** One reading of each table, however many peers there are. */
async function peersNamedIn(tables: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (const table of tables) {
    const text = table === 'webhook_deliveries' ? `convert_from(raw, 'UTF8')` : 't::text';
    const { rows } = await db.pool.query<{ peer: string }>(
      `SELECT DISTINCT m[1] AS peer FROM ${table} t, regexp_matches(${text}, '(race-[0-9]+-peer) câu', 'g') AS m`,
    );
    for (const { peer } of rows) named.add(peer);
  }
  return named;
}

test(`${TRIES} erasures in the midst of messages, turns and repeats: nobody comes back`, {
  timeout: 1_000 * Math.max(300, TRIES),
}, async () => {
  const verdicts = new Map<string, number>();
  for (let from = 0; from < TRIES; from += AT_ONCE) {
    const peers = Array.from({ length: Math.min(AT_ONCE, TRIES - from) }, (_, n) => `race-${from + n}-peer`);
    for (const found of await Promise.all(peers.map((peer, n) => race(peer, n % 2 === 0))))
      verdicts.set(found, (verdicts.get(found) ?? 0) + 1);
  }
  expect([...verdicts]).toEqual([['ok', TRIES]]);
  // Whoever did not write again left nothing at all; of the others only what they wrote anew is there.
  const { rows } = await db.pool.query<{ external_id: string }>('SELECT external_id FROM channel_identities');
  const back = new Set(rows.map((row) => row.external_id));
  const gone = Array.from({ length: TRIES }, (_, n) => `race-${n}-peer`).filter((peer) => !back.has(peer));
  const leftovers = await db.pool.query(
    `SELECT e.id, e.identity_id, e.payload ->> 'text' AS text, i.customer_id FROM inbound_events e LEFT JOIN channel_identities i ON i.id = e.identity_id
     WHERE e.payload ->> 'text' LIKE 'race-%' AND (i.id IS NULL OR e.payload ->> 'text' LIKE '%câu 1')`,
  );
  expect(leftovers.rows).toEqual([]);
  expect(await tablesWith(db, ['câu 1'])).toEqual([]);
  const named = await peersNamedIn(await tablesWith(db, ['-peer câu']));
  expect(gone.filter((peer) => named.has(peer))).toEqual([]);
});
