// JSON for PostgreSQL, which refuses what a customer can type: NUL and half surrogates. The raw bytes keep them.
import { cleanText } from '../flows/vietnamese-text.ts';

/** Only looks closer when the text holds an escape that could be one of them; `isClean` when nothing had to be changed. */
export function safeJson(value: unknown): { text: string; isClean: boolean } {
  const text = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(text)) return { text, isClean: true };
  return { text: JSON.stringify(clean(JSON.parse(text))), isClean: false };
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), clean(inner)]));
}
