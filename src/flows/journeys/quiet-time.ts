// When unasked messages rest in journey tests and forecasts: the hours of the night and holidays, as in production.
import { atClockTime, localParts, momentOf } from '../local-time.ts';

export type QuietTime = {
  /** "21:00" to "07:30"; the same twice = no quiet hours. */
  start: string;
  end: string;
  timeZone: string;
  isHoliday(ms: number, timeZone: string): string | null;
};

const dayMs = 86_400_000;
const longestHoliday = 40;

/** When an unasked message may leave: `now` itself, or the first hour that is neither night nor holiday. */
export function loudTime(now: Date, quiet: QuietTime): Date {
  let ms = now.getTime();
  for (let day = 0; day <= longestHoliday; day++) {
    const later = afterNight(afterHoliday(ms, quiet), quiet);
    if (later === ms) break;
    ms = later;
  }
  return new Date(ms);
}

function afterHoliday(ms: number, { isHoliday, timeZone }: QuietTime): number {
  if (isHoliday(ms, timeZone) === null) return ms;
  const { year, month, day } = localParts(ms, timeZone);
  return momentOf({ year, month, day: day + 1, hour: 0, minute: 0 }, timeZone);
}

function afterNight(ms: number, { start, end, timeZone }: QuietTime): number {
  const [from, to] = [atClockTime(ms, start, timeZone), atClockTime(ms, end, timeZone)];
  if (from < to) return ms >= from && ms < to ? to : ms;
  if (ms < to && from !== to) return to;
  return ms >= from && from !== to ? atClockTime(ms + dayMs, end, timeZone) : ms;
}
