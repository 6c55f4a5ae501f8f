// When a webhook is tried again: the table that Standard Webhooks recommends, over about three days.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';

const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  DAY_MS,
];

/** Up to a tenth longer: what failed together shall not come back together. */
const JITTER = 0.1;
const LONGEST_RETRY_AFTER_MS = DAY_MS;

/** Attempts that fail this long in a row switch an endpoint off. */
export const GIVE_UP_ENDPOINT_MS = 5 * DAY_MS;

/** After how long to try again when `attempts` have failed; null = given up. `retryAfterMs` is the receiver's wish. */
export function waitAfter(attempts: number, retryAfterMs: number | null, random: () => number): number | null {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return null;
  const wished = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.round(Math.max(wait * (1 + JITTER * random()), wished));
}

/** The header Retry-After in milliseconds: seconds or a date; null when it says nothing. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND_MS;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
