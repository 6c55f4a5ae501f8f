// What a stranger learns from answers: nothing about the inside, and never a 2xx or 5xx for nonsense.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import type { ProgramProcess } from './program-process.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request.ts';
import { API_KEY, signPage, signZalo, zaloTextOf } from './webhook.ts';

let world: OutsideWorld;
let program: ProgramProcess;
beforeAll(async () => {
  world = await openWorld();
  program = await world.start();
});
afterAll(() => world.close());

const key: [string, string] = ['Authorization', `Bearer ${API_KEY}`];
const json: [string, string] = ['Content-Type', 'application/json'];
const ask = (request: RawRequest) => sendRaw(program, request);

const INSIDE =
  /node_modules|\/src\/|\.ts:\d|at \w.*:\d+:\d+|fastify|FST_|SELECT |INSERT |UPDATE .* SET|violates|relation "|column "|pg_|postgres|prisma|ECONN|x-powered-by|server: /i;

function expectDiscreet(answer: RawAnswer, what: string): void {
  expect(`${answer.head}\n${answer.body}`, what).not.toMatch(INSIDE);
  expect(answer.body, what).not.toContain(API_KEY);
}

const oddTargets = [
  '%zz',
  '%',
  '%00',
  '%c0%ae%c0%ae/',
  '..;/',
  '../../../../etc/passwd',
  '%2e%2e/%2e%2e/etc/passwd',
  '..%5c..%5cwindows',
  '//',
  '/',
  './',
  '\\',
  'a'.repeat(10_000),
  '%41'.repeat(4_000),
  `${'a/'.repeat(3_000)}`,
  '?',
  '??&&==',
  '?__proto__[a]=1&constructor=2',
  `?${'a=1&'.repeat(3_000)}`,
  '#fragment',
  ';jsessionid=1',
  '.git/config',
  '.env',
  '%F0%9F%98%80',
  '%ff',
  '\u00e9',
  '<script>alert(1)</script>',
  "'%20OR%201=1--",
  '%24%7B7*7%7D',
  'null',
  'undefined',
  '%2F%2F',
  '*',
];

describe('odd addresses', () => {
  test.each(['/api/', '/api/v1/', '/webhooks/', '/webhooks/zalo/', '/webhooks/messenger/'])(
    'under %s are 4xx',
    async (prefix) => {
      for (const odd of oddTargets)
        for (const method of ['GET', 'POST', 'PUT']) {
          const target = `${prefix}${odd}`;
          const answer = await ask({
            method,
            target,
            headers: [key, json],
            ...(method === 'GET' ? {} : { body: '{}' }),
          });
          const what = `${method} ${target.slice(0, 80)} → ${answer.status}`;
          // A "?" or a fragment alone does not make another address.
          if (answer.status === 200 && /^[?#]/.test(odd)) continue;
          expect(answer.status >= 400 && answer.status < 500, what).toBe(true);
          expectDiscreet(answer, what);
        }
    },
  );

  test('that are no addresses at all', async () => {
    for (const target of [
      '//',
      '//evil.example/',
      'http://evil.example/api/v1/usage',
      '*',
      'api',
      '/\u0000',
      '/a b',
      '/\u007f',
      '',
    ]) {
      const answer = await ask({ target });
      const what = `${JSON.stringify(target)} → ${answer.status}`;
      expect(answer.status === 0 || answer.status < 500, what).toBe(true);
      expectDiscreet(answer, what);
    }
    for (const path of [
      '/api/v1/customers/%00/touchpoints',
      '/api/v1/customers/%ff/touchpoints',
      `/api/v1/customers/${'9'.repeat(600)}/touchpoints`,
    ])
      expect((await ask({ target: path, headers: [key] })).status, path).toBeGreaterThanOrEqual(400);
  });
});

describe('a hundred mistakes', () => {
  const bodies = [
    'true',
    '{"a":{"b":{}}}',
    '',
    '{',
    'null',
    '[]',
    '1',
    '"x"',
    '{}',
    '{"__proto__":1}',
    '{"name":1e400}',
    `{"name":"${'x'.repeat(100_000)}"}`,
    '{"name":"\\u0000"}',
  ];
  const calls: RawRequest[] = [
    ...['/api/v1/customers/KH', '/api/v1/subscriptions/S'].flatMap((target) =>
      bodies.map((body) => ({ method: 'PUT', target, headers: [key, json], body })),
    ),
    ...['/api/v1/usage', '/api/v1/orders'].flatMap((target) =>
      bodies.map((body) => ({ method: 'POST', target, headers: [key, json], body })),
    ),
    ...['text/plain', 'application/xml', 'multipart/form-data', '', ';;'].map(
      (type): RawRequest => ({
        method: 'POST',
        target: '/api/v1/usage',
        headers: [key, ['Content-Type', type]],
        body: '{}',
      }),
    ),
    ...[
      'limit=0',
      'limit=x',
      'limit=1e9',
      'cursor=x',
      "cursor=1'--",
      'cursor=99999999999999999999',
      'limit=1&limit=2',
    ].map((query) => ({ target: `/api/v1/customers/KH/touchpoints?${query}`, headers: [key] })),
    ...['', '?customer=', '?customer=a&customer=b', '?customer[a]=1', '?x=1'].map((query) => ({
      target: `/api/v1/conversations${query}`,
      headers: [key],
    })),
    ...['x'.repeat(201), ''].map(
      (id): RawRequest => ({
        method: 'PUT',
        target: '/api/v1/customers/KH',
        headers: [key, json, ['Idempotency-Key', id]],
        body: '{}',
      }),
    ),
    ...['PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE'].map((method) => ({
      method,
      target: '/api/v1/usage',
      headers: [key],
    })),
    ...['zalo', 'messenger', 'viber'].flatMap((door) =>
      ['GET', 'POST', 'DELETE'].map((method) => ({
        method,
        target: `/webhooks/${door}`,
        headers: [json],
        body: '{"a":',
      })),
    ),
    ...[
      '/calendar/x',
      '/calendar/x.ics',
      '/calendar/018f3c7e-7c7a-7000-8000-000000000000.ics',
      '/oauth/zalo/start',
      '/oauth/zalo/start?ticket=1.2',
      '/oauth/zalo/start?ticket=a&ticket=b',
      '/oauth/zalo/callback',
      '/oauth/zalo/callback?code=a&oa_id=b&state=c',
      '/oauth/zalo/callback?code=a&code=b&oa_id=b&state=c&state=%00',
      '/nothing',
      '/favicon.icox',
      '/sandbox',
    ].map((target) => ({ target })),
    { method: 'POST', target: '/api/v1/usage', headers: [key, json, ['Content-Encoding', 'gzip']], body: '{}' },
    { method: 'POST', target: '/api/v1/usage', headers: [key, json], body: `{"items":"${'x'.repeat(1_100_000)}"}` },
    {
      method: 'POST',
      target: '/webhooks/zalo',
      headers: [['X-ZEvent-Signature', signZalo('nonsense')]],
      body: 'nonsense',
    },
    {
      method: 'POST',
      target: '/webhooks/messenger',
      headers: [['X-Hub-Signature-256', signPage('nonsense')]],
      body: 'nonsense',
    },
    {
      method: 'POST',
      target: '/webhooks/zalo',
      headers: [['X-ZEvent-Signature', signZalo('{')]],
      body: 'x'.repeat(1_100_000),
    },
  ];

  test('are never ours (5xx), say nothing about the inside, and have the one shape', async () => {
    expect(calls.length).toBeGreaterThanOrEqual(100);
    for (const request of calls) {
      const answer = await ask(request);
      const what = `${request.method ?? 'GET'} ${request.target.slice(0, 100)} ${String(request.body ?? '').slice(0, 40)} → ${answer.status} ${answer.body.slice(0, 300)}`;
      expect(answer.status, what).toBeLessThan(500);
      expectDiscreet(answer, what);
      if (
        answer.status < 400 ||
        answer.body === '' ||
        (request.target === '/webhooks/messenger' && (request.method ?? 'GET') === 'GET')
      )
        continue;
      expect(answer.body, what).toMatch(/^\{"error":\{"code":"[a-z][a-z0-9_]*","message":"/);
    }
  });

  test('of the protocol itself are 4xx or a closed line', async () => {
    const { connect } = await import('node:net');
    const talks = [
      'hello\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET /healthz HTTP/1.1\r\n\r\n',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
      'POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    ];
    for (const talk of talks) {
      const said = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(program.port, '127.0.0.1', () => socket.write(talk));
        socket.setTimeout(1_500, () => socket.destroy());
        socket.on('data', (chunk) => {
          text += String(chunk);
          socket.end();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(text));
      });
      expect(said, talk.slice(0, 60)).toMatch(/^$|^HTTP\/1\.1 (4\d\d|200)/);
      expectDiscreet({ status: 0, head: said, body: '' }, talk.slice(0, 60));
    }
  });
});

test('every answer carries the protective headers, also errors', async () => {
  const body = zaloTextOf('1', 'x');
  const requests: RawRequest[] = [
    { target: '/' },
    { target: '/healthz' },
    { target: '/readyz' },
    { target: '/metrics' },
    { target: '/nothing' },
    { target: '/api/docs/' },
    { target: '/api/docs/json' },
    { target: '/api/v1/conversations?customer=x', headers: [key] },
    { target: '/api/v1/conversations?customer=x' },
    { target: '/api/v1/nothing', headers: [key] },
    { target: '/api/%zz' },
    { target: '/webhooks/messenger' },
    { target: '/webhooks/zalo' },
    { method: 'POST', target: '/webhooks/zalo', headers: [['X-ZEvent-Signature', signZalo(body)]], body },
    { method: 'POST', target: '/webhooks/zalo', body },
    { target: '/zalo_verifierOutside_Code-1.html' },
    { target: '/calendar/x.ics' },
    { target: '/oauth/zalo/start' },
  ];
  for (const request of requests) {
    const { head } = await ask(request);
    for (const header of [
      'x-content-type-options: nosniff',
      'x-frame-options: SAMEORIGIN',
      'content-security-policy: ',
      'referrer-policy: ',
      'strict-transport-security: ',
    ])
      expect(head.toLowerCase(), `${request.target}: ${header}`).toContain(header.toLowerCase());
    expect(head.toLowerCase()).not.toContain('x-powered-by');
  }
});

test('its version and its dependencies are nowhere to be read', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'));
  for (const target of ['/', '/healthz', '/readyz', '/nothing', '/api/v1/nothing']) {
    const { head, body } = await ask({ target });
    expect(`${head}${body}`).not.toContain(`"${version}"`);
    expect(`${head}${body}`).not.toMatch(/fastify|node\.js|express/i);
  }
});

test('what it prints holds no secret, token, phone or text', async () => {
  const user = '246845883529190001';
  const secretText = 'số của em là 0912345678, mật khẩu hoa-sen-trắng';
  await ask({ method: 'POST', target: '/webhooks/zalo', ...signed(zaloTextOf(user, secretText)) });
  const printed = `${program.stdout()}${program.stderr()}`;
  for (const secret of [
    'hoa-sen',
    '0912345678',
    'access-1',
    'refresh-1',
    API_KEY,
    'outside-oa-key',
    'outside-page-token',
    'outside-secret-key',
  ])
    expect(printed).not.toContain(secret);
});

function signed(body: string): Pick<RawRequest, 'headers' | 'body'> {
  return { headers: [['X-ZEvent-Signature', signZalo(body)]], body };
}
