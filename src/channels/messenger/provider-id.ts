// The key by which a repeated event is recognised, also a month later: Meta's id where there is one, else a hash.
import { createHash } from 'node:crypto';
import { isRecord, type JsonRecord } from './read-json.ts';

/** An index row has room for about 2,700 bytes: longer keys are hashed. */
const LONGEST_KEY = 250;

/** Joins the parts with "|"; a missing part stays visible as an empty one. */
export function joinProviderId(...parts: (string | number | null | undefined)[]): string {
  const key = parts.map((part) => part ?? '').join('|');
  return key.length <= LONGEST_KEY ? key : sha256(key);
}

/** SHA-256 of page and event, keys sorted, so that another order of fields is the same event. Hex. */
export function hashEvent(accountId: string, event: unknown): string {
  return sha256(`${accountId}\n${writeCanonical(event)}`);
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function writeCanonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isRecord(inner) ? sortKeys(inner) : inner)) ?? '';
}

function sortKeys(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
