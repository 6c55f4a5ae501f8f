// When to try again, in Vietnam's time: UTC+7 all year, so plain arithmetic is exact.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { Wait } from './error-meaning.ts';

const VIETNAM_OFFSET_MS = 7 * HOUR_MS;
const SIX_AM_MS = 6 * HOUR_MS;

/** The first moment after `now` at which the wait is over. Quotas are waited for until 06:00, never into the night. */
export function retryTime(wait: Wait, now: Date): Date {
  const time = now.getTime();
  switch (wait) {
    case 'half_minute':
      return new Date(time + 30 * SECOND_MS);
    case 'next_minute':
      return new Date((Math.floor(time / MINUTE_MS) + 1) * MINUTE_MS);
    case 'five_minutes':
      return new Date(time + 5 * MINUTE_MS);
    case 'one_hour':
      return new Date(time + HOUR_MS);
    case 'six_am':
      return new Date(time < sixAmOf(time) ? sixAmOf(time) : sixAmOf(time) + DAY_MS);
    case 'next_day':
      return new Date(sixAmOf(time) + DAY_MS);
    case 'next_month': {
      const local = new Date(time + VIETNAM_OFFSET_MS);
      const first = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1);
      return new Date(first - VIETNAM_OFFSET_MS + SIX_AM_MS);
    }
  }
}

function sixAmOf(time: number): number {
  const midnight = Math.floor((time + VIETNAM_OFFSET_MS) / DAY_MS) * DAY_MS - VIETNAM_OFFSET_MS;
  return midnight + SIX_AM_MS;
}
