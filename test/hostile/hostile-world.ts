// The whole program in this process, ready to be attacked: every route, every channel, a log that is read, and an ear at
// the database that hears each statement's text.
import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createPasswords } from '../../src/auth/hash-password.ts';
import { startSession } from '../../src/auth/sessions.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Role } from '../../src/http/api-access.ts';
import type { ConnectionLimits } from '../../src/http/slow-clients.ts';
import { createIdMaker } from '../../src/ids.ts';
import { createLog } from '../../src/log.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { CHEAP } from '../api/api-harness.ts';
import { until } from '../outside/until.ts';
import { API_KEY, environmentFor, pageKeys, VERIFY_TOKEN, zaloKeys } from '../outside/webhook.ts';
import { createTestDatabase } from '../test-database.ts';

export const ORIGIN = 'http://127.0.0.1:3000';
/** Nobody answers there. */
const NOWHERE = 'http://127.0.0.1:1';

export type Route = { method: string; url: string; scope: string | undefined };
export type Ask = {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Another address each time keeps the limits of calls out of what is tested. */
  from?: string;
};
export type HostileWorld = {
  app: FastifyInstance;
  program: Program;
  db: Awaited<ReturnType<typeof createTestDatabase>>;
  clock: MovableClock;
  /** As they were registered, without HEAD. */
  routes: readonly Route[];
  /** What the program wrote, line by line. */
  log: string[];
  key: Record<string, string>;
  ask(call: Ask): Promise<LightMyRequestResponse>;
  /** Headers of a new member of staff who is signed in. */
  signIn(role: Role): Promise<Record<string, string>>;
  /** Nothing that was accepted waits to be worked; whoever was locked for a moment is asked for again. */
  worked(): Promise<void>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Table → how many rows; what `without` names is left out. */
  counts(without?: RegExp): Promise<Record<string, number>>;
  close(): Promise<void>;
};

/** `env`: settings on top of those of a program with both channels. */
export async function openHostileWorld(
  env: Record<string, string> = {},
  limits?: ConnectionLimits,
): Promise<HostileWorld> {
  const db = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'ganbo-hostile-'));
  const clock = createManualClock(new Date());
  const log: string[] = [];
  const { routes, program } = await start({ db, clock, dataDir, env, log, limits });
  const newId = createIdMaker(clock);
  const rows: HostileWorld['rows'] = async (sql, values = []) => (await db.pool.query(sql, values)).rows;
  return {
    app: program.app,
    program,
    db,
    clock,
    routes,
    log,
    key: { authorization: `Bearer ${API_KEY}` },
    ask: (call) => inject(program.app, call),
    signIn: (role) => signIn({ db, clock, newId }, role),
    worked: async () => {
      const isWorked = async () => {
        program.worker.ring();
        await program.worker.idle();
        const [waiting] = await rows('SELECT count(*)::int AS n FROM inbound_queue WHERE parked_at IS NULL');
        return waiting?.n === 0;
      };
      await until('everything to be worked', isWorked, { withinMs: 120_000 });
    },
    rows,
    counts: (without) => countAll(rows, without),
    close: async () => {
      await program.stop();
      await db.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type StartParts = {
  db: HostileWorld['db'];
  clock: MovableClock;
  dataDir: string;
  env: Record<string, string>;
  log: string[];
  limits: ConnectionLimits | undefined;
};

async function start(parts: StartParts): Promise<{ routes: Route[]; program: Program }> {
  const stub = { url: NOWHERE, to: () => [], close: async () => {} };
  const base = environmentFor({ databaseUrl: parts.db.url, dataDir: parts.dataDir });
  const channels = {
    ZALO_APP_ID: zaloKeys.appId,
    ZALO_APP_SECRET: 'outside-zalo-app-secret',
    ZALO_OA_ID: zaloKeys.oaId,
    ZALO_OA_SECRET_KEY: zaloKeys.oaSecretKey,
    ZALO_ACCESS_TOKEN: 'access-1',
    ZALO_REFRESH_TOKEN: 'refresh-1',
    ZALO_API_URL: stub.url,
    ZALO_OAUTH_URL: stub.url,
    ZALO_ZNS_URL: stub.url,
    MESSENGER_APP_ID: pageKeys.appId,
    MESSENGER_APP_SECRET: pageKeys.appSecret,
    MESSENGER_VERIFY_TOKEN: VERIFY_TOKEN,
    MESSENGER_PAGE_ID: pageKeys.pageId,
    MESSENGER_PAGE_ACCESS_TOKEN: 'outside-page-token',
    MESSENGER_API_URL: stub.url,
  };
  const read = readConfig({ ...base, ...channels, FLOWS_DIR: 'flows', SANDBOX: 'off', ...parts.env }, process.cwd());
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const routes: Route[] = [];
  const watch = (message: unknown) => watchRoutes(message, routes);
  subscribe('fastify.initialization', watch);
  const program = await startProgram({
    config: read.config,
    db: parts.db,
    clock: parts.clock,
    log: createLog('debug', listener(parts.log)),
    secretKey: randomBytes(32),
    sandboxUrl: null,
    passwordCost: CHEAP,
    ...(parts.limits ? { limits: parts.limits } : {}),
  });
  unsubscribe('fastify.initialization', watch);
  await program.app.ready();
  await program.loaded;
  return { routes, program };
}

function watchRoutes(message: unknown, routes: Route[]): void {
  const { fastify } = message as { fastify: FastifyInstance }; // Fastify publishes exactly this.
  fastify.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url, scope: config?.scope });
  });
}

function listener(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n')) if (line !== '') lines.push(line);
      done();
    },
  });
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as const;

function inject(app: FastifyInstance, { method = 'GET', url, headers, body, from }: Ask) {
  return app.inject({
    method: methods.find((one) => one === method) ?? 'GET',
    url,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { payload: body }),
    ...(from === undefined ? {} : { remoteAddress: from }),
  });
}

let staff = 0;
const hashed = createPasswords(CHEAP).hash('con đường dài 2026');

async function signIn(
  deps: { db: HostileWorld['db']; clock: MovableClock; newId: () => string },
  role: Role,
): Promise<Record<string, string>> {
  const id = deps.newId();
  staff += 1;
  await deps.db.pool.query(
    `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at) VALUES ($1, $2, $2, $3, $5, '{}', $4)`,
    [id, `${role}-${staff}@spa.vn`, role, deps.clock.now(), await hashed],
  );
  const client = await deps.db.pool.connect();
  const from = { address: '::1', userAgent: null };
  const session = await startSession({ ...deps, random: randomBytes }, client, id, from).finally(() =>
    client.release(),
  );
  return { cookie: `ganbo_session=${session.token}`, origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
}

async function countAll(rows: HostileWorld['rows'], without: RegExp | undefined): Promise<Record<string, number>> {
  const found = await rows(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
  );
  const names = found.map(({ name }) => String(name)).filter((name) => !without?.test(name));
  const [counted = {}] = await rows(
    `SELECT ${names.map((name) => `(SELECT count(*)::int FROM "${name}") AS "${name}"`).join(', ')}`,
  );
  return Object.fromEntries(Object.entries(counted).map(([name, count]) => [name, Number(count)]));
}
