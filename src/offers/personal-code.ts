// A code of one's own: the offer's code and four letters that are hard to misread.
import { createHash } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 4;

/** The `attempt`-th code for this issue: the next one is tried when somebody else carries it already. */
export function makePersonalCode(code: string, issueId: string, attempt: number): string {
  const digest = createHash('sha256').update(`${code}\n${issueId}\n${attempt}`).digest();
  const letters = Array.from(digest.subarray(0, LENGTH), (byte) => LETTERS.charAt(byte % LETTERS.length));
  return `${code}-${letters.join('')}`;
}

/** As people type codes: any case, spaces around, O for 0, I and L for 1 after the last dash. */
export function normaliseCode(typed: string): string {
  return typed.trim().toUpperCase().replace(/\s+/g, '');
}

/** The same, for a code whose last part may be a personal one. */
export function readPersonalCode(typed: string): string {
  const code = normaliseCode(typed);
  const dash = code.lastIndexOf('-');
  const tail = code.slice(dash + 1);
  if (dash === -1 || tail.length !== LENGTH) return code;
  return code.slice(0, dash + 1) + tail.replaceAll('O', '0').replace(/[IL]/g, '1');
}
