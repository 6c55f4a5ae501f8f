// Requests made from the program's own description (OpenAPI): a good one for each route, and a list of its fields, so that
// a new route or field is attacked the day it is written.
import { z } from 'zod';
import type { HostileWorld } from './hostile-world.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Kind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';
export type Path = readonly (string | number)[];
/** `isText`: a string may stand there. */
export type Field = { path: Path; allowed: ReadonlySet<Kind>; isText: boolean };
export type BodyObject = { path: Path; names: readonly string[]; isClosed: boolean };
export type Operation = {
  name: string;
  method: string;
  path: string;
  query: readonly { name: string; isRequired: boolean; sample: string }[];
  pathNames: readonly string[];
  /** One for each alternative of the body; empty = it takes none. */
  bodies: readonly { sample: Json; fields: readonly Field[]; objects: readonly BodyObject[] }[];
};

const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  enum: z.array(z.json()).optional(),
  const: z.json().optional(),
  examples: z.array(z.json()).optional(),
  additionalProperties: z.unknown().optional(),
});
type Schema = z.infer<typeof schemaShape>;

const operationShape = z.object({
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: z.unknown() }))
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
});
const description = z.object({ paths: z.record(z.string(), z.record(z.string(), operationShape)) });

export async function readOperations(world: HostileWorld): Promise<Operation[]> {
  const { paths } = description.parse((await world.ask({ url: '/api/docs/json' })).json());
  // The doors of providers and probes have tests of their own.
  const ours = Object.entries(paths).filter(([path]) => path.startsWith('/api/'));
  return ours.flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters, requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        query: parameters
          .filter((one) => one.in === 'query')
          .map((one) => ({ name: one.name, isRequired: one.required === true, sample: String(sampleOf(one.schema)) })),
        pathNames: parameters.filter((one) => one.in === 'path').map((one) => one.name),
        bodies: schema === undefined ? [] : alternatives(schema).map(readBody),
      };
    }),
  );
}

export const SAMPLE_ID = '0b1f8d1e-93a5-7000-8000-000000000000';

/** The address with its places filled, by `fill` or with something that fits. */
export function addressOf({ path, query }: Operation, fill: Record<string, string> = {}): string {
  const known = path.includes('/journeys/') ? 'renewal' : SAMPLE_ID;
  const place = (name: string) => fill[name] ?? (/^id$|Id$/.test(name) && name !== 'externalId' ? known : 'x');
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name) => encodeURIComponent(place(String(name))));
  const asked = query.filter(({ isRequired }) => isRequired).map(({ name, sample }) => [name, fill[name] ?? sample]);
  return asked.length === 0 ? filled : `${filled}?${new URLSearchParams(asked)}`;
}

/** The body with another value at one place. */
export function withValue(body: Json, path: Path, value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(body)) return body.map((item, index) => (index === key ? withValue(item, rest, value) : item));
  if (typeof body !== 'object' || body === null) return body;
  return { ...body, [key]: withValue(body[key] ?? null, rest, value) };
}

function readBody(schema: unknown): Operation['bodies'][number] {
  const found: { fields: Field[]; objects: BodyObject[] } = { fields: [], objects: [] };
  collect(schema, [], found);
  return { sample: sampleOf(schema), ...found };
}

function parse(schema: unknown): Schema {
  return schemaShape.safeParse(schema).data ?? {};
}

/** Each way of writing it. */
function alternatives(schema: unknown): unknown[] {
  const { anyOf, oneOf } = parse(schema);
  return anyOf ?? oneOf ?? [schema];
}

/** What stands there when there is a choice: what holds most. */
function chosen(schema: unknown): Schema {
  const all = alternatives(schema).map((one) => (one === schema ? parse(one) : chosen(one)));
  return all.find(({ properties }) => properties) ?? all.find(({ type }) => type === 'array') ?? all[0] ?? {};
}

function collect(schema: unknown, path: Path, found: { fields: Field[]; objects: BodyObject[] }): void {
  const allowed = kindsOf(schema);
  found.fields.push({ path, allowed, isText: allowed.has('string') });
  const { properties, items, additionalProperties, type } = chosen(schema);
  if (type === 'object') {
    found.objects.push({ path, names: Object.keys(properties ?? {}), isClosed: additionalProperties === false });
    for (const [name, inner] of Object.entries(properties ?? {})) collect(inner, [...path, name], found);
  }
  if (items !== undefined) collect(items, [...path, 0], found);
}

const everyKind: readonly Kind[] = ['string', 'number', 'boolean', 'null', 'object', 'array'];

function kindsOf(schema: unknown): Set<Kind> {
  const { type, anyOf, oneOf, enum: values, const: only } = parse(schema);
  const choices = anyOf ?? oneOf;
  if (choices) return new Set(choices.flatMap((one) => [...kindsOf(one)]));
  if (type !== undefined)
    return new Set([type].flat().map((one) => everyKind.find((kind) => kind === one) ?? 'number'));
  const known = values ?? (only === undefined ? [] : [only]);
  return new Set(known.length > 0 ? known.map(kindOf) : everyKind);
}

export function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return everyKind.find((one) => one === kind) ?? 'object';
}

function sampleOf(schema: unknown): Json {
  const plain = chosen(schema);
  const { type, properties, items, enum: values, const: only, examples } = plain;
  if (only !== undefined) return only;
  if (values?.[0] !== undefined) return values[0];
  if (examples?.[0] !== undefined && kindsOf(plain).has(kindOf(examples[0]))) return examples[0];
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties ?? {}).map(([name, inner]) => [name, sampleOf(inner)]));
  if (type === 'array') return items === undefined ? [] : [sampleOf(items)];
  if (type === 'string') return textOf(plain);
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return Number(plain.minimum ?? plain.exclusiveMinimum ?? 0) + 1;
}

function textOf({ format, pattern, minLength }: Schema): string {
  if (format === 'uuid') return SAMPLE_ID;
  if (format === 'email') return 'ai@khach.example';
  if (format === 'date') return '2026-12-01';
  if (format === 'date-time') return '2026-12-01T09:00:00+07:00';
  if (format === 'uri') return 'https://khach.example/hook';
  if (typeof pattern === 'string') {
    const tries = ['vi', '1', '123456', 'ten_goi', 'a'.repeat(43), '0912345678', '08:00', '2026-12', '2026-12-01'];
    return tries.find((one) => new RegExp(pattern).test(one)) ?? 'x';
  }
  return 'x'.repeat(Math.max(1, Number(minLength ?? 1)));
}
