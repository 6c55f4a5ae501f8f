// Which calls a browser may have been made to send by a page of somebody else: header by header, without a server.
import { describe, expect, test } from 'vitest';
import { refuseForeign } from '../../src/auth/refuse-foreign.ts';
import { HttpError } from '../../src/errors.ts';

const OURS = 'https://cham.spa.vn';
type Headers = Record<string, string>;
const json = { 'content-type': 'application/json', 'content-length': '2' };

function verdict(method: string, headers: Headers, { proof = true, takesFiles = false } = {}): string {
  const request = { method, headers: { host: '127.0.0.1:3000', ...headers }, routeOptions: { config: { takesFiles } } };
  try {
    // Only these three fields of a request are looked at.
    refuseForeign(request as unknown as Parameters<typeof refuseForeign>[0], `${OURS}/app`, { proof });
    return 'taken';
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return `${error.status} ${error.code}`;
  }
}

describe('where from', () => {
  test.each<[string, string, Headers, string]>([
    ['our page behind a proxy', 'POST', { origin: OURS }, 'taken'],
    ['our page as it addressed us', 'POST', { origin: 'http://127.0.0.1:3000' }, 'taken'],
    ['the same over TLS', 'POST', { origin: 'https://127.0.0.1:3000' }, 'taken'],
    ['another port', 'POST', { origin: 'http://127.0.0.1:3001' }, '403 cross_site'],
    ['a name that begins as ours', 'POST', { origin: `${OURS}.evil.vn` }, '403 cross_site'],
    [
      'elsewhere, though the browser says the same site',
      'POST',
      { origin: 'https://evil.vn', 'sec-fetch-site': 'same-origin' },
      '403 cross_site',
    ],
    ['the browser vouches', 'POST', { 'sec-fetch-site': 'same-origin' }, 'taken'],
    ['a sister domain', 'POST', { origin: OURS, 'sec-fetch-site': 'same-site' }, '403 cross_site'],
    ['typed by hand, changing', 'POST', { 'sec-fetch-site': 'none' }, '403 cross_site'],
    ['typed by hand, reading', 'GET', { 'sec-fetch-site': 'none' }, 'taken'],
    ['reading for a page elsewhere', 'GET', { 'sec-fetch-site': 'cross-site' }, '403 cross_site'],
    ['reading for an origin elsewhere', 'HEAD', { origin: 'https://evil.vn' }, '403 cross_site'],
    ['reading without a word', 'GET', {}, 'taken'],
    ['asking what is allowed', 'OPTIONS', {}, 'taken'],
    ['only asking for the head', 'HEAD', {}, 'taken'],
    ['changing without a word', 'POST', {}, '403 cross_site'],
    ['removing without a word', 'DELETE', {}, '403 cross_site'],
  ])('%s', (_name, method, headers, expected) => {
    expect(verdict(method, { ...json, ...headers })).toBe(expected);
  });

  test('where no cookie proves anything, silence is not held against anybody; a wrong word is', () => {
    expect(verdict('POST', json, { proof: false })).toBe('taken');
    expect(verdict('POST', { ...json, origin: 'https://evil.vn' }, { proof: false })).toBe('403 cross_site');
    expect(verdict('POST', { ...json, 'sec-fetch-site': 'cross-site' }, { proof: false })).toBe('403 cross_site');
  });

  test('an address that nobody asked for is not ours', () => {
    expect(verdict('POST', { ...json, origin: 'http://undefined' })).toBe('403 cross_site');
  });
});

describe('kinds of body', () => {
  test.each<[string, Headers, string]>([
    ['JSON', json, 'taken'],
    ['JSON with a charset', { ...json, 'content-type': ' Application/JSON ; charset=utf-8' }, 'taken'],
    ['none at all', {}, 'taken'],
    ['an empty one without a kind', { 'content-length': '0' }, 'taken'],
    ['one without a kind', { 'content-length': '1' }, '415 unsupported_media_type'],
    ['one in pieces without a kind', { 'transfer-encoding': 'chunked' }, '415 unsupported_media_type'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, '415 unsupported_media_type'],
    ['words', { 'content-type': 'text/plain' }, '415 unsupported_media_type'],
    ['nearly JSON', { 'content-type': 'application/jsonp' }, '415 unsupported_media_type'],
  ])('%s', (_name, headers, expected) => {
    expect(verdict('POST', { origin: OURS, ...headers })).toBe(expected);
  });

  test('files only where a route takes them; of a reading call nobody asks', () => {
    const form = { origin: OURS, 'content-type': 'multipart/form-data; boundary=x' };
    expect(verdict('POST', form)).toBe('415 unsupported_media_type');
    expect(verdict('POST', form, { takesFiles: true })).toBe('taken');
    expect(verdict('GET', { 'content-type': 'text/plain' })).toBe('taken');
  });
});
