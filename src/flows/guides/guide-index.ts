// What is known about all guides together, made once: their words and phrasings, and how telling each word is.
import type { Guide } from './guide-library.ts';
import { pairsOf, termsOf } from './phrase-table.ts';
import { readTopicWords } from './read-question.ts';
import type { Word } from './read-words.ts';
import { synonyms } from './synonyms.ts';
import { soundOf } from './typo-likeness.ts';
import { createWordTables, type WordTables } from './word-tables.ts';

/** One way to name the guide's topic: its title, a keyword, an example question, the summary. */
export type Phrase = {
  words: ReadonlyMap<string, Word>;
  pairs: ReadonlySet<string>;
  /** How much a likeness with it counts, 0–1. */
  share: number;
  /** Of all its words and pairs together. */
  weight: number;
  /** Titles and keywords name the topic: when all their words are asked for, it is meant. */
  isName: boolean;
};

export type IndexedGuide = {
  guide: Guide;
  phrases: readonly Phrase[];
  /** Every word of the guide: the best field it stands in, and how it is written there. */
  words: ReadonlyMap<string, { field: number; spellings: readonly Word[] }>;
};

export type GuideIndex = {
  tables: WordTables;
  guides: readonly IndexedGuide[];
  /** How telling a word (or a pair "a b") is; common ones little, rare ones much. */
  weightOf(term: string): number;
  /** Does it stand in titles, keywords, questions or summaries? A pair is "a b". */
  isTopicTerm(term: string): boolean;
  /** Words that are spelled right, also those of guides' bodies. */
  isWord(folded: string): boolean;
  /** What a typo may have been meant for (topics, filler, synonyms), each with its sound. */
  soundOfWord: ReadonlyMap<string, string>;
  pairs: ReadonlySet<string>;
};

const FIELD = { title: 1, keywords: 0.95, questions: 0.9, summary: 0.7, body: 0.6 };

/** Weight of a word that no guide uses: it says that the question may be about something else. */
const UNKNOWN_WORD_WEIGHT = 2.2;
/** Pairs are made of words that count already. */
const PAIR_SHARE = 0.5;

export function buildGuideIndex(guides: readonly Guide[]): GuideIndex {
  const tables = createWordTables(guides.flatMap((guide) => [guide.title, guide.shortTitle, ...guide.keywords]));
  const texts = guides.map((guide) => readTexts(tables, guide));
  const weights = weighTerms(texts);
  const indexed = texts.map((read) => indexGuide(weights, read));
  const terms = [...weights.keys()];
  const phrases = [termsOf(tables.filler), termsOf(synonyms)];
  const wanted = [...terms.filter((term) => !isPair(term)), ...phrases.flatMap((table) => [...table.words])];
  const soundOfWord = new Map(wanted.map((word) => [word, soundOf(word)]));
  const allWords = new Set([...soundOfWord.keys(), ...indexed.flatMap(({ words }) => [...words.keys()])]);
  return {
    tables,
    guides: indexed,
    weightOf: (term) => weights.get(term) ?? UNKNOWN_WORD_WEIGHT,
    isTopicTerm: (term) => weights.has(term),
    isWord: (folded) => allWords.has(folded),
    soundOfWord,
    pairs: new Set([...terms.filter(isPair), ...phrases.flatMap((table) => [...table.pairs])]),
  };
}

function isPair(term: string): boolean {
  return term.includes(' ');
}

type ReadText = { words: readonly Word[]; share: number; isName: boolean };
type ReadGuide = { guide: Guide; topics: readonly ReadText[]; body: readonly Word[] };

function readTexts(tables: WordTables, guide: Guide): ReadGuide {
  const read = (text: string, share: number, isName: boolean): ReadText => {
    return { words: readTopicWords(tables, text), share, isName };
  };
  const topics = [
    read(guide.title, FIELD.title, true),
    read(guide.shortTitle, FIELD.title, true),
    ...guide.keywords.map((text) => read(text, FIELD.keywords, true)),
    ...guide.questions.map((text) => read(text, FIELD.questions, false)),
    read(guide.summary, FIELD.summary, false),
  ].filter(({ words }) => words.length > 0);
  return { guide, topics, body: readTopicWords(tables, guide.body) };
}

/** The fewer guides use a term, the more it tells. */
function weighTerms(guides: readonly ReadGuide[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { topics } of guides) {
    for (const term of new Set(topics.flatMap(({ words }) => termsOfWords(words)))) {
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  const weigh = (count: number) => Math.log(1 + guides.length / (count + 0.5));
  return new Map([...counts].map(([term, count]) => [term, weigh(count) * (isPair(term) ? PAIR_SHARE : 1)]));
}

function indexGuide(weights: ReadonlyMap<string, number>, { guide, topics, body }: ReadGuide): IndexedGuide {
  const phrases = topics.map(({ words, share, isName }) => {
    const weight = [...new Set(termsOfWords(words))].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
    return {
      words: new Map(words.map((word) => [word.folded, word])),
      pairs: new Set(pairsOf(words)),
      share,
      isName,
      weight,
    };
  });
  return { guide, phrases, words: collectWords([...topics, { words: body, share: FIELD.body }]) };
}

function collectWords(texts: readonly { words: readonly Word[]; share: number }[]): IndexedGuide['words'] {
  const collected = new Map<string, { field: number; spellings: Word[] }>();
  for (const { words, share } of texts) {
    for (const word of words) {
      const entry = collected.get(word.folded) ?? { field: 0, spellings: [] };
      entry.field = Math.max(entry.field, share);
      if (!entry.spellings.some((known) => known.spelled === word.spelled)) entry.spellings.push(word);
      collected.set(word.folded, entry);
    }
  }
  return collected;
}

function termsOfWords(words: readonly Word[]): string[] {
  return [...words.map((word) => word.folded), ...pairsOf(words)];
}
