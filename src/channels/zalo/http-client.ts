// One HTTP exchange with Zalo, told by what we can know afterwards: was it answered, surely not sent, or neither?
import type { AxiosInstance, AxiosRequestConfig, AxiosStatic } from 'axios';
import { agentsThatConnectWithin, failedToConnect } from '../limit-connecting.ts';
import { readJson } from './read-json.ts';

export type HttpRequest = {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  data?: unknown;
  signal?: AbortSignal;
};

export type HttpOutcome =
  /** JSON came back, with whatever status. Numbers in it are strings of their digits. */
  | { kind: 'answer'; status: number; body: unknown }
  /** Something else than JSON came back. */
  | { kind: 'unreadable'; status: number }
  /** No byte left us: refused connection, unknown host, failed TLS handshake. */
  | { kind: 'not_sent'; code: string }
  /** Timeout or reset: Zalo may have done what we asked. */
  | { kind: 'lost'; code: string };

export type HttpClient = (request: HttpRequest) => Promise<HttpOutcome>;

export const REQUEST_TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 2 * 1024 * 1024;
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_INVALID_URL|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Never throws, never follows a redirect, gives up after `timeoutMs` however slowly the answer drips. */
export function createHttpClient(timeoutMs: number = REQUEST_TIMEOUT_MS): HttpClient {
  let opening: Promise<Opened> | null = null;
  return async ({ signal, ...request }) => {
    opening ??= openAxios(timeoutMs);
    const { axios, http } = await opening;
    const limit = AbortSignal.timeout(timeoutMs);
    const config: AxiosRequestConfig = { ...request, signal: signal ? AbortSignal.any([signal, limit]) : limit };
    try {
      const response = await http.request<unknown>(config);
      const json = readJson(typeof response.data === 'string' ? response.data : '');
      return json.ok
        ? { kind: 'answer', status: response.status, body: json.value }
        : { kind: 'unreadable', status: response.status };
    } catch (error) {
      return explain(axios, error);
    }
  };
}

type Opened = { axios: AxiosStatic; http: AxiosInstance };

/** Loaded with the first call: a start has not got the time. */
async function openAxios(timeoutMs: number): Promise<Opened> {
  const { default: axios } = await import('axios');
  // Half the time for the way there: a host that cannot be reached then counts as not sent, not as lost.
  const http = axios.create({
    ...agentsThatConnectWithin(timeoutMs / 2),
    maxRedirects: 0,
    proxy: false,
    responseType: 'text',
    maxContentLength: LARGEST_ANSWER,
    transformResponse: (text: unknown) => text,
    validateStatus: () => true,
  });
  return { axios, http };
}

function explain({ isAxiosError }: AxiosStatic, error: unknown): HttpOutcome {
  if (!isAxiosError(error)) return { kind: 'lost', code: 'unexpected' };
  const code = error.code === 'ERR_CANCELED' ? 'timeout' : (error.code ?? 'unknown');
  return NOT_SENT.test(code) || failedToConnect(error) ? { kind: 'not_sent', code } : { kind: 'lost', code };
}
