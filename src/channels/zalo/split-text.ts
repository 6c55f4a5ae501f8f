// Long texts in parts that Zalo takes: at most 2,000 characters each, cut where a reader would pause.

export const LONGEST_TEXT = 2_000;
/** Best first: between paragraphs, lines, sentences, words. */
const PAUSES = [/\n\s*\n/g, /\n/g, /[.!?…]\s/g, /\s/g];

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' });

/** NFC parts of 1 … `limit` UTF-16 units; only white space at the cuts is lost, no letter is ever torn. */
export function splitText(text: string, limit: number = LONGEST_TEXT): string[] {
  const parts: string[] = [];
  let rest = text.normalize('NFC');
  while (rest.length > limit) {
    const cut = findCut(rest, limit);
    const part = rest.slice(0, cut).trim();
    if (part !== '') parts.push(part);
    rest = rest.slice(cut).trimStart();
  }
  if (rest.trim() !== '' || parts.length === 0) parts.push(parts.length === 0 ? rest : rest.trimEnd());
  return parts;
}

function findCut(text: string, limit: number): number {
  const head = text.slice(0, limit);
  for (const pause of PAUSES) {
    const last = [...head.matchAll(pause)].at(-1);
    // A cut in the first quarter would leave a stub: a lesser pause further on reads better.
    if (last && last.index + last[0].length >= limit / 4) return last.index + last[0].length;
  }
  return lastWholeGrapheme(text, limit);
}

function lastWholeGrapheme(text: string, limit: number): number {
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, limit + 100))) {
    if (index + segment.length > limit) break;
    end = index + segment.length;
  }
  // One "letter" longer than the limit (heaps of combining marks): cut it, but never inside a surrogate pair.
  if (end > 0) return end;
  return /[\uD800-\uDBFF]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
}
