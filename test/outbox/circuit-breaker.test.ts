// When a channel is left alone, and how it is asked again: five failures in a row, ten seconds, one message at a time.
import { expect, test } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { createCircuitBreaker } from '../../src/outbox/circuit-breaker.ts';

const NOON = new Date('2026-11-23T05:00:00Z');

function opened() {
  const clock = createManualClock(NOON);
  const breaker = createCircuitBreaker(clock);
  for (let n = 0; n < 5; n += 1) breaker.failed();
  return { clock, breaker };
}

test('four failures stop nobody, and one success makes them forgotten', () => {
  const breaker = createCircuitBreaker(createManualClock(NOON));
  for (const told of ['failed', 'failed', 'failed', 'failed', 'succeeded', 'failed'] as const) {
    breaker[told]();
    expect(breaker.allowance(48, 0)).toBe(48);
  }
  expect(breaker.isOpen()).toBe(false);
});

test('the fifth leaves the channel alone for ten seconds, to the millisecond', () => {
  const { clock, breaker } = opened();
  expect(breaker.isOpen()).toBe(true);
  clock.advance(9_999);
  expect(breaker.allowance(48, 0)).toBe(0);
  clock.advance(1);
  expect(breaker.allowance(48, 0)).toBe(1);
});

test('then one message asks, and nobody beside it', () => {
  const { clock, breaker } = opened();
  clock.advance(10_000);
  expect(breaker.allowance(0, 0)).toBe(0);
  expect(breaker.allowance(47, 1)).toBe(0);
});

test('a probe that fails costs ten seconds more, one that succeeds lets everybody go', () => {
  const { clock, breaker } = opened();
  clock.advance(10_000);
  breaker.failed();
  clock.advance(9_999);
  expect(breaker.allowance(48, 0)).toBe(0);
  clock.advance(1);
  breaker.succeeded();
  expect(breaker.allowance(48, 0)).toBe(48);
  expect(breaker.isOpen()).toBe(false);
});

test('a pause of the account ends when the longest of them ends; a success does not shorten it', () => {
  const clock = createManualClock(NOON);
  const breaker = createCircuitBreaker(clock);
  breaker.pauseUntil(new Date(NOON.getTime() + 60_000));
  breaker.pauseUntil(new Date(NOON.getTime() + 1_000));
  breaker.succeeded();
  clock.advance(59_999);
  expect(breaker.allowance(48, 0)).toBe(0);
  clock.advance(1);
  expect(breaker.allowance(48, 0)).toBe(48);
});
