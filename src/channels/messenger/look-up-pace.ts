// How often Meta may be asked what a page said: 2 looks into conversations a second and page (docs: "Rate Limiting",
// 2026). Never waits: it says "now" or "in a later round". One per process, as the pace of sending is.
import { type Clock, SECOND_MS } from '../../clock.ts';

export type LookUpPace = {
  /** Takes one look when allowed. */
  take(): boolean;
};

const PER_BURST = 2;
/** Longer than the second it stands for: what left a second apart may arrive closer together. */
const PAUSE_MS = 1.1 * SECOND_MS;

/**
 * Two looks, then a pause. Not one every half second: who asked first whether the history can be believed must be able
 * to ask it about a message as well.
 */
export function createLookUpPace({ clock }: { clock: Clock }): LookUpPace {
  let left = PER_BURST;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    take() {
      const now = clock.now().getTime();
      if (now - lastAt >= PAUSE_MS) left = PER_BURST;
      if (left === 0) return false;
      left -= 1;
      lastAt = now;
      return true;
    },
  };
}
