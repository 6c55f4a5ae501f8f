// When unasked messages rest, in life as in the tests of journeys: quiet hours of each night, holidays, and the hours that
// the law leaves to advertising. What falls into them is deferred to the first loud time after, not dropped.
import { localParts, momentOf } from './local-time.ts';

/** Days of the business' calendar, YYYY-MM-DD, both included. */
export type Holiday = { from: string; to: string };

/** `start` and `end` are times on the wall (HH:MM); the same twice = no quiet hours. */
export type QuietHours = { start: string; end: string; timeZone: string; holidays?: readonly Holiday[] };

const MINUTES_A_DAY = 24 * 60;
const MINUTE_MS = 60_000;
/** A holiday that ends in quiet hours that end in a holiday …: no calendar needs more turns than this. */
const MOST_TURNS = 8;

/** When an unasked message may leave: `now` itself outside quiet hours and holidays, else the end of them. */
export function earliestLoudTime(now: Date, ...rules: readonly QuietHours[]): Date {
  let at = now;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const later = rules.reduce((moment, quiet) => afterNight(afterHolidays(moment, quiet), quiet), at);
    if (later.getTime() === at.getTime()) return at;
    at = later;
  }
  return at;
}

function afterNight(at: Date, quiet: QuietHours): Date {
  const start = minuteOf(quiet.start);
  const length = (minuteOf(quiet.end) - start + MINUTES_A_DAY) % MINUTES_A_DAY;
  if (length === 0) return at;
  const sinceStart = (localMinute(at, quiet.timeZone) - start + MINUTES_A_DAY) % MINUTES_A_DAY;
  if (sinceStart >= length) return at;
  const end = new Date(at.getTime() + Math.ceil(length - sinceStart) * MINUTE_MS);
  // To the whole minute, so that everybody deferred tonight is due at the same time tomorrow.
  end.setUTCSeconds(0, 0);
  return end;
}

/** Midnight after the last day of the holidays that `at` falls into. */
function afterHolidays(at: Date, { holidays = [], timeZone }: QuietHours): Date {
  if (holidays.length === 0) return at;
  const today = localDate(at, timeZone);
  const ends = holidays.flatMap(({ from, to }) => (from <= today && today <= to ? [to] : []));
  const [last] = ends.toSorted().reverse();
  if (last === undefined) return at;
  const [year = 0, month = 1, day = 1] = last.split('-').map(Number);
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  const local = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
  return new Date(momentOf({ ...local, hour: 0, minute: 0 }, timeZone));
}

function minuteOf(clockTime: string): number {
  const [hours = '0', minutes = '0'] = clockTime.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Minutes since local midnight, with seconds as a fraction. Zones differ by whole minutes, so that seconds are everywhere the same. */
function localMinute(at: Date, timeZone: string): number {
  const { hour, minute } = localParts(at.getTime(), timeZone);
  return hour * 60 + minute + (at.getTime() % MINUTE_MS) / MINUTE_MS;
}

function localDate(at: Date, timeZone: string): string {
  const { year, month, day } = localParts(at.getTime(), timeZone);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
