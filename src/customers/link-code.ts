// Links that make a chatter the customer whom they were given to: a signed reference for m.me, a short code to be typed.
// Each is for one customer, for some days, for one person.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link says: whose it is, until when, and a number that makes it one of its kind. */
export type LinkContent = { customerId: string; expiresAt: Date; nonce: Buffer };
export type ReadRef = { ok: true; content: LinkContent } | { ok: false; reason: 'forged' | 'expired' };

export const NONCE_BYTES = 5;
const PREFIX = 'gb-';
const MAC_BYTES = 16;
const CONTENT_BYTES = 16 + 4 + NONCE_BYTES;

/** Letters, digits, "-" and "_": what a link of Messenger may carry. */
export function makeRef(key: Buffer, { customerId, expiresAt, nonce }: LinkContent): string {
  const content = Buffer.alloc(CONTENT_BYTES);
  content.write(customerId.replaceAll('-', ''), 0, 'hex');
  content.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000), 16);
  nonce.copy(content, 20);
  return PREFIX + Buffer.concat([content, sign(key, content)]).toString('base64url');
}

/** null for references that are none of ours: an ad's, a shop's. */
export function readRef(key: Buffer, ref: string, now: Date): ReadRef | null {
  if (!ref.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(ref.slice(PREFIX.length), 'base64url');
  const [content, mac] = [bytes.subarray(0, CONTENT_BYTES), bytes.subarray(CONTENT_BYTES)];
  const isReal = mac.length === MAC_BYTES && timingSafeEqual(mac, sign(key, content));
  if (!isReal) return { ok: false, reason: 'forged' };
  const expiresAt = new Date(content.readUInt32BE(16) * 1000);
  if (expiresAt <= now) return { ok: false, reason: 'expired' };
  return { ok: true, content: { customerId: uuidOf(content.subarray(0, 16)), expiresAt, nonce: content.subarray(20) } };
}

function sign(key: Buffer, content: Buffer): Buffer {
  return createHmac('sha256', key).update('link:').update(content).digest().subarray(0, MAC_BYTES);
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Digits and letters that nobody mistakes for each other. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 40 bits as eight letters: GB-7K2Q-M3XP. Too many to be guessed, few enough to be typed. */
export function codeOf(nonce: Buffer): string {
  let bits = BigInt(`0x${nonce.toString('hex')}`);
  let letters = '';
  for (let n = 0; n < 8; n += 1) {
    letters = (ALPHABET[Number(bits % 32n)] ?? '') + letters;
    bits /= 32n;
  }
  return `GB-${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** The code that somebody wrote among other words; null when there is none. */
export function findCode(text: string): string | null {
  const [, first, second] = /\bGB-([0-9A-Z]{4})[- ]?([0-9A-Z]{4})\b/.exec(text.toUpperCase()) ?? [];
  if (first === undefined || second === undefined) return null;
  const letters = `${first}${second}`.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return `GB-${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** Under which name it is remembered, so that whoever reads the database cannot use it. */
export function nameOfCode(key: Buffer, code: string): string {
  return `link\n${createHmac('sha256', key).update(`code:${code}`).digest('hex')}`;
}
