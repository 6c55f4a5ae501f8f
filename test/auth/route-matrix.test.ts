// Every route of the whole program × everybody who may come. Each cell follows from the scope that the route declares and
// the table of roles; a route that declares nothing, or stands outside the API without being named here, fails.
import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestOfKey } from '../../src/auth/find-key.ts';
import { callLimits } from '../../src/auth/limit-calls.ts';
import { roleScopes } from '../../src/auth/role-scopes.ts';
import { startSession } from '../../src/auth/sessions.ts';
import { createManualClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { roles, scopes } from '../../src/http/api-access.ts';
import { createIdMaker } from '../../src/ids.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { CHEAP, START } from '../api/api-harness.ts';
import { createTestDatabase } from '../test-database.ts';

type Route = { method: string; url: string; scope: string | undefined };

/** Open to everybody, with checks of their own where they change something: signature, ticket, token. */
const open =
  /^(GET \/(healthz|readyz|metrics|zalo_verifierabc\.html|oauth\/zalo\/(start|callback)|calendar\/:file|api\/docs(\/json|\/yaml|\/static\/.+)?)|(GET|POST) \/(webhooks\/(zalo|messenger)|u\/:token))$/;
/** The app's own pages: the same empty frame for everybody, filled by calls to the API. */
const page =
  /^GET \/(assets\/:file|sandbox|(sign-in|forgotten|inbox|customers|tasks|cases|settings|supervisor|account|links)(\/\*)?)?$/;

const env = {
  FLOWS_DIR: 'flows',
  SANDBOX: 'off',
  API_KEY: 'a-key-for-the-matrix',
  ZALO_APP_ID: '1',
  ZALO_APP_SECRET: 's',
  ZALO_OA_ID: '2',
  ZALO_OA_SECRET_KEY: 'k',
  ZALO_VERIFIER: 'abc',
  MESSENGER_APP_ID: '1',
  MESSENGER_APP_SECRET: 's',
  MESSENGER_VERIFY_TOKEN: 'v',
  MESSENGER_PAGE_ID: '3',
  MESSENGER_PAGE_ACCESS_TOKEN: 't',
  MESSENGER_API_URL: 'http://127.0.0.1:1',
  ZALO_API_URL: 'http://127.0.0.1:1',
  ZALO_OAUTH_URL: 'http://127.0.0.1:1',
};

const routes: Route[] = [];
let program: Program;
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
const callers: Record<string, { headers: Record<string, string>; holds: readonly string[] }> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-matrix-'));
  const clock = createManualClock(START);
  const read = readConfig({ ...env, DATA_DIR: dataDir }, process.cwd());
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  subscribe('fastify.initialization', watchRoutes);
  const log = pino({ level: 'silent' });
  const secretKey = randomBytes(32);
  program = await startProgram({
    config: read.config,
    db,
    clock,
    log,
    secretKey,
    sandboxUrl: null,
    passwordCost: CHEAP,
  });
  unsubscribe('fastify.initialization', watchRoutes);
  await program.app.ready();
  await inviteEverybody(clock);
}, 60_000);
afterAll(async () => {
  await program.stop();
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Whoever was let in gets 299 before anything is read, so that a cell changes nothing and no stream stays open. */
function watchRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }; // Fastify publishes exactly this.
  fastify.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url, scope: config?.scope });
  });
  fastify.addHook('preParsing', async (request, reply) => {
    if (request.headers['x-matrix']) return await reply.code(299).send();
  });
}

async function inviteEverybody(clock: ReturnType<typeof createManualClock>): Promise<void> {
  const newId = createIdMaker(clock);
  const deps = { clock, newId, random: randomBytes };
  for (const who of [...roles, 'disabled'] as const) {
    const id = newId();
    const [role, disabledAt] = who === 'disabled' ? ['admin', START] : [who, null];
    await db.pool.query(
      `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at, disabled_at) VALUES ($1, $2, $2, $3, 'x', '{}', $4, $5)`,
      [id, `${who}@spa.vn`, role, START, disabledAt],
    );
    const session = await db.transaction('answer-once', (client) =>
      startSession(deps, client, id, { address: '::1', userAgent: null }),
    );
    const holds = who === 'disabled' ? [] : [...roleScopes[who], 'self', 'anyone'];
    callers[who] = { headers: { cookie: `ganbo_session=${session.token}`, origin: 'http://127.0.0.1:3000' }, holds };
  }
  callers.anonymous = { headers: {}, holds: [] };
  for (const scope of scopes) {
    await db.pool.query(
      `INSERT INTO api_keys (id, name, prefix, hash, scopes, created_by, created_at) VALUES ($1, $2, 'gb_', $3, $4, 'x', $5)`,
      [
        newId(),
        `all but ${scope}`,
        digestOfKey(`all but ${scope}`.replaceAll(' ', '-')),
        scopes.filter((one) => one !== scope),
        START,
      ],
    );
  }
}

const api = () => routes.filter(({ url }) => url.startsWith('/api/v1'));
const urlOf = (url: string) =>
  url
    .replace(/:token/g, 'x'.repeat(43))
    .replace(/:\w+/g, '0b1f8d1e-93a5-7000-8000-000000000000')
    .replace('*', 'x');

async function statusFor({ method, url }: Route, headers: Record<string, string>): Promise<number> {
  const response = await program.app.inject({
    method: method as 'GET', // Out of the route table.
    url: urlOf(url),
    headers: { 'x-matrix': '1', ...headers },
  });
  return response.statusCode;
}

it('every route declares who may call it, or is known to be open', () => {
  expect(api().length).toBeGreaterThan(60);
  expect(api().filter(({ scope }) => scope === undefined)).toEqual([]);
  const outside = routes.filter(({ url }) => !url.startsWith('/api/v1')).map(({ method, url }) => `${method} ${url}`);
  expect(outside.filter((route) => !open.test(route) && !page.test(route))).toEqual([]);
});

it('every scope is known, and only signing in and links are for anyone', () => {
  const known: string[] = [...scopes, 'self', 'anyone'];
  expect(api().filter(({ scope }) => scope !== undefined && !known.includes(scope))).toEqual([]);
  expect(
    api()
      .filter(({ scope }) => scope === 'anyone')
      .map(({ method, url }) => `${method} ${url}`),
  ).toEqual([
    'POST /api/v1/session',
    'POST /api/v1/forgotten-password',
    'GET /api/v1/links/:token',
    'POST /api/v1/links/:token',
  ]);
});

it.each(['anonymous', 'agent', 'marketer', 'manager', 'admin', 'disabled'])('%s', async (who) => {
  const caller = callers[who] ?? { headers: {}, holds: [] };
  const wrong: unknown[] = [];
  for (const route of api()) {
    const isIn = caller.holds.length > 0;
    const expected = route.scope === 'anyone' || caller.holds.includes(route.scope ?? '') ? 299 : isIn ? 403 : 401;
    const status = await statusFor(route, caller.headers);
    if (status !== expected) wrong.push({ ...route, status, expected });
  }
  expect(wrong).toEqual([]);
  expect(api().length).toBeLessThan(callLimits.changing);
});

it('a key with every scope but the one', async () => {
  const wrong: unknown[] = [];
  for (const route of api()) {
    if (route.scope === 'anyone') continue;
    // No key is a person.
    const lacking = route.scope === 'self' ? 'keys' : route.scope;
    const status = await statusFor(route, { authorization: `Bearer ${`all but ${lacking}`.replaceAll(' ', '-')}` });
    if (status !== 403) wrong.push({ ...route, status });
    const whole = await statusFor(route, { authorization: `Bearer ${env.API_KEY}` });
    if (whole !== (route.scope === 'self' ? 403 : 299)) wrong.push({ ...route, whole });
  }
  expect(wrong).toEqual([]);
});
