// Downloads what a stranger's message points to, without letting the stranger choose where we connect:
// the name is resolved here, every address checked, and the connection made to the checked address, at each redirect anew.
import type { IncomingMessage } from 'node:http';
import { connect, findPlace, type ResolvedAddress } from './safe-connect.ts';

export type SafeFetchOptions = {
  maxBytes: number;
  /** For everything: names, redirects, the last byte. */
  timeoutMs: number;
  /** "http://127.0.0.1:4010": trusted although not public. For the sandbox only. */
  allowedOrigins?: readonly string[];
  resolve?: (hostname: string) => Promise<ResolvedAddress[]>;
};

export type FetchFailure = {
  ok: false;
  code: 'bad_address' | 'forbidden_address' | 'too_big' | 'too_many_redirects' | 'gone' | 'unreachable';
  /** Worth another try later. */
  isTemporary: boolean;
};

export type SafeFetchResult = FetchFailure | { ok: true; contentType: string | null; byteSize: number };

/** What takes the bytes; a throw of its own ends the download and is thrown on. */
export type ByteSink = (chunk: Uint8Array) => Promise<void>;

const MOST_REDIRECTS = 3;
const HEADERS = { accept: '*/*', 'accept-encoding': 'identity' };

/** Gives the bytes to `sink` while they come, never more than `maxBytes`. Throws only what the sink throws. */
export async function fetchSafely(url: string, sink: ByteSink, options: SafeFetchOptions): Promise<SafeFetchResult> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  let next = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const place = await findPlace(next, rulesOf(options), signal);
    if (!place.ok) return fail(place.code, place.code === 'unreachable');
    let response: IncomingMessage;
    try {
      response = await connect(place, { method: 'GET', headers: HEADERS }, signal);
    } catch {
      return fail('unreachable', true);
    }
    const location = response.headers.location;
    if (isRedirect(response.statusCode) && location !== undefined) {
      response.destroy();
      const target = URL.parse(location, next);
      if (!target) return fail('bad_address', false);
      next = target.href;
      continue;
    }
    return readBody(response, sink, options.maxBytes);
  }
  return fail('too_many_redirects', false);
}

function rulesOf({ allowedOrigins = [], resolve }: SafeFetchOptions) {
  return { isTrusted: (url: URL) => allowedOrigins.includes(url.origin), resolve };
}

async function readBody(response: IncomingMessage, sink: ByteSink, maxBytes: number): Promise<SafeFetchResult> {
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    return status >= 500 || status === 429 || status === 408 ? fail('unreachable', true) : fail('gone', false);
  }
  let byteSize = 0;
  const chunks = response[Symbol.asyncIterator]();
  if (Number(response.headers['content-length']) > maxBytes) return tooBig(response);
  while (true) {
    let step: IteratorResult<unknown>;
    try {
      step = await chunks.next();
    } catch {
      return fail('unreachable', true);
    }
    if (step.done) return { ok: true, contentType: response.headers['content-type'] ?? null, byteSize };
    if (!(step.value instanceof Uint8Array)) return fail('unreachable', true);
    byteSize += step.value.length;
    if (byteSize > maxBytes) return tooBig(response);
    await sink(step.value);
  }
}

function tooBig(response: IncomingMessage): FetchFailure {
  response.destroy();
  return fail('too_big', false);
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && [301, 302, 303, 307, 308].includes(status);
}

function fail(code: FetchFailure['code'], isTemporary: boolean): FetchFailure {
  return { ok: false, code, isTemporary };
}
