// First look at what a customer typed: words, each with and without dấu, so that "thẻ" is not taken for "thế"
// when somebody took the trouble to write the mark, and both are accepted from somebody who did not.

export type Word = {
  /** Lower case without dấu. */
  folded: string;
  /** With vowel marks and tone, the same however they were typed ("hoá" = "hóa"). */
  spelled: string;
  /** False where dấu were left out: then `spelled` says nothing. */
  isSure: boolean;
  /** 0–1: below 1 when the word was guessed from a slip of the keyboard. */
  certainty: number;
};

const TONES: ReadonlyMap<string, string> = new Map([
  ['\u0300', '2'],
  ['\u0301', '1'],
  ['\u0323', '5'],
  // hỏi and ngã are one class: they are confused in writing all over the country.
  ['\u0309', '3'],
  ['\u0303', '3'],
]);
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/gu;

/** Times, sums, counts and names of classes: "9h30", "200k", "10tr", "3A1". They fit every guide. */
const NUMBER = /^\p{N}+(?:h|g|k|tr|tỷ|ng|ml|%|[a-e])?\p{N}*$/u;

/**
 * Splits text into words; punctuation, emoji and numbers are left out, "alooo" is "alo". But "2 hồ sơ", "2 lớp" are
 * what some guides are about: that one number is spelled out.
 */
export function readWords(text: string): Word[] {
  const tokens = text
    .toWellFormed()
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  const words = (tokens ?? [])
    .map((token) => token.replace(/(\p{L})\1{2,}/gu, '$1'))
    .map((token) => (token === '2' ? 'hai' : token))
    .filter((token) => !NUMBER.test(token))
    .map(readToken);
  const marked = words.filter(isMarked).length;
  const writesMarks = marked * 2 >= words.length;
  return words.map((word) => ({ ...word, isSure: writesMarks || isMarked(word), certainty: 1 }));
}

/**
 * How well a typed word agrees with one we know, 0–1: 1 = the same or dấu left out, less where the marks contradict.
 */
export function agreement(typed: Word, known: Word): number {
  if (typed.folded !== known.folded) return 0;
  if (typed.spelled === known.spelled || !typed.isSure || !known.isSure) return 1;
  return isMarked(typed) ? 0.35 : 0.75;
}

/** Several syllables that are one word, such as "học viên": its halves no longer look like "nhân viên" or "học phí". */
export function joinWords(words: readonly Word[]): Word {
  return {
    folded: words.map((word) => word.folded).join('_'),
    spelled: words.map((word) => word.spelled).join('_'),
    isSure: words.every((word) => word.isSure),
    certainty: Math.min(...words.map((word) => word.certainty)),
  };
}

function isMarked(word: { folded: string; spelled: string }): boolean {
  return word.folded !== word.spelled;
}

/** Words come back all the time: reading one costs more than finding it here. Bounded, for customers type anything. */
const READ = new Map<string, { folded: string; spelled: string }>();
const MOST_READ = 5_000;

function readToken(token: string): { folded: string; spelled: string } {
  const known = READ.get(token);
  if (known) return known;
  const read = foldAndSpell(token);
  if (READ.size < MOST_READ) READ.set(token, read);
  return read;
}

/** Folds as foldText does, but once for both forms. */
function foldAndSpell(token: string): { folded: string; spelled: string } {
  if (/^[a-z0-9]+$/.test(token)) return { folded: token, spelled: token };
  const decomposed = token.normalize('NFD');
  const tone = (decomposed.match(TONE) ?? []).map((mark) => TONES.get(mark) ?? '').join('');
  const folded = decomposed.replace(/\p{M}+/gu, '').replaceAll('đ', 'd');
  return { folded, spelled: decomposed.replace(TONE, '').normalize('NFC') + tone };
}
