// Bodies that nobody meant to send: what providers really send (test/payloads), broken in its bytes or in its structure.
// Pure: the same seed gives the same bodies.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';

export type ChatChannel = 'zalo' | 'messenger';
export type HostileBody = { channel: ChatChannel; from: string; body: Buffer };

const folder = new URL('../payloads/', import.meta.url);
const isNoWebhook = /^(send|response)_|headers|signature|\.md$|\.raw$/;

/** What the providers send, as text. */
export const corpus: readonly { channel: ChatChannel; name: string; text: string }[] = (
  ['zalo', 'messenger'] as const
).flatMap((channel) =>
  readdirSync(new URL(`${channel}/`, folder))
    .filter((name) => name.endsWith('.json') && !isNoWebhook.test(name))
    .sort()
    .map((name) => ({ channel, name, text: readFileSync(new URL(`${channel}/${name}`, folder), 'utf8') })),
);

/** Written into JSON as they are: what JSON.stringify would not write. */
const rawValues = [
  '1e400',
  '-1e400',
  '-0',
  '1e-400',
  '12345678901234567890',
  `${'9'.repeat(400)}`,
  '0.1e+1',
  '"\\u0000"',
  '"\\ud800"',
  '"a\\udc00b\\ud83d"',
  '"\\u202e\\u2066\\u200f"',
  `"${'o\u0301\u0323'.repeat(2_000)}"`,
  `"${'x'.repeat(70_000)}"`,
  `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  `${'{"a":'.repeat(3_000)}0${'}'.repeat(3_000)}`,
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  '{"$ne":null}',
  '"\'; DROP TABLE customers; --"',
  '"{{constructor.constructor(\'return 1\')()}}"',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '[null]',
  '-1',
] as const;
const oddKeys = ['__proto__', 'constructor', 'toString', '', 'id', 'a\u0000b', 'x'.repeat(5_000), 'hasOwnProperty'];
const rawTokens = [
  '\u0000',
  '"',
  '{',
  ']',
  ',',
  ':',
  '\\',
  '\uFEFF',
  '\u2028',
  '1e400',
  'NaN',
  '//',
  '\\u0000',
  '\r\n\r\n',
];

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };
type Place = { parent: Plain[] | { [key: string]: Plain }; key: string | number };

const at = fc.nat({ max: 1_000_000 });
const structureChange = fc.record({
  how: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'rename', 'copy', 'wrap', 'double', 'swap'),
  at,
  other: at,
  raw: fc.constantFrom(...rawValues),
  key: fc.constantFrom(...oddKeys),
});
const byteChange = fc.record({
  how: fc.constantFrom('flip', 'flip', 'cut', 'remove', 'repeat', 'insert', 'token', 'move'),
  at,
  other: at,
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  token: fc.constantFrom(...rawTokens),
});
type StructureChange = typeof structureChange extends fc.Arbitrary<infer T> ? T : never;
type ByteChange = typeof byteChange extends fc.Arbitrary<infer T> ? T : never;

/** One hostile body: a payload with one to three changes of structure, of bytes, or of both. */
export const hostileBody: fc.Arbitrary<HostileBody> = fc
  .record({
    of: fc.constantFrom(...corpus),
    structure: fc.array(structureChange, { maxLength: 3 }),
    bytes: fc.oneof(
      { weight: 2, arbitrary: fc.constant<ByteChange[]>([]) },
      fc.array(byteChange, { minLength: 1, maxLength: 3 }),
    ),
  })
  .map(({ of, structure, bytes }) => {
    const text = structure.length === 0 ? of.text : changeStructure(of.text, structure);
    const body = bytes.reduce<Buffer>((broken, change) => changeBytes(broken, change), Buffer.from(text));
    return { channel: of.channel, from: of.name, body };
  });

function changeStructure(text: string, changes: readonly StructureChange[]): string {
  const root: { body: Plain } = { body: JSON.parse(text) };
  const raws: string[] = [];
  for (const change of changes) {
    const places = placesOf(root.body, { parent: root, key: 'body' });
    const place = places[change.at % places.length];
    const other = places[change.other % places.length];
    if (place && other) changePlace(place, other, change, raws);
  }
  return JSON.stringify(root.body ?? null).replace(/"@@RAW(\d+)@@"/g, (_whole, index) => raws[Number(index)] ?? 'null');
}

function placesOf(value: Plain, place: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  const parent = value;
  const inner = Array.isArray(value)
    ? value.flatMap((item, key) => placesOf(item, { parent, key }))
    : Object.entries(value).flatMap(([key, item]) => placesOf(item, { parent, key }));
  return [place, ...inner];
}

function changePlace(place: Place, other: Place, change: StructureChange, raws: string[]): void {
  const value = read(place);
  switch (change.how) {
    case 'replace':
      return write(place, `@@RAW${raws.push(change.raw) - 1}@@`);
    case 'delete':
      return remove(place);
    case 'rename':
      remove(place);
      return write({ ...place, key: change.key }, value);
    case 'copy':
      return write(place, structuredClone(read(other)));
    case 'wrap':
      return write(place, change.at % 2 === 0 ? [value] : { [change.key]: value });
    case 'double':
      return write(
        place,
        Array.from({ length: 1 + (change.other % 60) }, () => structuredClone(value)),
      );
    case 'swap': {
      const [mine, theirs] = [structuredClone(value), structuredClone(read(other))];
      write(place, theirs);
      return write(other, mine);
    }
  }
}

function read({ parent, key }: Place): Plain {
  return Array.isArray(parent) ? (parent[Number(key)] ?? null) : (parent[String(key)] ?? null);
}

function write({ parent, key }: Place, value: Plain): void {
  if (Array.isArray(parent)) parent[Number(key) || 0] = value;
  else Object.defineProperty(parent, String(key), { value, enumerable: true, writable: true, configurable: true });
}

function remove({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, String(key));
}

function changeBytes(body: Buffer, { how, at: where, other, bytes, token }: ByteChange): Buffer {
  const from = where % (body.length + 1);
  const length = other % 40;
  const [before, after] = [body.subarray(0, from), body.subarray(from)];
  switch (how) {
    case 'flip': {
      const copy = Buffer.from(body);
      copy[from % Math.max(1, body.length)] = (copy[from % Math.max(1, body.length)] ?? 0) ^ (1 << (other % 8));
      return copy;
    }
    case 'cut':
      return Buffer.from(before);
    case 'remove':
      return Buffer.concat([before, after.subarray(length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 'insert':
      return Buffer.concat([before, bytes, after]);
    case 'token':
      return Buffer.concat([before, Buffer.from(token), after]);
    case 'move':
      return Buffer.concat([after.subarray(0, length), before, after.subarray(length)]);
  }
}

type WithSource = { source?: string };

/** Every text and every number of a body, numbers by their digits: what an id may come from. Written apart from the program. */
export function saidIn(body: Buffer): Set<string> {
  const said = new Set<string>();
  const note = (key: string, value: unknown, context?: WithSource): unknown => {
    said.add(key);
    if (typeof value === 'string') said.add(value);
    if (typeof value === 'number') said.add(context?.source ?? String(value)).add(String(value));
    return value;
  };
  try {
    JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''), note);
  } catch {
    // Nested too deep for a reviver, or no JSON.
  }
  return said;
}
