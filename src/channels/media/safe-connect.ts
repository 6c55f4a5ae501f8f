// Connections to addresses that strangers name: the name is resolved here, every address checked, and the connection made
// to the checked address, so that nobody can send us into our own network.
import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './check-address.ts';

export type ResolvedAddress = { address: string; family: number };
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

export type PlaceRules = {
  /** May be connected to although it is not public: the sandbox, a receiver on this machine. */
  isTrusted: (url: URL) => boolean;
  /** False: only 80 and 443, where no service of a neighbour listens by custom. */
  mayUseAnyPort?: boolean;
  resolve?: Resolve | undefined;
};

export type Place = { ok: true; url: URL; address: ResolvedAddress };
export type NoPlace = { ok: false; code: 'bad_address' | 'forbidden_address' | 'unreachable' };

/** Where a connection may go to, resolved and checked; `unreachable` when the name cannot be resolved in time. */
export async function findPlace(text: string, rules: PlaceRules, signal: AbortSignal): Promise<Place | NoPlace> {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return { ok: false, code: 'bad_address' };
  // Names and passwords in an address only serve to deceive.
  if (url.username !== '' || url.password !== '') return { ok: false, code: 'bad_address' };
  const isTrusted = rules.isTrusted(url);
  if (!isTrusted && url.port !== '' && !rules.mayUseAnyPort) return { ok: false, code: 'forbidden_address' };
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await findAddresses(hostname, rules.resolve ?? resolveAll, signal);
  const [first] = addresses;
  if (!first) return { ok: false, code: 'unreachable' };
  const isAllowed = isTrusted || addresses.every(({ address }) => isPublicAddress(address));
  return isAllowed ? { ok: true, url, address: first } : { ok: false, code: 'forbidden_address' };
}

/** Empty when the name cannot be resolved in time. */
async function findAddresses(hostname: string, resolve: Resolve, signal: AbortSignal): Promise<ResolvedAddress[]> {
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

export type PlaceRequest = { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string };

/** The answer's head; redirects are not followed. Rejects when the connection fails or the signal ends it. */
export function connect(
  { url, address }: Place,
  { method, headers, body }: PlaceRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // The name is not resolved a second time: a second answer could be another one.
  const lookup: LookupFunction = (_hostname, { all }, done) => {
    if (all) done(null, [address]);
    else done(null, address.address, address.family);
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request(url, { method, lookup, signal, agent: false, headers })
      .once('response', resolve)
      .on('error', reject)
      .end(body);
  });
}
