// Keys of integrators: shown once, kept as a hash, bounded by their scopes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { API_KEY, createHarness, type Harness, type Route } from '../api/api-harness.ts';

let api: Harness;
let routes: Route[] = [];
beforeAll(async () => {
  api = await createHarness({}, undefined, (route) => routes.push(route));
  routes = routes.filter(({ url }) => url.startsWith('/api/v1'));
});
afterAll(() => api.close());

let made = 0;
async function keyWith(...scopes: string[]): Promise<{ id: string; key: string; name: string }> {
  made += 1;
  const { status, body } = await api.call('POST', '/api/v1/keys', { body: { name: `key ${made}`, scopes } });
  expect(status).toBe(200);
  return { id: String(body.id), key: String(body.key), name: String(body.name) };
}
const using = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

it('every route under /api/v1 names its scope', () => {
  expect(routes.length).toBeGreaterThan(15);
  expect(routes.filter((route) => route.scope === undefined).map(({ method, url }) => `${method} ${url}`)).toEqual([]);
});

describe('a key', () => {
  it('is shown once, begins with gb_, and only its hash is kept', async () => {
    const call = { body: { name: 'crm', scopes: ['records:read', 'records:read'] }, key: 'once-1' };
    const first = await api.call('POST', '/api/v1/keys', call);
    expect(first.body).toMatchObject({ name: 'crm', scopes: ['records:read'], createdBy: 'api_key:environment' });
    expect(first.body.key).toMatch(/^gb_[\w-]{43}$/);
    const again = await api.call('POST', '/api/v1/keys', call);
    expect(again.body).toEqual({ ...first.body, key: null });
    const list = await api.call('GET', '/api/v1/keys');
    const tables = await api.rows('SELECT * FROM api_keys');
    const answers = await api.rows('SELECT * FROM idempotent_requests');
    expect(JSON.stringify([list.body, tables, answers])).not.toContain(first.body.key);
    expect(tables[0]).toMatchObject({ prefix: String(first.body.key).slice(0, 9) });
  });

  it('may do what its scopes say and nothing else', async () => {
    const { key } = await keyWith('records:read');
    expect((await api.call('GET', '/api/v1/customers/nobody', using(key))).status).toBe(404);
    expect(await api.call('PUT', '/api/v1/customers/KH-1', { body: {}, ...using(key) })).toMatchObject({
      status: 403,
      body: { error: { code: 'scope_missing', details: { needed: 'records:write', has: ['records:read'] } } },
    });
    expect((await api.call('GET', '/api/v1/keys', using(key))).status).toBe(403);
    expect((await api.call('GET', '/api/v1/customers/KH-1')).status).toBe(404);
  });

  it('gives no scope that it does not have itself', async () => {
    const { key } = await keyWith('keys', 'records:read');
    const refused = await api.call('POST', '/api/v1/keys', {
      body: { name: 'bigger', scopes: ['privacy'] },
      ...using(key),
    });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'scope_not_held' } } });
    expect(await api.rows(`SELECT 1 FROM api_keys WHERE name = 'bigger'`)).toEqual([]);
  });

  it('is dead once it is revoked, and its name stays taken', async () => {
    const { id, key, name } = await keyWith('records:read');
    expect((await api.call('DELETE', `/api/v1/keys/${id}`)).status).toBe(200);
    expect((await api.call('GET', '/api/v1/customers/nobody', using(key))).status).toBe(401);
    expect(await api.call('POST', '/api/v1/keys', { body: { name, scopes: ['keys'] } })).toMatchObject({
      status: 409,
      body: { error: { code: 'key_name_taken' } },
    });
    expect((await api.call('DELETE', `/api/v1/keys/${api.newId()}`)).status).toBe(404);
  });

  it('says when it was last used, to the minute', async () => {
    const { id, key } = await keyWith('records:read');
    const lastUse = async () =>
      (await api.rows('SELECT last_used_at FROM api_keys WHERE id = $1', [id]))[0]?.last_used_at;
    const use = () => api.call('GET', '/api/v1/customers/nobody', using(key));
    await use();
    const first = await lastUse();
    expect(first).toEqual(api.clock.now());
    api.clock.advance(MINUTE_MS / 2);
    await use();
    expect(await lastUse()).toEqual(first);
    api.clock.advance(MINUTE_MS);
    await use();
    expect(await lastUse()).toEqual(api.clock.now());
  });

  it.each([
    { name: 'environment', scopes: ['keys'], status: 409 },
    { name: 'x', scopes: [], status: 400 },
    { name: 'x', scopes: ['everything'], status: 400 },
    { name: '<b>', scopes: ['keys'], status: 400 },
  ])('is refused as $name with $scopes', async ({ name, scopes, status }) => {
    expect((await api.call('POST', '/api/v1/keys', { body: { name, scopes } })).status).toBe(status);
  });
});

it('the key of the environment has all scopes', async () => {
  for (const path of ['/api/v1/keys', '/api/v1/audit', '/api/v1/customers/nobody']) {
    expect((await api.call('GET', path, using(API_KEY))).status).not.toBe(403);
  }
});
