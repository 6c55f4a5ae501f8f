// The vault's rows (table channel_tokens), the folder's only database calls about tokens. A refresh token can be spent
// once: a refresh is claimed under a row lock before it is asked for, and its answer is saved only over the pair it
// belongs to (the fence).
import type { Clock } from '../../clock.ts';
import type { Database } from '../../database.ts';
import {
  ANSWER_LOST,
  type Claim,
  type ClaimResult,
  decideRefresh,
  REFRESH_FAILED,
  type TokenRow,
} from './decide-refresh.ts';
import { keyIdOf, openToken, sealToken, type TokenKey } from './token-crypto.ts';
import type { TokenPair } from './token-spool.ts';

export type TokenRows = {
  read(): Promise<TokenRow | null>;
  insertFirst(tokens: { accessToken: string; refreshToken: string | null; isExpired: boolean }): Promise<void>;
  /** `refused`: the access token that Zalo no longer takes; null = renew because it is due. */
  claim(refused: string | null): Promise<ClaimResult>;
  /** Keeps the claim for the one repetition after a lost answer; null when the lease went to somebody else. */
  claimSecondTry(claim: Claim): Promise<Claim | null>;
  /** The pair replaces the one it was made from; false when a newer one is there. */
  savePair(pair: TokenPair, overFence: number): Promise<boolean>;
  /** A new authorisation replaces whatever is there. */
  replacePair(pair: TokenPair): Promise<void>;
  release(claim: Claim, retryAt: Date): Promise<void>;
  stop(claim: Claim, reason: string): Promise<void>;
  postpone(until: Date): Promise<void>;
};

type FirstTokens = { accessToken: string; refreshToken: string | null; isExpired: boolean };
type Vault = { db: Database; clock: Clock; key: TokenKey; accountId: string };
type StoredRow = Omit<TokenRow, 'accessToken' | 'refreshToken'> & { accessToken: Buffer; refreshToken: Buffer | null };

export function createTokenRows(deps: Omit<Vault, 'accountId'>, accountId: string): TokenRows {
  const vault = { ...deps, accountId };
  return {
    read: () => read(vault),
    insertFirst: (tokens) => insertFirst(vault, tokens),
    claim: (refused) => claim(vault, refused),
    claimSecondTry: (first) => claimSecondTry(vault, first),
    savePair: (pair, overFence) => savePair(vault, pair, overFence),
    replacePair: (pair) => replacePair(vault, pair),
    release: (claimed, retryAt) => release(vault, claimed, retryAt),
    stop: (claimed, reason) => stop(vault, claimed, reason),
    postpone: (until) => postpone(vault, until),
  };
}

const SELECT = `SELECT access_token AS "accessToken", refresh_token AS "refreshToken", access_expires_at AS "accessExpiresAt",
  refresh_expires_at AS "refreshExpiresAt", status, reason, fence, refresh_started_at AS "refreshStartedAt",
  next_refresh_at AS "nextRefreshAt" FROM channel_tokens WHERE channel = 'zalo' AND account_id = $1`;

async function read(vault: Vault): Promise<TokenRow | null> {
  const { rows } = await vault.db.pool.query<StoredRow>(SELECT, [vault.accountId]);
  return rows[0] ? toRow(vault, rows[0]) : null;
}

async function insertFirst(vault: Vault, { accessToken, refreshToken, isExpired }: FirstTokens): Promise<void> {
  const now = vault.clock.now();
  await vault.db.durably('keep-first-token', () =>
    vault.db.pool.query(
      `INSERT INTO channel_tokens (channel, account_id, access_token, refresh_token, key_id, access_expires_at, status,
       next_refresh_at, updated_at) VALUES ('zalo', $1, $2, $3, $4, $5, 'active', $6, $6) ON CONFLICT DO NOTHING`,
      [
        vault.accountId,
        seal(vault, 'access', accessToken),
        refreshToken === null ? null : seal(vault, 'refresh', refreshToken),
        keyIdOf(vault.key.secretKey),
        isExpired ? now : null,
        now,
      ],
    ),
  );
}

function claim(vault: Vault, refused: string | null): Promise<ClaimResult> {
  const { db, clock, accountId } = vault;
  return db.transaction('claim-token', async (client) => {
    const { rows } = await client.query<StoredRow>(`${SELECT} FOR UPDATE`, [accountId]);
    if (rows[0] === undefined) return { kind: 'missing' };
    const decision = decideRefresh(toRow(vault, rows[0]), refused, clock.now());
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
  });
}

async function claimSecondTry({ db, clock, accountId }: Vault, first: Claim): Promise<Claim | null> {
  const startedAt = clock.now();
  const { rowCount } = await db.durably('claim-second-try', () =>
    db.pool.query(
      `UPDATE channel_tokens SET refresh_started_at = $4, reason = $5, updated_at = $4
      WHERE channel = 'zalo' AND account_id = $1 AND fence = $2 AND refresh_started_at = $3 AND status = 'active'`,
      [accountId, first.fence, first.startedAt, startedAt, ANSWER_LOST],
    ),
  );
  return rowCount === 1 ? { ...first, startedAt, isSecondTry: true } : null;
}

async function savePair(vault: Vault, pair: TokenPair, overFence: number): Promise<boolean> {
  const { rowCount } = await vault.db.durably('save-token-pair', () =>
    vault.db.pool.query(
      `UPDATE channel_tokens SET access_token = $2, refresh_token = $3, key_id = $4, access_expires_at = $5,
       refresh_expires_at = $6, next_refresh_at = $7, updated_at = $8, status = 'active', reason = NULL,
       refresh_started_at = NULL, fence = fence + 1
      WHERE channel = 'zalo' AND account_id = $1 AND fence = $9`,
      [...pairValues(vault, pair), overFence],
    ),
  );
  return rowCount === 1;
}

async function replacePair(vault: Vault, pair: TokenPair): Promise<void> {
  await vault.db.durably('replace-token-pair', () =>
    vault.db.pool.query(
      `INSERT INTO channel_tokens (channel, account_id, access_token, refresh_token, key_id, access_expires_at,
       refresh_expires_at, next_refresh_at, updated_at, status, fence)
     VALUES ('zalo', $1, $2, $3, $4, $5, $6, $7, $8, 'active', 1)
     ON CONFLICT (channel, account_id) DO UPDATE SET access_token = $2, refresh_token = $3, key_id = $4,
       access_expires_at = $5, refresh_expires_at = $6, next_refresh_at = $7, updated_at = $8, status = 'active',
       reason = NULL, refresh_started_at = NULL, fence = channel_tokens.fence + 1`,
      pairValues(vault, pair),
    ),
  );
}

async function release({ db, clock, accountId }: Vault, claimed: Claim, retryAt: Date): Promise<void> {
  const reason = claimed.isSecondTry ? ANSWER_LOST : REFRESH_FAILED;
  await db.durably('release-token', () =>
    db.pool.query(
      `UPDATE channel_tokens SET refresh_started_at = NULL, next_refresh_at = $4, reason = $5, updated_at = $6
      WHERE channel = 'zalo' AND account_id = $1 AND fence = $2 AND refresh_started_at = $3`,
      [accountId, claimed.fence, claimed.startedAt, retryAt, reason, clock.now()],
    ),
  );
}

async function stop({ db, clock, accountId }: Vault, claimed: Claim, reason: string): Promise<void> {
  await db.durably('stop-token', () =>
    db.pool.query(
      `UPDATE channel_tokens SET status = 'needs_reauthorisation', reason = $3, refresh_started_at = NULL, updated_at = $4
      WHERE channel = 'zalo' AND account_id = $1 AND fence = $2`,
      [accountId, claimed.fence, reason, clock.now()],
    ),
  );
}

async function postpone({ db, clock, accountId }: Vault, until: Date): Promise<void> {
  await db.durably('postpone-token', () =>
    db.pool.query(
      `UPDATE channel_tokens SET next_refresh_at = $2, updated_at = $3
      WHERE channel = 'zalo' AND account_id = $1 AND refresh_started_at IS NULL`,
      [accountId, until, clock.now()],
    ),
  );
}

function toRow({ key, accountId }: Vault, stored: StoredRow): TokenRow {
  const { accessToken, refreshToken } = stored;
  return {
    ...stored,
    accessToken: openToken(key, `zalo:${accountId}:access`, accessToken),
    refreshToken: refreshToken && openToken(key, `zalo:${accountId}:refresh`, refreshToken),
  };
}

function seal({ key, accountId }: Vault, field: 'access' | 'refresh', token: string): Buffer {
  return sealToken(key, `zalo:${accountId}:${field}`, token);
}

function pairValues(vault: Vault, pair: TokenPair): unknown[] {
  const now = vault.clock.now();
  return [
    vault.accountId,
    seal(vault, 'access', pair.accessToken),
    seal(vault, 'refresh', pair.refreshToken),
    keyIdOf(vault.key.secretKey),
    pair.accessExpiresAt,
    pair.refreshExpiresAt,
    nextRefreshOf(pair, now),
    now,
  ];
}

/** At four fifths of its life: 20 of 25 hours. */
function nextRefreshOf(pair: TokenPair, now: Date): Date {
  const life = pair.accessExpiresAt.getTime() - now.getTime();
  return new Date(now.getTime() + Math.max(0, life) * 0.8);
}
