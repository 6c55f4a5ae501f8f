// Time as the business counts it: only hours in which somebody is there. Pure; promises to customers are made in it.
import { localParts, momentOf } from '../flows/local-time.ts';

/** Times on the wall, HH:MM; `to` is after `from` and may be 24:00. */
export type OpenSpan = { from: string; to: string };
export type BusinessHours = {
  timeZone: string;
  /** 0 = Sunday … 6 = Saturday; spans of a day in order. */
  week: readonly (readonly OpenSpan[])[];
  /** Days when nobody is there, YYYY-MM-DD, both included. */
  holidays: readonly { from: string; to: string }[];
};

const MINUTE_MS = 60_000;
/** Whoever is closed for two years on end keeps no deadlines. */
const MOST_DAYS = 731;

/** The moment when so many open minutes have passed; with 0, the moment itself or the next opening. */
export function addBusinessMinutes(at: Date, minutes: number, hours: BusinessHours): Date {
  let left = minutes * MINUTE_MS;
  for (const [opens, closes] of openSpansFrom(at, hours)) {
    if (left <= closes - opens && (left > 0 || opens < closes)) return new Date(opens + left);
    left -= closes - opens;
  }
  return new Date(at.getTime() + minutes * MINUTE_MS);
}

/** Open minutes between two moments; 0 when `to` is not later. */
export function businessMinutesBetween(from: Date, to: Date, hours: BusinessHours): number {
  let passed = 0;
  for (const [opens, closes] of openSpansFrom(from, hours)) {
    if (opens >= to.getTime()) break;
    passed += Math.min(closes, to.getTime()) - opens;
  }
  return passed / MINUTE_MS;
}

export function isOpen(at: Date, hours: BusinessHours): boolean {
  return addBusinessMinutes(at, 0, hours).getTime() === at.getTime() && hours.week.some((day) => day.length > 0);
}

/** What is left of each open span, in order, from `at` on: beginning and end in ms since the epoch. */
function* openSpansFrom(at: Date, { timeZone, week, holidays }: BusinessHours): Generator<[number, number]> {
  const { year, month, day } = localParts(at.getTime(), timeZone);
  for (let n = 0; n < MOST_DAYS; n += 1) {
    const date = new Date(Date.UTC(year, month - 1, day + n));
    const name = date.toISOString().slice(0, 10);
    if (holidays.some(({ from, to }) => from <= name && name <= to)) continue;
    const local = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    for (const { from, to } of week[date.getUTCDay()] ?? []) {
      const opens = Math.max(momentOf({ ...local, ...clockOf(from) }, timeZone), at.getTime());
      const closes = momentOf({ ...local, ...clockOf(to) }, timeZone);
      if (opens < closes) yield [opens, closes];
    }
  }
}

function clockOf(time: string): { hour: number; minute: number } {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return { hour, minute };
}
