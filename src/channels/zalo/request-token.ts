// Zalo's token endpoint: a code or a refresh token in, a new pair out, or what exactly is known about its failure.
import { type Clock, DAY_MS, HOUR_MS, SECOND_MS } from '../../clock.ts';
import type { ZaloSettings } from '../../config.ts';
import type { HttpClient, HttpOutcome } from './http-client.ts';
import { isJsonObject } from './read-json.ts';
import type { TokenPair } from './token-spool.ts';

export type TokenGrant =
  | { grant_type: 'authorization_code'; code: string; code_verifier?: string }
  | { grant_type: 'refresh_token'; refresh_token: string };

export type TokenReply =
  | { kind: 'pair'; pair: TokenPair }
  /** Zalo will never take this grant again. */
  | { kind: 'refused'; code: string }
  /** Zalo did not take it now; the same grant is still good. */
  | { kind: 'not_now'; code: string }
  /** Zalo may have taken it and the pair did not reach us whole. */
  | { kind: 'lost'; code: string };

const ACCESS_LIFE_MS = 25 * HOUR_MS;
/** "Three months": 90 days is the shortest reading. */
const REFRESH_LIFE_MS = 90 * DAY_MS;
const LONGEST_LIFE_MS = 3_650 * DAY_MS;
const RATE_LIMITED = '-32';

export async function requestToken(
  { http, clock }: { http: HttpClient; clock: Clock },
  settings: Pick<ZaloSettings, 'appId' | 'appSecret' | 'oauthUrl'>,
  grant: TokenGrant,
): Promise<TokenReply> {
  const outcome = await http({
    method: 'POST',
    url: `${settings.oauthUrl}/v4/oa/access_token`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', secret_key: settings.appSecret },
    data: new URLSearchParams({ ...grant, app_id: settings.appId }).toString(),
  });
  return interpret(outcome, clock.now());
}

function interpret(outcome: HttpOutcome, now: Date): TokenReply {
  switch (outcome.kind) {
    case 'not_sent':
      return { kind: 'not_now', code: outcome.code };
    case 'lost':
      return { kind: 'lost', code: outcome.code };
    case 'unreadable':
      // Not Zalo's own words: a proxy in between, or half an answer.
      return isSuccess(outcome.status)
        ? { kind: 'lost', code: 'unreadable_answer' }
        : { kind: 'not_now', code: `http_${outcome.status}` };
    case 'answer':
      return interpretAnswer(outcome.status, outcome.body, now);
  }
}

/** Failures come with HTTP 200 too: only two whole tokens without an error are a success. */
function interpretAnswer(status: number, body: unknown, now: Date): TokenReply {
  const fields = isJsonObject(body) ? body : {};
  const code = readErrorCode(fields);
  const isBusy = status >= 500 || status === 429;
  if (code !== null) return { kind: isBusy || code === RATE_LIMITED ? 'not_now' : 'refused', code };
  if (!isSuccess(status)) return { kind: isBusy ? 'not_now' : 'refused', code: `http_${status}` };
  const { access_token: accessToken, refresh_token: refreshToken } = fields;
  if (!isToken(accessToken) || !isToken(refreshToken)) return { kind: 'lost', code: 'incomplete_answer' };
  return {
    kind: 'pair',
    pair: {
      accessToken,
      refreshToken,
      accessExpiresAt: new Date(now.getTime() + readSpan(fields.expires_in, ACCESS_LIFE_MS)),
      refreshExpiresAt: new Date(now.getTime() + readSpan(fields.refresh_token_expires_in, REFRESH_LIFE_MS)),
    },
  };
}

function readErrorCode({ error, error_name: name }: Record<string, unknown>): string | null {
  if (typeof error === 'string' && error !== '' && error !== '0') return error;
  return typeof name === 'string' && name !== '' ? name : null;
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Seconds, as a string in real answers. */
function readSpan(seconds: unknown, otherwiseMs: number): number {
  const span = typeof seconds === 'string' ? Number(seconds) * SECOND_MS : Number.NaN;
  return span > 0 && span < LONGEST_LIFE_MS ? span : otherwiseMs;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
