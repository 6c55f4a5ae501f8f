// Zalo allows 4,000 requests a minute per app. A bucket that holds 1,000 and fills with 3,000 a minute never lets more
// than 4,000 pass in any 60 seconds. One bucket per process: what several processes exceed together comes back as -32.
import { type Clock, MINUTE_MS } from '../../clock.ts';

export type RequestLimit = {
  /** Takes one request; null = go ahead, else the moment at which there will be room. */
  take(): Date | null;
};

export function createRequestLimit(
  { clock }: { clock: Clock },
  { burst = 1_000, perMinute = 3_000 }: { burst?: number; perMinute?: number } = {},
): RequestLimit {
  let level = burst;
  let filledAt = clock.now().getTime();
  return {
    take() {
      const now = clock.now().getTime();
      level = Math.min(burst, level + (Math.max(0, now - filledAt) * perMinute) / MINUTE_MS);
      filledAt = now;
      if (level >= 1) {
        level -= 1;
        return null;
      }
      return new Date(now + Math.ceil(((1 - level) * MINUTE_MS) / perMinute));
    },
  };
}
