// Signing in: who gets in, who does not, and what guessing brings.
import { hash, verify } from '@node-rs/argon2';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Argon2, createPasswords, passwordCost } from '../../src/auth/hash-password.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/clock.ts';
import { createHarness } from '../api/api-harness.ts';
import { codeOf, createStaffHarness, ORIGIN, PASSWORD, type StaffHarness } from './staff-harness.ts';

let api: StaffHarness;
beforeAll(async () => {
  api = await createStaffHarness({
    callLimits: { stranger: 1e6, refused: 1e6, reading: 1e6, changing: 1e6, key: 1e6 },
  });
});
afterAll(() => api.close());

const attempts = async () => (await api.rows('SELECT 1 FROM sign_in_attempts WHERE NOT is_good')).length;
const forget = () => api.rows('DELETE FROM sign_in_attempts');

describe('signing in', () => {
  it('answers who it is and what they may, by a cookie that scripts and other pages cannot use', async () => {
    await api.makeStaff('lan@spa.vn', 'agent', { name: 'Lan' });
    const browser = api.openBrowser();
    const answer = await browser.call('POST', '/session', { email: 'LAN@spa.vn', password: PASSWORD });
    expect(answer).toMatchObject({
      status: 200,
      body: { name: 'Lan', email: 'lan@spa.vn', role: 'agent', team: null },
    });
    expect(answer.raw.headers['cache-control']).toBe('no-store');
    const [session] = answer.raw.cookies;
    expect(session).toMatchObject({ name: 'ganbo_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(session?.value).toMatch(/^[\w-]{43}$/);
    expect(await browser.call('GET', '/me')).toMatchObject({ status: 200, body: { scopes: expect.any(Array) } });
    const [row] = await api.rows('SELECT * FROM audit_entries ORDER BY id DESC LIMIT 1');
    expect(row).toMatchObject({ actor: 'staff:lan@spa.vn', action: 'POST /session' });
    expect(JSON.stringify(await api.rows('SELECT * FROM staff_sessions'))).not.toContain(session?.value);
  });

  it('behind https the cookie is bound to the host', async () => {
    const staff = { ...api.deps.staff, publicUrl: 'https://care.example.com' };
    const secure = await createHarness({ staff, clock: api.clock }, api.db);
    const browser = api.openBrowser(secure);
    const body = { email: 'lan@spa.vn', password: PASSWORD };
    const answer = await browser.call('POST', '/session', body, { origin: 'https://care.example.com' });
    expect(answer.raw.cookies.map(({ name, secure: isSecure }) => [name, isSecure])).toEqual([
      ['__Host-ganbo_session', true],
      ['__Host-ganbo_device', true],
    ]);
    await secure.app.close();
  });

  it('refuses any other password, for every kind of account, with one answer', async () => {
    await api.makeStaff('moi@spa.vn', 'agent', { password: null });
    const gone = await api.makeStaff('nghi@spa.vn', 'admin');
    await api.rows('UPDATE staff_members SET disabled_at = $2 WHERE id = $1', [gone, api.clock.now()]);
    for (const role of ['agent', 'marketer', 'manager', 'admin'] as const) await api.makeStaff(`${role}@spa.vn`, role);
    const answers = new Set<string>();
    const people = ['agent@spa.vn', 'marketer@spa.vn', 'manager@spa.vn', 'admin@spa.vn', 'moi@spa.vn', 'ai@spa.vn'];
    const wrong = people.flatMap((email) => ['x', `${PASSWORD} `, 'null'].map((password) => ({ email, password })));
    for (const body of [...wrong, { email: 'nghi@spa.vn', password: PASSWORD }]) {
      const { status, raw } = await api.openBrowser().call('POST', '/session', body);
      answers.add(`${status} ${raw.body}`);
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('401 {"error":{"code":"wrong_credentials"');
    await forget();
  });

  it('does the same work for nobody, for whoever has no password yet or no longer, as for somebody', async () => {
    const work: string[] = [];
    const counted: Argon2 = {
      hash: async (...given) => await hash(...given),
      verify: async (stored, ...given) => {
        work.push(String(stored).split('$').slice(0, 4).join('$'));
        return await verify(stored, ...given);
      },
    };
    const { staff } = api.deps;
    const passwords = createPasswords(passwordCost, counted);
    const other = await createHarness({ staff: { ...staff, passwords }, clock: api.clock }, api.db);
    await api.makeStaff('co.that@spa.vn', 'agent');
    await api.rows('UPDATE staff_members SET password_hash = $2 WHERE email = $1', [
      'co.that@spa.vn',
      await hash(PASSWORD, passwordCost),
    ]);
    for (const email of ['co.that@spa.vn', 'khong.ai@spa.vn', 'moi@spa.vn', 'nghi@spa.vn'])
      await api.openBrowser(other).call('POST', '/session', { email, password: 'x' });
    expect(work).toHaveLength(4);
    expect(new Set(work).size).toBe(1);
    expect(work[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1$/);
    await other.app.close();
    await forget();
  });
});

describe('guessing', () => {
  const GUESSES = Number(process.env.GUESSES ?? 400);
  it(`${GUESSES} guesses, each from "elsewhere": ten are looked at, and the owner still gets in`, async () => {
    await api.makeStaff('nan.nhan@spa.vn', 'agent');
    const known = await api.signIn('nan.nhan@spa.vn');
    await forget();
    const guess = (n: number) =>
      api.openBrowser().call(
        'POST',
        '/session',
        { email: 'nan.nhan@spa.vn', password: `guess ${n}` },
        {
          'x-forwarded-for': `203.0.${n >> 8}.${n & 255}`,
          'x-real-ip': `203.0.${n >> 8}.${n & 255}`,
        },
      );
    const statuses: Record<number, number> = {};
    for (let n = 0; n < GUESSES; n += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, more) => guess(n + more)));
      for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    expect(statuses).toEqual({ 401: 10, 429: GUESSES - 10 });
    expect(await attempts()).toBe(30);
    const stranger = api.openBrowser();
    const right = { email: 'nan.nhan@spa.vn', password: PASSWORD };
    expect(codeOf(await stranger.call('POST', '/session', right))).toBe('too_many_attempts');
    const elsewhere = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      remoteAddress: '198.51.100.20',
      headers: { origin: ORIGIN, 'sec-fetch-site': 'same-origin' },
      payload: right,
    });
    expect(elsewhere.statusCode).toBe(200);
    expect((await known.call('GET', '/me')).status).toBe(200);
    await known.call('DELETE', '/session');
    expect((await known.call('POST', '/session', right)).status).toBe(200);
    api.clock.advance(10 * MINUTE_MS);
    expect((await stranger.call('POST', '/session', right)).status).toBe(200);
    await forget();
  }, 120_000);

  it('a hundred wrong tries a day, however patient; a known browser has its own ten', async () => {
    const known = await api.signIn('nan.nhan@spa.vn');
    const right = { email: 'nan.nhan@spa.vn', password: PASSWORD };
    const guess = (browser = api.openBrowser()) => browser.call('POST', '/session', { ...right, password: 'x' });
    for (let round = 0; round < 10; round += 1) {
      for (let n = 0; n < 10; n += 1) expect((await guess()).status).toBe(401);
      api.clock.advance(11 * MINUTE_MS);
    }
    expect((await guess()).status).toBe(429);
    for (let n = 0; n < 10; n += 1) expect((await guess(known)).status).toBe(401);
    const over = await guess(known);
    expect(over).toMatchObject({ status: 429, body: { error: { details: { retryAfterSeconds: 600 } } } });
    api.clock.advance(DAY_MS);
    expect((await api.openBrowser().call('POST', '/session', right)).status).toBe(200);
    await forget();
  });

  it('the mark of a browser that was not used for half a year says nothing any more', async () => {
    await api.makeStaff('lau.roi@spa.vn', 'agent');
    const known = await api.signIn('lau.roi@spa.vn');
    const right = { email: 'lau.roi@spa.vn', password: PASSWORD };
    const lockOut = async () => {
      for (let n = 0; n < 10; n += 1) {
        expect((await api.openBrowser().call('POST', '/session', { ...right, password: 'x' })).status).toBe(401);
      }
    };
    api.clock.advance(180 * DAY_MS - MINUTE_MS);
    await lockOut();
    const { ganbo_device: mark = '' } = known.cookies;
    expect((await known.call('POST', '/session', right)).status).toBe(200);
    // The browser would have been given a new one; the old one ends by itself.
    known.cookies.ganbo_device = mark;
    api.clock.advance(MINUTE_MS);
    expect((await known.call('POST', '/session', right)).status).toBe(429);
    await forget();
  });

  it('guesses from many networks at once are bounded together', async () => {
    await api.makeStaff('nhieu.noi@spa.vn', 'agent');
    const statuses: number[] = [];
    for (let n = 0; n < 70; n += 1) {
      const { statusCode } = await api.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        remoteAddress: `198.51.${n}.7`,
        headers: { origin: ORIGIN, 'sec-fetch-site': 'same-origin' },
        payload: { email: 'nhieu.noi@spa.vn', password: 'x' },
      });
      statuses.push(statusCode);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(50);
    await forget();
  });

  it('an address is bounded over all e-mails, known or not; a forged mark of a device helps nobody', async () => {
    const tries = Array.from({ length: 60 }, (_, n) => `ai${n}@spa.vn`);
    const statuses: number[] = [];
    for (const email of tries) {
      const browser = api.openBrowser();
      browser.cookies.ganbo_device = `${'0'.repeat(36)}.n${email}.9999999999999.forged`;
      statuses.push((await browser.call('POST', '/session', { email, password: 'x' })).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(50);
    await forget();
  });
});

describe('the second factor', () => {
  const codeFor = (uri: string, at = api.clock.now()) => {
    const secret = new URL(uri).searchParams.get('secret') ?? '';
    return new TOTP({ secret }).generate({ timestamp: at.getTime() });
  };

  it('is asked for once confirmed; each code opens once and only in its thirty seconds', async () => {
    await api.makeStaff('hai.lop@spa.vn', 'agent');
    const browser = await api.signIn('hai.lop@spa.vn');
    expect(codeOf(await browser.call('POST', '/me/totp', { password: 'x' }))).toBe('wrong_password');
    const { uri, secret } = (await browser.call('POST', '/me/totp', { password: PASSWORD })).body;
    const code = () => codeFor(String(uri));
    await api.signIn('hai.lop@spa.vn');
    expect(codeOf(await browser.call('POST', '/me/totp/confirm', { code: '000000' }))).toBe('wrong_code');
    expect((await browser.call('POST', '/me/totp/confirm', { code: code() })).body).toMatchObject({ isTotpOn: true });
    const stored = await api.rows(`SELECT totp_secret FROM staff_members WHERE email = 'hai.lop@spa.vn'`);
    expect(Buffer.from(stored[0]?.totp_secret as Uint8Array).includes(String(secret))).toBe(false); // A bytea.

    const enter = async (more: object) =>
      await api.openBrowser().call('POST', '/session', { email: 'hai.lop@spa.vn', password: PASSWORD, ...more });
    expect(codeOf(await enter({}))).toBe('code_needed');
    expect(codeOf(await enter({ code: code() }))).toBe('wrong_code');
    api.clock.advance(30 * SECOND_MS);
    const old = code();
    api.clock.advance(30 * SECOND_MS);
    expect(codeOf(await enter({ code: old }))).toBe('wrong_code');
    const both = await Promise.all([enter({ code: code() }), enter({ code: code() })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(codeOf(await enter({ password: 'x', code: code() }))).toBe('wrong_credentials');
    expect((await browser.call('POST', '/me/totp/off', { password: PASSWORD })).body).toMatchObject({
      isTotpOn: false,
    });
    expect((await enter({})).status).toBe(200);
    await forget();
  });

  it('guessing codes with the right password is bounded as well', async () => {
    const browser = await api.signIn('hai.lop@spa.vn');
    const { uri } = (await browser.call('POST', '/me/totp', { password: PASSWORD })).body;
    api.clock.advance(HOUR_MS);
    await browser.call('POST', '/me/totp/confirm', { code: codeFor(String(uri)) });
    const statuses: number[] = [];
    for (let n = 0; n < 30; n += 1) {
      const body = { email: 'hai.lop@spa.vn', password: PASSWORD, code: '123456' };
      statuses.push((await api.openBrowser().call('POST', '/session', body)).status);
      await api.openBrowser().call('POST', '/session', { email: 'hai.lop@spa.vn', password: PASSWORD });
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    await forget();
  });
});
