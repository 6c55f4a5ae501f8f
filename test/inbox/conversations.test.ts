// Conversations over REST: who leads, what may still be said, and what staff do with them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { readStoredBody } from '../../src/conversations/stored-event.ts';
import { createHarness, type Harness, START, seedChatter } from '../api/api-harness.ts';

let api: Harness;
const rung: string[] = [];
beforeAll(async () => {
  api = await createHarness({
    onEventsPushed: () => rung.push('events'),
    onMessagesQueued: () => rung.push('messages'),
    processNow: async () => {
      rung.push('process');
    },
    splitMessage: () => (message) =>
      message.kind === 'text'
        ? (message.text.match(/.{1,10}/gsu) ?? []).map((text) => ({ ...message, text }))
        : [message],
  });
  await api.rows(
    `INSERT INTO flow_versions (id, flow, number, checksum, source, published_at) VALUES ($1, 'welcome', 2, 'x', 'x', now())`,
    ['0190a000-0000-7000-8000-000000000001'],
  );
});
afterAll(() => api.close());

/** What waits for the worker; each of them must be something that it understands. */
async function queueOf(identityId: string) {
  const rows = await api.rows(
    `SELECT e.kind, e.payload, e.channel FROM inbound_queue q JOIN inbound_events e ON e.id = q.event_id WHERE q.identity_id = $1 ORDER BY q.seq`,
    [identityId],
  );
  for (const row of rows) expect(readStoredBody(row.payload).kind).not.toBe('unhandled');
  return rows;
}
const post = (path: string, body?: object) => api.call('POST', `/api/v1${path}`, body === undefined ? {} : { body });
const hoursAgo = (hours: number) => new Date(START.getTime() - hours * HOUR_MS);

describe('GET /api/v1/conversations', () => {
  it('lists one per channel identity, with flow, version, step and the window left', async () => {
    const zalo = await seedChatter(api, 'zalo', '100001', { lastInteractionAt: hoursAgo(50) });
    const messenger = await seedChatter(api, 'messenger', '200001', {
      lastInteractionAt: hoursAgo(30),
      state: 'with_agent',
      owner: 'lan',
    });
    await api.rows(
      `UPDATE conversations SET flow_version_id = '0190a000-0000-7000-8000-000000000001', step = 'hoi', updated_at = updated_at + interval '1 hour' WHERE id = $1`,
      [zalo.conversationId],
    );
    await api.call('PUT', '/api/v1/customers/KH-1', { body: { identities: { zalo: '100001', messenger: '200001' } } });
    const { status, body } = await api.call('GET', '/api/v1/conversations?customer=KH-1');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      {
        id: zalo.conversationId,
        channel: 'zalo',
        peerId: '100001',
        customer: 'KH-1',
        state: 'bot',
        flow: 'welcome',
        version: 2,
        step: 'hoi',
        window: { isOpen: true, kind: 'charged', leftMs: 118 * HOUR_MS },
      },
      {
        id: messenger.conversationId,
        channel: 'messenger',
        state: 'with_agent',
        owner: 'lan',
        flow: null,
        version: null,
        window: { isOpen: false, kind: null, leftMs: null, reason: expect.stringContaining('24 giờ') },
        agentWindow: { isOpen: true, kind: 'human_agent' },
      },
    ]);
    const [first] = Array.isArray(body.items) ? body.items : [];
    expect((await api.call('GET', `/api/v1/conversations/${zalo.conversationId}`)).body).toEqual(first);
  });

  it.each([
    { url: '/api/v1/conversations', status: 400, code: 'invalid_request' },
    { url: '/api/v1/conversations?customer=', status: 400, code: 'invalid_request' },
    { url: '/api/v1/conversations?customer=KH-404', status: 404, code: 'unknown_customer' },
    { url: '/api/v1/conversations/abc', status: 400, code: 'invalid_request' },
    { url: '/api/v1/conversations/0190a000-0000-7000-8000-00000000dead', status: 404, code: 'unknown_conversation' },
  ])('$url is $status', async ({ url, status, code }) => {
    expect(await api.call('GET', url)).toMatchObject({ status, body: { error: { code } } });
  });

  it('is empty for a customer who never chatted', async () => {
    await api.call('PUT', '/api/v1/customers/KH-0', { body: {} });
    expect((await api.call('GET', '/api/v1/conversations?customer=KH-0')).body).toEqual({ items: [] });
  });
});

describe('staff moves', () => {
  it('become events, are worked before the answer, and ring the worker', async () => {
    const { conversationId, identityId } = await seedChatter(api, 'zalo', '100010', { state: 'waiting_for_agent' });
    rung.length = 0;
    expect(await post(`/conversations/${conversationId}/take-over`, { owner: 'lan' })).toMatchObject({
      status: 200,
      body: { id: conversationId },
    });
    expect(rung).toEqual(['events', 'process']);
    await post(`/conversations/${conversationId}/hand-back`, {
      by: 'lan',
      how: 'start_flow',
      flow: 'welcome',
      at: 'chao',
    });
    await post(`/conversations/${conversationId}/resolve`, { by: 'lan' });
    expect(await queueOf(identityId)).toEqual([
      { kind: 'take_over', channel: 'zalo', payload: { kind: 'take_over', owner: 'lan' } },
      {
        kind: 'hand_back',
        channel: 'zalo',
        payload: { kind: 'hand_back', by: 'lan', how: 'start_flow', flow: 'welcome', at: 'chao' },
      },
      { kind: 'resolve', channel: 'zalo', payload: { kind: 'resolve', by: 'lan' } },
    ]);
  });

  it('are kept even when the worker stumbles', async () => {
    const { conversationId, identityId } = await seedChatter(api, 'zalo', '100011');
    const stumbling = await createHarness({ processNow: () => Promise.reject(new Error('busy')) }, api.db);
    const answer = await stumbling.call('POST', `/api/v1/conversations/${conversationId}/take-over`, {
      body: { owner: 'lan' },
    });
    expect(answer.status).toBe(200);
    expect(await queueOf(identityId)).toHaveLength(1);
    await stumbling.app.close();
  });

  it('a colleague takes over only on purpose, also while the first take-over is still on its way', async () => {
    const held = await seedChatter(api, 'zalo', '100012', { state: 'with_agent', owner: 'lan' });
    const takeOver = (id: string, body: object) => post(`/conversations/${id}/take-over`, body);
    expect(await takeOver(held.conversationId, { owner: 'minh' })).toMatchObject({
      status: 409,
      body: { error: { code: 'taken_by_other', details: { owner: 'lan' } } },
    });
    expect((await takeOver(held.conversationId, { owner: 'lan' })).status).toBe(200);
    expect((await takeOver(held.conversationId, { owner: 'minh', force: true })).status).toBe(200);
    const free = await seedChatter(api, 'zalo', '100013', { state: 'waiting_for_agent' });
    const race = await Promise.all(['lan', 'minh', 'hoa'].map((owner) => takeOver(free.conversationId, { owner })));
    expect(race.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    const outside = await seedChatter(api, 'zalo', '100014', { state: 'with_agent', owner: 'provider_inbox' });
    expect((await takeOver(outside.conversationId, { owner: 'lan' })).status).toBe(200);
  });

  it.each([
    { path: 'hand-back', body: { by: 'lan' }, status: 409, code: 'not_taken_over' },
    { path: 'hand-back', body: { by: 'lan', how: 'start_flow' }, status: 400, code: 'invalid_request' },
    { path: 'hand-back', body: { by: 'lan', how: 'resume', flow: 'welcome' }, status: 400, code: 'invalid_request' },
    { path: 'hand-back', body: { by: 'lan', how: 'leave' }, status: 400, code: 'invalid_request' },
    { path: 'take-over', body: {}, status: 400, code: 'invalid_request' },
    { path: 'resolve', body: { by: '' }, status: 400, code: 'invalid_request' },
    { path: 'messages', body: { text: 'Chào chị', author: 'lan' }, status: 409, code: 'not_taken_over' },
  ])('$path with $body on a conversation of the bot is $status $code', async ({ path, body, status, code }) => {
    const { conversationId, identityId } = await seedChatter(api, 'zalo', api.newId());
    expect(await post(`/conversations/${conversationId}/${path}`, body)).toMatchObject({
      status,
      body: { error: { code } },
    });
    expect(await queueOf(identityId)).toEqual([]);
  });

  it('hand-back to a flow that does not exist names those that do', async () => {
    const { conversationId } = await seedChatter(api, 'zalo', '100015', { state: 'with_agent', owner: 'lan' });
    const answer = await post(`/conversations/${conversationId}/hand-back`, {
      by: 'lan',
      how: 'start_flow',
      flow: 'welcom',
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { code: 'unknown_flow', details: { flows: ['welcome'] } } },
    });
  });

  it('on an unknown conversation are 404', async () => {
    const answer = await post('/conversations/0190a000-0000-7000-8000-00000000dead/take-over', { owner: 'lan' });
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'unknown_conversation' } } });
  });
});

describe('POST /api/v1/conversations/{id}/messages', () => {
  it('queues what a person typed, in parts and in order, and rings the outbox', async () => {
    const seeded = await seedChatter(api, 'zalo', '100020', { state: 'with_agent', owner: 'lan' });
    rung.length = 0;
    const answer = await post(`/conversations/${seeded.conversationId}/messages`, {
      text: 'Dạ em đây, chị cần gì ạ?',
      author: 'lan',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        conversationId: seeded.conversationId,
        messages: [{ status: 'queued', text: 'Dạ em đây,' }, { text: ' chị cần g' }, { text: 'ì ạ?' }],
      },
    });
    expect(rung).toEqual(['messages']);
    const rows = await api.rows(
      `SELECT content ->> 'text' AS text, purpose, author, staff_id, status, customer_id, channel FROM outbound_messages WHERE conversation_id = $1 ORDER BY seq`,
      [seeded.conversationId],
    );
    expect(rows.map((row) => row.text).join('')).toBe('Dạ em đây, chị cần gì ạ?');
    expect(rows[0]).toMatchObject({
      purpose: 'answer',
      author: 'agent',
      staff_id: 'lan',
      status: 'queued',
      customer_id: seeded.customerId,
      channel: 'zalo',
    });
  });

  it('outside the window is refused while the person is still looking', async () => {
    const old = await seedChatter(api, 'messenger', '200021', {
      state: 'with_agent',
      owner: 'lan',
      lastInteractionAt: hoursAgo(8 * 24),
    });
    const answer = await post(`/conversations/${old.conversationId}/messages`, { text: 'Chào chị', author: 'lan' });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'window_closed' } } });
    expect(await api.rows('SELECT 1 FROM outbound_messages WHERE conversation_id = $1', [old.conversationId])).toEqual(
      [],
    );
  });
});

describe('POST /api/v1/customers/{externalId}/flows/{flow}', () => {
  it('pushes the flow to the identity that was active last', async () => {
    const zalo = await seedChatter(api, 'zalo', '100030', { lastInteractionAt: hoursAgo(9) });
    const messenger = await seedChatter(api, 'messenger', '200030', { lastInteractionAt: hoursAgo(2) });
    await api.call('PUT', '/api/v1/customers/KH-30', { body: { identities: { zalo: '100030', messenger: '200030' } } });
    const subscription = await api.call('PUT', '/api/v1/subscriptions/S-30', {
      body: { customer: 'KH-30', product: 'spa' },
    });
    const answer = await post('/customers/KH-30/flows/welcome', { at: 'chao', subscription: 'S-30' });
    expect(answer).toMatchObject({
      status: 200,
      body: { flow: 'welcome', channel: 'messenger', conversationId: messenger.conversationId },
    });
    expect(await queueOf(zalo.identityId)).toEqual([]);
    expect(await queueOf(messenger.identityId)).toMatchObject([
      {
        kind: 'flow_due',
        payload: { kind: 'flow_due', flow: 'welcome', at: 'chao', subscriptionId: subscription.body.id },
      },
    ]);
  });

  it('begins in no chat for whoever is only known by a phone', async () => {
    const phone = await seedChatter(api, 'zalo', 'phone:84912345678', { lastInteractionAt: hoursAgo(1) });
    const body = { identities: { zalo: 'phone:84912345678' } };
    await api.call('PUT', '/api/v1/customers/KH-33', { body });
    const answer = await post('/customers/KH-33/flows/welcome');
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'no_channel_identity' } } });
    expect(await queueOf(phone.identityId)).toEqual([]);
  });

  it('needs no body', async () => {
    const { identityId } = await seedChatter(api, 'zalo', '100031');
    await api.call('PUT', '/api/v1/customers/KH-31', { body: { identities: { zalo: '100031' } } });
    expect((await post('/customers/KH-31/flows/welcome')).status).toBe(200);
    expect(await queueOf(identityId)).toMatchObject([{ kind: 'flow_due' }]);
  });

  it.each([
    { path: '/customers/KH-404/flows/welcome', status: 404, code: 'unknown_customer' },
    { path: '/customers/KH-32/flows/wellcome', status: 404, code: 'unknown_flow' },
    { path: '/customers/KH-32/flows/welcome', status: 409, code: 'no_channel_identity' },
    {
      path: '/customers/KH-32/flows/welcome',
      body: { subscription: 'S-404' },
      status: 422,
      code: 'unknown_subscription',
    },
  ])('$path is $status $code', async ({ path, body, status, code }) => {
    await api.call('PUT', '/api/v1/customers/KH-32', { body: {} });
    expect(await post(path, body)).toMatchObject({ status, body: { error: { code } } });
  });
});
