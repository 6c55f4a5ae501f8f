// The database goes and comes back; nobody restarts anything, and what was accepted before is done after.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import type { ProgramProcess } from './program-process.ts';
import { openWire, type Wire } from './tcp-proxy.ts';
import { until } from './until.ts';
import { API_KEY, followOf, newPeerId, pageTextOf, postPage, postZalo } from './webhook.ts';

let world: OutsideWorld;
let wire: Wire;
let program: ProgramProcess;
beforeAll(async () => {
  world = await openWorld();
  wire = await openWire(world.env.DATABASE_URL ?? '');
  world.env.DATABASE_URL = wire.url(world.db.url);
  program = await world.start();
});
afterAll(async () => {
  await wire.mend();
  await world.close();
  await wire.close();
});

const get = (path: string) => fetch(`${program.address}${path}`, { redirect: 'manual' });
const rest = (method: string, path: string, body?: object) =>
  fetch(`${program.address}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const isReady = async () => (await get('/readyz')).status === 200;

const restCalls = [
  () => rest('PUT', '/customers/KH-1', { name: 'Hà' }),
  () => rest('PUT', '/subscriptions/S-1', { customer: 'KH-1', product: 'spa', plan: 'basic' }),
  () => rest('POST', '/usage', { items: [] }),
  () => rest('GET', '/customers/KH-1/touchpoints'),
  () => rest('GET', '/conversations?customer=KH-1'),
];

async function expectError(answer: Response, status: number): Promise<void> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  expect(JSON.parse(text), text).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  expect(text).not.toMatch(/ECONN|127\.0\.0\.1|postgres|select |pg_|prisma|node_modules|at .+:\d+:\d+/i);
}

/** Everything a visitor may ask while it is away. */
async function expectAway(): Promise<void> {
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(503);
  for (const answer of [
    await postZalo(program, followOf(newPeerId())),
    await postPage(program, pageTextOf(newPeerId(), 'a')),
  ]) {
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectError(answer, 503);
  }
  // Still not for everybody.
  expect((await postZalo(program, followOf(newPeerId()), 'mac=00')).status).toBe(401);
  expect((await fetch(`${program.address}/api/v1/conversations?customer=x`)).status).toBe(401);
  const metrics = await get('/metrics');
  expect([200, 503]).toContain(metrics.status);
  await metrics.text();
  for (const path of [
    '/calendar/018f3c7e-7c7a-7000-8000-000000000000.ics',
    '/oauth/zalo/callback?code=a&oa_id=b&state=c',
  ])
    await expectError(await get(path), 503);
  for (const path of ['/', '/api/docs/', '/zalo_verifierOutside_Code-1.html'])
    expect((await get(path)).status, path).toBe(200);
}

async function expectRestAway(): Promise<void> {
  for (const call of restCalls) {
    const answer = await call();
    if (answer.status === 400) continue;
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectError(answer, 503);
  }
}

const welcomeTo = (user: string) => world.zalo.to('POST', '/message/cs').filter((call) => call.text.includes(user));

describe('a database that refuses connections', () => {
  test('is said with 503 wherever it is needed, and nothing else changes', async () => {
    await wire.cut();
    await expectAway();
    await expectRestAway();
  });

  test('is found again without a restart', async () => {
    await wire.mend();
    await until('readyz', isReady);
    const user = newPeerId();
    expect((await postZalo(program, followOf(user))).status).toBe(200);
    await until('the welcome', () => welcomeTo(user).length === 1);
    expect((await rest('PUT', '/customers/KH-1', { name: 'Hà' })).status).toBe(200);
  });
});

test('what was accepted before it went is done when it is back, once', async () => {
  const users = Array.from({ length: 20 }, () => newPeerId());
  let isCut = false;
  // The wire is cut in the middle of the work: while the second profile is asked for.
  world.zalo.script = async (call) => {
    if (!isCut && call.path.endsWith('/user/detail')) {
      isCut = true;
      await wire.cut();
    }
    return undefined;
  };
  const answers = await Promise.all(users.map((user) => postZalo(program, followOf(user))));
  const kept = users.filter((_user, n) => answers[n]?.status === 200);
  expect(kept.length).toBeGreaterThan(0);
  // What was on its way when the wire was cut was not taken, and says so.
  expect(new Set(answers.map((answer) => answer.status))).toBeOneOf([new Set([200]), new Set([200, 503])]);
  await until('the cut', () => isCut);
  expect((await get('/readyz')).status).toBe(503);
  await wire.mend();
  await until('readyz', isReady);
  await until('all welcomes', () => kept.every((user) => welcomeTo(user).length > 0), { withinMs: 30_000 });
  expect(kept.map((user) => welcomeTo(user).length)).toEqual(kept.map(() => 1));
});

test('ten cuts in a row leave it well', async () => {
  const users: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const user = newPeerId();
    const body = followOf(user);
    const [answer] = await Promise.all([postZalo(program, body), wire.cut()]);
    await wire.mend();
    expect([200, 503]).toContain(answer.status);
    users.push(user);
    // As Zalo does: what was not taken is brought again.
    await until('acceptance', async () => (await postZalo(program, body)).status === 200);
  }
  await until('all welcomes', () => users.every((user) => welcomeTo(user).length > 0), { withinMs: 40_000 });
  expect(users.map((user) => welcomeTo(user).length)).toEqual(users.map(() => 1));
  expect((await get('/healthz')).status).toBe(200);
});

test('one that is silent counts as away before the providers lose patience, and is found again', async () => {
  const user = newPeerId();
  const body = followOf(user);
  await wire.cut('silence');
  try {
    const began = Date.now();
    const [zalo, ready] = await Promise.all([postZalo(program, body), get('/readyz')]);
    expect([zalo.status, ready.status]).toEqual([503, 503]);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect((await get('/healthz')).status).toBe(200);
  } finally {
    await wire.mend();
  }
  await until('readyz', isReady);
  await until('acceptance', async () => (await postZalo(program, body)).status === 200);
  await until('the welcome', () => welcomeTo(user).length === 1);
});

test('one that goes in the first second of a process does not end it', async () => {
  const young = await world.start({}, { wait: false });
  await until(
    'the port',
    () =>
      fetch(`${young.address}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      ),
    { eachMs: 5 },
  );
  await wire.cut();
  await until('readyz to say so', async () => (await fetch(`${young.address}/readyz`)).status === 503);
  await wire.mend();
  await until('its flows', async () => (await (await fetch(`${young.address}/readyz`)).text()).includes('"welcome"'), {
    withinMs: 20_000,
  });
});
