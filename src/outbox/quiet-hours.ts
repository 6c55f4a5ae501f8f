// Quiet hours: unasked messages wait for the morning of the business' time zone; they are deferred, not dropped.

export type QuietHours = { start: string; end: string; timeZone: string };

const MINUTES_A_DAY = 24 * 60;

/** When an unasked message may leave: `now` itself outside quiet hours, else the end of them. */
export function earliestLoudTime(now: Date, quiet: QuietHours): Date {
  const minute = localMinute(now, quiet.timeZone);
  const start = minuteOf(quiet.start);
  const end = minuteOf(quiet.end);
  if (start === end) return now;
  const sinceStart = (minute - start + MINUTES_A_DAY) % MINUTES_A_DAY;
  const length = (end - start + MINUTES_A_DAY) % MINUTES_A_DAY;
  if (sinceStart >= length) return now;
  const wait = Math.ceil(length - sinceStart);
  const end_ = new Date(now.getTime() + wait * 60_000);
  // To the whole minute, so that everybody deferred tonight is due at the same time tomorrow.
  end_.setUTCSeconds(0, 0);
  return end_;
}

function minuteOf(clockTime: string): number {
  const [hours = '0', minutes = '0'] = clockTime.split(':');
  return Number(hours) * 60 + Number(minutes);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes since local midnight, with seconds as a fraction. */
function localMinute(at: Date, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  return (parts.hour ?? 0) * 60 + (parts.minute ?? 0) + (parts.second ?? 0) / 60;
}
