// Never more in any second than Meta takes, however long nothing was said before.
import { describe, expect, it } from 'vitest';
import { createPace } from '../../../src/channels/messenger/pace.ts';
import { createManualClock } from '../../../src/clock.ts';

const START = new Date('2026-11-23T05:00:00Z');

/** The moments at which sends were let go, asked every `stepMs`. */
function letGo(
  kind: 'text' | 'media',
  { forMs, stepMs, percent = 0 }: { forMs: number; stepMs: number; percent?: number },
) {
  const clock = createManualClock(START);
  const pace = createPace({ clock });
  if (percent > 0) pace.note({ percent, waitMs: 0 });
  const at: number[] = [];
  for (let ms = 0; ms < forMs; ms += stepMs) {
    while (pace.ask(kind, true).allowed) at.push(ms);
    clock.advance(stepMs);
  }
  return at;
}

const mostInASecond = (at: readonly number[]) =>
  Math.max(...at.map((from, index) => at.slice(index).filter((moment) => moment < from + 1_000).length));

describe.each([
  ['text', 300],
  ['media', 10],
] as const)('%s', (kind, limit) => {
  it.each([1, 4, 100, 500])('no more in any second, and no less, asked every %d ms', (stepMs) => {
    const at = letGo(kind, { forMs: 5_000, stepMs });
    expect(mostInASecond(at)).toBe(limit);
    expect(at.length).toBe(5 * limit);
  });

  it('a quarter at 75 %', () => {
    const at = letGo(kind, { forMs: 5_000, stepMs: 10, percent: 75 });
    expect(mostInASecond(at)).toBe(2 * Math.floor(limit / 8));
  });
});

it('says from when on', () => {
  const clock = createManualClock(START);
  const pace = createPace({ clock }, { textPerSecond: 2, mediaPerSecond: 1 });
  expect(pace.ask('text', true)).toEqual({ allowed: true });
  clock.advance(300);
  const retryAt = new Date(START.getTime() + 500);
  expect(pace.ask('text', true)).toEqual({ allowed: false, concerns: 'account', retryAt });
  clock.advance(200);
  expect(pace.ask('text', true)).toEqual({ allowed: true });
});

it('does not wait an hour because the clock was put back by one', () => {
  let now = START;
  const pace = createPace({ clock: { now: () => now } }, { textPerSecond: 2, mediaPerSecond: 1 });
  expect(pace.ask('text', true)).toEqual({ allowed: true });
  now = new Date(START.getTime() - 3_600_000);
  expect(pace.ask('text', true)).toEqual({ allowed: true });
});
