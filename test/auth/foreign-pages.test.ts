// What a page of somebody else, or a clumsy caller, can make of the calls of staff: nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, codeOf, createStaffHarness, ORIGIN, PASSWORD, type StaffHarness } from './staff-harness.ts';

let api: StaffHarness;
let admin: Browser;
let agentId: string;
const changing: { method: string; path: string; body: Record<string, unknown> }[] = [];
const urls = new Set<string>();

beforeAll(async () => {
  api = await createStaffHarness(
    { callLimits: { stranger: 1e6, refused: 1e6, reading: 1e6, changing: 1e6, key: 1e6 } },
    undefined,
    ({ method, url, scope }) => {
      if (method !== 'GET' && url.startsWith('/api/v1') && scope !== 'anyone') urls.add(`${method} ${url}`);
    },
  );
  await api.makeStaff('chu@spa.vn', 'admin', { name: 'Chủ Spa' });
  agentId = await api.makeStaff('lan@spa.vn', 'agent');
  admin = await api.signIn('chu@spa.vn');
  changing.push(
    { method: 'POST', path: '/session', body: { email: 'chu@spa.vn', password: PASSWORD } },
    { method: 'PATCH', path: '/me', body: { name: 'X' } },
    { method: 'POST', path: '/me/password', body: { current: PASSWORD, next: 'sông dài biển rộng' } },
    { method: 'POST', path: '/me/totp', body: { password: PASSWORD } },
    { method: 'POST', path: '/me/totp/confirm', body: { code: '123456' } },
    { method: 'POST', path: '/me/totp/off', body: { password: PASSWORD } },
    { method: 'POST', path: '/staff', body: { email: 'moi@spa.vn', name: 'Mới', role: 'agent' } },
    { method: 'PATCH', path: `/staff/${agentId}`, body: { name: 'X' } },
    { method: 'POST', path: '/teams', body: { name: 'X' } },
    { method: 'POST', path: `/links/${'x'.repeat(43)}`, body: { password: 'sông dài biển rộng' } },
  );
});
afterAll(() => api.close());

const SECRETS = /\bat .+\.(ts|js):|node_modules|SELECT |INSERT |UPDATE staff|postgres|\/work\/|argon2|\bpg\b/i;
/** Everything about staff that a call could change. */
const state = async () =>
  JSON.stringify([
    await api.rows(
      'SELECT id, email, name, role, team_id, password_hash, totp_since, disabled_at FROM staff_members ORDER BY id',
    ),
    await api.rows('SELECT id, ended_at FROM staff_sessions ORDER BY id'),
    await api.rows('SELECT id FROM teams ORDER BY id'),
    await api.rows('SELECT count(*) FROM audit_entries'),
  ]);

describe('every changing route', () => {
  const foreign: Record<string, Record<string, string>> = {
    'a page elsewhere': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    'an older browser elsewhere': { origin: 'https://evil.example', 'sec-fetch-site': '' },
    'a page that hides where it is': { origin: 'null', 'sec-fetch-site': 'cross-site' },
    'a sister domain': { origin: 'http://other.127.0.0.1:3000', 'sec-fetch-site': 'same-site' },
    'another port': { origin: 'http://127.0.0.1:3001', 'sec-fetch-site': 'same-site' },
    'a link that was clicked': { origin: ORIGIN, 'sec-fetch-site': 'none' },
  };

  it.each(Object.entries(foreign))('refuses %s', async (_who, headers) => {
    const before = await state();
    expect(urls.size).toBeGreaterThan(40);
    for (const route of urls) {
      const [method = '', url = ''] = route.split(' ');
      const path = url.slice('/api/v1'.length).replace(/:\w+/g, agentId);
      const body = changing.find((one) => one.method === method && one.path === path)?.body ?? {};
      const answer = await admin.call(method, path, body, headers);
      expect(`${answer.status} ${codeOf(answer)}`, route).toBe('403 cross_site');
    }
    for (const { method, path, body } of changing) {
      expect((await admin.call(method, path, body, headers)).status, path).toBe(403);
    }
    expect(await state()).toBe(before);
  });

  it('refuses a cookie that comes without a word about where from', async () => {
    for (const { method, path, body } of changing.filter(({ path }) => !/^\/(session|links)/.test(path))) {
      const options = { method: method === 'PATCH' ? 'PATCH' : 'POST', url: `/api/v1${path}` } as const;
      const answer = await api.app.inject({ ...options, payload: body, cookies: admin.cookies });
      expect(answer.statusCode, path).toBe(403);
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'takes no "%s"',
    async (type) => {
      const before = await state();
      for (const { method, path, body } of changing) {
        const answer = await admin.call(method, path, JSON.stringify(body), { 'content-type': type });
        expect([400, 403, 415], `${path} ${answer.raw.body}`).toContain(answer.status);
      }
      expect(await state()).toBe(before);
    },
  );

  it('changes nothing by GET', async () => {
    const before = await state();
    for (const { path } of changing) await admin.call('GET', `${path}?name=X&role=admin`);
    expect(await state()).toBe(before);
  });

  it('reading is refused to pages elsewhere as well', async () => {
    const foreign = await admin.call('GET', '/staff', undefined, { 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
    expect((await admin.call('GET', '/staff', undefined, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await admin.call('GET', '/staff')).status).toBe(200);
  });
});

describe('every body', () => {
  it('with fields that are not its own is refused', async () => {
    const before = await state();
    const extra = [
      'id',
      'role',
      'staffId',
      'passwordHash',
      'createdAt',
      'scopes',
      'disabledAt',
      '__proto__',
      'isTotpOn',
    ];
    for (const { method, path, body } of changing) {
      for (const field of extra.filter(
        (one) => !(one in body) && !(path.startsWith('/staff/') && one in { role: 1, isTotpOn: 1 }),
      )) {
        const text = JSON.stringify(body).replace(/}$/, `,"${field}":${field === 'role' ? '"admin"' : '{"a":1}'}}`);
        expect((await admin.call(method, path, text)).status, `${path} ${field}`).toBe(400);
      }
    }
    expect(await state()).toBe(before);
  });

  it('with a value of another kind is refused', async () => {
    const before = await state();
    for (const { method, path, body } of changing) {
      for (const field of Object.keys(body)) {
        for (const wrong of [{ a: 1 }, ['x'], 7, true, null, { $ne: null }]) {
          const answer = await admin.call(method, path, { ...body, [field]: wrong });
          expect(answer.status, `${path} ${field} ${JSON.stringify(wrong)}`).toBe(400);
        }
      }
    }
    expect(await state()).toBe(before);
  });

  it('of 500 that are broken: no answer tells about our inside', async () => {
    const bodies = [
      '{',
      '[]',
      '"x"',
      'null',
      '{"email":',
      '\u0000',
      '{"email":"\u0000@x.vn"}',
      `"${'x'.repeat(2_000)}"`,
      '{"a":1e999}',
      '[[[[',
    ];
    const ids = ["' OR 1=1 --", '%00', '%zz', '..%2f..%2fetc', 'x'.repeat(600)];
    let asked = 0;
    for (const { method, path } of changing) {
      for (const body of bodies) {
        for (const id of ids) {
          const answer = await admin.call(method, `${path.replace(agentId, id).replace('x'.repeat(43), id)}`, body);
          asked += 1;
          expect([400, 401, 404, 409, 413, 414, 429], `${path} ${body} ${answer.raw.body}`).toContain(answer.status);
          expect(answer.raw.body).not.toMatch(SECRETS);
        }
      }
    }
    expect(asked).toBe(500);
  });
});
