// Which syllables exist and which stand side by side: what a slip of the keyboard is mended with.
import { pairsOf, termsOf } from './phrase-table.ts';
import type { ReadText } from './read-question.ts';
import { synonyms } from './synonyms.ts';
import { soundOf } from './typo-likeness.ts';
import type { WordTables } from './word-tables.ts';

export type Vocabulary = {
  /** Words that are spelled right, also those of guides' bodies. */
  isWord(folded: string): boolean;
  /** Words of titles, keywords, questions and summaries, filler aside. */
  isTopicWord(folded: string): boolean;
  /** What a typo may have been meant for (topics, filler, synonyms), each with its sound. */
  soundOfWord: ReadonlyMap<string, string>;
  /** Neighbours, "a b". */
  isPair(pair: string): boolean;
};

/** `topics` are titles, keywords, questions and summaries; `bodies` are only asked whether a word exists. */
export function buildVocabulary(
  tables: WordTables,
  topics: readonly ReadText[],
  bodies: readonly ReadText[],
): Vocabulary {
  const phrases = [termsOf(tables.filler), termsOf(synonyms)];
  const words = new Set(topics.flatMap(({ all }) => all.map((word) => word.folded)));
  const pairs = new Set(topics.flatMap(({ all }) => pairsOf(all)));
  for (const table of phrases) {
    for (const word of table.words) words.add(word);
    for (const pair of table.pairs) pairs.add(pair);
  }
  const soundOfWord = new Map([...words].map((word) => [word, soundOf(word)]));
  const topic = new Set(topics.flatMap(({ plain }) => plain.map((word) => word.folded)));
  const body = new Set(bodies.flatMap(({ all }) => all.map((word) => word.folded)));
  return {
    isWord: (folded) => words.has(folded) || body.has(folded),
    isTopicWord: (folded) => topic.has(folded),
    soundOfWord,
    isPair: (pair) => pairs.has(pair),
  };
}
