// The kinds of value that settings are made of, and what follows from one of them alone.
import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

export const url = z
  .url({ protocol: /^https?$/, error: 'must look like https://care.example.com' })
  .refine(isBare, 'is an address alone: without user, "?" and "#"')
  .transform(withoutSlash);

/** Digits only: "0x10" and "1e3" were meant for something else. */
export function wholeNumber(min: number, max: number, message = `must be a whole number from ${min} to ${max}`) {
  const isMeant = (text: string) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
  return z.string().refine(isMeant, message).transform(Number);
}

export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must look like 21:00');
/** `example`: some of the names that this very setting knows. */
export function daysByName(example: string) {
  return z
    .string()
    .regex(/^\w+=\d{1,5}(,\w+=\d{1,5})*$/, `must look like ${example}`)
    .transform((list) => Object.fromEntries(list.split(',').map((pair) => pair.split('='))))
    .pipe(z.record(z.string(), z.coerce.number()));
}
export const timeZone = z.string().refine(isTimeZone, 'is not a time zone name such as Asia/Ho_Chi_Minh');
export const addresses = z
  .string()
  .transform((list) => list.split(',').map((one) => one.trim()))
  .refine((list) => list.every(isAddressOrRange), 'names addresses or ranges such as 127.0.0.1,10.0.0.0/8');

/** How this machine calls itself in an address: "all addresses" is none, and one of IPv6 stands in brackets. */
export function ownName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}

/** Named one by one: "all" or a number of hops would believe whoever calls. */
function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    most > 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= most))
  );
}

/** A bare "+07:00" means the other direction to PostgreSQL, as POSIX has it. */
function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('vi', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isBare(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { search, hash, username, password } = new URL(text);
  return `${search}${hash}${username}${password}` === '';
}

/** Scheme and host in their one spelling, so that addresses can be compared. */
function withoutSlash(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
