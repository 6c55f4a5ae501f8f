// From what was typed to the words that carry its topic: short forms spelled out, filler taken away, synonyms made one.
// Guides are read by the same way, so both meet in the same words.
import { replacePhrases } from './phrase-table.ts';
import { readWords, type Word } from './read-words.ts';
import { synonyms } from './synonyms.ts';
import type { WordTables } from './word-tables.ts';

/** Every word, short forms spelled out. */
export function readSpelledOut({ shortForms }: WordTables, text: string): Word[] {
  return replacePhrases(readWords(text), shortForms);
}

/** The words that are left without filler: two titles that agree here are the same title. */
export function readPlainWords(tables: WordTables, text: string): Word[] {
  return replacePhrases(readSpelledOut(tables, text), tables.filler);
}

/** The words a topic is found by. `mend` may correct them first, as is done with questions. */
export function readTopicWords(tables: WordTables, text: string, mend = (words: Word[]) => words): Word[] {
  return replacePhrases(replacePhrases(mend(readSpelledOut(tables, text)), tables.filler), synonyms);
}
