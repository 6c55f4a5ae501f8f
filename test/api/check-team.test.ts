// The one rule about whose customers somebody sees, asked as routes ask it: what an address, a query or a body names.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTeamCheck } from '../../src/api/check-team.ts';
import { HttpError } from '../../src/errors.ts';
import type { CallingStaff, Role } from '../../src/http/api-access.ts';
import {
  collectValues,
  isSeen,
  seesAll,
  seesConversation,
  seesCustomer,
  seesTeam,
  viewerOf,
} from '../../src/http/may-see.ts';
import { createTestDatabase } from '../test-database.ts';

const START = new Date('2026-11-21T03:00:00Z');
const [OURS, THEIRS, ME] = [randomUUID(), randomUUID(), randomUUID()];
let db: Awaited<ReturnType<typeof createTestDatabase>>;
/** What one customer is known by; of ours, of theirs, of no team, and of one who never chatted. */
type Known = Record<'external' | 'customer' | 'conversation' | 'subscription' | 'case' | 'task', string>;
let [own, their, free, silent]: Known[] = [];
const rows = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;

beforeAll(async () => {
  db = await createTestDatabase();
  for (const id of [OURS, THEIRS])
    await rows('INSERT INTO teams (id, name, created_at) VALUES ($1::uuid, $1::text, $2)', [id, START]);
  await rows(
    `INSERT INTO staff_members (id, email, name, role, team_id, password_hash, skills, created_at) VALUES ($1, 'lan@spa.vn', 'Lan', 'agent', $2, 'x', '{}', $3)`,
    [ME, OURS, START],
  );
  own = await aCustomer('own', [OURS]);
  their = await aCustomer('their', [THEIRS]);
  free = await aCustomer('free', [null]);
  silent = await aCustomer('silent', []);
});
afterAll(() => db.close());
beforeEach(async () => {
  await rows('DELETE FROM settings');
  await rows('UPDATE conversations SET assignee_id = NULL');
  await rows(`UPDATE tasks SET owner = NULL, status = 'open'`);
  await rows(`UPDATE cases SET owner = NULL, status = 'open'`);
});

async function aCustomer(external: string, teams: (string | null)[]): Promise<Known> {
  const [customer, subscription, caseId, task] = [randomUUID(), `S-${external}`, randomUUID(), randomUUID()];
  await rows('INSERT INTO customers (id, external_id, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
    customer,
    external,
    START,
  ]);
  let conversation = '';
  for (const team of teams) {
    const identity = randomUUID();
    conversation = randomUUID();
    await rows(
      `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at) VALUES ($1, 'zalo', 'a', $2, $3, $4)`,
      [identity, identity, customer, START],
    );
    await rows(
      `INSERT INTO conversations (id, identity_id, customer_id, state, team_id, created_at, updated_at) VALUES ($1, $2, $3, 'bot', $4, $5, $5)`,
      [conversation, identity, customer, team, START],
    );
  }
  await rows(
    `INSERT INTO subscriptions (id, external_id, customer_id, product, status, created_at, updated_at) VALUES ($1, $2, $3, 'spa', 'active', $4, $4)`,
    [randomUUID(), subscription, customer, START],
  );
  await rows(
    `INSERT INTO cases (id, customer_id, reason, status, opened_at, due_at) VALUES ($1, $2, 'x', 'open', $3, $3)`,
    [caseId, customer, START],
  );
  await rows(
    `INSERT INTO tasks (id, customer_id, kind, title, status, due_at, created_at) VALUES ($1, $2, 'other', 'x', 'open', $3, $3)`,
    [task, customer, START],
  );
  return { external, customer, conversation, subscription, case: caseId, task };
}

const staff = (role: Role): CallingStaff => ({
  id: ME,
  sessionId: 's',
  email: 'lan@spa.vn',
  name: 'Lan',
  role,
  teamId: OURS,
});
type Asked = { url?: string; params?: unknown; query?: unknown; body?: unknown; as?: CallingStaff | null };

/** seen, or what is answered instead. */
async function ask({ url = '/tasks', params = {}, query, body, as = staff('agent') }: Asked): Promise<string> {
  const request = { staff: as, params, query, body, routeOptions: { url: `/api/v1${url}` } };
  try {
    // Only these five fields of a request are looked at.
    await createTeamCheck({ db })(request as unknown as Parameters<ReturnType<typeof createTeamCheck>>[0]);
    return 'seen';
  } catch (error) {
    if (error instanceof HttpError) return `${error.status} ${error.code}`;
    throw error;
  }
}
const at = (url: string, id: string | undefined, as?: CallingStaff | null) =>
  ask({ url, params: { id }, ...(as === undefined ? {} : { as }) });

const addresses: [string, keyof Known, string][] = [
  ['/conversations/:id', 'conversation', 'unknown_conversation'],
  ['/inbox/conversations/:id/notes', 'conversation', 'unknown_conversation'],
  ['/customers/by-id/:id', 'customer', 'unknown_customer'],
  ['/customers/:externalId', 'external', 'unknown_customer'],
  ['/subscriptions/:externalId', 'subscription', 'unknown_subscription'],
  ['/cases/:id', 'case', 'unknown_case'],
  ['/tasks/:id/done', 'task', 'unknown_task'],
];

describe.each(addresses)('%s', (url, kind, code) => {
  test('is there for their own team and for nobody’s, and gone for another’s', async () => {
    expect(await at(url, own?.[kind])).toBe('seen');
    expect(await at(url, free?.[kind])).toBe('seen');
    expect(await at(url, their?.[kind])).toBe(`404 ${code}`);
    expect(await at(url, their?.[kind], staff('manager'))).toBe('seen');
    expect(await at(url, their?.[kind], null)).toBe('seen');
  });

  test('what never was, and what is no id at all, is gone in the same words', async () => {
    expect(await at(url, randomUUID())).toBe(`404 ${code}`);
    expect(await at(url, 'x')).toBe(`404 ${code}`);
  });
});

test('a customer who never chatted is seen by all', async () => {
  expect(await at('/customers/:externalId', silent?.external)).toBe('seen');
});

test('what was given to oneself is seen, conversation and customer', async () => {
  await rows('UPDATE conversations SET assignee_id = $2 WHERE id = $1', [their?.conversation, ME]);
  expect(await at('/conversations/:id', their?.conversation)).toBe('seen');
  expect(await at('/customers/:externalId', their?.external)).toBe('seen');
});

test.each(['tasks', 'cases'])(
  'whoever has open %s for a customer sees the customer, not the conversation',
  async (table) => {
    const mine = `UPDATE ${table} SET owner = 'lan@spa.vn' WHERE customer_id = $1`;
    await rows(mine, [their?.customer]);
    expect(await at('/customers/:externalId', their?.external)).toBe('seen');
    expect(await at('/conversations/:id', their?.conversation)).toBe('404 unknown_conversation');
    await rows(`UPDATE ${table} SET status = 'done' WHERE customer_id = $1`, [their?.customer]);
    expect(await at('/customers/:externalId', their?.external)).toBe('404 unknown_customer');
    await rows(`UPDATE ${table} SET owner = 'lan@spa.vn', status = 'open' WHERE customer_id = $1`, [own?.customer]);
    expect(await at('/customers/:externalId', their?.external)).toBe('404 unknown_customer');
  },
);

test('the setting opens everything, and only with that word', async () => {
  const set = (name: string, mode: string) =>
    rows(
      `INSERT INTO settings (name, value, updated_by, updated_at) VALUES ($1, $2, 'x', $3) ON CONFLICT (name) DO UPDATE SET value = $2`,
      [name, JSON.stringify({ mode }), START],
    );
  await set('team_visibility', 'team');
  await set('another_setting', 'open');
  expect(await at('/conversations/:id', their?.conversation)).toBe('404 unknown_conversation');
  await set('team_visibility', 'open');
  for (const [url, kind] of addresses) expect(await at(url, their?.[kind]), url).toBe('seen');
});

test('canned replies are of a team or of all', async () => {
  const ids = { ours: randomUUID(), theirs: randomUUID(), all: randomUUID() };
  for (const [name, team] of [
    ['ours', OURS],
    ['theirs', THEIRS],
    ['all', null],
  ] as const) {
    await rows(
      `INSERT INTO canned_replies (id, shortcut, title, text, team_id, updated_by, updated_at) VALUES ($1, $2, 'x', 'x', $3, 'x', $4)`,
      [ids[name], name, team, START],
    );
  }
  expect(await at('/canned-replies/:id', ids.ours)).toBe('seen');
  expect(await at('/canned-replies/:id', ids.all)).toBe('seen');
  expect(await at('/canned-replies/:id', ids.theirs)).toBe('404 unknown_canned_reply');
});

describe('addresses', () => {
  test.each(['/offers/:code', '/settings/:name', '/me/:thing', '/links/:token', '/tasks', '/customers'])(
    '%s names nobody',
    async (url) => expect(await at(url, 'x')).toBe('seen'),
  );

  test.each(['/unheard/:id', '/conversations-of/:id', '/offers/:codes'])(
    '%s is shut until somebody decides',
    async (url) => expect(await at(url, own?.conversation)).toBe('404 not_found'),
  );

  test('whoever sees all is let through to what nobody decided about', async () => {
    expect(await at('/unheard/:id', 'x', staff('manager'))).toBe('seen');
    expect(await at('/unheard/:id', 'x', null)).toBe('seen');
  });

  test('without an id nothing is found', async () => {
    expect(await ask({ url: '/tasks/:id', params: undefined })).toBe('404 not_found');
    expect(await ask({ url: '/tasks/:id', params: { id: 7 } })).toBe('404 not_found');
  });
});

describe('what else a call names', () => {
  test.each<[string, keyof Known, string]>([
    ['customer', 'external', 'unknown_customer'],
    ['customerId', 'customer', 'unknown_customer'],
    ['conversationId', 'conversation', 'unknown_conversation'],
  ])('%s, in a query or a body', async (field, kind, code) => {
    expect(await ask({ query: { [field]: own?.[kind] }, body: { [field]: own?.[kind] } })).toBe('seen');
    expect(await ask({ query: { [field]: their?.[kind] } })).toBe(`404 ${code}`);
    expect(await ask({ body: { [field]: their?.[kind] } })).toBe(`422 ${code}`);
    expect(await ask({ body: { [field]: their?.[kind] }, as: staff('marketer') })).toBe('seen');
  });

  test('every name is looked at, not only the first', async () => {
    const body = { customer: own?.external, conversationId: their?.conversation };
    expect(await ask({ body })).toBe('422 unknown_conversation');
  });

  test('what is no name is the route’s to refuse', async () => {
    for (const body of ['words', 7, null, [], { customer: 7 }]) expect(await ask({ body })).toBe('seen');
  });
});

test('for whoever sees all, nothing is asked', () => {
  const { values, value } = collectValues();
  const conditions = [
    seesConversation('c', seesAll, value),
    seesTeam('t', seesAll, value),
    seesCustomer('u', seesAll, value),
  ];
  expect([conditions, values]).toEqual([['true', 'true', 'true'], []]);
});

describe('the rule without the database', () => {
  const agent = viewerOf({ staff: staff('agent') });
  test.each<[string, string | null, string | null, boolean, boolean]>([
    ['own team', OURS, null, false, true],
    ['no team', null, null, false, true],
    ['another team', THEIRS, null, false, false],
    ['another team, given to me', THEIRS, ME, false, true],
    ['another team, given to a colleague', THEIRS, randomUUID(), false, false],
    ['another team, opened', THEIRS, null, true, true],
  ])('%s', (_name, teamId, assigneeId, isOpen, expected) => {
    expect(isSeen({ teamId, assigneeId }, agent, isOpen)).toBe(expected);
  });

  test('whoever is not limited sees all; who is nobody is given nothing by nobody', () => {
    expect(isSeen({ teamId: THEIRS, assigneeId: null }, seesAll, false)).toBe(true);
    const nobody = { ...agent, staffId: null };
    expect(isSeen({ teamId: THEIRS, assigneeId: null }, nobody, false)).toBe(false);
  });
});
