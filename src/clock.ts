// Time is passed in: nothing else in the program asks what time it is.

export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs with the machine's and can be moved forward: the sandbox jumps days with it. */
export type MovableClock = Clock & { advance(ms: number): void; offsetMs(): number };

export function createMovableClock(base: Clock = systemClock, startOffsetMs = 0): MovableClock {
  let offset = startOffsetMs;
  return {
    now: () => new Date(base.now().getTime() + offset),
    advance: (ms) => {
      if (ms < 0) throw new RangeError('A clock only moves forward.');
      offset += ms;
    },
    offsetMs: () => offset,
  };
}

/** A clock that stands still until a test moves it. */
export function createManualClock(start: Date): MovableClock {
  return createMovableClock({ now: () => start });
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
