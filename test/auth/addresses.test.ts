// Whose address counts: the connection's, unless a proxy that was named speaks for somebody.
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { countsOf } from '../../src/auth/limit-sign-in.ts';
import { readConfig } from '../../src/config.ts';

async function addressSeen(trustProxy: string | undefined, from: string): Promise<string> {
  const read = readConfig(trustProxy === undefined ? {} : { TRUST_PROXY: trustProxy }, '/');
  if (!read.ok) throw new Error('refused');
  const app = Fastify({ trustProxy: read.config.trustProxy ?? false });
  app.get('/', async (request) => request.ip);
  const headers = { 'x-forwarded-for': '198.51.100.9, 203.0.113.7', 'x-real-ip': '198.51.100.9' };
  const { body } = await app.inject({ url: '/', remoteAddress: from, headers });
  await app.close();
  return body;
}

it.each([
  [undefined, '192.0.2.1', '192.0.2.1'],
  ['10.0.0.1', '192.0.2.1', '192.0.2.1'],
  ['10.0.0.1', '10.0.0.1', '203.0.113.7'],
  ['127.0.0.1, 10.0.0.0/8', '10.9.9.9', '203.0.113.7'],
])('with TRUST_PROXY=%s a call from %s counts for %s', async (trusted, from, seen) => {
  expect(await addressSeen(trusted, from)).toBe(seen);
});

it.each(['true', '1', '*', 'all', '0.0.0.0/0', '10.0.0.1/33', 'proxy.local', '10.0.0.1,'])(
  'TRUST_PROXY=%s is refused: it would believe whoever calls',
  (value) => {
    const read = readConfig({ TRUST_PROXY: value }, '/');
    expect(read.ok ? [] : read.mistakes.map(({ name }) => name)).toEqual(['TRUST_PROXY']);
  },
);

it('whoever has an IPv6 address has one count for all of its network', () => {
  const count = (address: string) => countsOf('a@b.vn', address, null)[1]?.value;
  expect(count('2001:db8::1')).toBe(count('2001:db8:0:0:ffff::2'));
  expect(count('2001:db8:0:1::1')).not.toBe(count('2001:db8::1'));
  expect(count('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
  expect(count('192.0.2.1')).not.toBe(count('192.0.2.2'));
});
