// How far a mistyped syllable is from a known one. Pure arithmetic on words without dấu.

export type TypedWord = { typed: string; withoutTelex: string; sound: string };

export function readTyped(typed: string): TypedWord {
  return { typed, withoutTelex: undoTelex(typed), sound: soundOf(typed) };
}

/** 0–1: how likely the typed word was meant to be `known`, which sounds like `knownSound`; 0 when they are not near. */
export function likeness({ typed, withoutTelex, sound }: TypedWord, known: string, knownSound: string): number {
  if (typed === known) return 1;
  if (withoutTelex === known) return 0.95;
  if (sound === knownSound) return 0.85;
  if (typed.length < 3 || known.length < 2 || !isOneSlip(typed, known)) return 0;
  if (typed.length === known.length && [...typed].sort().join('') === [...known].sort().join('')) return 0.8;
  return typed[0] === known[0] ? 0.7 : 0;
}

/** Vietnamese typed with the keyboard's Telex switched off: "dawng" → "dang", "hocj" → "hoc". */
function undoTelex(word: string): string {
  return word
    .replace(/dd/g, 'd')
    .replace(/([aeo])\1/g, '$1')
    .replace(/(?<=[aou])w/g, '')
    .replace(/(?<=[aeiouy])[sfrxj](?=$|[a-z])/g, '')
    .replace(/[sfrxj]$/, '');
}

/** Spellings that sound alike, or are written alike in chat ("wên", "fí", "zậy"), become one. */
export function soundOf(word: string): string {
  return word
    .replace(/^(tr|ch)/, 'c')
    .replace(/^(gi|dz|z|j|r|d)(?=.)/, 'd')
    .replace(/^(qu|w)/, 'q')
    .replace(/^(ph|f)/, 'f')
    .replace(/^(ngh|ng)/, 'g')
    .replace(/^(gh|g)/, 'g')
    .replace(/^(kh)/, 'h')
    .replace(/^(k|c)/, 'c')
    .replace(/^(s|x)/, 's')
    .replace(/^(l|n)/, 'l')
    .replace(/y/g, 'i')
    .replace(/(ng|nh|n)$/, 'n')
    .replace(/(c|t|k|ch)$/, 't');
}

/** Exactly one letter more, less, other, or two neighbours swapped. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
