// Meta's times: milliseconds, sometimes seconds, sometimes as text, sometimes none.
import { DAY_MS } from '../../clock.ts';

/** Below it a number can only mean seconds (as milliseconds it would be 2001). */
const SMALLEST_MS = 1e12;

/** null for anything that is not a moment between 1970 and a day after the receipt. */
export function readTime(value: unknown, receivedAt: Date): Date | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return null;
  const ms = Math.trunc(number < SMALLEST_MS ? number * 1000 : number);
  return ms <= receivedAt.getTime() + DAY_MS ? new Date(ms) : null;
}
