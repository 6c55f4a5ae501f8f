// OAuth v4 of an OA: permission page, code, single-use refresh token (contract sheet, section 2).
import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../../clock.ts';
import type { Answer, ApiCall } from '../answer-call.ts';
import { createToken } from '../create-ids.ts';
import { ACCESS_TOKEN_LIFE_MS, REFRESH_TOKEN_LIFE_MS } from '../keep-state.ts';
import type { ZaloTokens } from '../sandbox-schema.ts';
import { noteViolation, nowMs, type World } from '../world.ts';

const CODE_LIFE_MS = 10 * MINUTE_MS;

type Code = { challenge: string | null; expiresAt: number };
type Refusal = { error: number; name: string; reason: string };

export type TokenGrants = { permit(call: ApiCall): Answer; grant(call: ApiCall): Answer };

/** `saveNow` runs before a new pair leaves: the old one is dead by then. */
export function createTokenGrants(world: World, saveNow: () => void): TokenGrants {
  const codes = new Map<string, Code>();
  return {
    permit(call) {
      const redirectUri = call.query.get('redirect_uri') ?? '';
      const callbackUrl = world.credentials.zaloCallbackUrl;
      if (call.query.get('app_id') !== world.credentials.zaloAppId) return refused(invalidApp);
      if (!URL.canParse(redirectUri) || (callbackUrl !== null && callbackUrl !== redirectUri))
        return refused({ error: -14003, name: 'Invalid redirect uri', reason: 'redirect_uri is not the saved one' });
      const code = createToken(world.random, 30);
      codes.set(code, { challenge: call.query.get('code_challenge'), expiresAt: nowMs(world) + CODE_LIFE_MS });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('oa_id', world.credentials.zaloOaId);
      const state = call.query.get('state');
      if (state !== null) back.searchParams.set('state', state);
      return { status: 302, body: null, redirectTo: back.href };
    },
    grant(call) {
      if (!(call.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
        noteViolation(world, { channel: 'zalo', method: call.method, path: call.path, reason: 'body is not a form' });
        return refused({ error: -14004, name: 'Invalid grant type', reason: 'grant_type is missing' });
      }
      const form = new URLSearchParams(call.body.toString('utf8'));
      const refusal = checkApp(world, call, form) ?? spendGrant(world, codes, form);
      if (refusal !== null) return refused(refusal);
      world.state.tokens = createPair(world);
      saveNow();
      world.events.emit('tokens');
      const { accessToken, refreshToken } = world.state.tokens;
      const seconds = String(ACCESS_TOKEN_LIFE_MS / 1000);
      return { status: 200, body: { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } };
    },
  };
}

function createPair(world: World): ZaloTokens {
  const now = nowMs(world);
  return {
    accessToken: createToken(world.random),
    accessExpiresAt: now + ACCESS_TOKEN_LIFE_MS,
    refreshToken: createToken(world.random),
    refreshExpiresAt: now + REFRESH_TOKEN_LIFE_MS,
  };
}

const invalidApp: Refusal = { error: -14002, name: 'Invalid app id', reason: 'App is not active' };

function checkApp(world: World, call: ApiCall, form: URLSearchParams): Refusal | null {
  if (form.get('app_id') !== world.credentials.zaloAppId) return invalidApp;
  if (call.headers.secret_key !== world.credentials.zaloAppSecret)
    return { error: -14005, name: 'Invalid secret key', reason: 'header secret_key is not the app secret' };
  return null;
}

/** Uses up the code or the refresh token. */
function spendGrant(world: World, codes: Map<string, Code>, form: URLSearchParams): Refusal | null {
  if (form.get('grant_type') === 'authorization_code') return spendCode(world, codes, form);
  if (form.get('grant_type') !== 'refresh_token')
    return { error: -14004, name: 'Invalid grant type', reason: 'grant_type is unknown' };
  const { refreshToken, refreshExpiresAt } = world.state.tokens;
  if (form.get('refresh_token') === refreshToken && nowMs(world) < refreshExpiresAt) return null;
  return { error: -14014, name: 'Invalid refresh token', reason: 'Refresh token is used, expired or unknown' };
}

function spendCode(world: World, codes: Map<string, Code>, form: URLSearchParams): Refusal | null {
  const given = form.get('code') ?? '';
  const code = codes.get(given);
  codes.delete(given);
  if (code === undefined || nowMs(world) > code.expiresAt)
    return { error: -14007, name: 'Invalid authorization code', reason: 'Code is used, expired or unknown' };
  const verifier = form.get('code_verifier') ?? '';
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  if (code.challenge !== null && code.challenge !== challenge)
    return { error: -14008, name: 'Invalid code verifier', reason: 'code_verifier does not fit code_challenge' };
  return null;
}

/** OAuth errors have their own shape, and come with HTTP 200. */
function refused(refusal: Refusal): Answer {
  return {
    status: 200,
    body: {
      error: refusal.error,
      error_name: refusal.name,
      error_reason: refusal.reason,
      error_description: refusal.reason,
      ref_doc: 'https://developers.zalo.me/docs/official-account/phu-luc/ma-loi',
    },
    refusal: `${refusal.error} ${refusal.name}`,
  };
}
