// What got stuck, over REST and a real database: read, mended, replayed, let go; and nothing is ever said twice by it.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFlowLibrary } from '../../src/flow-library/flow-library.ts';
import { type ProcessDeps, processEvents } from '../../src/inbound/process-events.ts';
import { markSent } from '../../src/outbox/mark-sent.ts';
import { createHarness, type Harness, seedChatter } from '../api/api-harness.ts';

let api: Harness;
let work: ProcessDeps;
const rung: string[] = [];
const problem = {
  code: 'unknown_target',
  severity: 'error' as const,
  file: 'flows/hu.flow.yaml',
  line: 3,
  column: 5,
  step: 'hoi',
  message: 'Bước này dẫn tới "xyz" không có.',
  fix: 'Sửa tên bước.',
};

beforeAll(async () => {
  api = await createHarness({
    onEventsPushed: () => rung.push('events'),
    onMessagesQueued: () => rung.push('messages'),
    onWebhooksQueued: () => rung.push('webhooks'),
    operations: {
      channels: () => [],
      zaloQuota: async () => null,
      connectUrl: () => null,
      flowProblems: () => [problem],
    },
  });
  const flowsDir = fileURLToPath(new URL('../../flows', import.meta.url));
  const { db, clock, newId } = api;
  const log = pino({ level: 'silent' });
  const library = createFlowLibrary({ db, clock, newId, flowsDir, log });
  await library.refresh();
  const business = { name: 'Thử', hotline: null, website: null };
  const tools = { newId, timeZone: 'Asia/Ho_Chi_Minh', business };
  work = { db, clock, newId, library, log, tools, splitMessage: () => (message) => [message] };
}, 60_000);
afterAll(() => api.close());
beforeEach(async () => {
  rung.length = 0;
  await api.rows('TRUNCATE inbound_queue, inbound_events, touchpoints, outbound_messages, audit_entries CASCADE');
  await api.rows('TRUNCATE outgoing_deliveries, outgoing_events, webhook_endpoints CASCADE');
});

const read = async (what: string) => (await api.call('GET', `/api/v1/dead-letters${what}`)).body;
const post = async (what: string, body: object) => await api.call('POST', `/api/v1/dead-letters${what}`, { body });
let people = 0;
const somebody = async () => {
  people += 1;
  return await seedChatter(api, 'zalo', `88000${people}`, { name: 'Lan' });
};

/** An event that five tries could not work; answers its place in the queue. */
async function parked(text: string) {
  const person = await somebody();
  const payload = { kind: 'message', messageId: randomUUID(), text, attachments: [], opensWindow: true };
  const eventId = randomUUID();
  // Known: nobody is asked who they are.
  await api.rows('UPDATE channel_identities SET profile_fetched_at = $2 WHERE id = $1', [
    person.identityId,
    api.clock.now(),
  ]);
  await api.rows(
    `INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
     VALUES ($1, 'zalo', 'a', $2, 'message', 'user_send_text', $3, $3, $4)`,
    [eventId, person.identityId, api.clock.now(), JSON.stringify(payload)],
  );
  const [row] = await api.rows(
    `INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at, attempts, parked_at, reason)
     VALUES ($1, $2, $3, $3, 5, $3, 'step "hoi" is broken') RETURNING seq::text`,
    [eventId, person.identityId, api.clock.now()],
  );
  return { ...person, eventId, seq: String(row?.seq) };
}

async function stuck(status: 'parked' | 'uncertain', text = 'Dạ em gửi chị bảng giá ạ') {
  const person = await somebody();
  const id = randomUUID();
  await api.rows(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
       status, reason, attempts, available_at, sending_at, created_at)
     VALUES ($1, $2, $3, $4, 'zalo', 'a', $5, 'answer', 'flow', $6, 'Không rõ', 1, $7, $7, $7)`,
    [
      id,
      person.conversationId,
      person.identityId,
      person.customerId,
      JSON.stringify({ kind: 'text', text }),
      status,
      api.clock.now(),
    ],
  );
  return { ...person, id };
}
const statusOf = async (id: string) =>
  (await api.rows('SELECT status FROM outbound_messages WHERE id = $1', [id]))[0]?.status;
const lines = async (id: string) =>
  await api.rows('SELECT kind FROM touchpoints WHERE outbound_message_id = $1 ORDER BY id', [id]);
const audits = async () =>
  await api.rows(
    `SELECT actor, object_kind, object_id, customer_id, data FROM audit_entries WHERE object_kind <> 'dead-letters' ORDER BY id`,
  );

describe('events that no try could work', () => {
  it('are read with whom, why, when and what came in', async () => {
    const event = await parked('xin chào');
    expect(await read('')).toEqual({ events: 1, messages: 0, deliveries: 0, flows: 1 });
    const { items } = await read('/events');
    expect(items).toMatchObject([
      {
        id: event.seq,
        eventId: event.eventId,
        reason: 'step "hoi" is broken',
        tries: 5,
        person: { name: 'Lan', conversationId: event.conversationId },
        payload: expect.stringContaining('"text": "xin chào"'),
      },
    ]);
  });

  it('replayed twice, also at once and by the worker meanwhile, are answered once', async () => {
    const event = await parked('hướng dẫn');
    const answers = await Promise.all([1, 2, 3].map(() => post('/events/replay', { ids: [event.seq] })));
    expect(answers.map(({ body }) => body.done).sort()).toEqual([0, 0, 1]);
    expect(rung).toContain('events');
    while ((await processEvents(work, 10)) > 0);
    const said = await api.rows('SELECT id FROM outbound_messages WHERE identity_id = $1', [event.identityId]);
    expect(said.length).toBeGreaterThan(0);
    // The very same event once more, as if its row had come back: what it causes has the same ids.
    await api.rows(
      `INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at, attempts, parked_at) VALUES ($1, $2, $3, $3, 5, $3)`,
      [event.eventId, event.identityId, api.clock.now()],
    );
    const { items } = await read('/events');
    const [again] = Array.isArray(items) ? items : [];
    await post('/events/replay', { ids: [again.id] });
    while ((await processEvents(work, 10)) > 0);
    expect(await api.rows('SELECT id FROM outbound_messages WHERE identity_id = $1', [event.identityId])).toEqual(said);
  });

  it('are let go with a reason, and each leaves a row of the audit', async () => {
    const [one, two] = [await parked('a'), await parked('b')];
    const { body } = await post('/events/discard', { ids: [one.seq, two.seq, '999999'], reason: 'Thử nghiệm' });
    expect(body).toEqual({ done: 2, left: 1 });
    expect(await read('/events')).toMatchObject({ items: [] });
    expect(await api.rows('SELECT 1 FROM inbound_events')).toHaveLength(2);
    const rows = await audits();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ object_kind: 'parked_event', data: { how: 'discard', reason: 'Thử nghiệm' } });
    expect(new Set(rows.map((row) => row.customer_id))).toEqual(new Set([one.customerId, two.customerId]));
  });

  it('what waits for its next try is not theirs to touch', async () => {
    const event = await parked('a');
    await api.rows('UPDATE inbound_queue SET parked_at = NULL');
    expect((await post('/events/replay', { ids: [event.seq] })).body).toEqual({ done: 0, left: 1 });
    expect((await post('/events/discard', { ids: [event.seq], reason: 'x' })).body).toEqual({ done: 0, left: 1 });
    expect(await api.rows('SELECT 1 FROM inbound_queue')).toHaveLength(1);
  });
});

describe('messages whose fate nobody knows', () => {
  it('are ended as sent when a person saw them in the chat', async () => {
    const message = await stuck('parked');
    expect(await read('/messages')).toMatchObject({
      items: [{ id: message.id, status: 'parked', text: expect.any(String) }],
    });
    expect((await post('/messages/settle', { ids: [message.id], how: 'arrived' })).body).toEqual({ done: 1, left: 0 });
    expect(await statusOf(message.id)).toBe('sent');
    expect(await lines(message.id)).toEqual([{ kind: 'message_out' }]);
    expect(await audits()).toMatchObject([
      { object_kind: 'stuck_message', object_id: message.id, data: { how: 'arrived' } },
    ]);
  });

  it('stay unsaid, or are said once more, when a person saw that they are not there', async () => {
    const [dropped, again] = [await stuck('parked'), await stuck('parked')];
    await post('/messages/settle', { ids: [dropped.id], how: 'not_arrived' });
    await post('/messages/settle', { ids: [again.id], how: 'send_again' });
    expect([await statusOf(dropped.id), await statusOf(again.id)]).toEqual(['failed', 'queued']);
    expect(rung).toContain('messages');
  });

  it('of two who decide at once only one does, and what was freed once is not freed again', async () => {
    const message = await stuck('parked');
    const both = await Promise.all([
      post('/messages/settle', { ids: [message.id], how: 'send_again' }),
      post('/messages/settle', { ids: [message.id], how: 'send_again' }),
      post('/messages/settle', { ids: [message.id], how: 'not_arrived' }),
    ]);
    expect(both.map(({ body }) => body.done).sort()).toEqual([0, 0, 1]);
    expect(await audits()).toHaveLength(1);
  });

  it('of many that two people decide at once each is done by one of them, with one line of the audit', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 30; n += 1) ids.push((await stuck('parked')).id);
    const answers = await Promise.all([
      post('/messages/settle', { ids, how: 'send_again' }),
      post('/messages/settle', { ids: ids.toReversed(), how: 'not_arrived' }),
      post('/messages/settle', { ids: ids.slice(10), how: 'arrived' }),
    ]);
    const done = answers.map(({ body }) => Number(body.done));
    expect(done.reduce((sum, count) => sum + count, 0)).toBe(ids.length);
    const noted = await audits();
    expect(new Set(noted.map(({ object_id: id }) => id))).toEqual(new Set(ids));
    expect(noted).toHaveLength(ids.length);
    expect(await api.rows(`SELECT 1 FROM outbound_messages WHERE status = 'parked'`)).toEqual([]);
  });

  it('while the program still looks for them they are never sent again', async () => {
    const message = await stuck('uncertain');
    for (const how of ['send_again', 'not_arrived']) {
      expect((await post('/messages/settle', { ids: [message.id], how })).body).toEqual({ done: 0, left: 1 });
    }
    expect(await statusOf(message.id)).toBe('uncertain');
    expect((await post('/messages/settle', { ids: [message.id], how: 'arrived' })).body).toEqual({ done: 1, left: 0 });
  });

  it('an echo that comes after "send again" and before the sending ends it', async () => {
    const message = await stuck('parked');
    await post('/messages/settle', { ids: [message.id], how: 'send_again' });
    const fact = { id: message.id, providerMessageId: 'z1', sentAt: api.clock.now(), costKind: null, costAmount: null };
    await markSent(api.db.pool, [{ ...fact, knownBy: 'echo' }]);
    expect(await statusOf(message.id)).toBe('sent');
  });
});

describe('webhooks that never arrived, and flow files that did not pass', () => {
  async function failed(): Promise<string> {
    const [endpoint, event, id] = [randomUUID(), randomUUID(), randomUUID()];
    await api.rows(
      `INSERT INTO webhook_endpoints (id, url, events, secrets, created_at) VALUES ($1, 'https://crm.example.com/hook?key=geheim', '{}', '{}', $2)`,
      [endpoint, api.clock.now()],
    );
    await api.rows(`INSERT INTO outgoing_events (id, type, data, at) VALUES ($1, 'case.opened', '{}', $2)`, [
      event,
      api.clock.now(),
    ]);
    await api.rows(
      `INSERT INTO outgoing_deliveries (id, event_id, endpoint_id, status, attempts, next_attempt_at, last_status, last_error)
       VALUES ($1, $2, $3, 'failed', 10, $4, 500, 'HTTP 500')`,
      [id, event, endpoint, api.clock.now()],
    );
    return id;
  }

  it('are shown without what may be a secret of the address, and repeated under their own ids', async () => {
    const id = await failed();
    const page = await read('/deliveries');
    expect(page).toMatchObject({ items: [{ id, address: 'crm.example.com/hook', lastStatus: 500, tries: 10 }] });
    expect(JSON.stringify(page)).not.toContain('geheim');
    expect((await post('/deliveries/replay', { ids: [id] })).body).toEqual({ done: 1, left: 0 });
    expect((await post('/deliveries/replay', { ids: [id] })).body).toEqual({ done: 0, left: 1 });
    expect(await api.rows('SELECT id, status FROM outgoing_deliveries')).toEqual([{ id, status: 'waiting' }]);
    expect(rung).toContain('webhooks');
  });

  it('are let go with a reason', async () => {
    const id = await failed();
    expect((await post('/deliveries/discard', { ids: [id], reason: 'Hệ thống kia đã bỏ' })).body).toEqual({
      done: 1,
      left: 0,
    });
    expect(await audits()).toMatchObject([{ object_kind: 'failed_delivery', object_id: id }]);
  });

  it('say where, what and how to mend it', async () => {
    expect(await read('/flows')).toEqual({ items: [problem] });
  });

  it('nothing is done without a reason or without ids', async () => {
    expect((await post('/events/discard', { ids: ['1'], reason: ' ' })).status).toBe(400);
    expect((await post('/events/replay', { ids: [] })).status).toBe(400);
    expect((await post('/messages/settle', { ids: [randomUUID()], how: 'resend' })).status).toBe(400);
  });
});
