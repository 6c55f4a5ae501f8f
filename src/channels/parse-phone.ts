// Phone numbers, as people write them here. What knows all the world's numbers is loaded when the first one is read.
import { createRequire } from 'node:module';
import type { PhoneNumber } from 'libphonenumber-js';

type Parse = (text: string, country: 'VN') => PhoneNumber | undefined;

let parse: Parse | undefined;

/** Takes 0…, 84…, +84… with any spacing, and foreign numbers that begin with +; undefined when it is no number at all. */
export function parsePhone(text: string): PhoneNumber | undefined {
  parse ??= loadParser();
  return parse(text, 'VN');
}

function loadParser(): Parse {
  const loaded: { parsePhoneNumberFromString: Parse } = createRequire(import.meta.url)('libphonenumber-js');
  return loaded.parsePhoneNumberFromString;
}
