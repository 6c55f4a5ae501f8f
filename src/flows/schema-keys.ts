// Which keys a schema allows where: what a marketer may have meant by a key that does not exist.

/** The keys that a schema allows at a path, for hints; empty where it cannot be told. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const key of path) at = stepInto(at, key);
  return keysOf(at);
}

function stepInto(schema: unknown, key: PropertyKey): unknown {
  const bare = unwrap(schema);
  if (!isRecord(bare)) return undefined;
  if (isRecord(bare.shape)) return bare.shape[String(key)];
  if ('element' in bare) return bare.element;
  if ('valueType' in bare) return bare.valueType;
  if (Array.isArray(bare.options))
    return bare.options.map((option) => stepInto(option, key)).find((found) => found !== undefined);
  return undefined;
}

/** The keys of an object, or of all objects of a union. */
export function keysOf(schema: unknown): string[] {
  const bare = unwrap(schema);
  if (!isRecord(bare)) return [];
  if (isRecord(bare.shape)) return Object.keys(bare.shape);
  return Array.isArray(bare.options) ? [...new Set(bare.options.flatMap(keysOf))] : [];
}

function unwrap(schema: unknown): unknown {
  let at = schema;
  while (isRecord(at) && typeof at.unwrap === 'function' && !('element' in at)) at = at.unwrap();
  return at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
