// PUT and GET of a subscription, and who is told about it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../api/api-harness.ts';

let api: Harness;
let planned: string[] = [];
beforeAll(async () => {
  api = await createHarness({
    onSubscriptionsSaved: async (client, ids) => {
      // In the same transaction: the row is there to be read.
      const { rows } = await client.query('SELECT status FROM subscriptions WHERE id = ANY($1::uuid[])', [ids]);
      planned.push(...rows.map(({ status }) => status));
    },
  });
  await api.call('PUT', '/api/v1/customers/KH-1', { body: {} });
  await api.call('PUT', '/api/v1/customers/KH-2', { body: {} });
});
beforeEach(() => {
  planned = [];
});
afterAll(() => api.close());

const put = (externalId: string, body: object) => api.call('PUT', `/api/v1/subscriptions/${externalId}`, { body });

describe('PUT /api/v1/subscriptions', () => {
  it('creates, tells the planner in the same transaction, and is read back', async () => {
    const { status, body } = await put('S-1', {
      customer: 'KH-1',
      product: 'spa',
      plan: 'basic',
      value: 1_299_000,
      startedAt: '2026-01-15T09:30:00+07:00',
      expiresAt: '2027-01-15',
      owner: 'lan',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      externalId: 'S-1',
      customer: 'KH-1',
      product: 'spa',
      plan: 'basic',
      value: 1_299_000,
      startedAt: '2026-01-15T02:30:00.000Z',
      // The beginning of that day in Vietnam.
      expiresAt: '2027-01-14T17:00:00.000Z',
      status: 'active',
      owner: 'lan',
    });
    expect(planned).toEqual(['active']);
    expect((await api.call('GET', '/api/v1/subscriptions/S-1')).body).toEqual(body);
  });

  it('changes what is sent, keeps the rest, clears with null', async () => {
    await put('S-2', { customer: 'KH-1', product: 'spa', plan: 'basic', value: 5, expiresAt: '2027-01-15' });
    const { body } = await put('S-2', { customer: 'KH-1', plan: 'pro', value: null, status: 'cancelled' });
    expect(body).toMatchObject({
      product: 'spa',
      plan: 'pro',
      value: null,
      status: 'cancelled',
      expiresAt: '2027-01-14T17:00:00.000Z',
    });
    expect(planned).toEqual(['active', 'cancelled']);
    const ledger = await api.rows(
      `SELECT data FROM touchpoints WHERE kind = 'subscription_saved' AND data ->> 'subscription' = 'S-2' ORDER BY id`,
    );
    expect(ledger.map((row) => row.data)).toEqual([
      { subscription: 'S-2', isNew: true, fields: [], status: 'active' },
      { subscription: 'S-2', isNew: false, fields: ['plan', 'value', 'status'], status: 'cancelled' },
    ]);
    await put('S-2', { customer: 'KH-1', plan: 'pro' });
    expect(await api.rows(`SELECT kind FROM touchpoints WHERE data ->> 'subscription' = 'S-2' ORDER BY id`)).toEqual([
      { kind: 'subscription_saved' },
      { kind: 'subscription_activated' },
      { kind: 'subscription_saved' },
      { kind: 'subscription_ended' },
    ]);
  });

  it('moves to another customer, and what is planned moves along', async () => {
    const { body } = await put('S-3', { customer: 'KH-1', product: 'spa' });
    const [owner] = await api.rows(`SELECT id FROM customers WHERE external_id = 'KH-1'`);
    await api.rows(
      `INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status)
       VALUES ($1, 'j', $2, 'subscription', $3, now(), now(), 'active')`,
      [api.newId(), owner?.id, body.id],
    );
    await put('S-3', { customer: 'KH-2' });
    const [moved] = await api.rows(
      `SELECT c.external_id FROM enrolments e JOIN customers c ON c.id = e.customer_id WHERE e.subject_id = $1`,
      [body.id],
    );
    expect(moved?.external_id).toBe('KH-2');
  });

  it.each([
    {
      what: 'an unknown customer',
      body: { customer: 'KH-404', product: 'spa' },
      status: 422,
      code: 'unknown_customer',
    },
    { what: 'a new one without product', body: { customer: 'KH-1' }, status: 422, code: 'product_missing' },
    {
      what: 'an end before the beginning',
      body: { customer: 'KH-1', product: 'spa', startedAt: '2026-02-01', expiresAt: '2026-01-01' },
      status: 422,
      code: 'expires_before_start',
    },
    {
      what: 'half a đồng',
      body: { customer: 'KH-1', product: 'spa', value: 1.5 },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a negative value',
      body: { customer: 'KH-1', product: 'spa', value: -1 },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a time without zone',
      body: { customer: 'KH-1', product: 'spa', startedAt: '2026-02-01T10:00:00' },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a day that does not exist',
      body: { customer: 'KH-1', product: 'spa', startedAt: '2026-02-30' },
      status: 400,
      code: 'invalid_request',
    },
    ...['0000-01-01', '1899-12-31', '9999-12-31T23:59:59-12:00', '0001-01-01T00:00:00+14:00'].map((expiresAt) => ({
      what: `a day out of the calendar, ${expiresAt}`,
      body: { customer: 'KH-1', product: 'spa', expiresAt },
      status: 400,
      code: 'invalid_request',
    })),
    {
      what: 'a status of its own',
      body: { customer: 'KH-1', product: 'spa', status: 'dead' },
      status: 400,
      code: 'invalid_request',
    },
    { what: 'no customer', body: { product: 'spa' }, status: 400, code: 'invalid_request' },
    { what: 'a customer id as a number', body: { customer: 17, product: 'spa' }, status: 400, code: 'invalid_request' },
  ])('refuses $what', async ({ body, status, code }) => {
    expect(await put('S-400', body)).toMatchObject({ status, body: { error: { code } } });
    expect(planned).toEqual([]);
    expect(await api.call('GET', '/api/v1/subscriptions/S-400')).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_subscription' } },
    });
  });

  it.each(['1900-01-02', '2028-02-29', '9999-12-31', '9999-12-31T23:59:59Z'])(
    'takes %s as an end',
    async (expiresAt) => {
      expect((await put('S-6', { customer: 'KH-1', product: 'spa', expiresAt })).status).toBe(200);
    },
  );

  it.each(['2027-01-15T09:30:00', '15/01/2027', '2027-02-30', 20_270_115])(
    'says of %s how a time is written',
    async (expiresAt) => {
      const { status, body } = await put('S-7', { customer: 'KH-1', product: 'spa', expiresAt });
      expect(status).toBe(400);
      expect(body.error).toMatchObject({
        code: 'invalid_request',
        details: [{ path: 'expiresAt', message: expect.stringContaining('2026-12-01T09:00:00+07:00') }],
      });
    },
  );

  it('is one row when ten systems put it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => put('S-5', { customer: 'KH-1', product: 'spa', plan: `p${n}` })),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });
});
