// Orders and refunds, and the offer that an order accepts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness, seedChatter } from '../api/api-harness.ts';

let api: Harness;
let conversationId: string;
let customerId: string;
beforeAll(async () => {
  api = await createHarness();
  const seeded = await seedChatter(api, 'zalo', '500001');
  ({ conversationId, customerId } = seeded);
  await api.call('PUT', '/api/v1/customers/KH-1', { body: { identities: { zalo: '500001' } } });
  await api.call('PUT', '/api/v1/customers/KH-2', { body: {} });
});
afterAll(() => api.close());

const post = (body: object) => api.call('POST', '/api/v1/orders', { body });

async function issueOffer(code: string, state: string, sentAt: string): Promise<string> {
  const id = api.newId();
  await api.rows(
    `INSERT INTO offer_issues (id, code, customer_id, conversation_id, run_id, flow, step, state, sent_at)
     VALUES ($1, $2, $3, $4, $5, 'renewal-offer', 'moi', $6, $7)`,
    [id, code, customerId, conversationId, api.newId(), state, sentAt],
  );
  return id;
}
const stateOf = async (id: string) => (await api.rows('SELECT state FROM offer_issues WHERE id = $1', [id]))[0]?.state;

describe('POST /api/v1/orders', () => {
  it('records an order with its lines, and a refund of it', async () => {
    const items = [{ name: 'Gói Pro 12 tháng', quantity: 1, amount: 3_990_000 }];
    const order = await post({
      id: 'DH-1',
      customer: 'KH-1',
      amount: 3_990_000,
      at: '2026-11-20T10:00:00+07:00',
      items,
    });
    expect(order).toMatchObject({
      status: 200,
      body: {
        id: 'DH-1',
        kind: 'order',
        amount: 3_990_000,
        at: '2026-11-20T03:00:00.000Z',
        items,
        result: 'recorded',
        offerAccepted: null,
      },
    });
    const refund = await post({ id: 'DH-1-R', customer: 'KH-1', kind: 'refund', amount: 1_000 });
    expect(refund).toMatchObject({ status: 200, body: { kind: 'refund', result: 'recorded' } });
  });

  it('sent again does nothing; corrected it is corrected, with a line in the ledger each time it changed', async () => {
    const body = { id: 'DH-2', customer: 'KH-1', amount: 100, items: [{ name: 'A', quantity: 1 }] };
    await post(body);
    expect((await post({ ...body, items: [{ quantity: 1, name: 'A' }] })).body.result).toBe('unchanged');
    expect((await post({ ...body, amount: 200 })).body).toMatchObject({ result: 'changed', amount: 200 });
    const ledger = await api.rows(
      `SELECT data FROM touchpoints WHERE kind = 'order_recorded' AND data ->> 'order' = 'DH-2' ORDER BY id`,
    );
    expect(ledger).toMatchObject([{ data: { amount: 100 } }, { data: { amount: 200 } }]);
    expect(await api.rows(`SELECT amount FROM orders WHERE external_id = 'DH-2'`)).toEqual([{ amount: '200' }]);
  });

  it.each([
    { what: 'another customer', change: { customer: 'KH-2' } },
    { what: 'another kind', change: { kind: 'refund' } },
  ])('refuses a known order with $what', async ({ change }) => {
    const body = { id: 'DH-3', customer: 'KH-1', amount: 100 };
    await post(body);
    expect(await post({ ...body, ...change })).toMatchObject({
      status: 409,
      body: { error: { code: 'order_conflict' } },
    });
  });

  it.each([
    { what: 'a negative amount', body: { id: 'DH-4', customer: 'KH-1', amount: -1 }, status: 400 },
    { what: 'an id as a number', body: { id: 4, customer: 'KH-1', amount: 1 }, status: 400 },
    { what: 'an unknown customer', body: { id: 'DH-4', customer: 'KH-9', amount: 1 }, status: 422 },
  ])('refuses $what', async ({ body, status }) => {
    expect((await post(body)).status).toBe(status);
    expect(await api.rows(`SELECT 1 FROM orders WHERE external_id = 'DH-4'`)).toEqual([]);
  });
});

describe('an order with an offer code', () => {
  it('accepts the newest open issue to this customer, once', async () => {
    const older = await issueOffer('GIAHAN', 'sent', '2026-10-01');
    const newest = await issueOffer('GIAHAN', 'later', '2026-11-10');
    const declined = await issueOffer('GIAHAN', 'declined', '2026-11-15');
    const body = { id: 'DH-10', customer: 'KH-1', amount: 100, offerCode: 'GIAHAN' };
    const first = await post(body);
    expect(first.body.offerAccepted).toEqual({
      code: 'GIAHAN',
      flow: 'renewal-offer',
      sentAt: '2026-11-10T00:00:00.000Z',
    });
    await post(body);
    await post({ ...body, amount: 200 });
    expect(await Promise.all([older, newest, declined].map(stateOf))).toEqual(['sent', 'accepted', 'declined']);
    const ledger = await api.rows(
      `SELECT customer_id, flow, step, data FROM touchpoints WHERE kind = 'offer_accepted'`,
    );
    expect(ledger).toEqual([
      { customer_id: customerId, flow: 'renewal-offer', step: 'moi', data: { code: 'GIAHAN', order: 'DH-10' } },
    ]);
  });

  it.each([
    { what: 'a refund', body: { id: 'DH-11', customer: 'KH-1', kind: 'refund', amount: 1, offerCode: 'TET' } },
    { what: 'another customer', body: { id: 'DH-12', customer: 'KH-2', amount: 1, offerCode: 'TET' } },
    { what: 'another code', body: { id: 'DH-13', customer: 'KH-1', amount: 1, offerCode: 'HE' } },
  ])('leaves the offer open for $what, and is recorded all the same', async ({ body }) => {
    const id = await issueOffer('TET', 'sent', '2026-11-01');
    expect((await post(body)).body).toMatchObject({
      result: 'recorded',
      offerAccepted: null,
      offerCode: body.offerCode,
    });
    expect(await stateOf(id)).toBe('sent');
  });
});
