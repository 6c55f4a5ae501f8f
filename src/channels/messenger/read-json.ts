// Reads Meta's JSON without losing what JavaScript would lose: ids beyond 2^53 come as numbers here and there.

/** Only then is the slow way worth it: a bare number of 16 digits or more, or an escaped NUL or surrogate. */
const NEEDS_CARE = /[:,[]\s*-?\d{16}|\\u0000|\\u[dD][89a-fA-F]/;
const NUL = String.fromCharCode(0);

/** Integers that a number cannot hold become strings with their digits; texts lose NUL and half surrogates. Throws on bad JSON. */
export function readJson(text: string): unknown {
  return NEEDS_CARE.test(text) ? JSON.parse(text, reviveWithCare) : JSON.parse(text);
}

// Rest parameters, because the third one (the source text, Node 21 and later) is not in TypeScript's library yet.
function reviveWithCare(...[, value, context]: unknown[]): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll(NUL, '');
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  return isRecord(context) && typeof context.source === 'string' ? context.source : String(value);
}

export type JsonRecord = Record<string, unknown>;

/** A JSON object, not null and not an array. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
