// Long texts in parts that read well: cut between paragraphs where possible, then lines, sentences, words.

const PLACES = ['\n\n', '\n', '. ', '! ', '? ', '… ', ' '];
const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' });

/** Parts of at most `max` UTF-16 units, none empty; put together again only blanks at the cuts are missing. */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > max) {
    const at = findCut(rest, max);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return rest === '' ? parts : [...parts, rest];
}

/** At most `max` UTF-16 units, the last one "…" when something was left out; never cuts through a letter or emoji. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, lastGrapheme(text, max - 1)).trimEnd()}…`;
}

function findCut(text: string, max: number): number {
  for (const place of PLACES) {
    const at = text.lastIndexOf(place, max - place.trimEnd().length);
    // A cut near the beginning would make a part of two words.
    if (at >= max / 3) return at + place.trimEnd().length;
  }
  return lastGrapheme(text, max) || max;
}

/** Where the last whole grapheme within `max` ends. */
function lastGrapheme(text: string, max: number): number {
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, max + 64))) {
    if (index + segment.length > max) break;
    end = index + segment.length;
  }
  return end;
}
