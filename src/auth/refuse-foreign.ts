// What a page of somebody else could make a browser send is refused before anything is read: the cookie alone proves
// nothing. Keys are not concerned: no page can make a browser send one.
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Throws cross_site, and unsupported_media_type for kinds of body that forms can send. `proof`: a changing call must say
 * that it comes from our own page; else only what says otherwise is refused.
 */
export function refuseForeign(request: FastifyRequest, publicUrl: string, { proof }: { proof: boolean }): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  const isRead = READS.includes(request.method);
  const isOwnOrigin = origin === undefined || isOwn(origin, host, publicUrl);
  const isOwnSite = site === undefined || site === 'same-origin' || (isRead && site === 'none');
  const isProved = isRead || !proof || origin !== undefined || site !== undefined;
  if (!isOwnOrigin || !isOwnSite || !isProved) {
    const message =
      'This call must come from a page of this program: Origin or Sec-Fetch-Site has to say so. Behind a proxy set PUBLIC_URL.';
    throw new HttpError(403, 'cross_site', message);
  }
  if (!isRead) requireJson(request);
}

/** As the browser addressed us, or as the world knows us when a proxy stands between. */
function isOwn(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (origin === new URL(publicUrl).origin) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

function requireJson({ headers, routeOptions }: FastifyRequest): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  if (type === undefined ? !hasBody : type === 'application/json' || routeOptions.config.takesFiles === true) return;
  throw new HttpError(415, 'unsupported_media_type', 'Send JSON, with the header "content-type: application/json".');
}
