// How a friend would call somebody whose Zalo name we know. Vietnamese names end with the given name: "Nguyễn Thị Lan" is
// Lan; on Zalo many turn it round ("Lan Nguyễn") or decorate it. Pure.
import { cleanText, foldText } from '../../flows/vietnamese-text.ts';

const SURNAMES = new Set(
  'nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh doan luong truong luu'.split(' '),
);
const LONGEST_NAME = 20;

/** Null when nothing in it can be a name. */
export function givenNameOf(displayName: string): string | null {
  const words = cleanText(displayName)
    // What follows a dash, a bar or stands in brackets is a trade, not a name.
    .replace(/[([{].*?[)\]}]/gu, ' ')
    .split(/\s[-–—|•]\s|[|•]/u)[0]
    ?.split(/[\s.,_]+/u)
    .map((word) => word.replace(/[^\p{L}\p{M}'’-]/gu, ''))
    .filter((word) => /\p{L}/u.test(word));
  const first = words?.at(0);
  const last = words?.at(-1);
  if (first === undefined || last === undefined) return null;
  const isTurnedRound = words?.length === 2 && SURNAMES.has(foldText(last)) && !SURNAMES.has(foldText(first));
  const name = isTurnedRound ? first : last;
  return name.length > LONGEST_NAME ? null : capitalise(name);
}

function capitalise(name: string): string {
  const isShouted = name === name.toLocaleUpperCase('vi') || name === name.toLocaleLowerCase('vi');
  if (!isShouted) return name;
  const [head = '', ...tail] = name;
  return head.toLocaleUpperCase('vi') + tail.join('').toLocaleLowerCase('vi');
}
