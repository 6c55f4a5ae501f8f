// Which offer brought which order: direct, assisted, none; with refunds, late data and the control group.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributeCustomers } from '../../src/offers/attribute-orders.ts';
import { offer, openWorld, type World } from './offer-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld([
    offer('NANG-CAP'),
    offer('GIA-HAN', { kind: 'renewal' }),
    offer('KEM', { kind: 'cross_sell', window: '7 days' }),
  ]);
});
afterAll(() => world.db.close());

type Issue = {
  code?: string;
  state?: string;
  sent?: number | null;
  accepted?: number;
  subscription?: string;
  personal?: string;
};

async function issue(customerId: string, { code = 'NANG-CAP', state = 'sent', sent = 0, ...more }: Issue = {}) {
  return await world.insert('offer_issues', {
    ...{ code, customer_id: customerId, state, created_at: world.day(sent ?? 0), run_id: world.newId(), step: 'moi' },
    ...{ sent_at: sent === null ? null : world.day(sent), subscription_id: more.subscription ?? null },
    ...{
      answered_at: more.accepted === undefined ? null : world.day(more.accepted),
      personal_code: more.personal ?? null,
    },
  });
}

const verdictOf = async (id: string) =>
  (await world.rows('SELECT attribution, offer_issue_id FROM orders WHERE id = $1', [id]))[0];
const judge = async (id: string) => {
  await world.attribute(id);
  return await verdictOf(id);
};
const NONE = { attribution: 'none', offer_issue_id: null };

describe('an order', () => {
  it('of a customer who was never offered anything came by itself', async () => {
    expect(await judge(await world.order(await world.customer()))).toEqual(NONE);
  });

  it.each([
    { what: 'the code', offer_code: 'NANG-CAP' },
    { what: 'the code in small letters', offer_code: ' nang-cap ' },
    { what: 'the personal code', offer_code: 'NANG-CAP-7KQ0' },
    { what: 'the personal code as somebody read it', offer_code: 'nang-cap-7kqo' },
  ])('that carries $what is direct, and accepts the offer', async ({ offer_code }) => {
    const customer = await world.customer();
    const id = await issue(customer, { personal: 'NANG-CAP-7KQ0' });
    const order = await world.order(customer, { offer_code, at: world.day(40) });
    expect(await judge(order)).toEqual({ attribution: 'direct', offer_issue_id: id });
    await world.attribute(order);
    expect(await world.statesOf(customer)).toEqual(['accepted']);
    expect(await world.ledgerOf(customer)).toEqual(['offer_accepted']);
  });

  it.each([
    { what: 'within the window after a yes', accepted: 1, at: 14, wanted: 'direct' },
    { what: 'on the day of the yes, dated by its day alone', accepted: 1.4, at: 1, wanted: 'direct' },
    { what: 'after the window of the yes', accepted: 1, at: 16, wanted: 'none' },
    { what: 'after a message, without a yes', at: 13, wanted: 'assisted' },
    { what: 'after the window of the message', at: 15, wanted: 'none' },
    { what: 'before the message', at: -2, wanted: 'none' },
    { what: 'after a message that never left', sent: null, state: 'eligible', at: 1, wanted: 'none' },
    { what: 'after a no', state: 'declined', at: 3, wanted: 'assisted' },
    { what: 'of a code that the catalogue forgot', code: 'CU', at: 13, wanted: 'assisted' },
    { what: 'after the shorter window of a companion', code: 'KEM', at: 8, wanted: 'none' },
  ])('$what is $wanted', async ({ at, wanted, what: _what, ...fields }) => {
    const customer = await world.customer();
    const id = await issue(customer, { ...fields, ...(fields.accepted === undefined ? {} : { state: 'accepted' }) });
    const verdict = await judge(await world.order(customer, { at: world.day(at) }));
    expect(verdict).toEqual({ attribution: wanted, offer_issue_id: wanted === 'none' ? null : id });
  });

  it('about another subscription is no renewal of this one, but may be a companion of it', async () => {
    const [mine, other] = [world.newId(), world.newId()];
    const customer = await world.customer();
    await issue(customer, { code: 'GIA-HAN', subscription: mine });
    expect(await judge(await world.order(customer, { subscription_id: other, at: world.day(1) }))).toEqual(NONE);
    const fits = await judge(await world.order(customer, { subscription_id: mine, at: world.day(1) }));
    expect(fits).toMatchObject({ attribution: 'assisted' });
    const second = await world.customer();
    await issue(second, { code: 'KEM', subscription: mine });
    const companion = await judge(await world.order(second, { subscription_id: other, at: world.day(1) }));
    expect(companion).toMatchObject({ attribution: 'assisted' });
  });

  it('one yes brings one order; the next is only assisted', async () => {
    const customer = await world.customer();
    await issue(customer, { state: 'accepted', accepted: 1 });
    const late = await world.order(customer, { at: world.day(3) });
    expect(await judge(late)).toMatchObject({ attribution: 'direct' });
    const early = await world.order(customer, { at: world.day(2) });
    expect(await judge(early)).toMatchObject({ attribution: 'direct' });
    expect(await verdictOf(late)).toMatchObject({ attribution: 'assisted' });
  });

  it('of the control group counts for no offer, whatever code it carries', async () => {
    const customer = await world.customer();
    await issue(customer, { state: 'held_out', sent: null });
    await issue(customer, { state: 'sent' });
    expect(await judge(await world.order(customer, { offer_code: 'NANG-CAP', at: world.day(1) }))).toEqual(NONE);
  });
});

describe('late and changed data', () => {
  it('an order that came before the yes is judged again when the yes comes', async () => {
    const customer = await world.customer();
    const id = await issue(customer);
    const order = await world.order(customer, { at: world.day(2) });
    expect(await judge(order)).toMatchObject({ attribution: 'assisted' });
    await world.rows(`UPDATE offer_issues SET state = 'accepted', answered_at = $2 WHERE id = $1`, [id, world.day(2)]);
    await world.db.transaction('answer-once', (client) =>
      attributeCustomers(world.deps, client, { customerIds: [customer], now: world.day(2) }),
    );
    expect(await verdictOf(order)).toEqual({ attribution: 'direct', offer_issue_id: id });
  });

  it('a refund takes what its order has, also when it comes first, and follows it', async () => {
    const customer = await world.customer();
    const id = await issue(customer);
    const refund = await world.order(customer, { kind: 'refund', refund_of: `don-${customer}`, at: world.day(5) });
    expect(await judge(refund)).toEqual({ attribution: null, offer_issue_id: null });
    const order = await world.order(customer, { external_id: `don-${customer}`, at: world.day(1) });
    await world.attribute(order);
    expect(await verdictOf(refund)).toEqual({ attribution: 'assisted', offer_issue_id: id });
    await world.rows(`UPDATE orders SET offer_code = 'NANG-CAP' WHERE id = $1`, [order]);
    await world.attribute(order);
    expect(await verdictOf(refund)).toEqual({ attribution: 'direct', offer_issue_id: id });
    const alone = await world.order(customer, { kind: 'refund', at: world.day(5) });
    expect(await judge(alone)).toEqual(NONE);
  });

  it('is the same in whatever order the rows arrive, from two processes at once', async () => {
    const verdicts = await Promise.all(
      [false, true].map(async (isReversed) => {
        const customer = await world.customer();
        await issue(customer, { state: 'accepted', accepted: 1 });
        const days = isReversed ? [5, 4, 3, 2] : [2, 3, 4, 5];
        await Promise.all(days.map(async (at) => world.attribute(await world.order(customer, { at: world.day(at) }))));
        return await world.rows('SELECT at, attribution FROM orders WHERE customer_id = $1 ORDER BY at', [customer]);
      }),
    );
    expect(verdicts[0]).toEqual(verdicts[1]);
    expect(verdicts[0]?.map((row) => row.attribution)).toEqual(['direct', 'assisted', 'assisted', 'assisted']);
  });
});
