import { test as propertyTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/clock.ts';
import { deadlinesOf, deadlinesWith, lawfulDeadlines, requestKinds, usedUp } from '../../src/privacy/deadlines.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
const tet = { from: '2027-02-04', to: '2027-02-10' };
const at = (text: string) => new Date(`${text}+07:00`);

test.each([
  ['Monday is answered by the end of Wednesday', '2026-11-23T10:00:00', [], '2026-11-25T23:59:59.999'],
  ['late on Thursday: Friday and Monday', '2026-11-26T23:59:00', [], '2026-11-30T23:59:59.999'],
  ['on Saturday: Monday and Tuesday', '2026-11-28T09:00:00', [], '2026-12-01T23:59:59.999'],
  ['the day before Tết: after it', '2027-02-03T09:00:00', [tet], '2027-02-12T23:59:59.999'],
])('%s', (_, received, holidays, due) => {
  const calendar = { timeZone, holidays };
  expect(deadlinesOf(lawfulDeadlines.delete, at(received), calendar).answerDueAt).toEqual(at(due));
});

test('the days of the law, and what settings change', () => {
  const calendar = { timeZone, holidays: [] };
  const days = (kind: (typeof requestKinds)[number], rules = lawfulDeadlines) =>
    (deadlinesOf(rules[kind], at('2026-11-23T10:00:00'), calendar).actDueAt.getTime() -
      at('2026-11-23T10:00:00').getTime()) /
    DAY_MS;
  expect(requestKinds.map((kind) => days(kind))).toEqual([10, 10, 10, 15, 15, 15, 20, 3]);
  expect(days('delete', deadlinesWith({ delete: 5 }))).toBe(5);
  expect(() => deadlinesWith({ remove: 5 })).toThrow('remove');
});

const calendars = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 720 }), length: fc.integer({ min: 0, max: 9 }) }),
  { maxLength: 25 },
);
const dayName = (offset: number) => new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10);

propertyTest.prop([calendars, fc.integer({ min: 0, max: 700 * 24 * 60 })], { numRuns: 500 })(
  'whatever the calendar: two working days lie between, the end is one itself, and it is never after the act',
  (spans, minutes) => {
    const holidays = spans.map(({ from, length }) => ({ from: dayName(from), to: dayName(from + length) }));
    const receivedAt = new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);
    const isWorking = (name: string) => {
      const weekday = new Date(`${name}T00:00:00Z`).getUTCDay();
      return weekday !== 0 && weekday !== 6 && !holidays.some(({ from, to }) => from <= name && name <= to);
    };
    const local = (moment: Date) => new Date(moment.getTime() + 7 * HOUR_MS).toISOString().slice(0, 10);
    for (const kind of requestKinds) {
      const { answerDueAt, actDueAt } = deadlinesOf(lawfulDeadlines[kind], receivedAt, { timeZone, holidays });
      expect(actDueAt.getTime() - receivedAt.getTime()).toBe(lawfulDeadlines[kind].actHours * HOUR_MS);
      expect(answerDueAt.getTime()).toBeLessThanOrEqual(actDueAt.getTime());
      expect(answerDueAt.getTime()).toBeGreaterThan(receivedAt.getTime());
      if (answerDueAt.getTime() === actDueAt.getTime()) continue;
      const worked: string[] = [];
      for (
        let day = new Date(receivedAt.getTime() + DAY_MS);
        local(day) <= local(answerDueAt);
        day = new Date(day.getTime() + DAY_MS)
      )
        if (isWorking(local(day))) worked.push(local(day));
      expect(worked).toHaveLength(2);
      expect(worked.at(-1)).toBe(local(answerDueAt));
    }
  },
);

test('how much of the time is used up', () => {
  const start = at('2026-11-23T00:00:00');
  const due = new Date(start.getTime() + 10 * DAY_MS);
  expect(usedUp(start, due, new Date(start.getTime() + 5 * DAY_MS))).toBe(0.5);
  expect(usedUp(start, due, new Date(due.getTime() + 1))).toBeGreaterThan(1);
});
