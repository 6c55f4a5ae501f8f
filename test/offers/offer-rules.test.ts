// Pure parts: who is held out, which moves exist, how sure a share is.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isHeldOut } from '../../src/offers/hold-out.ts';
import { type JudgedOrder, judgeOrders } from '../../src/offers/judge-orders.ts';
import { mayBecome, type OfferState, offerMoves, offerStateSchema } from '../../src/offers/offer-state.ts';
import { makePersonalCode, readPersonalCode } from '../../src/offers/personal-code.ts';
import { shareDifference, wilsonInterval } from '../../src/offers/wilson-interval.ts';

const key = Buffer.alloc(32, 3);
const people = Array.from({ length: 10_000 }, (_, n) => `0193-${n}`);

describe('the control group', () => {
  it.each([0, 5, 10, 50, 100])('is %i %% of ten thousand people', (percent) => {
    const share = people.filter((id) => isHeldOut(key, id, 'NANG-CAP', percent)).length / 100;
    // Four standard deviations.
    expect(Math.abs(share - percent)).toBeLessThanOrEqual(4 * Math.sqrt((percent * (100 - percent)) / 10_000));
  });

  it('is another one for another offer and with another key, and grows without letting anybody go', () => {
    const of = (code: string, by = key, percent = 10) => people.filter((id) => isHeldOut(by, id, code, percent));
    const others = new Set(of('B'));
    const both = of('A').filter((id) => others.has(id)).length;
    expect(both).toBeGreaterThan(50);
    expect(both).toBeLessThan(150);
    expect(of('A', Buffer.alloc(32, 4))).not.toEqual(of('A'));
    const more = new Set(of('A', key, 20));
    expect(of('A').every((id) => more.has(id))).toBe(true);
  });

  test.prop([fc.uuid(), fc.string(), fc.integer({ min: 0, max: 100 })])(
    'never changes its mind',
    (id, code, percent) => {
      expect(isHeldOut(key, id, code, percent)).toBe(isHeldOut(key, id, code, percent));
    },
  );
});

describe('moves', () => {
  const states = offerStateSchema.options;
  test.prop([fc.array(fc.constantFrom(...states), { maxLength: 20 })])(
    'a walk of legal moves ends, and yes is the end',
    (wishes) => {
      const walk = wishes.reduce<OfferState[]>(
        (path, to) => (mayBecome(path.at(-1) ?? 'eligible', to) ? [...path, to] : path),
        ['eligible'],
      );
      expect(new Set(walk).size).toBe(walk.length);
      expect(walk).not.toContain('held_out');
      if (walk.includes('accepted')) expect(walk.at(-1)).toBe('accepted');
    },
  );

  it('nothing leads out of the control group, nothing but a journey into it', () => {
    expect(offerMoves.held_out).toEqual([]);
    expect(Object.values(offerMoves).flat()).not.toContain('held_out');
  });
});

describe('personal codes', () => {
  test.prop([fc.uuid(), fc.nat(20)])('are read back as typed', (id, attempt) => {
    const code = makePersonalCode('TRI-AN', id, attempt);
    expect(readPersonalCode(` ${code.toLowerCase()} `)).toBe(code);
  });
});

describe('how sure a share is', () => {
  it.each([
    // Newcombe 1998, table I and II.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (count, total, low, high) => {
    const interval = wilsonInterval(count, total);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test.prop([fc.nat(1_000), fc.integer({ min: 1, max: 1_000 })])('holds the share itself', (n, total) => {
    const { share, low, high } = wilsonInterval(Math.min(n, total), total);
    expect(low).toBeLessThanOrEqual(share ?? -1);
    expect(high).toBeGreaterThanOrEqual(share ?? 2);
  });

  it('says nothing about nobody', () => {
    expect(wilsonInterval(0, 0)).toEqual({ share: null, low: null, high: null });
    expect(shareDifference({ count: 1, total: 2 }, { count: 0, total: 0 }).difference).toBeNull();
  });
});

describe('judging orders', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));
  const book = { offer: () => ({ kind: 'upsell' as const, windowMs: 14 * 86_400_000 }) };
  const orders = fc
    .array(fc.record({ at: fc.nat(60), isRefund: fc.boolean(), of: fc.nat(9), hasCode: fc.boolean() }), {
      maxLength: 10,
    })
    .map((list) =>
      list.map(
        ({ at, isRefund, of, hasCode }, n): JudgedOrder => ({
          id: String(n),
          externalId: `don-${n}`,
          kind: isRefund ? 'refund' : 'order',
          offerCode: hasCode ? 'A' : null,
          subscriptionId: null,
          refundOf: isRefund ? `don-${of}` : null,
          at: day(at),
        }),
      ),
    );

  test.prop([orders, fc.nat(60), fc.func(fc.integer())])(
    'does not depend on the order of arrival',
    (list, yes, mix) => {
      const issues = [
        {
          ...{ id: 'i', code: 'A', personalCode: null, state: 'accepted', subscriptionId: null, createdAt: day(0) },
          ...{ acceptedAt: day(yes), touches: [day(yes)] },
        },
      ];
      const shuffled = list.toSorted((a, b) => mix(a.id) - mix(b.id));
      const verdicts = judgeOrders(list, issues, book);
      expect(judgeOrders(shuffled, issues, book)).toEqual(new Map([...verdicts].toSorted(byPlace(shuffled))));
      const direct = list.filter(
        (one) => one.offerCode === null && one.kind === 'order' && verdicts.get(one.id)?.attribution === 'direct',
      );
      expect(direct.length).toBeLessThanOrEqual(1);
    },
  );

  function byPlace(list: readonly JudgedOrder[]) {
    const place = (id: string) => list.findIndex((one) => one.id === id);
    return ([a]: [string, unknown], [b]: [string, unknown]) => place(a) - place(b);
  }
});
