// The kinds of value that settings are made of.
import { isIP } from 'node:net';
import { z } from 'zod';

export const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must look like 21:00');
export const daysByName = z
  .string()
  .regex(/^\w+=\d{1,5}(,\w+=\d{1,5})*$/, 'must look like media=365,ledger_texts=730')
  .transform((list) => Object.fromEntries(list.split(',').map((pair) => pair.split('='))))
  .pipe(z.record(z.string(), z.coerce.number()));
export const timeZone = z.string().refine(isTimeZone, 'is not a time zone name such as Asia/Ho_Chi_Minh');
export const addresses = z
  .string()
  .transform((list) => list.split(',').map((one) => one.trim()))
  .refine((list) => list.every(isAddressOrRange), 'names addresses or ranges such as 127.0.0.1,10.0.0.0/8');

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

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('vi', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
