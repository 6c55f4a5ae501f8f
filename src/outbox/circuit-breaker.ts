// A channel that keeps failing is left alone for a while, then asked with a single message.
import type { Clock } from '../clock.ts';
import { SECOND_MS } from '../clock.ts';

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10 * SECOND_MS;

export type CircuitBreaker = {
  /** How many sends may start now: all that are wanted, one probe, or none. */
  allowance(wanted: number, inFlight: number): number;
  succeeded(): void;
  failed(): void;
  /** The account itself is refused (token, rate, configuration): nothing leaves before `until`. */
  pauseUntil(until: Date): void;
  isOpen(): boolean;
};

export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  let failures = 0;
  let openUntil = 0;
  let pausedUntil = 0;
  return {
    allowance: (wanted, inFlight) => {
      const now = clock.now().getTime();
      if (now < pausedUntil || now < openUntil) return 0;
      if (failures >= FAILURES_TO_OPEN) return inFlight === 0 ? Math.min(1, wanted) : 0;
      return wanted;
    },
    succeeded: () => {
      failures = 0;
    },
    failed: () => {
      failures += 1;
      if (failures >= FAILURES_TO_OPEN) openUntil = clock.now().getTime() + OPEN_MS;
    },
    pauseUntil: (until) => {
      pausedUntil = Math.max(pausedUntil, until.getTime());
    },
    isOpen: () => failures >= FAILURES_TO_OPEN,
  };
}
