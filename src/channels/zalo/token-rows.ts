// The vault's rows (table channel_tokens), the folder's only database calls about tokens. A refresh token can be spent
// once: a refresh is claimed under a row lock before it is asked for, and its answer is saved only over the pair it
// belongs to (the fence).
import type { Clock } from '../../clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { Database } from '../../database.ts';
import { keyIdOf, openToken, sealToken, type TokenKey } from './token-crypto.ts';
import type { TokenPair } from './token-spool.ts';

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

export type TokenRows = {
  read(): Promise<TokenRow | null>;
  insertFirst(tokens: { accessToken: string; refreshToken: string | null; isExpired: boolean }): Promise<void>;
  /** `refused`: the access token that Zalo no longer takes; null = renew because it is due. */
  claim(refused: string | null): Promise<ClaimResult>;
  /** Keeps the claim for the one repetition after a lost answer; false when the lease went to somebody else. */
  claimSecondTry(claim: Claim): Promise<Claim | null>;
  /** The pair replaces the one it was made from; false when a newer one is there. */
  savePair(pair: TokenPair, overFence: number): Promise<boolean>;
  /** A new authorisation replaces whatever is there. */
  replacePair(pair: TokenPair): Promise<void>;
  release(claim: Claim, retryAt: Date): Promise<void>;
  stop(claim: Claim, reason: string): Promise<void>;
  postpone(until: Date): Promise<void>;
};

/** Longer than two HTTP timeouts and than a process that is paused for a minute. */
export const REFRESH_LEASE_MS = 90 * SECOND_MS;
/** Kept in `reason` while one answer is known to be lost. */
const ANSWER_LOST = 'answer_lost';
const REFRESH_FAILED = 'refresh_failed';

type Deps = { db: Database; clock: Clock; key: TokenKey };
type StoredRow = Omit<TokenRow, 'accessToken' | 'refreshToken'> & { accessToken: Buffer; refreshToken: Buffer | null };

const SELECT = `SELECT access_token AS "accessToken", refresh_token AS "refreshToken", access_expires_at AS "accessExpiresAt",
  refresh_expires_at AS "refreshExpiresAt", status, reason, fence, refresh_started_at AS "refreshStartedAt",
  next_refresh_at AS "nextRefreshAt" FROM channel_tokens WHERE channel = 'zalo' AND account_id = $1`;

export function createTokenRows({ db, clock, key }: Deps, accountId: string): TokenRows {
  const keyId = keyIdOf(key.secretKey);
  const seal = (field: 'access' | 'refresh', token: string) => sealToken(key, `zalo:${accountId}:${field}`, token);
  const open = (field: 'access' | 'refresh', sealed: Buffer) => openToken(key, `zalo:${accountId}:${field}`, sealed);
  const toRow = (stored: StoredRow): TokenRow => ({
    ...stored,
    accessToken: open('access', stored.accessToken),
    refreshToken: stored.refreshToken && open('refresh', stored.refreshToken),
  });
  const pairValues = (pair: TokenPair) => [
    accountId,
    seal('access', pair.accessToken),
    seal('refresh', pair.refreshToken),
    keyId,
    pair.accessExpiresAt,
    pair.refreshExpiresAt,
    nextRefreshOf(pair, clock.now()),
    clock.now(),
  ];

  return {
    async read() {
      const { rows } = await db.pool.query<StoredRow>(SELECT, [accountId]);
      return rows[0] ? toRow(rows[0]) : null;
    },

    async insertFirst({ accessToken, refreshToken, isExpired }) {
      await db.pool.query(
        `INSERT INTO channel_tokens (channel, account_id, access_token, refresh_token, key_id, access_expires_at, status,
           next_refresh_at, updated_at) VALUES ('zalo', $1, $2, $3, $4, $5, 'active', $6, $6) ON CONFLICT DO NOTHING`,
        [
          accountId,
          seal('access', accessToken),
          refreshToken === null ? null : seal('refresh', refreshToken),
          keyId,
          isExpired ? clock.now() : null,
          clock.now(),
        ],
      );
    },

    claim: (refused) =>
      db.transaction(async (client) => {
        const { rows } = await client.query<StoredRow>(`${SELECT} FOR UPDATE`, [accountId]);
        if (rows[0] === undefined) return { kind: 'missing' };
        const decision = decide(toRow(rows[0]), refused, clock.now());
        if (decision.kind === 'claimed') {
          await client.query(
            `UPDATE channel_tokens SET refresh_started_at = $2, reason = $3, updated_at = $2
              WHERE channel = 'zalo' AND account_id = $1`,
            [accountId, decision.claim.startedAt, decision.claim.isSecondTry ? ANSWER_LOST : null],
          );
        }
        if (decision.kind === 'needs_reauthorisation') {
          await client.query(
            `UPDATE channel_tokens SET status = 'needs_reauthorisation', reason = $2, refresh_started_at = NULL,
              updated_at = $3 WHERE channel = 'zalo' AND account_id = $1 AND status = 'active'`,
            [accountId, decision.reason, clock.now()],
          );
        }
        return decision;
      }),

    async claimSecondTry(claim) {
      const startedAt = clock.now();
      const { rowCount } = await db.pool.query(
        `UPDATE channel_tokens SET refresh_started_at = $4, reason = '${ANSWER_LOST}', updated_at = $4
          WHERE channel = 'zalo' AND account_id = $1 AND fence = $2 AND refresh_started_at = $3 AND status = 'active'`,
        [accountId, claim.fence, claim.startedAt, startedAt],
      );
      return rowCount === 1 ? { ...claim, startedAt, isSecondTry: true } : null;
    },

    async savePair(pair, overFence) {
      const { rowCount } = await db.pool.query(
        `UPDATE channel_tokens SET access_token = $2, refresh_token = $3, key_id = $4, access_expires_at = $5,
           refresh_expires_at = $6, next_refresh_at = $7, updated_at = $8, status = 'active', reason = NULL,
           refresh_started_at = NULL, fence = fence + 1
          WHERE channel = 'zalo' AND account_id = $1 AND fence = $9`,
        [...pairValues(pair), overFence],
      );
      return rowCount === 1;
    },

    async replacePair(pair) {
      await db.pool.query(
        `INSERT INTO channel_tokens (channel, account_id, access_token, refresh_token, key_id, access_expires_at,
           refresh_expires_at, next_refresh_at, updated_at, status, fence)
         VALUES ('zalo', $1, $2, $3, $4, $5, $6, $7, $8, 'active', 1)
         ON CONFLICT (channel, account_id) DO UPDATE SET access_token = $2, refresh_token = $3, key_id = $4,
           access_expires_at = $5, refresh_expires_at = $6, next_refresh_at = $7, updated_at = $8, status = 'active',
           reason = NULL, refresh_started_at = NULL, fence = channel_tokens.fence + 1`,
        pairValues(pair),
      );
    },

    async release(claim, retryAt) {
      await db.pool.query(
        `UPDATE channel_tokens SET refresh_started_at = NULL, next_refresh_at = $4, reason = $5, updated_at = $6
          WHERE channel = 'zalo' AND account_id = $1 AND fence = $2 AND refresh_started_at = $3`,
        [
          accountId,
          claim.fence,
          claim.startedAt,
          retryAt,
          claim.isSecondTry ? ANSWER_LOST : REFRESH_FAILED,
          clock.now(),
        ],
      );
    },

    async stop(claim, reason) {
      await db.pool.query(
        `UPDATE channel_tokens SET status = 'needs_reauthorisation', reason = $3, refresh_started_at = NULL, updated_at = $4
          WHERE channel = 'zalo' AND account_id = $1 AND fence = $2`,
        [accountId, claim.fence, reason, clock.now()],
      );
    },

    async postpone(until) {
      await db.pool.query(
        `UPDATE channel_tokens SET next_refresh_at = $2, updated_at = $3
          WHERE channel = 'zalo' AND account_id = $1 AND refresh_started_at IS NULL`,
        [accountId, until, clock.now()],
      );
    },
  };
}

/** Whether this caller may spend the refresh token now. Pure. */
export function decide(row: TokenRow, refused: string | null, now: Date): Exclude<ClaimResult, { kind: 'missing' }> {
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
  // A lease that ran out is a lost answer too: its owner died or never came back.
  if (isClaimed && wasLost) return { kind: 'needs_reauthorisation', reason: ANSWER_LOST };
  if (!isClaimed && !isDue && row.reason !== null) {
    return { kind: 'backing_off', until: row.nextRefreshAt ?? new Date(now.getTime() + MINUTE_MS) };
  }
  const claim = { fence: row.fence, startedAt: now, refreshToken: row.refreshToken, isSecondTry: isClaimed || wasLost };
  return { kind: 'claimed', claim };
}

export function isExpired(row: TokenRow, now: Date): boolean {
  return row.accessExpiresAt !== null && row.accessExpiresAt <= now;
}

/** At four fifths of its life: 20 of 25 hours. */
function nextRefreshOf(pair: TokenPair, now: Date): Date {
  const life = pair.accessExpiresAt.getTime() - now.getTime();
  return new Date(now.getTime() + Math.max(0, life) * 0.8);
}
