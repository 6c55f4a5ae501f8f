// What the law gives us time for: working days without weekends and holidays to answer, days to act, one extension.
// Every number is a setting; the defaults are those of Decree 356/2025, Art. 5 (checked 2026-11, not legal advice).
import { DAY_MS, HOUR_MS } from '../clock.ts';
import { localParts, momentOf } from '../flows/local-time.ts';

export const requestKinds = [
  'access',
  'correct',
  'copy',
  'withdraw',
  'restrict',
  'object',
  'delete',
  'breach',
] as const;
export type RequestKind = (typeof requestKinds)[number];

export type DeadlineRule = {
  /** Working days until the first answer; null = none is owed to a customer. */
  answerWorkingDays: number | null;
  /** Hours until it must be done. */
  actHours: number;
  /** Hours that one extension adds; 0 = none. */
  extensionHours: number;
  law: string;
};
export type DeadlineRules = Readonly<Record<RequestKind, DeadlineRule>>;

const ANSWER = 2;
const days = (act: number, extension: number, law: string): DeadlineRule => ({
  answerWorkingDays: ANSWER,
  actHours: act * 24,
  extensionHours: extension * 24,
  law,
});
const SEE = 'Decree 356/2025 Art. 5.3';
const STOP = 'Decree 356/2025 Art. 5.2';

export const lawfulDeadlines: DeadlineRules = {
  access: days(10, 10, SEE),
  correct: days(10, 10, SEE),
  copy: days(10, 10, SEE),
  withdraw: days(15, 15, STOP),
  restrict: days(15, 15, STOP),
  object: days(15, 15, STOP),
  delete: days(20, 20, 'Decree 356/2025 Art. 5.4'),
  breach: { answerWorkingDays: null, actHours: 72, extensionHours: 0, law: 'PDPL 91/2025 Art. 23' },
};

/** Days by kind from the settings; hours for "breach". */
export function deadlinesWith(changes: Readonly<Record<string, number>>): DeadlineRules {
  const unknown = Object.keys(changes).filter(
    (name) => name !== 'answer' && !requestKinds.some((kind) => kind === name),
  );
  if (unknown.length > 0) throw new RangeError(`unknown kinds: ${unknown.join(', ')}`);
  const rule = (kind: RequestKind): DeadlineRule => {
    const law = lawfulDeadlines[kind];
    const given = changes[kind];
    const actHours = given === undefined ? law.actHours : given * (kind === 'breach' ? 1 : 24);
    const answerWorkingDays = law.answerWorkingDays === null ? null : (changes.answer ?? law.answerWorkingDays);
    return { ...law, actHours, answerWorkingDays };
  };
  return {
    access: rule('access'),
    correct: rule('correct'),
    copy: rule('copy'),
    withdraw: rule('withdraw'),
    restrict: rule('restrict'),
    object: rule('object'),
    delete: rule('delete'),
    breach: rule('breach'),
  };
}

export type WorkingCalendar = {
  timeZone: string /** Days off, both ends included: 2027-02-04. */;
  holidays: readonly { from: string; to: string }[];
};

/** By when a request received at this moment must be answered and done. */
export function deadlinesOf(
  rule: DeadlineRule,
  receivedAt: Date,
  calendar: WorkingCalendar,
): { answerDueAt: Date; actDueAt: Date } {
  const actDueAt = new Date(receivedAt.getTime() + rule.actHours * HOUR_MS);
  if (rule.answerWorkingDays === null) return { answerDueAt: actDueAt, actDueAt };
  const answerDueAt = endOfWorkingDay(receivedAt, rule.answerWorkingDays, calendar);
  // However long Tết is, nobody is answered after it had to be done.
  return { answerDueAt: answerDueAt < actDueAt ? answerDueAt : actDueAt, actDueAt };
}

/** The end of the n-th working day after the day of `from`. */
export function endOfWorkingDay(from: Date, count: number, calendar: WorkingCalendar): Date {
  const start = localParts(from.getTime(), calendar.timeZone);
  let left = count;
  for (let offset = 1; ; offset += 1) {
    // A year without a working day would be a mistake in the calendar.
    const day = new Date(Date.UTC(start.year, start.month - 1, start.day + offset));
    if (isWorkingDay(day, calendar) || offset > 366) left -= 1;
    if (left > 0) continue;
    const next = new Date(day.getTime() + DAY_MS);
    const midnight = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
    return new Date(momentOf({ ...midnight, hour: 0, minute: 0 }, calendar.timeZone) - 1);
  }
}

function isWorkingDay(day: Date, { holidays }: WorkingCalendar): boolean {
  const name = day.toISOString().slice(0, 10);
  const isWeekend = day.getUTCDay() === 0 || day.getUTCDay() === 6;
  return !isWeekend && !holidays.some(({ from, to }) => from <= name && name <= to);
}

/** How much of the time is used up: 0.5 is half way, over 1 is late. */
export function usedUp(receivedAt: Date, dueAt: Date, now: Date): number {
  const span = dueAt.getTime() - receivedAt.getTime();
  return span <= 0 ? 1 : (now.getTime() - receivedAt.getTime()) / span;
}
