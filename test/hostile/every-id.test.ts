// Every id in an address and every field of a query, of every route: empty, of another kind, far too long, with what no
// database keeps. Refused by name or not found, never a fault of ours.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openReader, type Reader } from '../inbox/read-stream.ts';
import { until } from '../outside/until.ts';
import { addressOf, type Operation, readOperations, SAMPLE_ID } from './from-schema.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';

let world: HostileWorld;
let operations: Operation[];
type Who = 'key' | 'admin' | 'agent';
const callers = new Map<Who, { headers: Record<string, string>; calls: number }>();
/** Fewer than one person may call in a minute. */
const CALLS_EACH = 100;
async function headersOf(who: Who): Promise<Record<string, string>> {
  if (who === 'key') return world.key;
  const known = callers.get(who);
  const caller = known && known.calls < CALLS_EACH ? known : { headers: await world.signIn(who), calls: 0 };
  caller.calls += 1;
  callers.set(who, caller);
  return caller.headers;
}

beforeAll(async () => {
  world = await openHostileWorld();
  operations = (await readOperations(world)).filter(({ path }) => !path.endsWith('/stream'));
});
beforeEach(() => someoneIsThere());
afterAll(() => world.close());

/** What the good parts of addresses name, so that the bad part is looked at by the route itself. */
async function someoneIsThere(): Promise<void> {
  const saved = await world.ask({
    method: 'PUT',
    url: '/api/v1/customers/x',
    headers: { ...world.key, 'content-type': 'application/json' },
    body: '{"name":"Khách"}',
  });
  expect(saved.statusCode, saved.body).toBeLessThan(300);
  await world.rows(
    `WITH c AS (SELECT id, created_at FROM customers WHERE external_id = 'x'), i AS (
       INSERT INTO channel_identities (id, customer_id, channel, account_id, external_id, created_at)
       SELECT $1, id, 'zalo', 'account', '100001', created_at FROM c ON CONFLICT DO NOTHING)
     INSERT INTO conversations (id, identity_id, customer_id, state, waiting_since, created_at, updated_at)
     SELECT $1, $1, id, 'waiting_for_agent', created_at, created_at, created_at FROM c ON CONFLICT DO NOTHING`,
    [SAMPLE_ID],
  );
}

const base64 = (text: string) => Buffer.from(text).toString('base64url');
const MOMENT = '2026-11-22T00:00:00.000Z';
const texts = [
  ...[
    '',
    ' ',
    'x',
    '7',
    '-1',
    '1e400',
    '99999999999999999999',
    '9223372036854775808',
    'null',
    'undefined',
    'NaN',
    'true',
  ],
  ...['[]', '{"$ne":null}', "' OR 1=1 --", '%', '..', '../../etc/passwd', '\u0000', 'a\u0000b', '\uFFFD', '🙏'],
  ...[`${SAMPLE_ID}x`, `{${SAMPLE_ID}}`, SAMPLE_ID.slice(0, -1), SAMPLE_ID.replaceAll('0', 'g'), `${SAMPLE_ID}\n`],
  ...[
    'x'.repeat(101),
    '9'.repeat(500),
    'đ'.repeat(3_000),
    'infinity',
    '2026-02-31',
    '0001-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
  ],
];
/** As the program makes them, with something else within. */
const places = [
  ...['', 'x', '|', '||', '|||', `${MOMENT}|${MOMENT}|x`, `x|x|${SAMPLE_ID}`, `${MOMENT}|x|x|x`, `1|2|x`, `1|2|\u0000`],
  ...[
    `${MOMENT}|99999999999999999999|0|t:1`,
    `+275760-09-13T00:00:00.000Z|1|0|t:1`,
    `7|7|7`,
    `7|1|0|t:1`,
    `7|7|${SAMPLE_ID}`,
    `2026-02-31T00:00:00Z|infinity|${SAMPLE_ID}`,
    `2026-01-01T00:00:00+23:00|infinity|${SAMPLE_ID}`,
    `0000-01-01T00:00:00Z|1|0|t:1`,
  ],
].map(base64);
const underscored = [`${MOMENT}_x`, `x_${SAMPLE_ID}`, '_', `_${SAMPLE_ID}`, `${MOMENT}_`];
/** Such a place is right: what has no deadline stands there. */
const rightPlaces = [base64(`infinity|infinity|${SAMPLE_ID}`), `infinity_${SAMPLE_ID}`];

const errorAnswer = z.object({ error: z.object({ code: z.string().regex(/^[a-z][a-z_0-9]+$/), message: z.string() }) });

let calls = 0;
/** What is wrong with the answer; null when nothing is. */
async function wrongWith(operation: Operation, url: string, who: Who, given: string): Promise<string | null> {
  calls += 1;
  const { method, bodies } = operation;
  const body = method === 'GET' || bodies[0] === undefined ? undefined : JSON.stringify(bodies[0].sample);
  const answer = await world.ask({
    method,
    url,
    headers: { ...(await headersOf(who)), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
    from: `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`,
  });
  const isNamed = answer.statusCode < 400 || errorAnswer.safeParse(json(answer.body)).success;
  if (answer.statusCode < 500 && answer.statusCode !== 429 && isNamed) return null;
  return `${who} ${operation.name} ${JSON.stringify(given.slice(0, 60))} → ${answer.statusCode} ${answer.body.slice(0, 150)}`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** In turn: what an agent asks is looked at by more eyes than what a key asks. */
const whos = ['key', 'agent', 'admin'] as const;

test('every id in an address', { timeout: 240_000 }, async () => {
  const wrong: (string | null)[] = [];
  for (const operation of operations)
    for (const name of operation.pathNames)
      for (const text of texts) {
        const who = operation.method === 'GET' ? whos[wrong.length % whos.length] : 'key';
        wrong.push(await wrongWith(operation, addressOf(operation, { [name]: text }), who ?? 'key', text));
      }
  expect(wrong.filter((one) => one !== null)).toEqual([]);
  expect(wrong.length).toBeGreaterThan(2_000);
});

test('every field of a query', { timeout: 240_000 }, async () => {
  const wrong: (string | null)[] = [];
  for (const operation of operations)
    for (const { name } of operation.query)
      for (const text of [...texts, ...places, ...underscored, ...rightPlaces])
        wrong.push(
          await wrongWith(operation, withQuery(operation, name, text), whos[wrong.length % whos.length] ?? 'key', text),
        );
  expect(wrong.filter((one) => one !== null)).toEqual([]);
  expect(wrong.length).toBeGreaterThan(2_000);
});

test('a cursor that nobody was given is refused, it never begins anew or finds nothing', {
  timeout: 60_000,
}, async () => {
  const wrong: string[] = [];
  let asked = 0;
  for (const operation of operations.filter(({ method }) => method === 'GET'))
    for (const { name } of operation.query.filter((one) => /^(cursor|before|after|around)$/.test(one.name)))
      for (const text of ['x', 'null', `${SAMPLE_ID}x`, ...places, ...underscored, 'đ'.repeat(3_000)]) {
        asked += 1;
        const { statusCode, body } = await world.ask({
          url: withQuery(operation, name, text),
          headers: await headersOf('admin'),
        });
        if (statusCode !== 400)
          wrong.push(`${operation.name} ${name}=${text.slice(0, 60)} → ${statusCode} ${body.slice(0, 150)}`);
      }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(100);
});

test('a place in the stream that nobody was given is told to read anew, and from then on hears each change once', {
  timeout: 120_000,
}, async () => {
  const url = `${await world.app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/inbox/stream`;
  const whole = await openReader(url, await headersOf('admin'));
  await whole.hello();
  const place = whole.lastId() ?? '';
  const [floor = '', snapshot = ''] = place.split('_');
  const far = '9000000000000000000';
  const mangled = [`${far}_${snapshot}`, `${floor}_${far}:${far}:`, `${place}x`, `${place}, ${place}`, `-${place}`];
  const readers: (Reader & { text: string })[] = [];
  // What is no header at all never reaches us.
  for (const text of [...texts, ...places, ...underscored, ...mangled].filter((one) => !/[\0\n]/.test(one))) {
    const header = { 'last-event-id': Buffer.from(text).toString('latin1') };
    readers.push({ text, ...(await openReader(url, { ...(await headersOf('admin')), ...header })) });
  }
  expect(readers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
  for (const { hello } of readers) await hello();
  // "hello" alone would say that nothing was missed.
  expect(readers.filter(({ events }) => events[0]?.event !== 'reset').map(({ text }) => text)).toEqual([]);
  const heard = (events: Reader['events']) => events.filter(({ event }) => event === 'conversation').length;
  for (const times of [1, 2]) {
    await world.rows(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id)
       SELECT $1, 'note_added', customer_id, id FROM conversations WHERE id = $2`,
      [world.clock.now(), SAMPLE_ID],
    );
    await world.program.tick();
    await until('everybody to hear of it', () => [whole, ...readers].every(({ events }) => heard(events) >= times));
    await world.program.tick();
    expect([whole, ...readers].filter(({ events }) => heard(events) !== times)).toEqual([]);
  }
  for (const { leave } of [whole, ...readers]) leave();
});

function withQuery(operation: Operation, name: string, text: string): string {
  const [path = '', asked = ''] = addressOf(operation).split('?');
  const query = new URLSearchParams(asked);
  query.set(name, text);
  return `${path}?${query}`;
}
