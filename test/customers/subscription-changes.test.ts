// What a change of a subscription means: in words of pure code, in the history, in the ledger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { expireSubscriptions } from '../../src/customers/expire-subscriptions.ts';
import { changesOf, type SubscriptionState } from '../../src/customers/subscription-change.ts';
import { createHarness, type Harness, START } from '../api/api-harness.ts';

const day = (n: number) => new Date(START.getTime() + n * DAY_MS);
const base: SubscriptionState = {
  product: 'spa',
  plan: 'basic',
  value: '1000000',
  status: 'active',
  startedAt: day(-300),
  expiresAt: day(65),
};
const ranks: Record<string, number> = { basic: 1, pro: 2 };
const known = { hasBeenActive: true, hasExpired: false };

describe('changesOf', () => {
  it.each<{
    what: string;
    before: Partial<SubscriptionState> | null;
    after: Partial<SubscriptionState>;
    history?: Partial<typeof known>;
    kinds: string[];
  }>([
    { what: 'new and active', before: null, after: {}, kinds: ['activated'] },
    { what: 'new as a trial', before: null, after: { status: 'trial' }, kinds: [] },
    { what: 'new and already cancelled', before: null, after: { status: 'cancelled' }, kinds: ['cancelled'] },
    {
      what: 'a trial becomes active, longer',
      before: { status: 'trial' },
      after: { expiresAt: day(400) },
      kinds: ['activated'],
    },
    {
      what: 'a longer trial',
      before: { status: 'trial' },
      after: { status: 'trial', expiresAt: day(95) },
      kinds: ['date_moved'],
    },
    {
      what: 'paused from the start, then active',
      before: { status: 'paused' },
      after: {},
      history: { hasBeenActive: false },
      kinds: ['activated'],
    },
    { what: 'a year more', before: {}, after: { expiresAt: day(430) }, kinds: ['renewed'] },
    { what: '14 days more', before: {}, after: { expiresAt: day(79) }, kinds: ['renewed'] },
    { what: '13 days more', before: {}, after: { expiresAt: day(78) }, kinds: ['date_moved'] },
    { what: 'a week less', before: {}, after: { expiresAt: day(58) }, kinds: ['date_moved'] },
    { what: 'no end any more', before: {}, after: { expiresAt: null }, kinds: ['date_moved'] },
    {
      what: 'expired, then active for a week more',
      before: { status: 'expired' },
      after: { expiresAt: day(72) },
      kinds: ['renewed'],
    },
    {
      what: 'ended by its date, then a week more',
      before: {},
      after: { expiresAt: day(72) },
      history: { hasExpired: true },
      kinds: ['renewed'],
    },
    {
      what: 'cancelled, then back for a year',
      before: { status: 'cancelled' },
      after: { expiresAt: day(430) },
      kinds: ['renewed'],
    },
    { what: 'cancelled by mistake', before: { status: 'cancelled' }, after: {}, kinds: ['resumed'] },
    { what: 'paused', before: {}, after: { status: 'paused' }, kinds: ['paused'] },
    {
      what: 'resumed with the pause made good',
      before: { status: 'paused' },
      after: { expiresAt: day(95) },
      kinds: ['date_moved', 'resumed'],
    },
    { what: 'refunded', before: {}, after: { status: 'refunded' }, kinds: ['refunded'] },
    {
      what: 'cancelled with its end cut short',
      before: {},
      after: { status: 'cancelled', expiresAt: day(0) },
      kinds: ['cancelled'],
    },
    {
      what: 'a bigger plan by rank, cheaper by the day',
      before: {},
      after: { plan: 'pro', value: '500000' },
      kinds: ['upgraded'],
    },
    { what: 'a smaller plan by rank', before: { plan: 'pro' }, after: {}, kinds: ['downgraded'] },
    { what: 'a bigger plan by value', before: {}, after: { plan: 'x', value: '2000000' }, kinds: ['upgraded'] },
    { what: 'a smaller plan by value', before: {}, after: { plan: 'x', value: '10' }, kinds: ['downgraded'] },
    { what: 'a plan of which nothing is known', before: {}, after: { plan: 'x', value: null }, kinds: [] },
    { what: 'another price of the same plan', before: {}, after: { value: '2000000' }, kinds: [] },
    {
      what: 'renewed into a bigger plan',
      before: {},
      after: { plan: 'pro', expiresAt: day(430) },
      kinds: ['renewed', 'upgraded'],
    },
    // 365 days for 1,000,000 against 30 days for 500,000: dearer by the day, though the sum is smaller.
    {
      what: 'renewed by the month, dearer by the day',
      before: {},
      after: { plan: 'x', value: '500000', expiresAt: day(95) },
      kinds: ['renewed', 'upgraded'],
    },
    { what: 'nothing', before: {}, after: {}, kinds: [] },
  ])('$what → $kinds', ({ before, after, history, kinds }) => {
    const rank = (_: string, plan: string) => ranks[plan] ?? null;
    const changes = changesOf(before && { ...base, ...before }, { ...base, ...after }, { ...known, ...history }, rank);
    expect(changes).toEqual(kinds);
  });
});

describe('over REST', () => {
  let api: Harness;
  beforeAll(async () => {
    api = await createHarness({ planRank: (_, plan) => ranks[plan] ?? null });
    await api.call('PUT', '/api/v1/customers/KH-1', { body: {} });
  });
  afterAll(() => api.close());

  const put = async (id: string, body: object) => {
    api.clock.advance(1000);
    const answer = await api.call('PUT', `/api/v1/subscriptions/${id}`, { body: { customer: 'KH-1', ...body } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  const told = (id: string) =>
    api.rows(
      `SELECT kind, at, reason, data FROM touchpoints WHERE data ->> 'subscription' = $1 AND kind <> 'subscription_saved' ORDER BY id`,
      [id],
    );
  const history = async (id: string) => {
    const { body } = await api.call('GET', `/api/v1/subscriptions/${id}/changes`);
    return (Array.isArray(body.items) ? body.items : []).map((item) => item.kind).reverse();
  };

  it('a life from trial to the end is told once, thing by thing', async () => {
    await put('S-1', { product: 'spa', plan: 'basic', status: 'trial', startedAt: day(-5), expiresAt: day(10) });
    await put('S-1', { status: 'active', expiresAt: day(30) });
    await put('S-1', { plan: 'pro' });
    await put('S-1', { expiresAt: day(395) });
    await put('S-1', { expiresAt: day(395) });
    await put('S-1', { status: 'cancelled' });
    await put('S-1', { status: 'refunded' });
    expect(await told('S-1')).toMatchObject([
      { kind: 'subscription_activated', data: { subscription: 'S-1', product: 'spa', from: 'trial', to: 'active' } },
      { kind: 'subscription_upgraded', data: { from: 'basic', to: 'pro', plan: 'pro' } },
      {
        kind: 'subscription_renewed',
        data: { from: day(30).toISOString(), to: day(395).toISOString(), expiresAt: day(395).toISOString() },
      },
      { kind: 'subscription_ended', reason: 'Khách huỷ gói.' },
    ]);
    expect(await history('S-1')).toEqual(['activated', 'upgraded', 'renewed', 'cancelled', 'refunded']);
    expect((await api.call('GET', '/api/v1/subscriptions/none/changes')).status).toBe(404);
  });

  it('one that is told late began when it says', async () => {
    await put('S-2', { product: 'spa', startedAt: day(-100), expiresAt: day(200) });
    expect(await told('S-2')).toMatchObject([{ kind: 'subscription_activated', at: day(-100) }]);
  });

  it('one that nobody renews ends by its date, once; its status stays; a later renewal is one', async () => {
    await put('S-3', { product: 'spa', startedAt: day(-300), expiresAt: day(-2) });
    for (let round = 0; round < 2; round += 1) await expireSubscriptions(api.db, { now: day(0) });
    expect((await told('S-3')).slice(1)).toMatchObject([
      { kind: 'subscription_ended', at: day(-2), reason: 'Gói hết hạn.', data: { to: 'expired', from: 'active' } },
    ]);
    expect((await api.call('GET', '/api/v1/subscriptions/S-3')).body.status).toBe('active');
    // The integrator notices later: the same end is not told again.
    await put('S-3', { status: 'expired' });
    expect(await told('S-3')).toHaveLength(2);
    await put('S-3', { status: 'active', expiresAt: day(5) });
    expect((await told('S-3')).slice(2)).toMatchObject([{ kind: 'subscription_renewed' }]);
    expect(await history('S-3')).toEqual(['activated', 'expired', 'renewed']);
    await expireSubscriptions(api.db, { now: day(6) });
    expect((await told('S-3')).slice(3)).toMatchObject([{ kind: 'subscription_ended', at: day(5) }]);
  });

  it('paused and ended ones do not expire by time', async () => {
    await put('S-4', { product: 'spa', status: 'paused', expiresAt: day(-1) });
    await put('S-5', { product: 'spa', status: 'cancelled', expiresAt: day(-1) });
    expect((await expireSubscriptions(api.db, { now: day(0) })).count).toBe(0);
  });

  it('many at once, by several processes, are each told once', async () => {
    for (let n = 0; n < 12; n += 1) await put(`M-${n}`, { product: 'spa', expiresAt: day(10) });
    const rounds = Array.from({ length: 4 }, () => expireSubscriptions(api.db, { now: day(11), limit: 5 }));
    await Promise.all(rounds);
    while ((await expireSubscriptions(api.db, { now: day(11) })).count > 0);
    const ended = await api.rows(
      `SELECT data ->> 'subscription' AS id FROM touchpoints WHERE kind = 'subscription_ended' AND data ->> 'subscription' LIKE 'M-%'`,
    );
    expect(ended.map((row) => row.id).sort()).toEqual(Array.from({ length: 12 }, (_, n) => `M-${n}`).sort());
  });
});
