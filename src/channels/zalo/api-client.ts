// Calls to Zalo's OpenAPI: token, optional proof and rate in, one of four honest outcomes out.
// A dead token is renewed once and the call repeated once; that is safe because Zalo refused the first.
import { createHmac } from 'node:crypto';
import type { ZaloSettings } from '../../config.ts';
import type { TokenAnswer, TokenVault } from './access-token.ts';
import { findMeaning } from './classify-error.ts';
import type { HttpClient, HttpOutcome } from './http-client.ts';
import { isJsonObject } from './read-json.ts';
import type { ZaloHost } from './render-message.ts';
import type { RequestLimit } from './request-limit.ts';

export type ApiRequest = {
  host: ZaloHost;
  method: 'GET' | 'POST';
  path: string;
  /** GET parameters: Zalo takes them as one JSON in `data`. */
  query?: Record<string, unknown>;
  body?: Record<string, unknown> | FormData;
  signal?: AbortSignal;
};

export type ApiOutcome =
  /** error 0. */
  | { kind: 'ok'; data: unknown }
  /** Zalo said no, with its code. */
  | { kind: 'error'; code: string; message: string }
  /** Surely not done. */
  | { kind: 'not_sent'; code: string; reason: string; concerns: 'message' | 'account'; retryAt: Date | null }
  /** Perhaps done. */
  | { kind: 'unknown'; code: string };

export type ZaloApi = { call(request: ApiRequest): Promise<ApiOutcome> };

type ApiDeps = { http: HttpClient; tokens: TokenVault; limit: RequestLimit };

export function createZaloApi(deps: ApiDeps, settings: ZaloSettings): ZaloApi {
  return {
    async call(request) {
      const first = await deps.tokens.getAccessToken().catch(vaultIsAway);
      if (!first.ok) return withoutToken(first);
      const outcome = await callOnce(deps, settings, request, first.accessToken);
      if (outcome.kind !== 'error') return outcome;
      if (findMeaning(request.host, outcome.code)?.outcome !== 'renew_token') return outcome;
      const second = await deps.tokens.renewAfterRefusal(first.accessToken).catch(vaultIsAway);
      return second.ok ? callOnce(deps, settings, request, second.accessToken) : withoutToken(second);
    },
  };
}

/** The database is away: nothing was sent, and nothing can be until it is back. */
function vaultIsAway(): TokenAnswer {
  const reason = 'Chưa đọc được mã truy cập của OA từ cơ sở dữ liệu. Hệ thống sẽ tự gửi lại.';
  return { ok: false, code: 'token_vault_away', reason, retryAt: null };
}

function withoutToken(answer: Extract<TokenAnswer, { ok: false }>): ApiOutcome {
  return { kind: 'not_sent', concerns: 'account', code: answer.code, reason: answer.reason, retryAt: answer.retryAt };
}

async function callOnce(
  { http, limit }: ApiDeps,
  settings: ZaloSettings,
  request: ApiRequest,
  accessToken: string,
): Promise<ApiOutcome> {
  const roomAt = limit.take();
  if (roomAt !== null) {
    const reason = 'Đang gửi nhanh hơn mức Zalo cho phép (4.000 lượt mỗi phút). Tin sẽ tự gửi sau ít giây.';
    return { kind: 'not_sent', concerns: 'account', code: 'rate_limit', reason, retryAt: roomAt };
  }
  const query = request.query ? `?data=${encodeURIComponent(JSON.stringify(request.query))}` : '';
  const base = request.host === 'zns' ? settings.znsUrl : settings.apiUrl;
  const outcome = await http({
    method: request.method,
    url: `${base}${request.path}${query}`,
    headers: {
      access_token: accessToken,
      ...(request.body === undefined || request.body instanceof FormData ? {} : { 'Content-Type': 'application/json' }),
      ...(settings.sendAppSecretProof ? { appsecret_proof: proofOf(settings.appSecret, accessToken) } : {}),
    },
    ...(request.body === undefined ? {} : { data: request.body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  return interpret(request.host, outcome);
}

/** hex(HMAC-SHA256(app secret, access token)): the optional "check app secret proof" setting of an app. */
export function proofOf(appSecret: string, accessToken: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex');
}

const TOO_FAST: ApiOutcome = { kind: 'error', code: '-32', message: 'HTTP 429' };

function interpret(host: ZaloHost, outcome: HttpOutcome): ApiOutcome {
  switch (outcome.kind) {
    case 'not_sent': {
      const reason =
        'Không kết nối được máy chủ Zalo. Hệ thống sẽ tự gửi lại; nếu kéo dài hãy kiểm tra mạng của máy chủ.';
      // Templates have a host of their own: chats do not wait for it.
      const concerns = host === 'zns' ? 'message' : 'account';
      return { kind: 'not_sent', concerns, code: outcome.code, reason, retryAt: null };
    }
    case 'lost':
      return { kind: 'unknown', code: outcome.code };
    case 'unreadable':
      return outcome.status === 429 ? TOO_FAST : { kind: 'unknown', code: `http_${outcome.status}` };
    case 'answer':
      return interpretAnswer(host, outcome.status, outcome.body);
  }
}

/** Success is `error` = 0 and nothing else; errors usually come with HTTP 200. */
function interpretAnswer(host: ZaloHost, status: number, body: unknown): ApiOutcome {
  const error = isJsonObject(body) ? body.error : undefined;
  // Too fast, whatever code somebody in between wrote beside it.
  if (status === 429 && (typeof error !== 'string' || findMeaning(host, error) === null)) return TOO_FAST;
  if (typeof error !== 'string' || !isJsonObject(body)) {
    return { kind: 'unknown', code: `http_${status}_without_error_code` };
  }
  if (error === '0')
    return status < 300 ? { kind: 'ok', data: body.data } : { kind: 'unknown', code: `http_${status}` };
  // A broken server may say anything; only a code that we know counts as Zalo's own refusal.
  if (status >= 500 && findMeaning(host, error) === null) return { kind: 'unknown', code: `http_${status}` };
  return { kind: 'error', code: error, message: typeof body.message === 'string' ? body.message : '' };
}
