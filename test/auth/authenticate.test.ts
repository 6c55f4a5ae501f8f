// Who calls, and may they: keys header by header, sessions, and what each is told who may not.
import { randomBytes, randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import Fastify, { type InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthenticate } from '../../src/auth/authenticate.ts';
import { digestOfKey } from '../../src/auth/find-key.ts';
import type { LimitCalls } from '../../src/auth/limit-calls.ts';
import { startSession } from '../../src/auth/sessions.ts';
import { createManualClock, MINUTE_MS, type MovableClock } from '../../src/clock.ts';
import { HttpError } from '../../src/errors.ts';
import { handleError } from '../../src/http/handle-error.ts';
import { createTestDatabase } from '../test-database.ts';

const START = new Date('2026-11-21T03:00:00Z');
const KEY = 'dung-khoa-nay';
const ours = { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' };
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: MovableClock;
/** Whom the limiter was asked about. */
let counted: string[];
let limitCalls: LimitCalls;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('TRUNCATE api_keys, staff_members CASCADE');
  clock = createManualClock(START);
  counted = [];
  limitCalls = async (_request, _reply, group, who) => {
    counted.push(`${group} ${who}`);
  };
});

async function call(options: InjectOptions, apiKey: string | null = KEY) {
  const app = Fastify();
  app.setErrorHandler(handleError);
  await app.register(cookie);
  app.decorateRequest('actor', '');
  app.decorateRequest('staff', null);
  const rest = { publicUrl: 'http://127.0.0.1:3000', secretKey: Buffer.alloc(32, 7), limitCalls };
  app.addHook('onRequest', createAuthenticate({ apiKey, db, clock, ...rest }));
  app.get('/', { config: { scope: 'records:read' } }, async ({ actor }) => actor);
  app.post('/', { config: { scope: 'imports' } }, async ({ actor }) => actor);
  app.get('/self', { config: { scope: 'self' } }, async ({ actor }) => actor);
  app.get('/nameless', async () => 'in');
  app.post('/door', { config: { scope: 'anyone' } }, async () => 'in');
  const response = await app.inject({ url: '/', ...options });
  expect(response.body).not.toContain(KEY);
  expect(response.headers['cache-control']).toBe('no-store');
  await app.close();
  return response;
}
const withKey = (key: string, options: InjectOptions = {}) =>
  call({ ...options, headers: { authorization: `Bearer ${key}` } });
const statusFor = async (apiKey: string | null, authorization: string | undefined) =>
  (await call({ headers: authorization === undefined ? {} : { authorization } }, apiKey)).statusCode;

async function madeKey(key: string, scopes: string[], lastUsedAt: Date | null = null): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO api_keys (id, name, hash, prefix, scopes, created_at, created_by, last_used_at) VALUES ($1, $2, $3, 'x', $4, $5, 'test', $6)`,
    [id, `của ${key}`, digestOfKey(key), scopes, START, lastUsedAt],
  );
  return id;
}

async function signedIn(role: string): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at) VALUES ($1, $2, 'Lan', $3, 'x', '{}', $4)`,
    [id, `${role}@spa.vn`, role, START],
  );
  const deps = { clock, newId: randomUUID, random: randomBytes };
  const { token } = await db.transaction('answer-once', (client) =>
    startSession(deps, client, id, { address: '::1', userAgent: null }),
  );
  return `ganbo_session=${token}`;
}

describe('the key of the environment', () => {
  it.each([
    ['Bearer dung-khoa-nay', 200],
    ['bearer dung-khoa-nay', 200],
    ['BEARER   dung-khoa-nay ', 200],
    [undefined, 401],
    ['', 401],
    ['dung-khoa-nay', 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    ['Bearer dung-khoa', 401],
    ['Bearer dung-khoa-nay-', 401],
    ['Bearer DUNG-KHOA-NAY', 401],
    ['Bearer dung-khoa-nay dung-khoa-nay', 401],
    ['Basic dung-khoa-nay', 401],
    ['x Bearer dung-khoa-nay', 401],
    ['Bearer null', 401],
  ])('%s → %d', async (authorization, status) => {
    expect(await statusFor(KEY, authorization)).toBe(status);
  });

  it.each([undefined, 'Bearer ', 'Bearer null', 'Bearer undefined'])(
    'without a configured key %s is refused',
    async (authorization) => {
      expect(await statusFor(null, authorization)).toBe(401);
    },
  );

  it('may do all that a key may, and is called by its name', async () => {
    expect((await withKey(KEY, { method: 'POST' })).body).toBe('api_key:environment');
    expect(counted).toEqual(['key api_key:environment']);
  });
});

describe('a key that was made here', () => {
  it('may do what it was made for and nothing else', async () => {
    await madeKey('k-1', ['records:read', 'no_longer_a_scope']);
    expect((await withKey('k-1')).body).toBe('api_key:của k-1');
    const refused = await withKey('k-1', { method: 'POST' });
    expect(refused.json().error).toMatchObject({
      code: 'scope_missing',
      message: 'The key "của k-1" lacks the scope "imports"; make one that has it with POST /api/v1/keys.',
      details: { needed: 'imports', has: ['records:read'] },
    });
  });

  it('is no person, and a route that names no scope is nobody’s', async () => {
    await madeKey('k-1', ['records:read']);
    const self = await withKey('k-1', { url: '/self' });
    expect(self.statusCode).toBe(403);
    expect(self.json().error.message).toContain('only staff who signed in have it');
    expect((await withKey(KEY, { url: '/nameless' })).json().error).toMatchObject({ details: { needed: null } });
  });

  it('is over once it is revoked', async () => {
    await madeKey('k-1', ['records:read']);
    await db.pool.query('UPDATE api_keys SET revoked_at = $1', [START]);
    expect((await withKey('k-1')).statusCode).toBe(401);
  });

  it.each<[string, Date | null, Date]>([
    ['the first time', null, START],
    ['a minute ago', new Date(START.getTime() - MINUTE_MS), START],
    ['less than a minute ago', new Date(START.getTime() - MINUTE_MS + 1), new Date(START.getTime() - MINUTE_MS + 1)],
  ])('shows when it was used last, to the minute: %s', async (_name, before, after) => {
    const other = await madeKey('other', ['records:read']);
    const id = await madeKey('k-1', ['records:read'], before);
    await withKey('k-1');
    const { rows } = await db.pool.query('SELECT id, last_used_at FROM api_keys ORDER BY id');
    expect(rows).toEqual(
      [
        { id: other, last_used_at: null },
        { id, last_used_at: after },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });

  it('that somebody used in this moment is not written again', async () => {
    await madeKey('k-1', ['records:read']);
    await Promise.all([withKey('k-1'), withKey('k-1'), withKey('k-1')]);
    clock.advance(MINUTE_MS - 1);
    await withKey('k-1');
    expect((await db.pool.query('SELECT last_used_at FROM api_keys')).rows).toEqual([{ last_used_at: START }]);
  });
});

describe('staff', () => {
  it('may what their role may, and are counted by what they do', async () => {
    const session = { cookie: await signedIn('manager') };
    expect((await call({ headers: { ...ours, ...session } })).body).toBe('staff:manager@spa.vn');
    expect((await call({ url: '/self', headers: session })).body).toBe('staff:manager@spa.vn');
    expect((await call({ method: 'POST', headers: { ...ours, ...session } })).statusCode).toBe(200);
    expect(counted).toEqual(['reading', 'reading', 'changing'].map((group) => `${group} staff:manager@spa.vn`));
  });

  it('who may not are told what is missing', async () => {
    const refused = await call({ method: 'POST', headers: { ...ours, cookie: await signedIn('agent') } });
    expect(refused.statusCode).toBe(403);
    expect(refused.json().error.message).toBe('The role "agent" may not do this (scope "imports").');
  });

  it('must change things from our own page', async () => {
    const refused = await call({ method: 'POST', headers: { cookie: await signedIn('admin') } });
    expect(refused.json().error.code).toBe('cross_site');
  });

  it('a key that is wrong is not saved by a session', async () => {
    const headers = { cookie: await signedIn('admin'), authorization: 'Bearer sai' };
    expect((await call({ headers })).statusCode).toBe(401);
  });
});

describe('who is nobody', () => {
  const words = async (headers: Record<string, string>, apiKey: string | null = KEY) =>
    (await call({ headers }, apiKey)).json().error.message;

  it('is told what would help', async () => {
    expect(await words({})).toMatch(/^Sign in, .*Use API_KEY of \.env/);
    expect(await words({ authorization: 'Bearer  sai ' })).toMatch(/^This key is not known .*Use API_KEY of \.env/);
    expect(await words({ authorization: 'Basic sai' })).toMatch(/^Sign in/);
    expect(await words({ authorization: 'x Bearer sai' })).toMatch(/^Sign in/);
    expect(await words({ authorization: 'Bearer sai x' })).toMatch(/^Sign in/);
    expect(await words({}, null)).toMatch(/API_KEY is not set/);
    expect(await words({ cookie: 'ganbo_session=gone' })).toBe('This session has ended; sign in again.');
    expect(await words({ cookie: 'ganbo_session=gone', authorization: 'Bearer sai' })).toMatch(/^This key/);
  });

  it('is counted by address, and told how to prove themselves', async () => {
    const response = await call({});
    expect(response.headers['www-authenticate']).toBe('Bearer realm="ganbo"');
    expect(response.json().error.code).toBe('unauthorized');
    expect(counted).toEqual(['refused 127.0.0.1']);
  });

  it('is told about a route that is not there only when they are known', async () => {
    expect((await call({ url: '/none' })).statusCode).toBe(401);
    expect((await withKey(KEY, { url: '/none' })).statusCode).toBe(404);
  });

  it('may knock where anyone may, from our page or from none, as a stranger', async () => {
    const knock = (headers: Record<string, string>) => call({ method: 'POST', url: '/door', headers });
    expect((await knock({})).statusCode).toBe(200);
    expect((await knock({ origin: 'https://evil.vn' })).json().error.code).toBe('cross_site');
    expect(counted).toEqual(['stranger 127.0.0.1']);
  });

  it('whoever calls too often is stopped, whatever they call with', async () => {
    await madeKey('k-1', ['records:read']);
    const cookie = await signedIn('admin');
    limitCalls = async () => {
      throw new HttpError(429, 'too_many_requests', 'wait');
    };
    const tries = [{}, { authorization: 'Bearer k-1' }, { cookie }].map((headers) => call({ headers }));
    const door = call({ method: 'POST', url: '/door' });
    expect((await Promise.all([...tries, door])).map(({ statusCode }) => statusCode)).toEqual([429, 429, 429, 429]);
  });
});
