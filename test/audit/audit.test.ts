// Every call that changes something leaves one row of the audit; refused and repeated calls leave none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness, type Route, seedChatter } from '../api/api-harness.ts';
import { readSources } from '../structure/read-sources.ts';
import { calledElsewhere, type Example, examples } from './changing-calls.ts';

let api: Harness;
const routes: Route[] = [];
beforeAll(async () => {
  api = await createHarness({}, undefined, (route) => routes.push(route));
});
afterAll(() => api.close());

const countRows = async () => (await api.rows('SELECT 1 FROM audit_entries')).length;

it('has an example for every changing route', () => {
  const changing = routes.filter(({ method, url }) => url.startsWith('/api/v1') && method !== 'GET');
  const missing = changing.map(({ method, url }) => `${method} ${url.slice('/api/v1'.length)}`);
  expect(missing.filter((route) => !(route in examples) && !calledElsewhere.test(route))).toEqual([]);
});

/** What follows the answer, so that nobody learns from how long it took whether there was something to write. */
const afterwards = new Map([['src/auth/forgotten-routes.ts', 'src/auth/forgotten-password.ts']]);

it('every file with a changing route writes the audit', () => {
  const changing = readSources('src/**/*.ts').filter(({ text }) => /\bapp\.(post|put|patch|delete)\(/.test(text));
  const program = changing.filter(({ path }) => !/^src\/(sandbox|inbound)\//.test(path));
  expect(program.length).toBeGreaterThan(8);
  const writes = (text: string) => /(answerOnce|writeAudit)\(/.test(text);
  const silent = program.filter(({ path, text }) => {
    const later = afterwards.get(path);
    return !(writes(text) || (later !== undefined && readSources(later).some((source) => writes(source.text))));
  });
  expect(silent.map(({ path }) => path)).toEqual([]);
});

describe.each(Object.entries(examples))('%s', (route, example) => {
  it('writes one row when it is done, none when it is repeated or refused', async () => {
    const [method = ''] = route.split(' ');
    const { path, body, refused } = await prepare(example);
    const before = await countRows();
    const call = () =>
      api.call(methodOf(method), `/api/v1${path}`, { ...(body ? { body } : {}), key: `audit ${route}` });
    const done = await call();
    expect(done, JSON.stringify(done.body)).toMatchObject({ status: 200 });
    expect(await countRows()).toBe(before + 1);
    await call();
    expect(await countRows()).toBe(before + 1);
    const [row] = await api.rows('SELECT * FROM audit_entries ORDER BY id DESC LIMIT 1');
    expect(row).toMatchObject({ actor: 'api_key:environment', action: route });
    expect(row?.object_kind).toBe(route.split('/')[1]);
    const answer = await api.call(methodOf(method), `/api/v1${refused.path ?? path}`, { body: refused.body ?? {} });
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
    expect(await countRows()).toBe(before + 1);
  });
});

async function prepare(example: Example) {
  for (const [path, body] of example.before ?? []) {
    const method = path.startsWith('/customers/') && path.split('/').length === 3 ? 'PUT' : 'POST';
    const made = await api.call(path.startsWith('/subscriptions/') ? 'PUT' : method, `/api/v1${path}`, { body });
    expect(made.status, JSON.stringify(made.body)).toBe(200);
  }
  return await example.call({
    chatter: (peerId, more) => seedChatter(api, 'zalo', peerId, more),
    rows: api.rows,
    put: async (path, body) => String((await api.call('PUT', `/api/v1${path}`, { body })).body.id),
    post: async (path, body) => String((await api.call('POST', `/api/v1${path}`, { body })).body.id),
  });
}

function methodOf(text: string): 'PUT' | 'POST' | 'PATCH' | 'DELETE' {
  return text === 'PUT' || text === 'PATCH' || text === 'DELETE' ? text : 'POST';
}

describe('a row', () => {
  it('names fields, the object and the customer, and never what was sent', async () => {
    await api.call('PUT', '/api/v1/customers/KH-audit', {
      body: { name: 'Nguyễn Bí Mật', phone: '0912345678', email: 'bi.mat@example.com' },
    });
    await api.call('POST', '/api/v1/orders', { body: { id: 'O-audit', customer: 'KH-audit', amount: 77_777 } });
    const page = await api.call('GET', '/api/v1/audit?customer=KH-audit');
    expect(page.body.items).toMatchObject([
      { action: 'POST /orders', objectKind: 'orders', objectId: 'O-audit', customer: 'KH-audit' },
      {
        action: 'PUT /customers/:externalId',
        objectKind: 'customers',
        objectId: 'KH-audit',
        data: { fields: ['name', 'phone', 'email'] },
      },
    ]);
    expect(JSON.stringify(await api.rows('SELECT * FROM audit_entries'))).not.toMatch(/Bí Mật|912345678|bi\.mat|77777/);
  });

  it('is found by actor, action and time', async () => {
    const list = async (query: string) => {
      const { body } = await api.call('GET', `/api/v1/audit?${query}`);
      return Array.isArray(body.items) ? body.items.length : -1;
    };
    expect(await list('action=POST%20/orders')).toBeGreaterThan(0);
    expect(await list('actor=api_key:nobody')).toBe(0);
    expect(await list('since=2030-01-01')).toBe(0);
    expect(await list('until=2030-01-01&limit=2')).toBe(2);
  });
});

it('nothing in the program changes or deletes a row', () => {
  const hands = /(UPDATE|DELETE FROM|TRUNCATE)\s+"?audit_entries/i;
  expect(
    readSources('{src,scripts}/**/*.ts')
      .filter(({ text }) => hands.test(text))
      .map(({ path }) => path),
  ).toEqual([]);
});
