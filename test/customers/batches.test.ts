// Many records in one call: each item stands for itself, and nothing is done twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../api/api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
  await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan', identities: { zalo: '5001' } } });
});
afterAll(() => api.close());

const post = (path: string, body: object, key?: string) =>
  api.call('POST', `/api/v1/${path}`, { body, ...(key === undefined ? {} : { key }) });

describe('customers', () => {
  it('says for each item what became of it; a bad one costs nobody else anything', async () => {
    const { status, body } = await post('customers/batch', [
      { externalId: 'B-1', name: 'Một' },
      { externalId: 'KH-1', name: 'Lan' },
      { externalId: 'KH-1', name: 'Lan Anh' },
      { externalId: 'B-2', phone: 'xxx' },
      { externalId: 'B-3', identities: { zalo: '5001' } },
      { name: 'không mã' },
      { externalId: 'B-4', consents: [{ purpose: 'advertising', granted: true, at: '2030-01-01' }] },
      'nonsense',
      { externalId: 'B-5', attributes: { x: 'a\u0000b' } },
      { externalId: 'B-6' },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ created: 2, changed: 1, unchanged: 1, errors: 6 });
    expect(body.results).toMatchObject([
      { index: 0, status: 'created' },
      { index: 1, status: 'unchanged' },
      { index: 2, status: 'changed' },
      { index: 3, status: 'error', error: { code: 'invalid_item', details: [{ path: 'phone' }] } },
      { index: 4, status: 'error', error: { code: 'identity_taken' } },
      { index: 5, status: 'error', error: { code: 'invalid_item', details: [{ path: 'externalId' }] } },
      { index: 6, status: 'error', error: { code: 'consent_in_future' } },
      { index: 7, status: 'error', error: { code: 'invalid_item' } },
      { index: 8, status: 'error', error: { code: 'not_storable' } },
      { index: 9, status: 'created' },
    ]);
    const rows = await api.rows(`SELECT external_id FROM customers WHERE external_id LIKE 'B-%' ORDER BY 1`);
    expect(rows.map((row) => row.external_id)).toEqual(['B-1', 'B-6']);
  });

  it('a repeat with the same key changes nothing', async () => {
    const items = { items: [{ externalId: 'B-7', name: 'Bảy' }] };
    const first = await post('customers/batch', items, 'batch-1');
    expect(await post('customers/batch', items, 'batch-1')).toMatchObject({ status: 200, body: first.body });
    expect((await post('customers/batch', items)).body).toMatchObject({ unchanged: 1 });
  });

  it('takes a thousand, and no more than a thousand', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        externalId: `T-${n}`,
        name: `Khách ${n}`,
        phone: `09${10_000_000 + n}`,
      }));
    expect((await post('customers/batch', many(1000))).body).toMatchObject({ created: 1000 });
    expect((await post('customers/batch', many(1001))).status).toBe(400);
  });

  it('two batches that name the same people crosswise both end', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `X-${n}`);
    const batch = (list: string[], name: string) =>
      post(
        'customers/batch',
        list.map((externalId) => ({ externalId, name })),
      );
    const both = await Promise.all([batch(names, 'a'), batch(names.toReversed(), 'b')]);
    expect(both.map((answer) => answer.status)).toEqual([200, 200]);
    expect(both.map((answer) => answer.body.errors)).toEqual([0, 0]);
  });
});

describe('subscriptions and orders', () => {
  it('subscriptions: created, unchanged, changed, wrong', async () => {
    const item = { externalId: 'S-1', customer: 'KH-1', product: 'spa', expiresAt: '2027-01-15' };
    const { body } = await post('subscriptions/batch', [
      item,
      item,
      { ...item, plan: 'pro' },
      { ...item, externalId: 'S-2', customer: 'KH-404' },
    ]);
    expect(body).toMatchObject({
      created: 1,
      unchanged: 1,
      changed: 1,
      errors: 1,
      results: [{}, {}, {}, { error: { code: 'unknown_customer' } }],
    });
    const told = await api.rows(`SELECT kind FROM touchpoints WHERE data ->> 'subscription' = 'S-1' ORDER BY id`);
    expect(told.map((row) => row.kind)).toEqual(['subscription_saved', 'subscription_activated', 'subscription_saved']);
  });

  it('orders: a refund may stand before its order', async () => {
    const { body } = await post('orders/batch', [
      { id: 'R-1', customer: 'KH-1', kind: 'refund', amount: 5, refundOf: 'O-1' },
      { id: 'O-1', customer: 'KH-1', amount: 10 },
      { id: 'R-2', customer: 'KH-1', kind: 'refund', amount: 6, refundOf: 'O-1' },
      { id: 'O-2', customer: 'KH-404', amount: 10 },
    ]);
    expect(body).toMatchObject({ created: 2, errors: 2 });
    expect(body.results).toMatchObject([
      { status: 'created' },
      { status: 'created' },
      { error: { code: 'refund_too_large' } },
      { error: { code: 'unknown_customer' } },
    ]);
  });
});

describe('events', () => {
  const event = {
    customer: 'KH-1',
    event: 'report_downloaded',
    at: '2026-11-20T09:00:00+07:00',
    idempotencyKey: 'e-1',
  };

  it('are told to the ledger and to journeys, once', async () => {
    const batch = [
      { ...event, data: { pages: 3, kind: 'tax' } },
      event,
      { ...event, idempotencyKey: 'e-2', event: 'Bad Name' },
    ];
    expect((await post('events', batch)).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
      errors: 1,
      results: [{ status: 'accepted' }, { status: 'duplicate' }, { status: 'error', error: { code: 'invalid_item' } }],
    });
    expect((await post('events', batch)).body).toMatchObject({ accepted: 0, duplicates: 2, errors: 1 });
    const rows = await api.rows(`SELECT at, data FROM touchpoints WHERE kind = 'event_reported'`);
    const data = { event: 'report_downloaded', pages: 3, kind: 'tax' };
    expect(rows).toEqual([{ at: new Date('2026-11-20T02:00:00Z'), data }]);
    expect(await api.rows(`SELECT data FROM journey_signals WHERE kind = 'event_reported'`)).toEqual([{ data }]);
  });

  it.each([
    { what: 'an unknown customer', change: { customer: 'KH-404' }, code: 'unknown_customer' },
    { what: 'the future', change: { at: '2030-01-01' }, code: 'at_in_future' },
    { what: 'nested data', change: { data: { a: { b: 1 } } }, code: 'invalid_item' },
  ])('refuses $what', async ({ change, code }) => {
    const { body } = await post('events', [{ ...event, idempotencyKey: 'e-9', ...change }]);
    expect(body).toMatchObject({ errors: 1, results: [{ error: { code } }] });
  });
});
