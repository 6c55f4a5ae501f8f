// Webhooks out, from the ledger to a real receiver on loopback; time by hand.
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/clock.ts';
import type { TouchpointKind } from '../../src/ledger/touchpoint-schema.ts';
import { writeTouchpoints } from '../../src/ledger/write-touchpoints.ts';
import type { Round } from '../../src/round.ts';
import { claimDeliveries } from '../../src/webhooks/claim-deliveries.ts';
import { createWebhookDeliverer } from '../../src/webhooks/deliver-webhooks.ts';
import { createHarness, type Harness } from '../api/api-harness.ts';
import { openReceiver, type Received, type Receiver } from './receiver.ts';

let api: Harness;
let receiver: Receiver;
let customerId: string;
let deliverer: Round;
const log = { warn: vi.fn() };

beforeAll(async () => {
  api = await createHarness();
  await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan', phone: '0912345678' } });
  [{ id: customerId } = { id: '' }] = (await api.rows('SELECT id FROM customers')) as { id: string }[];
});
afterAll(() => api.close());
beforeEach(async () => {
  receiver = await openReceiver();
  deliverer = openDeliverer();
});
afterEach(async () => {
  await deliverer.stop();
  await receiver.close();
  await api.rows('DELETE FROM outgoing_deliveries');
  await api.rows('DELETE FROM outgoing_events');
  await api.rows('DELETE FROM webhook_endpoints');
  log.warn.mockReset();
});

function openDeliverer(): Round {
  const { db, clock, newId } = api;
  const { key, rules } = api.deps.webhooks;
  return createWebhookDeliverer({ db, clock, newId, log, secretKey: key.secretKey, random: () => 0, rules });
}

async function addEndpoint(more: { url?: string; events?: string[] } = {}): Promise<{ id: string; secret: string }> {
  const { status, body } = await api.call('POST', '/api/v1/webhooks', { body: { url: receiver.url, ...more } });
  expect(status).toBe(200);
  return { id: String(body.id), secret: String(body.secret) };
}

async function tell(kind: TouchpointKind, data: Record<string, unknown> = {}): Promise<void> {
  await writeTouchpoints(api.db.pool, [{ at: api.clock.now(), kind, customerId, data }]);
}

async function deliver(round = deliverer): Promise<void> {
  round.ring();
  await round.idle();
}

/** As the library of the receiver's side has it, at the program's time. */
function verify(secret: string, { headers, body }: Received): unknown {
  vi.useFakeTimers({ toFake: ['Date'], now: api.clock.now() });
  try {
    return new Webhook(secret).verify(body, headers);
  } finally {
    vi.useRealTimers();
  }
}

const deliveries = async (id: string) => (await api.call('GET', `/api/v1/webhooks/${id}/deliveries`)).body.items;

describe('what happened', () => {
  it('arrives signed, with ids only, once', async () => {
    const { id, secret } = await addEndpoint();
    await tell('offer_accepted', { code: 'GIAHAN', order: 'DH-1', phone: '84912345678' });
    await deliver();
    await deliver();
    expect(receiver.received).toHaveLength(1);
    const [one] = receiver.received as [Received];
    expect(verify(secret, one)).toEqual({
      type: 'offer.accepted',
      timestamp: api.clock.now().toISOString(),
      data: { customer: 'KH-1', code: 'GIAHAN', order: 'DH-1' },
    });
    expect(await deliveries(id)).toMatchObject([
      { type: 'offer.accepted', status: 'delivered', attempts: 1, lastStatus: 200, eventId: one.headers['webhook-id'] },
    ]);
  });

  it('all five kinds are told; only to those who asked, nothing else', async () => {
    await addEndpoint({ events: ['case.opened', 'customer.opted_out'] });
    for (const kind of [
      'offer_accepted',
      'case_opened',
      'survey_answered',
      'subscription_renewed',
      'opted_out',
    ] as const)
      await tell(kind);
    await tell('message_in');
    await deliver();
    const types = receiver.received.map(({ body }) => JSON.parse(body).type).sort();
    expect(types).toEqual(['case.opened', 'customer.opted_out']);
    const stored = await api.rows('SELECT type FROM outgoing_events ORDER BY type');
    expect(stored.map(({ type }) => type)).toEqual([
      'case.opened',
      'customer.opted_out',
      'offer.accepted',
      'subscription.renewed',
      'survey.answered',
    ]);
  });
});

describe('a receiver in trouble', () => {
  it('is tried again by the table under the same id, until it takes it', async () => {
    const { id } = await addEndpoint();
    receiver.answer = (_request, response) => response.writeHead(500).end();
    await tell('case_opened');
    await deliver();
    for (const wait of [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS]) {
      const before = receiver.received.length;
      api.clock.advance(wait - 1);
      await deliver();
      expect(receiver.received).toHaveLength(before);
      api.clock.advance(1);
      await deliver();
      expect(receiver.received).toHaveLength(before + 1);
    }
    receiver.answer = (_request, response) => response.writeHead(204).end();
    api.clock.advance(2 * HOUR_MS);
    await deliver();
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered', attempts: 5 }]);
    const list = await api.call('GET', '/api/v1/webhooks');
    expect(list.body.items).toMatchObject([{ isEnabled: true, failingSince: null, waiting: 0 }]);
  });

  it('a redirect is not followed, Retry-After is waited for', async () => {
    const { id } = await addEndpoint();
    receiver.answer = (_request, response) => response.writeHead(302, { location: receiver.url }).end();
    await tell('case_opened');
    await deliver();
    expect(receiver.received).toHaveLength(1);
    receiver.answer = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    api.clock.advance(5 * SECOND_MS);
    await deliver();
    api.clock.advance(HOUR_MS - 1);
    await deliver();
    expect(receiver.received).toHaveLength(2);
    expect(await deliveries(id)).toMatchObject([{ status: 'waiting', lastStatus: 429, attempts: 2 }]);
    api.clock.advance(1);
    await deliver();
    expect(receiver.received).toHaveLength(3);
  });

  it('410 switches it off at once; it can be switched on again', async () => {
    const { id } = await addEndpoint();
    receiver.answer = (_request, response) => response.writeHead(410).end();
    await tell('case_opened');
    await deliver();
    const off = await api.call('GET', '/api/v1/webhooks');
    expect(off.body.items).toMatchObject([{ isEnabled: false, disabledReason: expect.stringContaining('410') }]);
    expect(log.warn).toHaveBeenCalledOnce();
    const on = await api.call('POST', `/api/v1/webhooks/${id}/enable`);
    expect(on.body).toMatchObject({ isEnabled: true, disabledReason: null });
  });

  it('after ten attempts one event is given up, after five days the endpoint is', async () => {
    const { id } = await addEndpoint();
    receiver.answer = (_request, response) => response.writeHead(503).end();
    await tell('case_opened', { case: 'a' });
    for (let n = 0; n < 10; n += 1) {
      await deliver();
      api.clock.advance(DAY_MS / 2);
    }
    await tell('case_opened', { case: 'b' });
    await deliver();
    expect((await deliveries(id)) as unknown[]).toMatchObject([
      { status: 'waiting' },
      { attempts: expect.any(Number) },
    ]);
    expect((await api.call('GET', '/api/v1/webhooks')).body.items).toMatchObject([
      { isEnabled: false, disabledReason: expect.stringContaining('has failed since') },
    ]);
    const count = receiver.received.length;
    api.clock.advance(DAY_MS);
    await deliver();
    expect(receiver.received).toHaveLength(count);
  });

  it('one that never answers holds up nobody else', async () => {
    const other = await openReceiver();
    await addEndpoint();
    await addEndpoint({ url: other.url });
    const held: (() => void)[] = [];
    receiver.answer = (_request, response) => void held.push(() => response.writeHead(200).end());
    for (let n = 0; n < 30; n += 1) await tell('case_opened', { case: String(n) });
    deliverer.ring();
    await vi.waitFor(() => expect(other.received).toHaveLength(30));
    expect(receiver.received.length).toBeLessThanOrEqual(4);
    receiver.answer = (_request, response) => response.writeHead(200).end();
    for (const release of held) release();
    await deliverer.idle();
    expect(receiver.received).toHaveLength(30);
    await other.close();
  });
});

describe('two processes, and one that dies', () => {
  it('two share the work: each event arrives once', async () => {
    await addEndpoint();
    for (let n = 0; n < 200; n += 1) await tell('case_opened', { case: String(n) });
    const second = openDeliverer();
    await Promise.all([deliver(), deliver(second)]);
    await deliver();
    expect(receiver.received).toHaveLength(200);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
    await second.stop();
  });

  it('killed between sending and writing it down: the same id comes again, nothing is lost', async () => {
    const { id } = await addEndpoint();
    await tell('case_opened');
    const answered = deliverer;
    // The endpoint took it, and the one who sent it never lived to say so.
    const { pool } = api.db;
    receiver.answer = (_request, response) => {
      void pool
        .query('UPDATE outgoing_deliveries SET attempts = attempts + 1')
        .then(() => response.writeHead(200).end());
    };
    await deliver(answered);
    expect(await deliveries(id)).toMatchObject([{ status: 'waiting' }]);
    receiver.answer = (_request, response) => response.writeHead(200).end();
    api.clock.advance(MINUTE_MS);
    await deliver(openDeliverer());
    expect(receiver.received).toHaveLength(2);
    const [first, second] = receiver.received as [Received, Received];
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered' }]);
  });

  it('killed before sending: its lease ends and another sends', async () => {
    const { id } = await addEndpoint();
    await tell('case_opened');
    await api.rows('UPDATE outgoing_events SET spread_at = NULL');
    receiver.answer = (_request, response) => response.writeHead(500).end();
    await deliver();
    api.clock.advance(5 * SECOND_MS);
    expect(await claimDeliveries(api.db, id, { now: api.clock.now(), limit: 4 })).toHaveLength(1);
    await deliver();
    expect(receiver.received).toHaveLength(1);
    receiver.answer = (_request, response) => response.writeHead(200).end();
    api.clock.advance(MINUTE_MS);
    await deliver();
    expect(receiver.received).toHaveLength(2);
  });
});

describe('REST', () => {
  it('the secret is shown once, kept sealed, and both sign for a day after a change', async () => {
    const { body } = await api.call('POST', '/api/v1/webhooks', { key: 'k-1', body: { url: receiver.url } });
    const again = await api.call('POST', '/api/v1/webhooks', { key: 'k-1', body: { url: receiver.url } });
    expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/=]{40,}$/);
    expect(again.body).toMatchObject({ id: body.id, secret: null });
    const dump = JSON.stringify(await api.rows('SELECT * FROM idempotent_requests'));
    expect(dump).not.toContain(String(body.secret));
    const rotated = await api.call('POST', `/api/v1/webhooks/${body.id}/rotate`);
    await tell('case_opened');
    await deliver();
    const [one] = receiver.received as [Received];
    expect(one.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [body.secret, rotated.body.secret]) expect(verify(String(secret), one)).toBeTruthy();
    expect(() => verify(`whsec_${randomBytes(32).toString('base64')}`, one)).toThrow();
    api.clock.advance(DAY_MS);
    await tell('case_opened');
    await deliver();
    expect(() => verify(String(body.secret), receiver.received.at(-1) as Received)).toThrow();
  });

  it('a test event, a replay of one delivery and of a time range', async () => {
    const { id } = await addEndpoint({ events: ['case.opened'] });
    const test = await api.call('POST', `/api/v1/webhooks/${id}/test`);
    await deliver();
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      type: 'webhook.test',
      data: { isTest: true },
    });
    const one = await api.call('POST', `/api/v1/webhooks/${id}/replay`, { body: { delivery: test.body.delivery } });
    expect(one.body).toEqual({ deliveries: 1 });
    await deliver();
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([
      test.body.eventId,
      test.body.eventId,
    ]);
    const from = api.clock.now().toISOString();
    await tell('case_opened', { case: '7' });
    await tell('opted_out');
    const late = await addEndpoint({ events: ['case.opened'] });
    await deliver();
    expect(receiver.received).toHaveLength(4);
    const range = (body: object) => api.call('POST', `/api/v1/webhooks/${late.id}/replay`, { body });
    expect((await range({ from })).body).toEqual({ deliveries: 0 });
    expect((await range({ from, onlyFailed: false })).body).toEqual({ deliveries: 1 });
    await deliver();
    expect(receiver.received).toHaveLength(5);
  });

  it('refuses what is no address, unknown ids, unknown events', async () => {
    const bad = await api.call('POST', '/api/v1/webhooks', { body: { url: 'http://10.0.0.1/' } });
    expect([bad.status, bad.body]).toMatchObject([422, { error: { code: 'bad_webhook_url' } }]);
    const odd = await api.call('POST', '/api/v1/webhooks', { body: { url: receiver.url, events: ['all'] } });
    expect(odd.status).toBe(400);
    const nobody = '0193a0c0-0000-7000-8000-000000000000';
    for (const path of [`${nobody}/rotate`, `${nobody}/test`, `${nobody}/enable`])
      expect((await api.call('POST', `/api/v1/webhooks/${path}`)).status).toBe(404);
    expect((await api.call('DELETE', `/api/v1/webhooks/${nobody}`)).status).toBe(404);
    const { id } = await addEndpoint();
    expect((await api.call('DELETE', `/api/v1/webhooks/${id}`)).body).toEqual({ deleted: true });
    expect((await api.call('GET', '/api/v1/webhooks')).body).toEqual({ items: [] });
  });
});
