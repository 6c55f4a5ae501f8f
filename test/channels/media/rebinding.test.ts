// Names that change their mind: whatever they answer first, second, or after a redirect, nothing of ours is connected to.
// REBINDINGS=20000 for a long run.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { Resolve } from '../../../src/channels/media/safe-connect.ts';
import { fetchSafely } from '../../../src/channels/media/safe-fetch.ts';
import { sendWebhook } from '../../../src/webhooks/send-webhook.ts';
import { answers, at, openPretendInternet, PRIVATE, type PretendInternet, PUBLIC } from './pretend-internet.ts';

const [A, B, V6] = PUBLIC;
let internet: PretendInternet;
beforeAll(async () => {
  internet = await openPretendInternet();
});
afterAll(() => internet.close());
beforeEach(() => {
  internet.attempts.length = 0;
  internet.answer = (_request, response) => void response.end('xin chào');
});

const fetchMedia = (url: string, resolve: Resolve) =>
  fetchSafely(url, async () => {}, { maxBytes: 1_000, timeoutMs: 5_000, resolve });
const send = (url: string, resolve: Resolve, mayUseLoopback = false) =>
  sendWebhook(url, { body: '{}', headers: {} }, { timeoutMs: 5_000, mayUseLoopback, resolve }, new Date(0));
const redirectTo = (target: string) => {
  // Bytes as a stranger's server sends them.
  const location = Buffer.from(target).toString('latin1');
  internet.answer = (_request, response) => void response.writeHead(302, { location }).end();
};
const forbidden = { ok: false, code: 'forbidden_address' };

describe('files of customers', () => {
  it.each(PRIVATE)('public while it is checked, %s when it is asked again', async (address) => {
    const resolve = answers(at(A), at(address));
    expect(await fetchMedia('http://rebind.example/a.png', resolve)).toMatchObject({ ok: true });
    expect(internet.attempts).toEqual([A]);
    expect(resolve.asked).toEqual(['rebind.example']);
    expect(await fetchMedia('http://rebind.example/a.png', resolve)).toMatchObject(forbidden);
    expect(internet.attempts).toEqual([A]);
  });

  it.each(PRIVATE)('%s among public ones, first, last or in the middle', async (address) => {
    for (const mixed of [
      [address, A],
      [A, address],
      [A, address, V6],
      [V6, B, address],
    ])
      expect(await fetchMedia('https://mixed.example/', answers(at(...mixed)))).toMatchObject(forbidden);
    expect(internet.attempts).toEqual([]);
  });

  it.each(PRIVATE)('a redirect to itself, by then %s', async (address) => {
    redirectTo('http://rebind.example/again');
    expect(await fetchMedia('http://rebind.example/', answers(at(A), at(address)))).toMatchObject(forbidden);
    expect(internet.attempts).toEqual([A]);
  });

  it('each hop goes to the address that was checked for it, however often it changes', async () => {
    redirectTo('/more');
    const resolve = answers(at(A, B), at(V6), at(B, A), at(A));
    expect(await fetchMedia('http://wandering.example/', resolve)).toMatchObject({ code: 'too_many_redirects' });
    expect(internet.attempts).toEqual([A, V6, B, A]);
    expect(resolve.asked).toHaveLength(4);
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://0xa9fea9fe/latest/meta-data/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[fe80::1%25eth0]/',
    'http://[fe80::1%eth0]/',
    'http://user@127.0.0.1/',
    'http://93.184.215.14:6379/',
    '//127.0.0.1/',
    '\\\\127.0.0.1\\',
    'http:/\\127.0.0.1/',
    'gopher://127.0.0.1/',
    'file:///etc/passwd',
    'http://①②⑦.⓪.⓪.①/',
  ])('a redirect to %s', async (location) => {
    redirectTo(location);
    const resolve: Resolve = async (name) => at(name === 'start.example' ? A : '127.0.0.1');
    expect(await fetchMedia('http://start.example/', resolve)).toMatchObject({ ok: false });
    expect(internet.attempts).toEqual([A]);
  });
});

describe('webhooks out', () => {
  it.each(PRIVATE)('public while it is checked, %s when it is asked again', async (address) => {
    const resolve = answers(at(A), at(address));
    // Nobody speaks TLS there.
    expect(await send('https://hook.example/', resolve)).toMatchObject({ isDelivered: false, status: null });
    expect(await send('https://hook.example/', resolve)).toMatchObject({ error: expect.stringContaining('our own') });
    expect(internet.attempts).toEqual([A]);
    expect(resolve.asked).toHaveLength(2);
  });

  it.each(PRIVATE)('%s among public ones', async (address) => {
    for (const mixed of [
      [address, A],
      [A, address],
      [V6, address, B],
    ])
      expect(await send('https://hook.example/', answers(at(...mixed)))).toMatchObject({ isDelivered: false });
    expect(internet.attempts).toEqual([]);
  });

  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://[::ffff:7f00:1]/',
    'https://[fe80::1%25eth0]/',
    'https://169.254.169.254/latest/',
    'https://user:word@hook.example/',
    'http://hook.example/',
    'http://93.184.215.14/',
  ])('never even tries %s', async (url) => {
    expect(await send(url, async () => at('127.0.0.1'))).toMatchObject({ isDelivered: false, status: null });
    expect(internet.attempts).toEqual([]);
  });

  it('loopback is for who names it: no other name leads there, not even when it is allowed', async () => {
    for (const url of ['https://hook.example/', 'https://localhost.example/', 'https://127.0.0.1.nip.example/'])
      await send(url, async () => at('127.0.0.1'), true);
    expect(internet.attempts).toEqual([]);
  });

  it('a redirect is not followed', async () => {
    redirectTo('http://127.0.0.1/');
    // Trusted, so that plain http reaches the pretend server at all.
    const result = await send('http://localhost/', async () => at(A), true);
    expect(result).toMatchObject({ isDelivered: false, status: 302 });
    expect(internet.attempts).toEqual([A]);
  });
});

test('no order of answers and redirects leads inwards', { timeout: 120_000 }, async () => {
  const address = fc.constantFrom(...PUBLIC, ...PUBLIC, ...PRIVATE);
  const turns = fc.array(fc.array(address, { maxLength: 3 }), { minLength: 1, maxLength: 6 });
  const host = fc.constantFrom(
    'a.example',
    'b.example',
    '127.0.0.1',
    '0x7f.1',
    '[::1]',
    '[::ffff:a00:1]',
    A,
    `[${V6}]`,
  );
  const hops = fc.array(fc.tuple(fc.constantFrom('http', 'https'), host), { maxLength: 4 });
  const run = fc.asyncProperty(turns, hops, fc.boolean(), async (said, ways, isHook) => {
    internet.attempts.length = 0;
    const left = ways.map(([scheme, name]) => `${scheme}://${name}/`);
    internet.answer = (_request, response) => {
      const location = left.shift();
      if (location === undefined) response.end('x');
      else response.writeHead(302, { location }).end();
    };
    const resolve = answers(...said.map((one) => at(...one)));
    await (isHook ? send('https://a.example/', resolve) : fetchMedia('http://a.example/', resolve));
    expect(internet.attempts.filter((one) => !PUBLIC.some((open) => open === one))).toEqual([]);
  });
  await fc.assert(run, { numRuns: Number(process.env.REBINDINGS ?? 400) });
});
