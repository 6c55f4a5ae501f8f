// Offers over REST: numbers with the rows behind them, the pack of a customer, what staff write down.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';
import { createHarness, type Harness, START } from '../api/api-harness.ts';
import { offer, SECRET } from './offer-world.ts';

const catalogue = makeCatalogue({
  offers: {
    offers: [
      offer('NANG-CAP'),
      offer('GIA-HAN', { kind: 'renewal', eligible: 'subscription.status == "active"' }),
      offer('DOI-CHUNG', { kind: 'voucher', hold_out: 50 }),
    ],
  },
  products: {
    products: [],
    industries: { spa: { companions: [{ product: 'pos', title: 'Bán hàng tại quầy', benefit: 'Một hoá đơn' }] } },
  },
});
const facts = { ...sampleFacts('zalo', START.toISOString(), { customer: { industry: 'spa' } }) };

let api: Harness;
beforeAll(async () => {
  const offers = () => catalogue;
  api = await createHarness({
    offering: {
      offers,
      offerPack: {
        catalogue: offers,
        secretKey: SECRET,
        readSubjects: async (_client, id) => [{ kind: 'customer', id, facts }],
      },
    },
  });
});
afterAll(() => api.close());

let known = 0;
async function customer() {
  known += 1;
  await api.call('PUT', `/api/v1/customers/KH-${known}`, { body: {} });
  const [row] = await api.rows('SELECT id FROM customers WHERE external_id = $1', [`KH-${known}`]);
  return { externalId: `KH-${known}`, id: String(row?.id) };
}

async function issue(customerId: string, state: string, more: { code?: string; journey?: string | null } = {}) {
  api.clock.advance(1);
  const id = api.newId();
  await api.rows(
    `INSERT INTO offer_issues (id, code, customer_id, state, journey, created_at, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, more.code ?? 'NANG-CAP', customerId, state, more.journey ?? null, START, state === 'held_out' ? null : START],
  );
  return id;
}

describe('what staff write down', () => {
  it('a yes moves the open issue, is told once, and judges the orders again', async () => {
    const { externalId, id } = await customer();
    await issue(id, 'sent');
    await api.call('POST', '/api/v1/orders', { body: { id: `don-${externalId}`, customer: externalId, amount: 500 } });
    const path = `/api/v1/customers/${externalId}/offers/NANG-CAP/accept`;
    const first = await api.call('POST', path, { body: { by: 'lan' }, key: `yes-${externalId}` });
    expect(first).toMatchObject({
      status: 200,
      body: { state: 'accepted', orders: [{ id: `don-${externalId}`, amount: 500, attribution: 'direct' }] },
    });
    await api.call('POST', path, { body: { by: 'lan' }, key: `yes-${externalId}` });
    expect(
      await api.rows(`SELECT data ->> 'by' AS by FROM touchpoints WHERE kind = 'offer_accepted' AND customer_id = $1`, [
        id,
      ]),
    ).toEqual([{ by: 'lan' }]);
    expect(await api.call('POST', path, { body: { by: 'lan' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'no_open_offer' } },
    });
  });

  it('a no keeps its reason; a yes may follow it', async () => {
    const { externalId, id } = await customer();
    await issue(id, 'later');
    const path = `/api/v1/customers/${externalId}/offers/NANG-CAP`;
    const no = await api.call('POST', `${path}/decline`, { body: { by: 'lan', reason: 'Giá cao' } });
    expect(no.body).toMatchObject({ state: 'declined', reason: 'Giá cao' });
    expect((await api.call('POST', `${path}/accept`, { body: { by: 'lan' } })).body).toMatchObject({
      state: 'accepted',
    });
  });

  it.each([
    { what: 'somebody unknown', path: '/api/v1/customers/KH-404/offers/NANG-CAP/accept', status: 404 },
    { what: 'a member of the control group', path: '', status: 409 },
  ])('is refused for $what', async ({ path, status }) => {
    const { externalId, id } = await customer();
    await issue(id, 'held_out');
    const to = path || `/api/v1/customers/${externalId}/offers/NANG-CAP/accept`;
    expect((await api.call('POST', to, { body: { by: 'lan' } })).status).toBe(status);
  });
});

describe('the pack of a customer', () => {
  it('says what may be offered, why not the rest, and what goes with the industry', async () => {
    const { externalId, id } = await customer();
    await issue(id, 'declined');
    const { body } = await api.call('GET', `/api/v1/customers/${externalId}/offers`);
    expect(body).toMatchObject({
      offers: [
        { code: 'NANG-CAP', isEligible: false, reason: expect.stringContaining('đã được mời') },
        { code: 'GIA-HAN', isEligible: false, reason: expect.stringContaining('không thuộc diện') },
        { code: 'DOI-CHUNG' },
      ],
      companions: [{ product: 'pos', title: 'Bán hàng tại quầy', benefit: 'Một hoá đơn' }],
      issues: [{ code: 'NANG-CAP', state: 'declined' }],
    });
  });
});

describe('the numbers', () => {
  it('compare those who got the offer with those held out, open to the rows, and subtract refunds', async () => {
    const code = 'DOI-CHUNG';
    const buy = async (externalId: string, more: object = {}) =>
      await api.call('POST', '/api/v1/orders', {
        body: { id: `mua-${externalId}`, customer: externalId, amount: 1_000, ...more },
      });
    for (let n = 0; n < 10; n += 1) {
      const { externalId, id } = await customer();
      await issue(id, 'sent', { code, journey: 'mo-rong' });
      if (n < 5) await buy(externalId, n === 0 ? { offerCode: code } : {});
      if (n === 0)
        await api.call('POST', '/api/v1/orders', {
          body: {
            id: `tra-${externalId}`,
            customer: externalId,
            kind: 'refund',
            refundOf: `mua-${externalId}`,
            amount: 400,
          },
        });
      if (n === 1)
        await api.call('POST', '/api/v1/orders', {
          body: {
            id: `tra-${externalId}`,
            customer: externalId,
            kind: 'refund',
            refundOf: `mua-${externalId}`,
            amount: 1_000,
          },
        });
    }
    for (let n = 0; n < 5; n += 1) {
      const { externalId, id } = await customer();
      await issue(id, 'held_out', { code, journey: 'mo-rong' });
      if (n === 0) await buy(externalId, { offerCode: code });
    }
    const { body } = await api.call('GET', '/api/v1/offers');
    const items: unknown[] = Array.isArray(body.items) ? body.items : [];
    expect(items.find((one) => Object(one).code === code)).toMatchObject({
      states: { sent: 9, accepted: 1, held_out: 5 },
      offered: { converted: 4, total: 10, share: 0.4 },
      heldOut: { converted: 1, total: 5, share: 0.2 },
      lift: { difference: expect.closeTo(0.2), low: expect.any(Number), high: expect.any(Number) },
      conversions: { direct: 1, assisted: 3 },
      revenue: { direct: 600, assisted: 3_000 },
    });
    const page = await api.call('GET', `/api/v1/offers/${code}/issues?limit=5`);
    expect(page.body.items).toHaveLength(5);
    const rest = await api.call(
      'GET',
      `/api/v1/offers/${code}/issues?limit=200&cursor=${String(page.body.nextCursor)}`,
    );
    expect(rest.body.items).toHaveLength(10);
    const accepted = await api.call('GET', `/api/v1/offers/${code}/issues?state=accepted`);
    expect(accepted.body.items).toMatchObject([
      {
        state: 'accepted',
        orders: [
          { kind: 'order', amount: 1_000, attribution: 'direct' },
          { kind: 'refund', amount: 400 },
        ],
      },
    ]);
  });
});
