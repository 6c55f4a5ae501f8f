// Every route of the whole program that an agent may call, called by one of another team: what belongs to the others is
// not there for them. The same words as for what never was, nothing written, no name in any list, no line in the stream.
import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roleScopes } from '../../src/auth/role-scopes.ts';
import { startSession } from '../../src/auth/sessions.ts';
import { createManualClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createIdMaker } from '../../src/ids.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { CHEAP, START } from '../api/api-harness.ts';
import { createTestDatabase } from '../test-database.ts';

type Route = { method: string; url: string; scope: string | undefined };
type Person = { id: string; email: string; cookie: string };

const NOBODY = '0b1f8d1e-93a5-7000-8000-000000000000';
/** Stands in everything of the customer of the other team, and nowhere else. */
const MARK = 'Bí Mật Của Nhóm Kia';

/** Addresses that name nothing of a customer. */
const ofNobody = /^\/(settings|me|links|staff|teams|offers\/:code)\b/;

const routes: Route[] = [];
const ids = { conversation: '', customer: '', case: '', task: '', canned: '', team: '' };
let program: Program;
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
let address: string;
let newId: () => string;
let [stranger, colleague, manager]: Person[] = [];
const rows = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;

beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-teams-'));
  const clock = createManualClock(START);
  newId = createIdMaker(clock);
  const read = readConfig(
    { FLOWS_DIR: 'flows', SANDBOX: 'off', DATA_DIR: dataDir, API_KEY: 'a-key-of-teams' },
    process.cwd(),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  subscribe('fastify.initialization', watchRoutes);
  const log = pino({ level: 'silent' });
  const rest = { sandboxUrl: null, passwordCost: CHEAP, secretKey: randomBytes(32) };
  program = await startProgram({ config: read.config, db, clock, log, ...rest });
  unsubscribe('fastify.initialization', watchRoutes);
  address = await program.app.listen({ host: '127.0.0.1', port: 0 });
  await seedTeams();
}, 60_000);
afterAll(async () => {
  await program.stop();
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

function watchRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }; // Fastify publishes exactly this.
  fastify.addHook('onRoute', ({ method, url, config, schema }) => {
    // The check comes before the shape of what is sent matters: no route needs a body that would pass.
    if (schema && url.includes(':')) delete schema.body;
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url, scope: config?.scope });
  });
}

async function seedTeams(): Promise<void> {
  const mine = newId();
  ids.team = newId();
  for (const id of [mine, ids.team])
    await rows('INSERT INTO teams (id, name, created_at) VALUES ($1::uuid, $1::text, $2)', [id, START]);
  stranger = await invite('la@spa.vn', 'agent', mine);
  colleague = await invite('quen@spa.vn', 'agent', ids.team);
  manager = await invite('quanly@spa.vn', 'manager', null);
  ({ conversation: ids.conversation, customer: ids.customer } = await chatter('KH-KIA', ids.team, MARK));
  await chatter('KH-MINH', mine, 'Khách Của Mình');
  Object.assign(ids, { case: newId(), task: newId(), canned: newId() });
  const { customer } = ids;
  const subscription = newId();
  await rows(
    `INSERT INTO subscriptions (id, external_id, customer_id, product, status, created_at, updated_at) VALUES ($1, 'S-KIA', $2, 'spa', 'active', $3, $3)`,
    [subscription, customer, START],
  );
  await rows(
    `INSERT INTO cases (id, customer_id, reason, status, opened_at, due_at) VALUES ($1, $2, $3, 'open', $4, $4)`,
    [ids.case, customer, MARK, START],
  );
  await rows(
    `INSERT INTO tasks (id, customer_id, kind, title, status, due_at, created_at) VALUES ($1, $2, 'other', $3, 'open', $4, $4)`,
    [ids.task, customer, MARK, START],
  );
  await rows(
    `INSERT INTO canned_replies (id, shortcut, title, text, team_id, updated_by, updated_at) VALUES ($1, 'kia', $2, 'x', $3, 'x', $4)`,
    [ids.canned, MARK, ids.team, START],
  );
  await rows(
    `INSERT INTO offer_issues (id, code, customer_id, state, benefit, created_at) VALUES ($1, 'QUA', $2, 'sent', $3, $4)`,
    [newId(), customer, MARK, START],
  );
  await rows(
    `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, comment, asked_at, answered_at)
     VALUES ($1, $2, $3, $1, 'x', 'x', 'csat', 'answered', 1, $4, $5, $5)`,
    [newId(), customer, ids.conversation, MARK, START],
  );
  await rows(
    `INSERT INTO media (id, identity_id, kind, url, status, next_attempt_at, created_at) SELECT $1, identity_id, 'image', 'https://x.vn/a.png', 'wanted', $2, $2 FROM conversations WHERE id = $3`,
    [newId(), START, ids.conversation],
  );
}

async function chatter(
  externalId: string,
  teamId: string,
  name: string,
): Promise<{ conversation: string; customer: string }> {
  const [customer, identity, conversation] = [newId(), newId(), newId()];
  await rows('INSERT INTO customers (id, external_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)', [
    customer,
    externalId,
    name,
    START,
  ]);
  await rows(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, last_interaction_at, created_at) VALUES ($1, 'zalo', 'a', $2, $3, $4, $4)`,
    [identity, externalId, customer, START],
  );
  await rows(
    `INSERT INTO conversations (id, identity_id, customer_id, state, team_id, waiting_since, created_at, updated_at) VALUES ($1, $2, $3, 'waiting_for_agent', $4, $5, $5, $5)`,
    [conversation, identity, customer, teamId, START],
  );
  await rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text) VALUES ($1, 'message_in', $2, $3, 'zalo', $4)`,
    [START, customer, conversation, `xin chào ${name}`],
  );
  return { conversation, customer };
}

async function invite(email: string, role: string, teamId: string | null): Promise<Person> {
  const id = newId();
  await rows(
    `INSERT INTO staff_members (id, email, name, role, team_id, password_hash, skills, created_at, last_seen_at) VALUES ($1, $2, $2, $3, $4, 'x', '{}', $5, $5)`,
    [id, email, role, teamId, START],
  );
  const deps = { clock: createManualClock(START), newId, random: randomBytes };
  const { token } = await db.transaction('answer-once', (client) =>
    startSession(deps, client, id, { address: '::1', userAgent: null }),
  );
  return { id, email, cookie: `ganbo_session=${token}` };
}

type Called = { status: number; text: string };

async function call(by: Person | undefined, method: string, path: string, body?: object): Promise<Called> {
  const response = await program.app.inject({
    method: method as 'GET', // Out of the route table.
    url: `/api/v1${path}`,
    headers: { cookie: by?.cookie ?? '', origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: response.statusCode, text: response.body };
}

const open = () => {
  const held: readonly (string | undefined)[] = roleScopes.agent;
  return routes
    .filter(({ url, scope }) => url.startsWith('/api/v1') && held.includes(scope))
    .map((route) => ({ ...route, url: route.url.replace('/api/v1', '') }));
};
const aimed = () => open().filter(({ url }) => url.includes(':') && !ofNobody.test(url));

/** Our own id, or the caller's, of what an address names first. */
function idIn(url: string): string {
  if (url.startsWith('/customers/by-id/:id')) return ids.customer;
  if (url.startsWith('/customers/')) return 'KH-KIA';
  if (url.startsWith('/subscriptions/')) return 'S-KIA';
  const kind = (['cases', 'tasks', 'canned-replies'] as const).find((one) => url.startsWith(`/${one}/`));
  return kind ? { cases: ids.case, tasks: ids.task, 'canned-replies': ids.canned }[kind] : ids.conversation;
}
const withId = (url: string, id: string) =>
  url
    .replace(/:\w+/, id)
    .replace(/:\w+Id\b/g, NOBODY)
    .replace(/:\w+/g, 'QUA');

/** A digest of every row, but for the traces that any request leaves. */
async function everything(): Promise<string> {
  const tables = await rows(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('staff_sessions', 'staff_members', 'sign_in_attempts') ORDER BY 1`,
  );
  const parts = await Promise.all(
    tables.map(
      async ({ name }) =>
        (await rows(`SELECT '${name}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) FROM "${name}" t`))[0],
    ),
  );
  return JSON.stringify(parts);
}

test('what belongs to another team is not there: the same answer as for what never was, and nothing is written', async () => {
  expect(aimed().length).toBeGreaterThan(30);
  const before = await everything();
  const wrong: unknown[] = [];
  for (const { method, url } of aimed()) {
    const route = `${method} ${url}`;
    const body = method === 'GET' ? undefined : {};
    const [id, missing] = [idIn(url), idIn(url).length === 36 ? NOBODY : 'KH-404'];
    const there = await call(stranger, method, withId(url, id), body);
    const never = await call(stranger, method, withId(url, missing), body);
    const isSame = there.text.replaceAll(id, missing) === never.text;
    if (there.status !== 404 || never.status !== 404 || !isSame) wrong.push({ route, there, never });
  }
  expect(wrong).toEqual([]);
  expect(await everything()).toBe(before);
});

test('ids that are none, or nearly one, reach nothing either', async () => {
  const before = await everything();
  const wrong: unknown[] = [];
  for (const { method, url } of aimed()) {
    const id = idIn(url);
    for (const swapped of [
      '',
      'null',
      'undefined',
      '%00',
      '[]',
      '%20',
      `${id},${id}`,
      `%20${id}%20`,
      id.toUpperCase(),
      `${id}%00`,
    ]) {
      const body = method === 'GET' ? undefined : {};
      const { status, text } = await call(stranger, method, withId(url, swapped), body);
      const isList = swapped === '' && status === 200;
      if ((status < 400 && !isList) || status >= 500 || text.includes(MARK))
        wrong.push({ method, url, swapped, status, text });
    }
  }
  expect(wrong).toEqual([]);
  expect(await everything()).toBe(before);
});

test('nor does what a query or a body names', async () => {
  const before = await everything();
  for (const [customer, status] of [
    ['KH-KIA', 422],
    ['KH-404', 422],
  ] as const) {
    expect(await call(stranger, 'POST', '/cases', { customer, reason: 'x' })).toMatchObject({ status });
    expect(await call(stranger, 'POST', '/tasks', { customer, title: 'x' })).toMatchObject({ status });
    expect(await call(stranger, 'GET', `/conversations?customer=${customer}`)).toMatchObject({ status: 404 });
  }
  for (const id of [ids.conversation, NOBODY])
    expect(await call(stranger, 'GET', `/canned-replies?conversationId=${id}`)).toMatchObject({ status: 404 });
  const reply = { shortcut: 'x', title: 'x', text: 'x', teamId: ids.team };
  expect(await call(stranger, 'POST', '/canned-replies', reply)).toMatchObject({ status: 422 });
  expect(await everything()).toBe(before);
});

const lists = () => [
  ...open()
    .filter(({ method, url }) => method === 'GET' && !url.includes(':') && !url.endsWith('/stream'))
    .map(({ url }) => url),
  ...['waiting', 'mine', 'unassigned', 'team', 'snoozed', 'resolved', 'all', 'trouble'].map(
    (queue) => `/inbox/conversations?queue=${queue}`,
  ),
  '/search',
  ...['bi+mat', 'nhom+kia', 'kh-kia'].map((q) => `/search?q=${q}`),
  '/offers/QUA/issues',
  '/cases?status=open',
  '/tasks?status=open',
];

test('no list names it, no number counts it', async () => {
  for (const url of lists()) {
    const { text } = await call(stranger, 'GET', url);
    for (const secret of [MARK, 'KH-KIA', ...Object.values(ids).filter((id) => id !== ids.team)])
      expect(text, url).not.toContain(secret);
  }
  const { text } = await call(stranger, 'GET', '/inbox/counts');
  expect(JSON.parse(text)).toMatchObject({ waiting: 1, unassigned: 1, all: 1 });
});

test('for a colleague of the team, a manager and keys it is there', async () => {
  for (const who of [colleague, manager]) {
    for (const { method, url } of aimed().filter((route) => route.method === 'GET'))
      expect((await call(who, method, withId(url, idIn(url)))).text, url).not.toMatch(
        /unknown_(conv|cust|subs|case|task|cann)/,
      );
    expect((await call(who, 'GET', '/inbox/conversations?queue=all')).text).toContain(ids.conversation);
    expect((await call(who, 'GET', '/search?q=bi+mat')).text).toContain(MARK);
    expect((await call(who, 'GET', '/tasks')).text).toContain(ids.task);
    expect((await call(who, 'GET', '/offers/QUA/issues')).text).toContain('KH-KIA');
  }
});

test('what is given to oneself is there, as is the customer one has open work for, and everything once it is opened', async () => {
  const seen = async () => [
    (await call(stranger, 'GET', `/inbox/conversations/${ids.conversation}`)).status,
    (await call(stranger, 'GET', '/customers/KH-KIA')).status,
    (await call(stranger, 'GET', '/inbox/conversations?queue=all')).text.includes(ids.conversation)
      ? 'listed'
      : 'not listed',
  ];
  expect(await seen()).toEqual([404, 404, 'not listed']);
  await rows('UPDATE conversations SET assignee_id = $2 WHERE id = $1', [ids.conversation, stranger?.id]);
  expect(await seen()).toEqual([200, 200, 'listed']);
  await rows('UPDATE conversations SET assignee_id = NULL WHERE id = $1', [ids.conversation]);
  await rows('UPDATE tasks SET owner = $2 WHERE id = $1', [ids.task, stranger?.email]);
  expect(await seen()).toEqual([404, 200, 'not listed']);
  await rows('UPDATE tasks SET owner = NULL WHERE id = $1', [ids.task]);
  expect((await call(manager, 'PUT', '/settings/team_visibility', { mode: 'open' })).status).toBe(200);
  expect(await seen()).toEqual([200, 200, 'listed']);
  await call(manager, 'PUT', '/settings/team_visibility', {});
  expect(await seen()).toEqual([404, 404, 'not listed']);
});

const EVENTS = 500;

test(`of ${EVENTS} events of another team the stream tells none, and not who is there`, async () => {
  const stream = await listen(stranger);
  await rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text) SELECT $1, 'message_in', $2, $3, 'zalo', n::text FROM generate_series(1, ${EVENTS}) n`,
    [START, ids.customer, ids.conversation],
  );
  await call(colleague, 'POST', `/inbox/conversations/${ids.conversation}/presence`, { typing: true });
  await program.tick();
  const [own] = await rows(
    `SELECT c.id, c.customer_id FROM conversations c JOIN customers u ON u.id = c.customer_id WHERE u.external_id = 'KH-MINH'`,
  );
  await rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel) VALUES ($1, 'message_in', $2, $3, 'zalo')`,
    [START, own?.customer_id, own?.id],
  );
  await program.tick();
  const heard = await stream.until(String(own?.id));
  expect(heard).not.toContain(ids.conversation);
  const again = await listen(stranger, stream.place());
  expect(await again.until('hello')).not.toContain(ids.conversation);
  const team = await listen(colleague, stream.place());
  expect(await team.until('hello')).toContain(ids.conversation);
});

test('a stream of another origin is refused', async () => {
  const response = await program.app.inject({
    url: '/api/v1/inbox/stream',
    headers: { cookie: stranger?.cookie ?? '', origin: 'https://evil.vn', 'sec-fetch-site': 'cross-site' },
  });
  expect(response.statusCode).toBe(403);
});

/** A stream as a browser reads it. */
async function listen(by: Person | undefined, lastEventId?: string) {
  const stop = new AbortController();
  const response = await fetch(`${address}/api/v1/inbox/stream`, {
    headers: { cookie: by?.cookie ?? '', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const until = async (text: string): Promise<string> => {
    while (!heard.includes(text)) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error(`The stream ended after: ${heard}`);
      heard += value;
    }
    return heard;
  };
  await (lastEventId === undefined ? until('hello') : undefined);
  const first = heard;
  return { until, place: () => /^id: (.+)$/m.exec(first)?.[1] ?? '' };
}
