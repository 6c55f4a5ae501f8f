// What integrators see when something is wrong: one shape, stable codes, every mistake at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../src/database.ts';
import { API_KEY, createHarness, type Harness } from './api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
});
afterAll(() => api.close());

const operationSchema = z.object({
  summary: z.string(),
  tags: z.array(z.string()),
  /** Empty = without a key. */
  security: z.array(z.unknown()).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const methodSchema = z.enum(['GET', 'PUT', 'POST', 'PATCH', 'DELETE']);
const pathsSchema = z.record(z.string(), z.record(z.string(), operationSchema));
const detailsSchema = z.object({
  code: z.string(),
  details: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** What lies in files is looked up there first. */
const FROM_FILES = /^\/api\/v1\/(journeys|offers|templates)\//;
/** Staff alone, and links that are checked by their form first: test/auth. */
const FOR_STAFF = /^\/api\/v1\/(me|links)\b/;

/** From the description, which is made from the route table itself. */
async function describedRoutes() {
  const { body } = await api.call('GET', '/api/docs/json');
  const paths = pathsSchema.parse(body.paths);
  // Webhooks and probes stand outside of the API: they ask for no key.
  const ours = Object.entries(paths).filter(([path]) => path.startsWith('/api/'));
  return ours.flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: methodSchema.parse(method.toUpperCase()),
      url: path.replace('{id}', '0b1f8d1e-93a5-7000-8000-000000000000').replace(/\{\w+\}/g, 'x'),
      operation,
    })),
  );
}

describe('the key', () => {
  it('is asked for by every route, before anything else is looked at', async () => {
    const all = await describedRoutes();
    const routes = all.filter(({ operation }) => operation.security?.length !== 0);
    const open = all.filter((route) => !routes.includes(route)).map(({ method, url }) => `${method} ${url}`);
    expect(open).toEqual([
      'POST /api/v1/session',
      'POST /api/v1/forgotten-password',
      'GET /api/v1/links/x',
      'POST /api/v1/links/x',
    ]);
    expect(routes.length).toBeGreaterThan(15);
    for (const { method, url } of routes) {
      for (const authorization of ['', 'Bearer wrong-key', `Basic ${API_KEY}`, 'Bearer', `Bearer ${API_KEY}x`]) {
        const answer = await api.call(method, url, { headers: { authorization } });
        expect(answer.status, `${method} ${url} with "${authorization}"`).toBe(401);
        expect(answer.body).toMatchObject({ error: { code: 'unauthorized' } });
        expect(answer.headers['www-authenticate']).toContain('Bearer');
      }
    }
  });

  it('is taken whatever the case of the scheme', async () => {
    const answer = await api.call('GET', '/api/v1/customers/nobody', {
      headers: { authorization: `bearer ${API_KEY}` },
    });
    expect(answer.status).toBe(404);
  });

  it('that is not configured refuses every call and says how to set one', async () => {
    const off = await createHarness({ apiKey: null }, api.db);
    const answer = await off.call('GET', '/api/v1/customers/x');
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.body)).toContain('API_KEY=');
    await off.app.close();
  });
});

describe('the error shape', () => {
  it.each([
    ['GET', '/api'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v2/customers/x'],
    ['DELETE', '/api/v1/customers/x'],
  ] as const)('%s %s is 404', async (method, url) => {
    const answer = await api.call(method, url);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ error: { code: 'not_found', message: expect.stringContaining(url) } });
  });

  it.each([
    { what: 'broken JSON', body: '{"name": ', status: 400, code: 'invalid_json' },
    { what: 'nothing', body: '', status: 400, code: 'invalid_json' },
    { what: 'a poisoned key', body: '{"__proto__": {"a": 1}}', status: 400, code: 'invalid_json' },
    { what: 'a list', body: '[1,2]', status: 400, code: 'invalid_request' },
    { what: 'null', body: 'null', status: 400, code: 'invalid_request' },
    { what: 'a table', body: 'a,b', type: 'text/csv', status: 415, code: 'unsupported_media_type' },
    { what: 'too much', body: `{"name":"${'x'.repeat(2_000_000)}"}`, status: 413, code: 'payload_too_large' },
  ])('a body that is $what: $status $code', async ({ body, type, status, code }) => {
    const headers = { 'content-type': type ?? 'application/json' };
    const answer = await api.call('PUT', '/api/v1/customers/KH-1', { body, headers });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code, message: expect.any(String) } });
  });

  it('names every mistake at once, with its path', async () => {
    const body = {
      nmae: 'Lan',
      phone: 912345678,
      tags: ['a', 7],
      identities: { zalo: 1234567890123, viber: 'x' },
      consents: [{ purpose: 'x' }],
    };
    const answer = await api.call('PUT', '/api/v1/customers/KH-1', { body });
    expect(answer.status).toBe(400);
    const error = detailsSchema.parse(answer.body.error);
    expect(error.code).toBe('invalid_request');
    const paths = error.details.map((one) => one.path).sort();
    expect(paths).toEqual(['consents.0.granted', 'identities.viber', 'identities.zalo', 'nmae', 'phone', 'tags.1']);
    for (const path of ['phone', 'identities.zalo']) {
      expect(error.details.find((one) => one.path === path)?.message).toContain('must be a string');
    }
    expect(error.details.find((one) => one.path === 'nmae')?.message).toContain('not a field');
  });

  it('refuses an id that is only spaces or a NUL', async () => {
    for (const id of ['%20', '%00', 'x'.repeat(101)]) {
      expect((await api.call('GET', `/api/v1/customers/${id}`)).status).toBe(400);
    }
  });

  it('hides what went wrong on our side', async () => {
    const broken = await createHarness(
      {
        onSubscriptionsSaved: async () => {
          throw new Error('secret detail');
        },
      },
      api.db,
    );
    await broken.call('PUT', '/api/v1/customers/KH-500', { body: {} });
    const answer = await broken.call('PUT', '/api/v1/subscriptions/S-500', {
      body: { customer: 'KH-500', product: 'spa' },
    });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ error: { code: 'internal_error', message: expect.not.stringContaining('secret') } });
    expect((await api.call('GET', '/api/v1/subscriptions/S-500')).status).toBe(404);
    await broken.app.close();
  });

  it('is 503 with Retry-After while the database is away, for plain SQL and for Prisma', async () => {
    const away = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none' });
    const blind = await createHarness({}, away);
    const routes = await describedRoutes();
    const readable = routes
      .filter((route) => route.method === 'GET' && !FROM_FILES.test(route.url) && !FOR_STAFF.test(route.url))
      .map(({ url }) => url.replace('/conversations', '/conversations?customer=x').replace('?customer=x/', '/'))
      .map((url) => (url.endsWith('/touchpoints.csv') ? `${url}?from=2026-11-01&to=2026-11-22` : url))
      .map((url) => (url.endsWith('/merges/preview') ? `${url}?otherId=0b1f8d1e-93a5-7000-8000-000000000001` : url));
    for (const url of readable) {
      const answer = await blind.call('GET', url);
      expect(answer.status, url).toBe(503);
      expect(answer.body).toMatchObject({ error: { code: 'database_unavailable' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await blind.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan' } })).status).toBe(503);
    await blind.close();
  });
});

describe('/api/docs', () => {
  it('describes every route with request and response', async () => {
    for (const { url, method, operation } of await describedRoutes()) {
      const { responses, tags } = operation;
      expect(tags, url).toHaveLength(1);
      expect(Object.keys(responses).sort(), `${method} ${url}`).toEqual(['200', '4XX', '5XX']);
    }
  });

  it('is a page that needs no other host and no inline script', async () => {
    const page = await api.app.inject({ url: '/api/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) {
      expect(address).toMatch(/^\/api\/docs\/static\//);
      expect((await api.app.inject({ url: address })).statusCode, address).toBe(200);
    }
    expect(page.body).not.toMatch(/<script>(?!\s*<\/script>)/);
  });
});
