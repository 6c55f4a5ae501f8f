// From what was typed to the words that carry its topic: short forms spelled out, filler taken away, synonyms made one.
// Guides are read by the same way, so both meet in the same words.
import { replacePhrases } from './phrase-table.ts';
import { readWords, type Word } from './read-words.ts';
import { synonyms } from './synonyms.ts';
import type { WordTables } from './word-tables.ts';

export type ReadText = {
  /** Every word, short forms spelled out. */
  all: Word[];
  /** Without filler: two titles that agree here are the same title. */
  plain: Word[];
  /** What a topic is found by. */
  topic: Word[];
};

/** `mend` may correct the words before filler and synonyms are looked for, as is done with questions. */
export function readText(tables: WordTables, text: string, mend = (words: Word[]) => words): ReadText {
  const all = mend(replacePhrases(readWords(text), tables.shortForms));
  const plain = replacePhrases(all, tables.filler);
  return { all, plain, topic: replacePhrases(plain, synonyms) };
}
