// Where one is led after signing in: only to a page of ours, whatever an address that somebody sent says.

const OURS = 'http://own.invalid';

/** The same place written plainly; undefined when a browser would be led elsewhere, or could be. */
export function ownPath(given: string): string | undefined {
  // Browsers drop tabs and line ends and turn backslashes: what then stands there is another address.
  if (!given.startsWith('/') || /[\\\p{C}\s]/u.test(given)) return undefined;
  const url = URL.parse(given, OURS);
  if (url === null || url.origin !== OURS || /^\/([/\\]|%([01].|20|2f|5c))/i.test(url.pathname)) return undefined;
  return url.pathname + url.search + url.hash;
}
