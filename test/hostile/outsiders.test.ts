// Whoever stands outside: pages elsewhere, spoofed headers, odd addresses, curious readers of answers. Every route of the
// whole program, from its own route table. ODD_ADDRESSES=50000 for a long run.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY } from '../outside/webhook.ts';
import { addressOf, type Operation, readOperations } from './from-schema.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';

const ODD = Number(process.env.ODD_ADDRESSES ?? 5_000);
const SECRET_COLUMN = /hash|secret|token|cipher/;

let world: HostileWorld;
let operations: Operation[];
let admin: Record<string, string>;
beforeAll(async () => {
  world = await openHostileWorld();
  operations = (await readOperations(world)).filter(({ path }) => !path.endsWith('/stream'));
  admin = await world.signIn('admin');
});
afterAll(() => world.close());

let calls = 0;
/** Another address each time, so that no limit answers in place of what is tested. */
function newAddress(): string {
  calls += 1;
  return `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`;
}
const PROTECTIVE = {
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /(default-src 'none'|object-src 'none').*|default-src 'none'/,
  'referrer-policy': /no-referrer|same-origin/,
  'strict-transport-security': /max-age=(3153[6-9]\d{3}|[4-9]\d{7}|\d{9,})/,
  'x-frame-options': /^(SAMEORIGIN|DENY)$/,
};

test('every route answers with the protective headers, to whoever asks', { timeout: 60_000 }, async () => {
  const wrong: string[] = [];
  const urls = world.routes
    .filter(({ method, url }) => method === 'GET' && !url.endsWith('/stream'))
    .map(({ url }) => url.replace(/:\w+/g, 'x').replace('*', 'x'));
  for (const url of [...urls, '/nothing', '/api/v1/nothing', '/%zz', '/api/%zz', '/assets/none.js'])
    for (const headers of [{}, world.key]) {
      const answer = await world.ask({ url, headers, from: newAddress() });
      for (const [name, value] of Object.entries(PROTECTIVE))
        if (!value.test(String(answer.headers[name])))
          wrong.push(`${url} ${answer.statusCode} ${name}: ${answer.headers[name]}`);
      const isData = url.startsWith('/api/v1') && answer.statusCode < 400;
      if (isData && answer.headers['cache-control'] !== 'no-store') wrong.push(`${url} may be kept`);
      const policy = String(answer.headers['content-security-policy']);
      if (/script-src[^;]*unsafe/.test(policy)) wrong.push(`${url} allows scripts: ${policy}`);
    }
  expect(wrong).toEqual([]);
});

test('every changing route refuses the cookie of a page elsewhere, and changes nothing', {
  timeout: 120_000,
}, async () => {
  const before = await world.counts();
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://127.0.0.1:3000.evil.example' },
    {},
  ];
  const changing = operations.filter(
    ({ method, path }) => method !== 'GET' && !/\/(session|links|forgotten-password)\b/.test(path),
  );
  expect(changing.length).toBeGreaterThan(80);
  for (const operation of changing)
    for (const headers of foreign) {
      const { cookie = '' } = admin;
      const answer = await world.ask({
        method: operation.method,
        url: addressOf(operation),
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(operation.bodies[0]?.sample ?? {}),
      });
      expect(answer.statusCode, `${operation.name} ${JSON.stringify(headers)}`).toBe(403);
    }
  expect(await world.counts()).toEqual(before);
});

test('no answer to a reader holds a secret, of the settings or of the database', { timeout: 60_000 }, async () => {
  const json = { ...world.key, 'content-type': 'application/json' };
  const made: [string, string][] = [
    ['keys', '{"name":"CRM","scopes":["records:read"]}'],
    ['webhooks', '{"url":"https://8.8.8.8/never-called"}'],
    ['staff', '{"email":"moi@spa.vn","name":"Mới","role":"agent"}'],
  ];
  const statuses = made.map(
    async ([what, body]) =>
      (await world.ask({ method: 'POST', url: `/api/v1/${what}`, headers: json, body })).statusCode,
  );
  expect(await Promise.all(statuses)).toEqual([200, 200, 200]);
  const secrets = [
    API_KEY,
    'outside-oa-key',
    'outside-app-secret',
    'outside-zalo-app-secret',
    'outside-page-token',
    'access-1',
    'refresh-1',
    'outside-verify-token',
  ];
  secrets.push(...(await secretsOfTables()));
  expect(secrets.length).toBeGreaterThan(10);
  const told: string[] = [];
  for (const operation of operations.filter(({ method }) => method === 'GET'))
    for (const headers of [world.key, admin]) {
      const answer = await world.ask({ url: addressOf(operation), headers });
      const found = secrets.find((secret) => answer.body.includes(secret));
      if (found !== undefined) told.push(`${operation.name} tells ${found.slice(0, 8)}…`);
      if (/"(password|passwordHash|password_hash|hash|secret|accessToken|refreshToken)":"/.test(answer.body))
        told.push(`${operation.name} has a field of that name`);
    }
  for (const url of ['/readyz', '/healthz', '/metrics', '/', '/api/docs/json']) {
    const { body } = await world.ask({ url });
    told.push(
      ...secrets.filter((secret) => body.includes(secret)).map((secret) => `${url} tells ${secret.slice(0, 8)}…`),
    );
  }
  expect(told).toEqual([]);
  expect(world.log.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
});

/** What stands in columns that by their names are not to be told, long enough not to stand elsewhere by chance. */
async function secretsOfTables(): Promise<string[]> {
  const columns = await world.rows(
    `SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const found: string[] = [];
  for (const { t, c } of columns.filter(({ c, t }) => SECRET_COLUMN.test(String(c)) && t !== '_prisma_migrations')) {
    const rows = await world.rows(`SELECT "${c}"::text AS value FROM "${t}" WHERE "${c}" IS NOT NULL LIMIT 50`);
    found.push(...rows.map(({ value }) => String(value).replace(/^\\x/, '')).filter((value) => value.length >= 16));
  }
  return found;
}

test('headers that lie about host, scheme and address change no answer and no link', async () => {
  const lies: Record<string, string>[] = [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' },
    { forwarded: 'for=1.2.3.4;host=evil.example;proto=https' },
    { 'x-original-url': '/api/v1/staff', 'x-rewrite-url': '/api/v1/staff' },
    { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' },
    { 'x-real-ip': '127.0.0.1', 'true-client-ip': '127.0.0.1', via: '1.1 localhost' },
  ];
  const staffOf = async () => (await world.rows('SELECT count(*) FROM staff_members'))[0]?.count;
  for (const lie of lies) {
    for (const url of [
      '/',
      '/healthz',
      '/api/v1/staff',
      '/api/v1/keys',
      '/sandbox',
      '/oauth/zalo/start',
      '/api/docs/json',
    ]) {
      const answer = await world.ask({ url, headers: lie, from: newAddress() });
      const honest = await world.ask({ url, from: newAddress() });
      expect(answer.statusCode, `${url} ${JSON.stringify(lie)}`).toBe(honest.statusCode);
      expect(`${JSON.stringify(answer.headers)}${answer.body}`).not.toContain('evil.example');
    }
    const before = Number(await staffOf());
    const body = JSON.stringify({ email: `moi${calls}@spa.vn`, name: 'Mới', role: 'agent' });
    const invited = await world.ask({
      method: 'POST',
      url: '/api/v1/staff',
      headers: { ...world.key, 'content-type': 'application/json', ...lie },
      body,
    });
    expect(invited.body).not.toContain('evil.example');
    expect(Number(await staffOf())).toBeGreaterThanOrEqual(before);
  }
});

const part = fc.oneof(
  fc.constantFrom(
    'api',
    'v1',
    'staff',
    'customers',
    'keys',
    'settings',
    'inbox',
    'webhooks',
    'search',
    'API',
    'V1',
    'Staff',
  ),
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '..;',
    '%2f',
    '%5c',
    '%00',
    '%zz',
    '%',
    ';x=1',
    '%c0%ae',
    '*',
    '%20',
    '~',
    '%252e',
    '\u00e9',
    '@',
    '[]',
    '{x}',
    'x'.repeat(700),
  ),
  fc.string({ maxLength: 8 }).map(encodeURIComponent),
);
const oddAddress = fc
  .tuple(
    fc.constantFrom(
      '/',
      '//',
      '/api/v1/',
      '/api//v1/',
      '/./api/v1/',
      '/api/v1/;/',
      '/inbox/../api/v1/',
      '/assets/',
      '/calendar/',
      '/u/',
      '/links/',
    ),
    fc.array(part, { maxLength: 5 }),
    fc.constantFrom('', '?a=1', '?a[]=1&a=2', '?%zz', '#x', '/', '//', '.json', '%00'),
  )
  .map(([start, parts, end]) => `${start}${parts.join('/')}${end}`);

test(`${ODD} odd addresses without a session: no data, no failure of ours`, { timeout: 300_000 }, async () => {
  const wrong: string[] = [];
  for (const url of fc.sample(oddAddress, { numRuns: ODD, seed: 20 })) {
    const answer = await world.ask({ url, from: newAddress() }).catch(() => null);
    if (answer === null) continue; // No address at all: the test's own client refuses it.
    const isPage = String(answer.headers['content-type']).startsWith('text/html');
    // While the app is being built its pages say so.
    const isOurFault = answer.statusCode >= 500 && !(answer.statusCode === 503 && isPage);
    const isData = answer.statusCode < 300 && !isPage;
    if (isOurFault || isData) wrong.push(`${url} → ${answer.statusCode} ${answer.body.slice(0, 100)}`);
  }
  expect(wrong).toEqual([]);
});
