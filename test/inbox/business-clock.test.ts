// Business time: deadlines that no night, Sunday or holiday eats.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  addBusinessMinutes,
  type BusinessHours,
  businessMinutesBetween,
  isOpen,
} from '../../src/inbox/business-clock.ts';

const day = [{ from: '08:00', to: '18:00' }];
const shop: BusinessHours = {
  timeZone: 'Asia/Ho_Chi_Minh',
  week: [[], day, day, day, day, day, day],
  holidays: [{ from: '2026-12-31', to: '2027-01-01' }],
};
const local = (text: string) => new Date(`${text}:00+07:00`);

describe('addBusinessMinutes', () => {
  test.each([
    ['within the day', '2026-11-23T10:00', 30, '2026-11-23T10:30'],
    ['to the very end of the day', '2026-11-23T17:30', 30, '2026-11-23T18:00'],
    ['over the night', '2026-11-23T17:45', 30, '2026-11-24T08:15'],
    ['from the night', '2026-11-23T22:00', 30, '2026-11-24T08:30'],
    ['from before opening', '2026-11-23T05:00', 30, '2026-11-23T08:30'],
    ['over Sunday', '2026-11-28T17:45', 30, '2026-11-30T08:15'],
    ['over holidays', '2026-12-30T17:45', 30, '2027-01-02T08:15'],
    ['over many days', '2026-11-23T08:00', 25 * 60, '2026-11-25T13:00'],
    ['nothing, while open', '2026-11-23T10:00', 0, '2026-11-23T10:00'],
    ['nothing, while closed: the next opening', '2026-11-28T18:00', 0, '2026-11-30T08:00'],
  ])('%s', (_, from, minutes, to) => {
    expect(addBusinessMinutes(local(from), minutes, shop)).toEqual(local(to));
  });

  test('a business that never opens keeps the clock on the wall', () => {
    const closed = { ...shop, week: [] };
    expect(addBusinessMinutes(local('2026-11-23T10:00'), 30, closed)).toEqual(local('2026-11-23T10:30'));
    expect(isOpen(local('2026-11-23T10:00'), closed)).toBe(false);
  });
});

const minute = fc.integer({ min: 0, max: 24 * 60 });
const clock = (at: number) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
const openDay = fc.uniqueArray(minute, { minLength: 0, maxLength: 4 }).map((times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.flatMap((from, n) => {
    const to = sorted[n + 1];
    return n % 2 === 0 && to !== undefined ? [{ from: clock(from), to: clock(to) }] : [];
  });
});
const anyHours = fc.record({
  timeZone: fc.constantFrom('Asia/Ho_Chi_Minh', 'Europe/Berlin', 'America/New_York', 'UTC'),
  week: fc.array(openDay, { minLength: 7, maxLength: 7 }),
  holidays: fc.constantFrom([], [{ from: '2026-12-24', to: '2027-01-03' }]),
});
/** Open so seldom that two years may not hold it: such a promise is not kept in business time. */
const isTooSeldom = (hours: BusinessHours, minutes: number) => {
  const from = new Date(Date.UTC(2026, 1, 1));
  const aWeek = businessMinutesBetween(from, new Date(from.getTime() + 7 * 86_400_000), hours);
  return aWeek * 80 < minutes;
};
const moment = fc.integer({ min: 0, max: 400 * 1440 }).map((n) => new Date(Date.UTC(2026, 10, 1) + n * 60_000));
const some = fc.integer({ min: 1, max: 3_000 });

property.prop([anyHours, moment, some], { numRuns: 300 })(
  'so many open minutes later is so many minutes later',
  (hours, at, n) => {
    const later = addBusinessMinutes(at, n, hours);
    expect(later.getTime()).toBeGreaterThanOrEqual(at.getTime() + n * 60_000);
    if (isTooSeldom(hours, n)) return;
    expect(businessMinutesBetween(at, later, hours)).toBe(n);
  },
);

property.prop([anyHours, moment, some, some], { numRuns: 300 })(
  'two waits are one long wait; longer is never sooner',
  (hours, at, m, n) => {
    if (isTooSeldom(hours, m + n)) return;
    const both = addBusinessMinutes(addBusinessMinutes(at, m, hours), n, hours);
    expect(both).toEqual(addBusinessMinutes(at, m + n, hours));
    expect(both > addBusinessMinutes(at, m, hours)).toBe(true);
  },
);

property.prop([anyHours, moment], { numRuns: 300 })(
  'the next opening is open, and nothing before it is',
  (hours, at) => {
    if (hours.week.every((spans) => spans.length === 0)) return;
    const opening = addBusinessMinutes(at, 0, hours);
    expect(isOpen(opening, hours)).toBe(true);
    expect(businessMinutesBetween(at, opening, hours)).toBe(0);
  },
);
