// When a message is tried again: soon at first, then rarely, never all at once.
import { expect, test } from 'vitest';
import { HOLDING_MS, retryDelayMs } from '../../src/outbox/retry-policy.ts';

test.each([
  [0, 2_000],
  [1, 2_000],
  [2, 4_000],
  [3, 8_000],
  [8, 256_000],
  [9, 300_000],
  [200, 300_000],
])('after %d attempts within %d ms, and not before half of it', (attempts, longest) => {
  expect(retryDelayMs(attempts, 0)).toBe(longest / 2);
  expect(retryDelayMs(attempts, 0.5)).toBe(longest * 0.75);
  expect(retryDelayMs(attempts, 1)).toBe(longest);
});

test('where the channel is the trouble never so late that what comes after it is let go', () => {
  expect(retryDelayMs(6, 1, 'account')).toBe(64_000);
  for (const attempts of [7, 9, 200]) expect(retryDelayMs(attempts, 1, 'account')).toBe(HOLDING_MS);
});
