// From the offer to the order: what was said in the chat, what was paid, what was paid back, in whatever order it is known.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterTapping, CHANNELS, inDays, ledgerOf, must, nameCustomer, type Somebody, welcomed } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

const CODE = 'GIAHAN-TANG2THANG';

async function toHour(hour: number) {
  const now = (stage.clock.now().getUTCHours() + 7) % 24;
  await stage.pass({ hours: (hour - now + 24) % 24 });
}

async function expiring(person: Somebody, customer: string) {
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, {
    ...{ customer, product: 'spa', plan: 'Spa Cơ bản', value: 3_588_000, startedAt: inDays(stage, -300) },
    expiresAt: inDays(stage, 7),
  });
  return { person, customer };
}

async function offered(channel: Somebody['channel']) {
  await toHour(10);
  const person = await welcomed(stage, channel);
  return await expiring(person, await nameCustomer(stage, person));
}

const issuesOf = async (customer: string) => (await must(stage, 'GET', `/api/v1/customers/${customer}/offers`)).issues;
const buy = (customer: string, id: string, more: object = {}) =>
  must(stage, 'POST', '/api/v1/orders', { id: `${id}-${customer}`, customer, amount: 3_588_000, ...more });
const attributions = async (customer: string) =>
  (
    await stage.db.pool.query(
      'SELECT o.kind, o.attribution FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.external_id = $1 ORDER BY o.kind',
      [customer],
    )
  ).rows;

describe.each(CHANNELS)('on %s', (channel) => {
  test('a yes in the chat and the order after it: direct; what is paid back counts against it', async () => {
    const { person, customer } = await offered(channel);
    expect(await issuesOf(customer)).toMatchObject([
      { code: CODE, state: 'sent', journey: 'renewal', flow: 'renewal-offer' },
    ]);
    await afterTapping(stage, person, 'Gia hạn ngay');
    await stage.pass({ days: 2 });
    await buy(customer, 'don');
    await buy(customer, 'tra', { kind: 'refund', refundOf: `don-${customer}`, amount: 1_000_000 });
    expect(await attributions(customer)).toEqual([
      { kind: 'order', attribution: 'direct' },
      { kind: 'refund', attribution: 'direct' },
    ]);
    expect(await issuesOf(customer)).toMatchObject([
      { state: 'accepted', orders: [{ kind: 'order' }, { kind: 'refund' }] },
    ]);
    const kinds = (await ledgerOf(stage, customer)).map(({ kind }) => kind).filter((kind) => kind.startsWith('offer_'));
    expect(kinds).toEqual(['offer_eligible', 'offer_sent', 'offer_accepted']);
  });

  test('an order before the answer is assisted, and direct once the customer says yes', async () => {
    const { person, customer } = await offered(channel);
    await buy(customer, 'don');
    expect(await attributions(customer)).toEqual([{ kind: 'order', attribution: 'assisted' }]);
    await afterTapping(stage, person, 'Gia hạn ngay');
    expect(await attributions(customer)).toEqual([{ kind: 'order', attribution: 'direct' }]);
  });
});

test('an offer that could not be said was not made: no touch, no merit', async () => {
  await toHour(10);
  const person = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, person);
  await stage.pass({ days: 3 });
  await expiring(person, customer);
  await stage.pass({ hours: 1 });
  expect(await issuesOf(customer)).toMatchObject([{ state: 'eligible', sentAt: null, reason: expect.any(String) }]);
  await buy(customer, 'don');
  expect(await attributions(customer)).toEqual([{ kind: 'order', attribution: 'none' }]);
  expect(await ledgerOf(stage, customer, 'offer_sent')).toEqual([]);
});
