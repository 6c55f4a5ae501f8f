// Texts that mean harm, in every field, filter, search and place of an address of every route. No statement's text ever
// holds a piece of them, nothing is our fault, no answer tells about the inside. INJECTIONS=50000 for a long run.
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cleanText } from '../../src/flows/vietnamese-text.ts';
import { readSources } from '../structure/read-sources.ts';
import { attackTexts, MARK, markedTexts } from './attack-texts.ts';
import { addressOf, type Operation, readOperations, withValue } from './from-schema.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';

const COUNT = Number(process.env.INJECTIONS ?? 5_000);
const INSIDE =
  /node_modules|\/src\/|\.ts:\d|at \w.*:\d+:\d+|FST_|\b(SELECT|INSERT|UPDATE|DELETE) .*(FROM|INTO|SET)|violates|relation "|column "|syntax error|operator does not exist|pg_|postgres|prisma|ECONN/i;

let world: HostileWorld;
let operations: Operation[];
let staff: Record<string, string>[];
/** Texts of statements that held a piece of what was sent. */
const tainted: string[] = [];
beforeAll(async () => {
  world = await openHostileWorld();
  operations = await readOperations(world);
  staff = await Promise.all(Array.from({ length: 10 + COUNT / 300 }, () => world.signIn('admin')));
  const plain = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function listen(this: pg.Client, ...given: unknown[]) {
    const [statement] = given;
    const text = typeof statement === 'string' ? statement : textOf(statement);
    if (text.includes(MARK)) tainted.push(text);
    return Reflect.apply(plain, this, given);
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world.close();
});

function textOf(statement: unknown): string {
  return typeof statement === 'object' && statement !== null && 'text' in statement ? String(statement.text) : '';
}

type Shot = { operation: Operation; url: string; body?: string; what: string };

/** One for each place of each route where a text may stand. */
const aims: ((text: string) => Shot)[] = [];

function aimAt(operation: Operation): void {
  for (const name of operation.pathNames)
    aims.push((text) => ({
      operation,
      url: addressOf(operation, { [name]: text }),
      what: `${operation.name} :${name}`,
    }));
  for (const { name } of operation.query)
    aims.push((text) => {
      const url = addressOf(operation);
      const more = `${url.includes('?') ? '&' : '?'}${new URLSearchParams({ [name]: text })}`;
      return {
        operation,
        url: url.includes(`?${name}=`) ? addressOf(operation, { [name]: text }) : `${url}${more}`,
        what: `${operation.name} ?${name}`,
      };
    });
  for (const { sample, fields } of operation.bodies)
    for (const { path } of fields.filter(({ isText }) => isText))
      aims.push((text) => ({
        operation,
        url: addressOf(operation, { token: 'a'.repeat(43) }),
        body: JSON.stringify(withValue(sample, path, text)),
        what: `${operation.name} ${path.join('.')}`,
      }));
}

let sent = 0;
/** What was answered, without the words that were sent, which may come back. */
function withoutPayload(answer: string, payload: string): string {
  // As they were sent, and as ids are tidied.
  const spell = (one: string) => [JSON.stringify(one).slice(1, -1), encodeURIComponent(one), one];
  const forms = [payload, cleanText(payload).trim()].flatMap(spell);
  return forms.reduce((text, form) => text.replaceAll(form, ''), answer).replaceAll(/"[^"]*zq9xmark[^"]*"/g, '""');
}

async function fire({ operation, url, body, what }: Shot): Promise<{ status: number; text: string; what: string }> {
  sent += 1;
  const isPersonal = /^\/api\/v1\/(me|session|inbox)\b/.test(operation.path) || sent % 2 === 0;
  const answer = await world.ask({
    method: operation.method,
    url,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isPersonal ? (staff[sent % staff.length] ?? {}) : world.key),
    },
    ...(body === undefined ? {} : { body }),
    from: `10.${sent >> 16}.${(sent >> 8) & 255}.${sent & 255}`,
  });
  return { status: answer.statusCode, text: answer.body, what };
}

test(`${COUNT} of them: parameters only, never 5xx, discreet answers, everything still there`, {
  timeout: 600_000,
}, async () => {
  for (const operation of operations.filter(({ path }) => !path.endsWith('/stream'))) aimAt(operation);
  expect(aims.length).toBeGreaterThan(300);
  const before = await world.counts();
  const texts = markedTexts(COUNT);
  const wrong: string[] = [];
  const seen = new Map<number, number>();
  for (let from = 0; from < COUNT; from += 8) {
    const payloads = texts.slice(from, from + 8);
    const shots = payloads.flatMap((text, n) => aims[(from + n) % aims.length]?.(text) ?? []);
    for (const [n, { status, text, what }] of (await Promise.all(shots.map(fire))).entries()) {
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const told = status >= 400 ? withoutPayload(text, payloads[n] ?? '') : '';
      if (status >= 500 || told.match(INSIDE)) wrong.push(`${what} → ${status} ${text.slice(0, 300)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(tainted).toEqual([]);
  expect(seen.get(200) ?? 0).toBeGreaterThan(COUNT / 20);
  expect(seen.get(429) ?? 0).toBeLessThan(COUNT / 20);
  const after = await world.counts();
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(Number(after.staff_members)).toBeGreaterThanOrEqual(Number(before.staff_members));
  expect(world.log.filter((line) => Number(JSON.parse(line).level) >= 50)).toEqual([]);
});

test('a search for what nobody wrote finds nobody, whatever it says', async () => {
  await world.ask({
    method: 'PUT',
    url: '/api/v1/customers/KH-1',
    headers: { ...world.key, 'content-type': 'application/json' },
    body: '{"name":"Lan"}',
  });
  for (const text of attackTexts(200, 9)) {
    const q = `khongcoaiten ${text}`;
    const found = await world.ask({ url: `/api/v1/search?${new URLSearchParams({ q })}`, headers: world.key });
    expect([200, 400], q).toContain(found.statusCode);
    if (found.statusCode === 200) expect(found.body, q).not.toContain('Lan');
  }
});

test('no statement is ever put together from what comes in', () => {
  const sources = readSources('src/**/*.ts');
  const unsafe = sources.filter(({ text }) =>
    /\$(query|execute)RawUnsafe|Prisma\.raw\b|\.\$(query|execute)Raw\(/.test(text),
  );
  expect(unsafe.map(({ path }) => path)).toEqual([]);
});
