// One spelling of a phone number in the whole program: digits with the country code first, 84912345678.
import { parsePhone } from '../channels/parse-phone.ts';

/** Takes 0…, 84…, +84… with any spacing, and foreign numbers that begin with +; null when it is no number that exists. */
export function normalisePhone(text: string): string | null {
  const number = parsePhone(text);
  return number?.isValid() ? number.number.slice(1) : null;
}
