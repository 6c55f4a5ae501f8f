// Replaces phrases in a row of words: the one tool behind short forms, filler and synonyms.
import { agreement, readWords, type Word } from './read-words.ts';

type Entry = { phrase: Word[] /** null = stays as typed. */; replacement: Word[] | null };

/** First word of a phrase → its entries, longest first. */
export type PhraseTable = ReadonlyMap<string, readonly Entry[]>;

/** Pairs of phrase and what it means, both written with dấu; "" = nothing, null = it is to be left alone. */
export function createPhraseTable(
  pairs: Iterable<readonly [string, string | null]>,
  readMeaning = readWords,
): PhraseTable {
  const table = new Map<string, Entry[]>();
  for (const [from, to] of pairs) {
    // Written by us: where a mark is missing, none is meant ("đt" is a telephone, "dt" may be another thing).
    const phrase = readWords(from).map((word) => ({ ...word, isSure: true }));
    const first = phrase[0];
    if (first === undefined) throw new Error(`Empty phrase in a word table: "${from}"`);
    table.set(first.folded, [
      ...(table.get(first.folded) ?? []),
      { phrase, replacement: to === null ? null : readMeaning(to) },
    ]);
  }
  for (const entries of table.values()) entries.sort((a, b) => b.phrase.length - a.phrase.length);
  return table;
}

/** One pass from left to right, the longest phrase first; what was put in is not read again. */
export function replacePhrases(words: readonly Word[], table: PhraseTable): Word[] {
  const result: Word[] = [];
  for (let at = 0; at < words.length; ) {
    const entry = findEntry(words, at, table);
    const word = words[at];
    if (entry) result.push(...replacementOf(entry, words.slice(at, at + entry.phrase.length)));
    else if (word) result.push(word);
    at += entry?.phrase.length ?? 1;
  }
  return result;
}

/** Does any phrase of the table stand in these words? Those to be left alone are passed over as a whole. */
export function containsPhrase(words: readonly Word[], table: PhraseTable): boolean {
  for (let at = 0; at < words.length; ) {
    const entry = findEntry(words, at, table);
    if (entry && entry.replacement !== null) return true;
    at += entry?.phrase.length ?? 1;
  }
  return false;
}

/** Words and pairs of words ("a b") that stand in a table's phrases. */
export function termsOf(table: PhraseTable): { words: Set<string>; pairs: Set<string> } {
  const phrases = [...table.values()].flat().map(({ phrase }) => phrase);
  return {
    words: new Set(phrases.flatMap((phrase) => phrase.map((word) => word.folded))),
    pairs: new Set(phrases.flatMap(pairsOf)),
  };
}

/** Adjacent words as "a b": most Vietnamese words are written as two syllables. */
export function pairsOf(words: readonly { folded: string }[]): string[] {
  return words.slice(1).map((word, at) => `${words[at]?.folded} ${word.folded}`);
}

function replacementOf(entry: Entry, replaced: readonly Word[]): readonly Word[] {
  if (entry.replacement === null) return replaced;
  const certainty = Math.min(...replaced.map((word) => word.certainty));
  return entry.replacement.map((word) => ({ ...word, certainty }));
}

function findEntry(words: readonly Word[], at: number, table: PhraseTable): Entry | undefined {
  const first = words[at];
  if (first === undefined) return undefined;
  return table
    .get(first.folded)
    ?.find(({ phrase }) => phrase.every((known, offset) => isSame(words[at + offset], known)));
}

/** A mark left out is forgiven here, a different mark is not: "thẻ nào" is not the filler "thế nào". */
function isSame(typed: Word | undefined, known: Word): boolean {
  return typed !== undefined && agreement(typed, known) > 0.5;
}
