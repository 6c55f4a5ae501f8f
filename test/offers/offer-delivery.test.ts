// An offer is sent when its message left, answered once, closed when its time is over.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeOverdueOffers, closeOvertakenOffers } from '../../src/offers/close-overdue.ts';
import { noteDelivery } from '../../src/offers/note-delivery.ts';
import type { OfferWord } from '../../src/offers/offer-word.ts';
import { saveOfferWords } from '../../src/offers/save-offer-words.ts';
import { NOW, offer, openWorld, type World } from './offer-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld([
    offer('NANG-CAP'),
    offer('TRI-AN', { kind: 'voucher', deadline: undefined }),
    offer('GIA-HAN', { kind: 'renewal', once: 'never', deadline: 'subscription.expires_at' }),
  ]);
});
afterAll(() => world.db.close());

type Scene = Awaited<ReturnType<typeof scene>>;
async function scene(code = 'NANG-CAP') {
  const customerId = await world.customer();
  const runId = world.newId();
  return { customerId, runId, code, conversationId: world.newId() };
}

const say = ({ customerId, runId, code, conversationId }: Scene, ...words: Partial<OfferWord>[]) =>
  world.db.transaction('save-results', (client) =>
    saveOfferWords(
      client,
      world.newId,
      words.map((word) => ({
        ...{ runId, flow: 'upsell', flowVersionId: null, step: 'moi', code, state: 'sent', subscriptionId: null },
        ...{ reason: null, benefit: null, gift: null, deadlineAt: null, customerId, conversationId, channel: 'zalo' },
        ...{ inboundEventId: world.newId(), at: NOW },
        ...word,
      })),
    ),
  );

async function message(
  { customerId, runId, conversationId }: Scene,
  status: string,
  step = 'moi',
  reason: string | null = null,
) {
  const id = await world.insert('outbound_messages', {
    ...{ conversation_id: conversationId, identity_id: world.newId(), customer_id: customerId, channel: 'zalo' },
    ...{ account_id: 'oa', content: '{}', purpose: 'care', author: 'flow', run_id: runId, step, status, reason },
    ...{ available_at: NOW, created_at: NOW, sent_at: status === 'sent' ? NOW : null },
  });
  await noteDelivery(world.db.pool, NOW, [id]);
  return id;
}

const issueOf = async ({ customerId }: Scene) =>
  (
    await world.rows('SELECT state, reason, run_id, step, sent_at, journey FROM offer_issues WHERE customer_id = $1', [
      customerId,
    ])
  )[0];

describe('an offer that a script says', () => {
  it('is eligible until its message left, then sent, each told once', async () => {
    const it = await scene();
    await world.consider(it.customerId, it.code);
    await say(it, {});
    expect(await issueOf(it)).toMatchObject({ state: 'eligible', run_id: it.runId, step: 'moi', journey: 'mo-rong' });
    await message(it, 'sent');
    await message(it, 'sent');
    expect(await issueOf(it)).toMatchObject({ state: 'sent', sent_at: NOW });
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_eligible', 'offer_sent']);
  });

  it('whose message was skipped stays eligible with the reason, and is taken up by the next run', async () => {
    const it = await scene();
    await world.consider(it.customerId, it.code);
    await say(it, {});
    await message(it, 'skipped', 'moi', 'Quá 7 ngày kể từ lần tương tác cuối.');
    expect(await issueOf(it)).toMatchObject({ state: 'eligible', reason: 'Quá 7 ngày kể từ lần tương tác cuối.' });
    const next = { ...it, runId: world.newId() };
    await say(next, {});
    expect(await issueOf(it)).toMatchObject({ state: 'eligible', reason: null, run_id: next.runId });
    await message(next, 'sent');
    expect(await world.statesOf(it.customerId)).toEqual(['sent']);
  });

  it('is one issue with its reminder in the same run, answered once', async () => {
    const it = await scene();
    await say(it, {});
    await message(it, 'sent');
    await say(it, { state: 'later' });
    await say(it, { step: 'moi_lai' });
    await message(it, 'sent', 'moi_lai');
    expect(await say(it, { step: 'moi_lai', state: 'accepted' })).toEqual([it.customerId]);
    expect(await say(it, { step: 'moi_lai', state: 'accepted' })).toEqual([]);
    await say(it, { step: 'moi_lai', state: 'declined' });
    expect(await world.statesOf(it.customerId)).toEqual(['accepted']);
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_sent', 'offer_later', 'offer_accepted']);
  });

  it('keeps the reason that comes after the no', async () => {
    const it = await scene();
    await say(it, {});
    await message(it, 'sent');
    await say(it, { state: 'declined' });
    await say(it, { state: 'declined', reason: 'Giá còn cao' });
    expect(await issueOf(it)).toMatchObject({ state: 'declined', reason: 'Giá còn cao' });
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_sent', 'offer_declined']);
  });

  it('that was answered before its delivery was known is answered', async () => {
    const it = await scene();
    await say(it, {});
    await say(it, { state: 'accepted' });
    await message(it, 'sent');
    expect(await issueOf(it)).toMatchObject({ state: 'accepted', sent_at: NOW });
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_accepted']);
  });

  it('is not the held-out row of the same customer', async () => {
    const it = await scene();
    await world.insert('offer_issues', {
      code: it.code,
      customer_id: it.customerId,
      state: 'held_out',
      created_at: NOW,
    });
    await say(it, {});
    expect((await world.statesOf(it.customerId)).toSorted()).toEqual(['eligible', 'held_out']);
  });
});

describe('the end of an offer', () => {
  const close = (days: number) =>
    Promise.all(
      [closeOverdueOffers, closeOvertakenOffers, closeOverdueOffers, closeOvertakenOffers].map((close) =>
        close({ ...world.deps, db: world.db }, { now: world.day(days) }),
      ),
    );

  it('past its deadline it expires, once, whoever looks', async () => {
    const it = await scene();
    await world.consider(it.customerId, it.code);
    await say(it, {});
    await message(it, 'sent');
    await close(13);
    expect(await world.statesOf(it.customerId)).toEqual(['sent']);
    await close(15);
    await say(it, { state: 'expired' });
    expect(await world.statesOf(it.customerId)).toEqual(['expired']);
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_eligible', 'offer_sent', 'offer_expired']);
  });

  it('that never left ends without a word', async () => {
    const it = await scene();
    await world.consider(it.customerId, it.code);
    await close(15);
    expect(await world.statesOf(it.customerId)).toEqual(['expired']);
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_eligible']);
  });

  it('without a deadline it is ignored after its window', async () => {
    const it = await scene('TRI-AN');
    await world.consider(it.customerId, it.code);
    await say(it, {});
    await message(it, 'sent');
    await close(13);
    expect(await world.statesOf(it.customerId)).toEqual(['sent']);
    await close(15);
    expect(await issueOf(it)).toMatchObject({ state: 'ignored', reason: 'Khách không trả lời.' });
  });

  it('who renewed without a word ignored the renewal offer, and it does not expire', async () => {
    const it = await scene('GIA-HAN');
    const subscription = world.newId();
    await world.consider(it.customerId, it.code, { subscriptionId: subscription });
    await say(it, { subscriptionId: subscription, deadlineAt: world.day(7).toISOString() });
    await message(it, 'sent');
    await world.insert('subscription_changes', {
      ...{ subscription_id: subscription, customer_id: it.customerId, kind: 'renewed', after: '{}', at: world.day(3) },
    });
    await close(4);
    expect(await issueOf(it)).toMatchObject({ state: 'ignored', reason: expect.stringContaining('đã gia hạn') });
    expect(await world.ledgerOf(it.customerId)).toEqual(['offer_eligible', 'offer_sent', 'offer_ignored']);
  });
});

it('among 100,000 open offers those that are over are found by their index', async ({ skip }) => {
  const many = await openWorld([offer('NANG-CAP')]);
  const [server] = await many.rows(`SELECT current_setting('server_version_num')::int AS version`);
  if (Number(server?.version) < 150_000) {
    await many.db.close();
    skip('PostgreSQL 14 cannot be asked for its counts at once.');
  }
  await many.rows(
    `INSERT INTO offer_issues (id, code, customer_id, state, created_at, sent_at, deadline_at)
     SELECT gen_random_uuid(), 'NANG-CAP', gen_random_uuid(), 'sent', $1, $1, $1::timestamptz + n * interval '1 minute'
     FROM generate_series(1, 100000) AS n`,
    [NOW],
  );
  await many.rows('ANALYZE offer_issues');
  const deps = { ...many.deps, db: many.db };
  const touched = async () =>
    Number(
      (
        await many.rows(
          `SELECT sum(idx_tup_fetch + seq_tup_read) AS n FROM pg_stat_user_tables WHERE relname = 'offer_issues'`,
        )
      )[0]?.n,
    );
  await many.rows('SELECT pg_stat_force_next_flush()');
  const before = await touched();
  expect(await closeOverdueOffers(deps, { now: new Date(NOW.getTime() + 500 * 60_000) })).toBe(500);
  await many.rows('SELECT pg_stat_force_next_flush()');
  expect((await touched()) - before).toBeLessThan(5_000);
  await many.db.close();
});
