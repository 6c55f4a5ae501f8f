// May this caller spend the refresh token now: every state of the row, to the millisecond.
import { describe, expect, test } from 'vitest';
import {
  ANSWER_LOST,
  decideRefresh,
  isExpired,
  REFRESH_FAILED,
  REFRESH_LEASE_MS,
  type TokenRow,
} from '../../../src/channels/zalo/decide-refresh.ts';
import { MINUTE_MS } from '../../../src/clock.ts';

const now = new Date('2026-11-21T03:00:00Z');
const soon = (ms: number): Date => new Date(now.getTime() + ms);
const row = (changes: Partial<TokenRow> = {}): TokenRow => ({
  accessToken: 'a',
  refreshToken: 'r',
  accessExpiresAt: soon(MINUTE_MS),
  refreshExpiresAt: null,
  status: 'active',
  reason: null,
  fence: 7,
  refreshStartedAt: null,
  nextRefreshAt: soon(1),
  ...changes,
});
const claimed = (isSecondTry: boolean) => ({
  kind: 'claimed',
  claim: { fence: 7, startedAt: now, refreshToken: 'r', isSecondTry },
});
const renewed = { kind: 'renewed', accessToken: 'a' };
const busy = { kind: 'busy' };
const owner = (reason: string) => ({ kind: 'needs_reauthorisation', reason });

test('a token is over at its time, and never when nobody knows it', () => {
  expect(isExpired(row({ accessExpiresAt: soon(1) }), now)).toBe(false);
  expect(isExpired(row({ accessExpiresAt: now }), now)).toBe(true);
  expect(isExpired(row({ accessExpiresAt: null }), now)).toBe(false);
});

test('words that rows already hold', () => {
  expect([ANSWER_LOST, REFRESH_FAILED]).toEqual(['answer_lost', 'refresh_failed']);
});

describe('asked by the clock', () => {
  test.each<[string, Partial<TokenRow>, object]>([
    ['not due, not over', {}, renewed],
    ['no time is set and nobody knows its age', { nextRefreshAt: null, accessExpiresAt: null }, renewed],
    ['due now', { nextRefreshAt: now }, claimed(false)],
    ['over though not due', { accessExpiresAt: now }, claimed(false)],
    ['over, no time is set', { accessExpiresAt: now, nextRefreshAt: null }, claimed(false)],
    ['due, and the last answer was lost', { nextRefreshAt: now, reason: ANSWER_LOST }, claimed(true)],
    ['due, and the last one failed', { nextRefreshAt: now, reason: REFRESH_FAILED }, claimed(false)],
    ['not due: failing stands in nobody’s way', { reason: REFRESH_FAILED }, renewed],
    [
      'over, failed a moment ago',
      { accessExpiresAt: now, reason: REFRESH_FAILED },
      { kind: 'backing_off', until: soon(1) },
    ],
    [
      'over, failed, no time is set',
      { accessExpiresAt: now, reason: REFRESH_FAILED, nextRefreshAt: null },
      { kind: 'backing_off', until: soon(MINUTE_MS) },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(decideRefresh(row(changes), null, now)).toEqual(expected);
  });
});

describe('asked because Zalo refused a token', () => {
  test.each<[string, string, Partial<TokenRow>, object]>([
    ['the stored one', 'a', {}, claimed(false)],
    ['an older one', 'old', {}, renewed],
    ['an older one, and the stored is due', 'old', { nextRefreshAt: now }, renewed],
    ['an older one while somebody renews again', 'old', { refreshStartedAt: now }, busy],
    [
      'the stored one, which failed to renew a moment ago',
      'a',
      { reason: ANSWER_LOST },
      { kind: 'backing_off', until: soon(1) },
    ],
  ])('%s', (_name, refused, changes, expected) => {
    expect(decideRefresh(row(changes), refused, now)).toEqual(expected);
  });
});

describe('somebody has begun', () => {
  test.each<[string, number, Partial<TokenRow>, object]>([
    ['just now', 0, {}, busy],
    ['a moment before the lease is over', REFRESH_LEASE_MS - 1, { nextRefreshAt: now }, busy],
    ['the lease is over: an answer was lost', REFRESH_LEASE_MS, {}, claimed(true)],
    ['the lease is over, and it failed before', REFRESH_LEASE_MS, { reason: REFRESH_FAILED }, claimed(true)],
  ])('%s', (_name, ago, changes, expected) => {
    expect(decideRefresh(row({ refreshStartedAt: soon(-ago), ...changes }), null, now)).toEqual(expected);
  });

  test('the lease outlasts a process that stands still for a minute', () => {
    expect(REFRESH_LEASE_MS).toBe(90_000);
  });
});

describe('only the owner can help', () => {
  test.each<[string, Partial<TokenRow>, string]>([
    ['when Zalo said so', { status: 'needs_reauthorisation', reason: 'refused:-14003' }, 'refused:-14003'],
    ['when nobody wrote why', { status: 'needs_reauthorisation' }, ''],
    ['when the key was changed', { accessToken: null, nextRefreshAt: now }, 'key_changed'],
    ['when there is nothing to renew with', { refreshToken: null, nextRefreshAt: now }, 'no_refresh_token'],
  ])('%s', (_name, changes, reason) => {
    expect(decideRefresh(row(changes), null, now)).toEqual(owner(reason));
  });

  test('a token that still works needs no refresh token', () => {
    expect(decideRefresh(row({ refreshToken: null }), null, now)).toEqual(renewed);
  });
});
