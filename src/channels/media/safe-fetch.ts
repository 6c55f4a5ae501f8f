// Downloads what a stranger's message points to, without letting the stranger choose where we connect:
// the name is resolved here, every address checked, and the connection made to the checked address, at each redirect anew.
import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './check-address.ts';

export type ResolvedAddress = { address: string; family: number };

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

/** Gives the bytes to `sink` while they come, never more than `maxBytes`. Throws only what the sink throws. */
export async function fetchSafely(url: string, sink: ByteSink, options: SafeFetchOptions): Promise<SafeFetchResult> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  let next = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const place = await findPlace(next, options, signal);
    if (!place.ok) return place;
    let response: IncomingMessage;
    try {
      response = await connect(place, signal);
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

type Place = { ok: true; url: URL; address: ResolvedAddress };

async function findPlace(text: string, options: SafeFetchOptions, signal: AbortSignal): Promise<Place | FetchFailure> {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return fail('bad_address', false);
  // Names and passwords in an address only serve to deceive.
  if (url.username !== '' || url.password !== '') return fail('bad_address', false);
  const isTrusted = options.allowedOrigins?.includes(url.origin) ?? false;
  if (!isTrusted && url.port !== '') return fail('forbidden_address', false);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await findAddresses(hostname, options.resolve ?? resolveAll, signal);
  const [first] = addresses;
  if (!first) return fail('unreachable', true);
  const isAllowed = isTrusted || addresses.every(({ address }) => isPublicAddress(address));
  return isAllowed ? { ok: true, url, address: first } : fail('forbidden_address', false);
}

/** Empty when the name cannot be resolved in time. */
async function findAddresses(
  hostname: string,
  resolve: NonNullable<SafeFetchOptions['resolve']>,
  signal: AbortSignal,
): Promise<ResolvedAddress[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  const timedOut = new Promise<ResolvedAddress[]>((done) =>
    signal.addEventListener('abort', () => done([]), { once: true }),
  );
  try {
    return signal.aborted ? [] : await Promise.race([resolve(hostname), timedOut]);
  } catch {
    return [];
  }
}

function resolveAll(hostname: string): Promise<ResolvedAddress[]> {
  return dnsLookup(hostname, { all: true });
}

function connect({ url, address }: Place, signal: AbortSignal): Promise<IncomingMessage> {
  // The name is not resolved a second time: a second answer could be another one.
  const lookup: LookupFunction = (_hostname, { all }, done) => {
    if (all) done(null, [address]);
    else done(null, address.address, address.family);
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request(url, { lookup, signal, agent: false, headers: { accept: '*/*', 'accept-encoding': 'identity' } })
      .once('response', resolve)
      .on('error', reject)
      .end();
  });
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
