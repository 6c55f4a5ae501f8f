// Connecting an OA from the browser: to Zalo's permission page and back with a code (contract sheet 2.2 to 2.4).
// The routes are elsewhere; here is what they do. A visit's state can be used once, for ten minutes.
import { createHash } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../../clock.ts';
import type { ZaloSettings } from '../../config.ts';
import type { Database } from '../../database.ts';
import type { TokenVault } from './access-token.ts';
import type { HttpClient } from './http-client.ts';
import { requestToken } from './request-token.ts';
import { openToken, sealToken } from './token-crypto.ts';

export type ConnectDeps = {
  db: Database;
  clock: Clock;
  http: HttpClient;
  tokens: Pick<TokenVault, 'replacePair'>;
  secretKey: Buffer;
  random: (size: number) => Buffer;
};

export type ConnectCallback = { code?: string | undefined; oaId?: string | undefined; state?: string | undefined };

/** `reason` is a Vietnamese sentence for the person who clicked. */
export type ConnectResult = { ok: true } | { ok: false; code: string; reason: string };

const STATE_LIFE_MS = 10 * MINUTE_MS;

/** Remembers the visit and gives the address to send the browser to. `redirectUri` must be the one saved at Zalo. */
export async function startZaloConnect(
  deps: Omit<ConnectDeps, 'http' | 'tokens'>,
  settings: ZaloSettings,
  redirectUri: string,
): Promise<{ url: string; state: string }> {
  const state = deps.random(24).toString('base64url');
  const verifier = chooseVerifier(deps, settings);
  const sealed = verifier === null ? null : sealToken(deps, placeOf(state), verifier);
  await deps.db.durably('begin-connect', () =>
    deps.db.pool.query(
      `INSERT INTO oauth_states (state, channel, code_verifier, created_at) VALUES ($1, 'zalo', $2, $3)`,
      [state, sealed, deps.clock.now()],
    ),
  );
  const url = new URL('/v4/oa/permission', settings.oauthUrl);
  url.searchParams.set('app_id', settings.appId);
  url.searchParams.set('redirect_uri', redirectUri);
  if (verifier !== null) url.searchParams.set('code_challenge', challengeOf(verifier));
  url.searchParams.set('state', state);
  return { url: url.toString(), state };
}

/** Spends the state, checks that it is our OA, exchanges the code and stores the pair. */
export async function finishZaloConnect(
  deps: ConnectDeps,
  settings: ZaloSettings,
  { code, oaId, state }: ConnectCallback,
): Promise<ConnectResult> {
  if (!code || !state) return failed('incomplete', 'Zalo không gửi lại mã cấp quyền. Hãy bấm kết nối lại từ đầu.');
  const visit = await spendState(deps, state);
  if (visit === null) return failed('state', 'Phiên kết nối đã hết hạn hoặc đã dùng. Hãy bấm kết nối lại từ đầu.');
  if (oaId !== settings.oaId) {
    return failed('wrong_oa', 'Bạn vừa cấp quyền cho một OA khác với ZALO_OA_ID. Hãy chọn đúng OA hoặc sửa cấu hình.');
  }
  const verifier = visit.sealedVerifier && openToken(deps, placeOf(state), visit.sealedVerifier);
  const grant = { grant_type: 'authorization_code', code, ...(verifier ? { code_verifier: verifier } : {}) } as const;
  const reply = await deps.db.durably('request-first-token', () => requestToken(deps, settings, grant));
  if (reply.kind !== 'pair') {
    return failed(
      reply.code,
      `Zalo không đổi mã cấp quyền lấy mã truy cập (${reply.code}). Hãy bấm kết nối lại từ đầu.`,
    );
  }
  await deps.tokens.replacePair(reply.pair);
  return { ok: true };
}

/** base64url(sha256(verifier)) without padding, as RFC 7636 has it. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}

/** It is not known which of the three ways Zalo wants of which app: hence a setting. */
function chooseVerifier({ random }: Pick<ConnectDeps, 'random'>, settings: ZaloSettings): string | null {
  switch (settings.pkceMode) {
    case 'none':
      return null;
    case 'fixed':
      return settings.fixedCodeVerifier;
    case 'per_request':
      return random(32).toString('base64url');
  }
}

async function spendState(
  { db, clock }: Pick<ConnectDeps, 'db' | 'clock'>,
  state: string,
): Promise<{ sealedVerifier: Buffer | null } | null> {
  const now = clock.now();
  const { rows } = await db.durably('spend-connect-state', () =>
    db.pool.query<{ sealedVerifier: Buffer | null }>(
      `UPDATE oauth_states SET used_at = $2 WHERE state = $1 AND channel = 'zalo' AND used_at IS NULL AND created_at > $3
     RETURNING code_verifier AS "sealedVerifier"`,
      [state.replaceAll('\u0000', ''), now, new Date(now.getTime() - STATE_LIFE_MS)],
    ),
  );
  return rows[0] ?? null;
}

function placeOf(state: string): string {
  return `zalo:oauth:${state}`;
}

function failed(code: string, reason: string): ConnectResult {
  return { ok: false, code, reason };
}
