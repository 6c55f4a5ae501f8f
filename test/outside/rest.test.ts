// The REST API as an integrator meets it with nothing but interface.md in hand.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import type { ProgramProcess } from './program-process.ts';
import { until } from './until.ts';
import { API_KEY, followOf, newPeerId, postZalo } from './webhook.ts';

let world: OutsideWorld;
let program: ProgramProcess;
beforeAll(async () => {
  world = await openWorld();
  program = await world.start();
});
afterAll(() => world.close());

// biome-ignore lint/suspicious/noExplicitAny: whatever JSON came back is read field by field.
type Answer = { status: number; body: any; headers: Headers };

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${program.address}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

const routes: [string, string][] = [
  ['PUT', '/api/v1/customers/{externalId}'],
  ['PUT', '/api/v1/subscriptions/{externalId}'],
  ['POST', '/api/v1/usage'],
  ['POST', '/api/v1/orders'],
  ['GET', '/api/v1/customers/{externalId}/touchpoints'],
  ['GET', '/api/v1/conversations'],
];

describe('who may call', () => {
  test.each(routes)('%s %s: 401 without the right key, in the one error shape', async (method, path) => {
    const address = path.replace('{externalId}', 'KH-1');
    const wrong = [
      '',
      'Bearer',
      'Bearer ',
      'Bearer wrong',
      `Bearer ${API_KEY}x`,
      `Basic ${API_KEY}`,
      API_KEY,
      `Bearer ${API_KEY.slice(1)}`,
    ];
    for (const authorization of wrong) {
      const answer = await call(method, address, method === 'GET' ? undefined : {}, { authorization });
      expect(answer.status, authorization).toBe(401);
      expect(answer.body).toEqual({ error: { code: 'unauthorized', message: expect.any(String) } });
      expect(JSON.stringify(answer.body)).not.toContain(API_KEY);
    }
    const inAddress = await call(method, `${address}?key=${API_KEY}&access_token=${API_KEY}`, undefined, {
      authorization: '',
    });
    expect(inAddress.status).toBe(401);
  });

  test('an unknown address under /api/v1 says neither yes nor 5xx without a key', async () => {
    expect([401, 404]).toContain((await call('GET', '/api/v1/secrets', undefined, { authorization: '' })).status);
    expect((await call('GET', '/api/v1/secrets')).status).toBe(404);
  });
});

describe('the description', () => {
  test('the page and everything on it come from this machine', async () => {
    const page = await fetch(`${program.address}/api/docs`);
    expect(page.status).toBe(200);
    const html = await page.text();
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => new URL(link ?? '', page.url));
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link.origin).toBe(program.address);
      expect((await fetch(link)).status, link.href).toBe(200);
    }
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
  });

  test('every promised route is there, with the shapes of its request and its answers', async () => {
    const spec = (await call('GET', '/api/docs/json')).body;
    expect(spec.openapi).toMatch(/^3\./);
    for (const [method, path] of routes) {
      const route = spec.paths[path]?.[method.toLowerCase()];
      expect(route, `${method} ${path}`).toBeDefined();
      expect(route.responses['200']?.content?.['application/json']?.schema, path).toBeDefined();
      expect(Object.keys(route.responses).join(), path).toMatch(/4/);
      if (method === 'GET') expect(route.parameters.length, path).toBeGreaterThan(0);
      else {
        expect(route.requestBody?.content?.['application/json']?.schema, path).toBeDefined();
        const names = route.parameters.map((one: { name: string }) => one.name.toLowerCase());
        expect(names, path).toContain('idempotency-key');
      }
    }
    for (const [path, methods] of Object.entries<Record<string, { responses?: object }>>(spec.paths))
      for (const [method, route] of Object.entries(methods))
        expect(Object.keys(route.responses ?? {}).length, `${method} ${path}`).toBeGreaterThan(0);
  });

  type Media = Record<string, { schema?: object }>;
  type Described = { responses: Record<string, { content?: Media }>; requestBody?: { content: Media } };
  const describeAll = async (): Promise<Record<string, Record<string, Described>>> =>
    (await call('GET', '/api/docs/json')).body.paths;

  test('every route says what it answers, and whoever takes files says so', async () => {
    const paths = await describeAll();
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { responses }] of Object.entries(methods)) {
        const media = Object.values(responses['200']?.content ?? {});
        expect(media.length, `${method} ${path}`).toBeGreaterThan(0);
        for (const { schema } of media)
          expect(Object.keys(schema ?? {}).length, `${method} ${path}`).toBeGreaterThan(0);
      }
    const file = { type: 'string', format: 'binary' };
    const form = { schema: { type: 'object', properties: { file }, required: ['file'] } };
    const uploads = [paths['/api/v1/imports'], paths['/api/v1/inbox/conversations/{id}/attachments']];
    expect(uploads.map((upload) => upload?.post?.requestBody?.content)).toEqual([
      { 'multipart/form-data': form, 'text/csv': { schema: file }, 'application/octet-stream': { schema: file } },
      { 'multipart/form-data': form },
    ]);
    expect(Object.keys(paths['/api/v1/inbox/stream']?.get?.responses['200']?.content ?? {})).toEqual([
      'text/event-stream',
    ]);
    const put = JSON.stringify(paths['/api/v1/customers/{externalId}']?.put?.requestBody?.content);
    // What is refused in any case is not offered.
    expect(put).toMatch(/"zalo":\{[^{}]*"type":"string"[^{}]*\},"messenger":\{[^{}]*"type":"string"/);
  });

  test('doors without a key are described as they answer', async () => {
    const paths = await describeAll();
    const doors = Object.keys(paths).filter((path) => !path.startsWith('/api/'));
    expect(doors.sort()).toEqual(['/healthz', '/metrics', '/readyz', '/webhooks/messenger', '/webhooks/zalo']);
    for (const path of ['/healthz', '/metrics', '/readyz', '/webhooks/zalo']) {
      const answer = await fetch(`${program.address}${path}`);
      const content = paths[path]?.get?.responses[String(answer.status)]?.content ?? {};
      expect(Object.keys(content), path).toEqual([answer.headers.get('content-type')?.split(';')[0]]);
    }
    for (const path of ['/webhooks/messenger', '/webhooks/zalo']) {
      const answer = await fetch(`${program.address}${path}`, { method: 'POST', body: '{}' });
      expect(Object.keys(paths[path]?.post?.responses ?? {}), path).toContain(String(answer.status));
    }
  });
});

describe('a life over REST', () => {
  const customer = {
    name: 'Trần Thu Hà',
    phone: '0912 345 678',
    email: 'ha@example.com',
    industry: 'spa',
    role: 'owner',
    tags: ['vip'],
  };

  test('a person who has already chatted is attached, not doubled', async () => {
    const user = newPeerId();
    await postZalo(program, followOf(user));
    await until('the welcome', () => world.zalo.to('POST', '/message/cs').some((one) => one.text.includes(user)));
    const put = await call('PUT', '/api/v1/customers/KH-Hà', { ...customer, identities: { zalo: user } });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
    const { rows } = await world.db.pool.query(
      'SELECT count(DISTINCT customer_id)::int AS n FROM channel_identities WHERE external_id = $1',
      [user],
    );
    expect(rows[0].n).toBe(1);
    const talks = await call('GET', `/api/v1/conversations?customer=${encodeURIComponent('KH-Hà')}`);
    expect(talks.status, JSON.stringify(talks.body)).toBe(200);
    expect(JSON.stringify(talks.body)).toMatch(/"state":"bot"/);
    expect(JSON.stringify(talks.body)).toContain('"welcome"');
    // What happened before the CRM knew them is theirs as well; newest first.
    await until('the ledger', async () => {
      const page = await call('GET', `/api/v1/customers/${encodeURIComponent('KH-Hà')}/touchpoints`);
      return page.body.items.length >= 2;
    });
    const page = await call('GET', `/api/v1/customers/${encodeURIComponent('KH-Hà')}/touchpoints?limit=1`);
    expect(page.body.items).toHaveLength(1);
    expect(page.body.nextCursor).toEqual(expect.any(String));
    const next = await call(
      'GET',
      `/api/v1/customers/${encodeURIComponent('KH-Hà')}/touchpoints?limit=200&cursor=${page.body.nextCursor}`,
    );
    const times = [...page.body.items, ...next.body.items].map((one: { at: string }) => one.at);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('the same key and the same call change once; the same key and another call is refused', async () => {
    await call('PUT', '/api/v1/customers/KH-2', customer);
    const body = { id: 'DH-1', customer: 'KH-2', kind: 'order', amount: 399_000, at: '2026-11-20T09:00:00+07:00' };
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map(() => call('POST', '/api/v1/orders', body, { 'idempotency-key': 'k1' })),
    );
    expect([one?.status, two?.status, three?.status], JSON.stringify(one?.body)).toEqual([200, 200, 200]);
    expect(two?.body).toEqual(one?.body);
    expect(three?.body).toEqual(one?.body);
    const other = await call('PUT', '/api/v1/customers/KH-2', customer, { 'idempotency-key': 'k1' });
    expect(other.status).toBe(422);
    expect(other.body.error.code).toEqual(expect.any(String));
  });

  test('an id with a control character is refused, not taken for another', async () => {
    for (const id of ['KH%00-2', 'KH-2%00', 'KH-2%0A', 'KH-2%7F'])
      expect((await call('PUT', `/api/v1/customers/${id}`, { name: 'Ai đó' })).status, id).toBe(400);
    const order = { id: 'DH-1\u0000', customer: 'KH-2', amount: 1 };
    expect((await call('POST', '/api/v1/orders', order)).status).toBe(400);
  });

  test('unknown people are 404', async () => {
    for (const path of ['/api/v1/customers/nobody/touchpoints', '/api/v1/conversations?customer=nobody']) {
      const answer = await call('GET', path);
      expect(answer.status).toBe(404);
      expect(answer.body.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
  });
});
