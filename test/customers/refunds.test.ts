// Refunds name the order that they pay back, orders the subscription that they pay for.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createHarness, type Harness } from '../api/api-harness.ts';

let api: Harness;
let judged: string[] = [];
beforeAll(async () => {
  api = await createHarness({
    attributeOrder: async (client, id) => {
      const { rows } = await client.query('SELECT external_id FROM orders WHERE id = $1', [id]);
      judged.push(rows[0]?.external_id);
      return null;
    },
  });
  await api.call('PUT', '/api/v1/customers/KH-1', { body: {} });
  await api.call('PUT', '/api/v1/customers/KH-2', { body: {} });
  await api.call('PUT', '/api/v1/subscriptions/S-1', { body: { customer: 'KH-1', product: 'spa' } });
  await post({ id: 'O-1', amount: 1000, subscription: 'S-1' });
});
beforeEach(() => {
  judged = [];
});
afterAll(() => api.close());

const post = (body: object) => api.call('POST', '/api/v1/orders', { body: { customer: 'KH-1', ...body } });
const refund = (id: string, amount: number, more: object = {}) =>
  post({ id, kind: 'refund', amount, refundOf: 'O-1', ...more });

it('keeps what it pays for, and whether an offer brought it is judged once per change', async () => {
  const first = await post({ id: 'O-2', amount: 5, subscription: 'S-1' });
  expect(first.body).toMatchObject({ subscription: 'S-1', refundOf: null, result: 'recorded' });
  expect((await post({ id: 'O-2', amount: 5 })).body).toMatchObject({ subscription: 'S-1', result: 'unchanged' });
  expect((await post({ id: 'O-2', amount: 6 })).body).toMatchObject({ subscription: 'S-1', result: 'changed' });
  expect((await post({ id: 'O-2', amount: 6, subscription: null })).body).toMatchObject({ subscription: null });
  expect(judged).toEqual(['O-2', 'O-2', 'O-2']);
});

it('pays back in parts, never more than is left', async () => {
  expect((await refund('R-1', 600)).body).toMatchObject({ result: 'recorded', refundOf: 'O-1' });
  expect(await refund('R-2', 401)).toMatchObject({
    status: 422,
    body: { error: { code: 'refund_too_large', details: { left: 400 } } },
  });
  expect((await refund('R-2', 400)).status).toBe(200);
  // The same refund, corrected: its own old amount does not count against it.
  expect((await refund('R-1', 500)).status).toBe(200);
  expect((await refund('R-1', 601)).status).toBe(422);
  expect(await post({ id: 'O-1', amount: 800 })).toMatchObject({
    status: 422,
    body: { error: { code: 'refund_too_large' } },
  });
});

it('two refunds at once cannot share what is left', async () => {
  await post({ id: 'O-3', amount: 100 });
  const both = await Promise.all(['a', 'b'].map((n) => refund(`R-3${n}`, 80, { refundOf: 'O-3' })));
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 422]);
});

it.each([
  { what: 'of an order nobody knows', body: { refundOf: 'O-404' }, code: 'unknown_order' },
  { what: "of somebody else's order", body: { customer: 'KH-2' }, code: 'unknown_order' },
  { what: 'of a refund', body: { refundOf: 'R-1' }, code: 'unknown_order' },
  { what: 'that is an order', body: { kind: 'order' }, code: 'not_a_refund' },
  {
    what: "for somebody else's subscription",
    body: { customer: 'KH-2', refundOf: null, subscription: 'S-1' },
    code: 'unknown_subscription',
  },
])('refuses a refund $what', async ({ body, code }) => {
  expect(await refund('R-404', 1, body)).toMatchObject({ status: 422, body: { error: { code } } });
  expect(await api.rows(`SELECT 1 FROM orders WHERE external_id = 'R-404'`)).toEqual([]);
});
