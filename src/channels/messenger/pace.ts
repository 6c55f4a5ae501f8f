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
  const meters = {
    text: createMeter(rates.textPerSecond),
    media: createMeter(rates.mediaPerSecond),
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
      const waitMs = meters[kind].take(now, percent >= SLOW_AT ? 0.25 : 1);
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

const SLICE_MS = SECOND_MS / 2;

/**
 * Half of it in any half second: no second holds more, after however long a silence (a bucket that fills all the time would
 * let twice as many pass in its first one), and whoever has to wait does not wait long.
 */
function createMeter(perSecond: number) {
  const said: number[] = [];
  return {
    /** 0 and one more said, or how many ms until there is room. */
    take(now: number, speed: number): number {
      const inSlice = (perSecond * speed * SLICE_MS) / SECOND_MS;
      const most = Math.max(1, Math.floor(inSlice));
      const spanMs = inSlice < 1 ? Math.ceil(SLICE_MS / inSlice) : SLICE_MS;
      const waitMs = (said.at(-most) ?? Number.NEGATIVE_INFINITY) + spanMs - now;
      // Longer than the span: the clock was put back.
      if (waitMs > 0 && waitMs <= spanMs) return waitMs;
      said.push(now);
      if (said.length > perSecond) said.shift();
      return 0;
    },
  };
}
