// How fast we may speak: 300 texts and 10 media a second per page, slower when Meta's counters fill up.
// Never waits: it says "now" or "from then on".
import type { Clock } from '../../clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { Usage } from './usage.ts';

export type PaceRates = { textPerSecond: number; mediaPerSecond: number };
export const defaultPaceRates: PaceRates = { textPerSecond: 300, mediaPerSecond: 10 };

export type PaceAnswer =
  | { allowed: true }
  /** `concerns` message: only what nobody asked for waits; account: everything does. */
  | { allowed: false; concerns: 'message' | 'account'; retryAt: Date };

export type Pace = {
  /** Takes one turn when allowed. */
  ask(kind: 'text' | 'media', isAwaited: boolean): PaceAnswer;
  note(usage: Usage): void;
};

/** A counter says something about the next minutes only. */
const USAGE_LASTS_MS = 5 * MINUTE_MS;
const SLOW_AT = 75;
const PAUSE_UNASKED_AT = 90;
const STOP_AT = 100;

export function createPace({ clock }: { clock: Clock }, rates: PaceRates = defaultPaceRates): Pace {
  const buckets = {
    text: createBucket(rates.textPerSecond, clock.now()),
    media: createBucket(rates.mediaPerSecond, clock.now()),
  };
  let seen: { percent: number; until: number } = { percent: 0, until: 0 };
  return {
    ask(kind, isAwaited) {
      const now = clock.now().getTime();
      const percent = now < seen.until ? seen.percent : 0;
      if (percent >= STOP_AT) return { allowed: false, concerns: 'account', retryAt: new Date(seen.until) };
      if (percent >= PAUSE_UNASKED_AT && !isAwaited) {
        return { allowed: false, concerns: 'message', retryAt: new Date(Math.min(seen.until, now + MINUTE_MS)) };
      }
      const waitMs = buckets[kind].take(now, percent >= SLOW_AT ? 0.25 : 1);
      return waitMs === 0
        ? { allowed: true }
        : { allowed: false, concerns: 'account', retryAt: new Date(now + waitMs) };
    },
    note({ percent, waitMs }) {
      const lastsMs = percent >= STOP_AT && waitMs > 0 ? waitMs : USAGE_LASTS_MS;
      seen = { percent, until: clock.now().getTime() + lastsMs };
    },
  };
}

function createBucket(perSecond: number, start: Date) {
  let tokens = perSecond;
  let filledAt = start.getTime();
  return {
    /** 0 and one token less, or how many ms until there is one. */
    take(now: number, speed: number): number {
      const perMs = (perSecond * speed) / SECOND_MS;
      tokens = Math.min(perSecond * speed, tokens + Math.max(0, now - filledAt) * perMs);
      filledAt = now;
      if (tokens < 1) return Math.ceil((1 - tokens) / perMs);
      tokens -= 1;
      return 0;
    },
  };
}
