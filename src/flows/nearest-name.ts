// "Did you mean …?": the closest known name to a mistyped one.
import { foldText } from './vietnamese-text.ts';

/** The closest of `names` when it is close enough to be a slip of the keyboard, else null. */
export function nearestName(wanted: string, names: Iterable<string>): string | null {
  const target = foldText(wanted.slice(0, 60)).replaceAll(' ', '');
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(target.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(target, foldText(name.slice(0, 60)).replaceAll(' ', ''));
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** "Có phải ý bạn là "x"?" or, without a near name, the names that exist. */
export function hintName(wanted: string, names: Iterable<string>): string {
  const known = [...names];
  const near = nearestName(wanted, known);
  if (near !== null) return `Có phải ý bạn là "${near}"?`;
  if (known.length === 0) return 'Hiện chưa có tên nào như vậy.';
  const shown = known.slice(0, 12).join(', ');
  return `Các tên dùng được: ${shown}${known.length > 12 ? ', …' : ''}.`;
}

/** Levenshtein distance over UTF-16 units, one row of memory. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
