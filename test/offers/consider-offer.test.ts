// Whether a journey may make an offer: eligible, once, one of a kind, held out; also when two processes ask at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offer, openWorld, type World } from './offer-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld([
    offer('NANG-CAP'),
    offer('NANG-CAP-2'),
    offer('GIA-HAN', { kind: 'renewal', once: 'subscription' }),
    offer('TRI-AN', { kind: 'voucher', once: 'never', personal_code: true }),
    offer('GIOI-THIEU', { kind: 'referral', personal_code: true }),
    offer('DOI-CHUNG', { kind: 'cross_sell', hold_out: 100 }),
    offer('NUA', { kind: 'win_back', hold_out: 50 }),
    offer('CO-DIEU-KIEN', { kind: 'win_back', eligible: 'customer.industry == "spa"' }),
    offer('DEN-HAN', { kind: 'win_back', deadline: 'subscription.expires_at' }),
  ]);
});
afterAll(() => world.db.close());

const setState = (customerId: string, state: string, code: string) =>
  world.rows(
    'UPDATE offer_issues SET state = $2, sent_at = created_at, run_id = $4 WHERE customer_id = $1 AND code = $3',
    [customerId, state, code, world.newId()],
  );

describe('an offer', () => {
  it('is made once, with its line in the ledger; asked again before it was said it is the same one', async () => {
    const id = await world.customer();
    const first = await world.consider(id, 'NANG-CAP');
    expect(first).toMatchObject({
      offer: { code: 'NANG-CAP', personal_code: null, deadline: '2026-12-05T03:00:00.000Z' },
    });
    expect(await world.consider(id, 'NANG-CAP')).toEqual(first);
    expect(await world.statesOf(id)).toEqual(['eligible']);
    expect(await world.ledgerOf(id)).toEqual(['offer_eligible']);
  });

  it.each([
    ['sent', 'rồi'],
    ['accepted', 'rồi'],
    ['declined', 'rồi'],
    ['ignored', 'rồi'],
    ['expired', 'rồi'],
  ])('that is %s is not made again to who may have it once', async (state, why) => {
    const id = await world.customer();
    await world.consider(id, 'NANG-CAP');
    await setState(id, state, 'NANG-CAP');
    expect(await world.consider(id, 'NANG-CAP')).toEqual({ skip: expect.stringContaining(why) });
  });

  it('on its way is not doubled; one that did not leave is taken up again', async () => {
    const id = await world.customer();
    await world.consider(id, 'NANG-CAP');
    await world.rows('UPDATE offer_issues SET run_id = $2 WHERE customer_id = $1', [id, world.newId()]);
    expect(await world.consider(id, 'NANG-CAP')).toEqual({ skip: expect.stringContaining('đang chờ gửi') });
    await world.rows(`UPDATE offer_issues SET reason = 'Quá 7 ngày.' WHERE customer_id = $1`, [id]);
    expect(await world.consider(id, 'NANG-CAP')).toHaveProperty('offer');
    expect(await world.statesOf(id)).toEqual(['eligible']);
  });

  it('waits while another of its kind is open, until that is answered or its deadline is over', async () => {
    const id = await world.customer();
    await world.consider(id, 'NANG-CAP');
    await setState(id, 'sent', 'NANG-CAP');
    expect(await world.consider(id, 'NANG-CAP-2')).toEqual({ skip: expect.stringContaining('NANG-CAP') });
    expect(await world.consider(id, 'NANG-CAP-2', { now: world.day(15) })).toHaveProperty('offer');
  });

  it('per subscription comes to each of them', async () => {
    const id = await world.customer();
    const [one, two] = [world.newId(), world.newId()];
    await world.consider(id, 'GIA-HAN', { subscriptionId: one });
    await setState(id, 'sent', 'GIA-HAN');
    expect(await world.consider(id, 'GIA-HAN', { subscriptionId: one })).toHaveProperty('skip');
    expect(await world.consider(id, 'GIA-HAN', { subscriptionId: two })).toHaveProperty('offer');
  });

  it('that may come again is the same one while it is open, and ends with an answer in the same enrolment', async () => {
    const id = await world.customer();
    const enrolmentId = world.newId();
    const first = await world.consider(id, 'TRI-AN', { enrolmentId });
    await setState(id, 'sent', 'TRI-AN');
    expect(await world.consider(id, 'TRI-AN', { enrolmentId })).toEqual(first);
    await setState(id, 'accepted', 'TRI-AN');
    expect(await world.consider(id, 'TRI-AN', { enrolmentId })).toHaveProperty('skip');
    expect(await world.consider(id, 'TRI-AN', { enrolmentId: world.newId() })).toHaveProperty('offer');
  });

  it('asks its condition and says so', async () => {
    const id = await world.customer();
    expect(await world.consider(id, 'CO-DIEU-KIEN')).toEqual({ skip: expect.stringContaining('không thuộc diện') });
    expect(await world.consider(id, 'KHONG-CO')).toEqual({ skip: expect.stringContaining('Danh mục') });
    expect(await world.statesOf(id)).toEqual([]);
  });

  it('without a date to end by has no deadline', async () => {
    expect(await world.consider(await world.customer(), 'DEN-HAN')).toMatchObject({ offer: { deadline: null } });
  });

  it('gives each their own code', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => world.customer()));
    const codes = await Promise.all(ids.map((id) => world.consider(id, 'GIOI-THIEU')));
    const personal = codes.map((one) => ('offer' in one ? one.offer.personal_code : null));
    expect(new Set(personal).size).toBe(40);
    for (const code of personal) expect(code).toMatch(/^GIOI-THIEU-[0-9A-HJKMNP-TV-Z]{4}$/);
  });
});

describe('who is held out', () => {
  it('hears nothing, once and for ever, and the ledger says why', async () => {
    const id = await world.customer();
    expect(await world.consider(id, 'DOI-CHUNG')).toEqual({ heldOut: expect.stringContaining('đối chứng 100 %') });
    expect(await world.consider(id, 'DOI-CHUNG')).toHaveProperty('heldOut');
    expect(await world.statesOf(id)).toEqual(['held_out']);
    expect(await world.ledgerOf(id)).toEqual(['offer_held_out']);
  });
});

describe('two processes that ask at once', () => {
  it.each(['NANG-CAP', 'TRI-AN', 'DOI-CHUNG', 'NUA', 'GIOI-THIEU'])('make one issue of %s', async (code) => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => world.customer()));
    const asked = await Promise.all(ids.flatMap((id) => [1, 2, 3, 4].map(() => world.consider(id, code))));
    for (const [index, id] of ids.entries()) {
      expect(await world.statesOf(id)).toHaveLength(1);
      expect(await world.ledgerOf(id)).toHaveLength(1);
      const own = asked.slice(index * 4, index * 4 + 4);
      expect(new Set(own.map((one) => JSON.stringify(one))).size).toBe(1);
    }
  });

  it('make one of two offers of a kind', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => world.customer()));
    await Promise.all(ids.flatMap((id) => [world.consider(id, 'NANG-CAP'), world.consider(id, 'NANG-CAP-2')]));
    for (const id of ids) expect(await world.statesOf(id)).toEqual(['eligible']);
  });
});
