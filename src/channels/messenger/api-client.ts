// The one door to the Graph API: token in a header, proof in the query, no redirects, and an honest word on
// how far a call got. Nothing here is logged: addresses carry the proof, bodies carry people's words.
import type { AxiosInstance, AxiosStatic } from 'axios';
import type { MessengerSettings } from '../../config.ts';
import { agentsThatConnectWithin, failedToConnect } from '../limit-connecting.ts';
import { proveAppSecret } from './access-token.ts';
import { readJson } from './read-json.ts';

/**
 * - answered: `body` is undefined when it was not JSON
 * - not_sent: no byte of the request reached Meta
 * - no_answer: Meta may have done it
 */
export type GraphAnswer =
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: unknown }
  | { kind: 'not_sent'; code: string }
  | { kind: 'no_answer'; code: string };

export type GraphCall = {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the version: "me/messages". */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  timeoutMs?: number;
  signal?: AbortSignal;
};

export type GraphClient = { call(call: GraphCall): Promise<GraphAnswer> };

export type GraphSettings = Pick<MessengerSettings, 'apiUrl' | 'apiVersion' | 'appSecret' | 'pageAccessToken'>;

export const CALL_TIMEOUT_MS = 10_000;
/** A host that cannot be reached within it counts as not called. */
const CONNECT_TIMEOUT_MS = 5_000;
const LARGEST_ANSWER = 4 * 1024 * 1024;

/** Answers every outcome as a value; only a call aborted through its own signal throws. */
export function createGraphClient(settings: GraphSettings, connectTimeoutMs = CONNECT_TIMEOUT_MS): GraphClient {
  const base = `${settings.apiUrl.replace(/\/+$/, '')}/${settings.apiVersion}/`;
  const proof = proveAppSecret(settings.pageAccessToken, settings.appSecret);
  let opening: Promise<Opened> | null = null;
  return {
    async call({ method, path, query = {}, body, timeoutMs = CALL_TIMEOUT_MS, signal }) {
      opening ??= openAxios(settings, connectTimeoutMs);
      const { axios, http } = await opening;
      // Axios counts from the last byte that moved: a slow way up would never end.
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        const response = await http.request<unknown>({
          method,
          url: base + path,
          params: { ...query, appsecret_proof: proof },
          headers: { Authorization: `Bearer ${settings.pageAccessToken}` },
          timeout: timeoutMs,
          ...(body === undefined ? {} : { data: body }),
          signal: signal ? AbortSignal.any([signal, limit]) : limit,
        });
        return {
          kind: 'answered',
          status: response.status,
          headers: flatten(response.headers),
          body: parse(response.data),
        };
      } catch (error) {
        signal?.throwIfAborted();
        return explainFailure(axios, error);
      }
    },
  };
}

type Opened = { axios: AxiosStatic; http: AxiosInstance };

/** Loaded with the first call: a start has not got the time. */
async function openAxios({ apiUrl }: GraphSettings, connectTimeoutMs: number): Promise<Opened> {
  const { default: axios } = await import('axios');
  const http = axios.create({
    ...agentsThatConnectWithin(connectTimeoutMs),
    maxRedirects: 0,
    maxContentLength: LARGEST_ANSWER,
    maxBodyLength: Number.POSITIVE_INFINITY,
    responseType: 'text',
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
    // The sandbox is on this machine: no proxy of the environment leads there.
    ...(isLoopback(apiUrl) ? { proxy: false as const } : {}),
  });
  return { axios, http };
}

function isLoopback(url: string): boolean {
  return /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname);
}

function parse(data: unknown): unknown {
  try {
    return typeof data === 'string' ? readJson(data) : undefined;
  } catch {
    return undefined;
  }
}

function flatten(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Errors before a connection stood: nothing was said. Anything else may have been heard. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function explainFailure({ isAxiosError }: AxiosStatic, error: unknown): GraphAnswer {
  // A bug in the request (not the network) must be seen, not retried.
  if (!isAxiosError(error)) throw error;
  const code = (error.code ?? 'network').toLowerCase();
  const { cause } = error;
  const isLookingUp = cause !== undefined && 'syscall' in cause && cause.syscall === 'getaddrinfo';
  return NEVER_CONNECTED.has(error.code ?? '') || isLookingUp || failedToConnect(error)
    ? { kind: 'not_sent', code }
    : { kind: 'no_answer', code };
}
