// Every body of every route, made from the program's own description: fields that are not its own, values of another
// kind, keys that reach for the prototype. Refused with the place named, and not a row is written.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { addressOf, type Json, kindOf, type Operation, type Path, readOperations, withValue } from './from-schema.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';

/** Merged name by name, or checked by the route itself: any name may stand there. */
const OPEN =
  /^(PUT|PATCH|POST) \/api\/v1\/(customers\/(\{externalId\}|by-id\/\{id\}|batch) .*attributes|settings\/\{name\} $|events .*data|(cases|tasks) detail|inbox\/conversations\/\{id\}\/(messages|flows) )/;

/** A batch that was taken and whose items were all refused is a call that was made. */
const CALLED = /^audit_entries$/;

let world: HostileWorld;
let operations: Operation[];
const sessions = new Map<string, Record<string, string>>();
beforeAll(async () => {
  world = await openHostileWorld();
  operations = await readOperations(world);
  for (const { name } of operations.filter(isForStaff)) sessions.set(name, await world.signIn('admin'));
});
afterAll(() => world.close());

/** What only a person who signed in may call. */
function isForStaff({ path }: Operation): boolean {
  return /^\/api\/v1\/(me|session|inbox)\b/.test(path);
}

let calls = 0;
async function send(
  operation: Operation,
  body: string,
): Promise<{ status: number; isRefused: boolean; places: string[]; text: string }> {
  calls += 1;
  const answer = await world.ask({
    method: operation.method,
    url: addressOf(operation, { token: 'a'.repeat(43) }),
    headers: { 'content-type': 'application/json', ...(sessions.get(operation.name) ?? world.key) },
    body,
    from: `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`,
  });
  return { status: answer.statusCode, text: answer.body, ...mistakeIn(answer.json(), answer.statusCode) };
}

/** Of a batch, whose items are refused one by one, that of its only item. */
function mistakeIn(body: unknown, status: number): { isRefused: boolean; places: string[] } {
  const item = status === 200 ? batchAnswer.safeParse(body).data?.results[0]?.error : undefined;
  const error = item ?? errorAnswer.safeParse(body).data?.error;
  return {
    isRefused: status === 400 || item?.code === 'invalid_item',
    places: (error?.details ?? []).map(({ path }) => path),
  };
}

const mistake = z.object({ code: z.string(), details: z.array(z.object({ path: z.string() })).catch([]) });
const errorAnswer = z.object({ error: mistake });
const batchAnswer = z.object({ results: z.array(z.object({ error: mistake.optional() })) });

/** As answers name it: within an item, when each item has an answer of its own. */
function spell({ path: route }: Operation, path: Path): string {
  const isBatch = /(\/batch|\/events|\/usage)$/.test(route);
  return path.join('.').replace(isBatch ? /^(items\.)?0(\.|$)/ : /^$/, '');
}

const isNear = (places: readonly string[], path: string) =>
  places.some((place) => place === path || path.startsWith(place) || place.startsWith(path));

const wrongValues: readonly Json[] = [{ a: 1 }, { $ne: null }, ['x'], [], 7, true, null, 'chữ'];

test('there is much to attack', () => {
  expect(operations.length).toBeGreaterThan(150);
  expect(operations.flatMap(({ bodies }) => bodies).length).toBeGreaterThan(70);
});

test('a value of another kind is refused at its place', { timeout: 180_000 }, async () => {
  const before = await world.counts(CALLED);
  const wrong: string[] = [];
  let asked = 0;
  for (const operation of operations) {
    for (const { sample, fields } of operation.bodies) {
      for (const { path, allowed } of fields) {
        // No body at all is what some routes may be given.
        const mayBeNothing = path.length === 0;
        for (const value of wrongValues.filter((one) => !allowed.has(kindOf(one)) && !(mayBeNothing && one === null))) {
          asked += 1;
          const { status, isRefused, places, text } = await send(
            operation,
            JSON.stringify(withValue(sample, path, value)),
          );
          if (!isRefused || (spell(operation, path).length > 0 && !isNear(places, spell(operation, path))))
            wrong.push(
              `${operation.name} ${spell(operation, path)} = ${JSON.stringify(value)} → ${status} ${text.slice(0, 200)}`,
            );
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(1_500);
  expect(await world.counts(CALLED)).toEqual(before);
});

test('a field that is not its own is refused, in every object of every body', { timeout: 180_000 }, async () => {
  const before = await world.counts(CALLED);
  const wrong: string[] = [];
  const extras = [
    'id',
    'role',
    'accountId',
    'ownerId',
    'staffId',
    'createdAt',
    'scopes',
    'isAdmin',
    'password_hash',
    'customer_id',
  ];
  for (const operation of operations) {
    for (const { sample, objects } of operation.bodies) {
      for (const { path, names, isClosed } of objects) {
        const where = `${operation.name} ${spell(operation, path)}`;
        if (!isClosed) {
          if (!OPEN.test(where)) wrong.push(`${where} takes any field`);
          continue;
        }
        for (const extra of extras.filter((one) => !names.includes(one))) {
          const { status, isRefused, places, text } = await send(
            operation,
            JSON.stringify(withValue(sample, [...path, extra], 'admin')),
          );
          if (!isRefused || !isNear(places, spell(operation, [...path, extra])))
            wrong.push(`${where}.${extra} → ${status} ${text.slice(0, 200)}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(await world.counts(CALLED)).toEqual(before);
});

test('what reaches for the prototype is refused everywhere and changes nothing', { timeout: 180_000 }, async () => {
  const before = await world.counts(CALLED);
  const keys = [
    '"__proto__":{"polluted":1}',
    '"constructor":{"prototype":{"polluted":1}}',
    '"\\u005f_proto__":{"polluted":1}',
  ];
  const wrong: string[] = [];
  for (const operation of operations) {
    for (const { sample, objects } of operation.bodies) {
      for (const { path } of objects) {
        const text = JSON.stringify(withValue(sample, [...path, '@@'], 1));
        for (const key of keys) {
          const { status, isRefused } = await send(operation, text.replace('"@@":1', key));
          if (!isRefused) wrong.push(`${operation.name} ${spell(operation, path)} ${key} → ${status}`);
          expect(Object.keys(Object.prototype)).toEqual([]);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(await world.counts(CALLED)).toEqual(before);
});

test('nor does a query', { timeout: 60_000 }, async () => {
  for (const operation of operations.filter(({ method, path }) => method === 'GET' && !path.endsWith('/stream'))) {
    const address = addressOf(operation);
    const more =
      '__proto__[polluted]=1&__proto__=1&constructor.prototype.polluted=1&constructor[prototype][polluted]=1';
    const answer = await world.ask({
      url: `${address}${address.includes('?') ? '&' : '?'}${more}`,
      headers: world.key,
    });
    expect(answer.statusCode, operation.name).toBeLessThan(500);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  }
});
