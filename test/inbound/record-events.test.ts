import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { DatabaseUnavailableError } from '../../src/errors.ts';
import { rowsOf } from '../../src/inbound/delivery-rows.ts';
import { eventIdOf, identityIdOf } from '../../src/inbound/event-id.ts';
import { keepAndLock } from '../../src/inbound/keep-deliveries.ts';
import { createEventRecorder } from '../../src/inbound/record-events.ts';
import { createTestDatabase } from '../test-database.ts';
import { delivery, event } from './a-delivery.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
});

async function count(table: string, where = 'true'): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`);
  return rows[0]?.n ?? 0;
}

test('one delivery repeated 200 times at the same instant to two processes is one event, one piece of work', async () => {
  const recorders = [createEventRecorder(db), createEventRecorder(db)];
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => recorders[n % 2]?.record(delivery('{"a":1}', [event({ peerId: 'dup' })]))),
  );
  expect(await count('inbound_events')).toBe(1);
  expect(await count('inbound_queue')).toBe(1);
  expect(await count('webhook_deliveries')).toBe(1);
});

test('the same provider id from another person, account or event is another event', async () => {
  const recorder = createEventRecorder(db);
  const before = await count('inbound_events');
  const events = [
    event({ peerId: 'p1', providerId: 'x' }),
    event({ peerId: 'p2', providerId: 'x' }),
    event({ peerId: 'p1', providerId: 'x', accountId: '999' }),
    event({ peerId: 'p1', providerId: 'x', providerEvent: 'user_send_image' }),
  ];
  await recorder.record(delivery('{"b":1}', events));
  expect((await count('inbound_events')) - before).toBe(4);
});

test('a replay a month later has no effect', async () => {
  const recorder = createEventRecorder(db);
  await recorder.record(delivery('{"c":1}', [event({ peerId: 'replayed' })]));
  await db.pool.query('DELETE FROM inbound_queue');
  await recorder.record({
    ...delivery('{"c":1}', [event({ peerId: 'replayed' })]),
    receivedAt: new Date('2026-12-23'),
  });
  expect(await count('inbound_queue')).toBe(0);
});

test('bytes are kept exactly, and words that PostgreSQL refuses do not refuse the message', async () => {
  const recorder = createEventRecorder(db);
  const raw = '{"text":"\\u0000 \\ud800 \\u1ea1","n":12345678901234567890}';
  const poison = `a\u0000b\ud800c`;
  const body = { kind: 'message' as const, messageId: 'm-9', text: poison, attachments: [] };
  await recorder.record(delivery(raw, [event({ peerId: 'poison', providerId: 'm-9', body, providerEvent: poison })]));
  const { rows } = await db.pool.query<{ raw: Buffer; text: string }>(
    `SELECT d.raw, e.payload ->> 'text' AS text FROM inbound_events e JOIN webhook_deliveries d ON d.id = e.delivery_id
     WHERE e.identity_id = (SELECT id FROM channel_identities WHERE external_id = 'poison')`,
  );
  expect(rows[0]?.raw.toString()).toBe(raw);
  expect(rows[0]?.text).toMatch(/^ab.c$/u);
});

test('an event about the account is in the ledger and nobody has to work it', async () => {
  const recorder = createEventRecorder(db);
  const before = await count('inbound_queue');
  const body = { kind: 'account' as const, name: 'change_template_status' };
  await recorder.record(delivery('{"d":1}', [event({ peerId: null, body, providerId: 'acc' })]));
  expect(await count('inbound_queue')).toBe(before);
  expect(await count('touchpoints', `kind = 'account_event'`)).toBe(1);
});

test('kept to be worked at once: what is new is told, and only who is free is held', async () => {
  const keep = (peers: string[], meanwhile: () => Promise<void> = async () => {}) =>
    db.transaction('keep-and-play', async (client) => {
      const events = [...peers.map((peerId) => event({ peerId, providerId: 'kept' })), event({ peerId: null })];
      const kept = await keepAndLock(client, rowsOf([delivery(`{"g":"${peers}"}`, events)]));
      await meanwhile();
      return kept;
    });
  const id = (peerId: string) => identityIdOf('zalo', '111', peerId);
  const first = await keep(['g1', 'g2'], async () => {
    const queued = await count('inbound_queue');
    // Both are held, by the transaction outside.
    const second = await db.transaction('keep-and-play', (client) =>
      keepAndLock(client, rowsOf([delivery('{"h":1}', [event({ peerId: 'g3' })])])),
    );
    expect(second.held).toEqual([id('g3')]);
    expect(await count('inbound_queue')).toBe(queued);
  });
  expect(first.held.sort()).toEqual([id('g1'), id('g2')].sort());
  expect(first.newEvents.size).toBe(3);
  const busy = await db.transaction('keep-and-play', async (client) => {
    await client.query('SELECT id FROM channel_identities WHERE id = $1 FOR UPDATE', [id('g1')]);
    return await keep(['g1', 'g2', 'g4']);
  });
  expect(busy.held.sort()).toEqual([id('g2'), id('g4')].sort());
  expect([...busy.newEvents]).toEqual([eventIdOf(event({ peerId: 'g4', providerId: 'kept' }))]);
});

test('messages of one webhook keep their order', async () => {
  const recorder = createEventRecorder(db);
  await db.pool.query('DELETE FROM inbound_queue');
  const events = Array.from({ length: 30 }, (_, n) => event({ peerId: 'ordered', providerId: `o-${n}` }));
  await recorder.record(delivery('{"e":1}', events));
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT payload ->> 'messageId' AS id FROM inbound_queue q JOIN inbound_events e ON e.id = q.event_id ORDER BY seq`,
  );
  expect(rows).toHaveLength(30);
});

test('when the database is away the caller is told so, and nothing else', async () => {
  const away = openDatabase({ url: 'postgresql://nobody@127.0.0.1:9/none' });
  const recorder = createEventRecorder(away);
  await expect(recorder.record(delivery('{"f":1}', [event()]))).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await away.close();
});
