// May this caller spend the refresh token now? Pure: the row as it is locked, the question, the time.
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';

export type TokenRow = {
  /** Null when the row was sealed with another SECRET_KEY. */
  accessToken: string | null;
  refreshToken: string | null;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  status: 'active' | 'needs_reauthorisation';
  reason: string | null;
  fence: number;
  refreshStartedAt: Date | null;
  nextRefreshAt: Date | null;
};

/** A refresh that is ours alone until the lease is over; `isSecondTry` after an answer was lost. */
export type Claim = { fence: number; startedAt: Date; refreshToken: string; isSecondTry: boolean };

export type ClaimResult =
  | { kind: 'claimed'; claim: Claim }
  /** Somebody has renewed it already. */
  | { kind: 'renewed'; accessToken: string }
  /** Somebody is doing it now. */
  | { kind: 'busy' }
  /** It failed a moment ago and is not due again yet. */
  | { kind: 'backing_off'; until: Date }
  | { kind: 'needs_reauthorisation'; reason: string }
  | { kind: 'missing' };

/** Longer than two HTTP timeouts and than a process that is paused for a minute. */
export const REFRESH_LEASE_MS = 90 * SECOND_MS;
/** Kept in the row's `reason` while one answer is known to be lost. */
export const ANSWER_LOST = 'answer_lost';
/** Kept there while Zalo does not refresh but the token is still good. */
export const REFRESH_FAILED = 'refresh_failed';

/** Whether this caller may spend the refresh token now. Pure. */
export function decideRefresh(
  row: TokenRow,
  refused: string | null,
  now: Date,
): Exclude<ClaimResult, { kind: 'missing' }> {
  if (row.status === 'needs_reauthorisation') return { kind: 'needs_reauthorisation', reason: row.reason ?? '' };
  if (row.accessToken === null) return { kind: 'needs_reauthorisation', reason: 'key_changed' };
  const isDue = row.nextRefreshAt !== null && row.nextRefreshAt <= now;
  const isRenewed = refused === null ? !isDue && !isExpired(row, now) : row.accessToken !== refused;
  if (isRenewed && row.refreshStartedAt === null) return { kind: 'renewed', accessToken: row.accessToken };
  if (row.refreshToken === null) return { kind: 'needs_reauthorisation', reason: 'no_refresh_token' };
  const isClaimed = row.refreshStartedAt !== null;
  if (row.refreshStartedAt !== null && now.getTime() - row.refreshStartedAt.getTime() < REFRESH_LEASE_MS) {
    return { kind: 'busy' };
  }
  const wasLost = row.reason === ANSWER_LOST;
  if (!isClaimed && !isDue && row.reason !== null) {
    return { kind: 'backing_off', until: row.nextRefreshAt ?? new Date(now.getTime() + MINUTE_MS) };
  }
  // A lease that ran out is a lost answer too: its owner died or never came back.
  const claim = { fence: row.fence, startedAt: now, refreshToken: row.refreshToken, isSecondTry: isClaimed || wasLost };
  return { kind: 'claimed', claim };
}

export function isExpired(row: TokenRow, now: Date): boolean {
  return row.accessExpiresAt !== null && row.accessExpiresAt <= now;
}
