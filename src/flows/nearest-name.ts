// "Did you mean …?": the closest known name to a mistyped one.
import { foldText } from './vietnamese-text.ts';

/** The closest of `names` when it is close enough to be a slip of the keyboard, else null. */
export function nearestName(wanted: string, names: Iterable<string>): string | null {
  const target = foldText(wanted.slice(0, 60)).replaceAll(' ', '');
  let best: string | null = null;
  // Two slips in three letters leave nothing to go by: "hoi" is no "go".
  let bestDistance = (target.length <= 3 ? 1 : Math.max(2, Math.floor(target.length / 3))) + 1;
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
  if (near !== null) return hintOf(near);
  if (known.length === 0) return 'Hiện chưa có tên nào như vậy.';
  const shown = known.slice(0, 12).join(', ');
  return `Các tên dùng được: ${shown}${known.length > 12 ? ', …' : ''}.`;
}

export function hintOf(name: string): string {
  return `Có phải ý bạn là "${name}"?`;
}

/** Levenshtein distance over UTF-16 units, two neighbours swapped counting as one slip; two rows of memory. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const other = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : other;
      row.push(Math.min(other, swapped, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
