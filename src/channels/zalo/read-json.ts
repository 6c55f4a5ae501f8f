// Reading Zalo's JSON: ids are longer than a JavaScript number can hold, so numbers arrive as their own digits.

export type ReadJson = { ok: true; value: unknown } | { ok: false };

type ReviverContext = { source?: string };

/** Most bodies hold no number at all, and reviving costs more than parsing. */
const MAY_HOLD_NUMBERS = /(?:^|[:[,])\s*-?\d/;
const withoutBom = new TextDecoder('utf-8');

/** Parses strictly; every JSON number becomes the string of its literal digits. Never throws. A byte order mark is skipped. */
export function readJson(raw: Uint8Array | string): ReadJson {
  const text = typeof raw === 'string' ? raw : withoutBom.decode(raw);
  try {
    return { ok: true, value: MAY_HOLD_NUMBERS.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text) };
  } catch (error) {
    // The reviver recurses: thousands of nested arrays exhaust the stack although the JSON is fine.
    return error instanceof RangeError ? readWithoutDigits(text) : { ok: false };
  }
}

function keepDigits(_key: string, value: unknown, context?: ReviverContext): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

function readWithoutDigits(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
