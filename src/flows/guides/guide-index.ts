// What is known about all guides together, made once: their words and phrasings, and how telling each word is.
import type { Guide } from './guide.ts';
import { pairsOf } from './phrase-table.ts';
import { type ReadText, readText } from './read-question.ts';
import type { Word } from './read-words.ts';
import { buildVocabulary, type Vocabulary } from './vocabulary.ts';
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
  /** Words of the title, and those that come back in its phrasings: what the guide is about. */
  core: ReadonlySet<string>;
};

export type GuideIndex = {
  tables: WordTables;
  vocabulary: Vocabulary;
  guides: readonly IndexedGuide[];
  /** How telling a word (or a pair "a b") is; common ones little, rare ones much. */
  weightOf(term: string): number;
  /** Does it stand in titles, keywords, questions or summaries? A pair is "a b". */
  isTopicTerm(term: string): boolean;
};

const FIELD = { title: 1, keywords: 0.95, questions: 0.9, summary: 0.7, body: 0.6 };

/** Weight of a word that no guide uses: it says that the question may be about something else. */
const UNKNOWN_WORD_WEIGHT = 2.8;
const PAIR_SHARE = 0.5;
const COMPOUND_SHARE = 1.5;
/** A word in this share of a guide's phrasings belongs to what it is about. */
const CORE_SHARE = 0.2;

export function buildGuideIndex(guides: readonly Guide[]): GuideIndex {
  const tables = createWordTables(guides.flatMap((guide) => [guide.title, guide.shortTitle, ...guide.keywords]));
  const texts = guides.map((guide) => readTexts(tables, guide));
  const weights = weighTerms(texts);
  const indexed = texts.map((read) => indexGuide(weights, read));
  return {
    tables,
    vocabulary: buildVocabulary(
      tables,
      texts.flatMap(({ topics }) => topics),
      texts.map(({ body }) => body),
    ),
    guides: indexed,
    weightOf: (term) => weights.get(term) ?? UNKNOWN_WORD_WEIGHT,
    isTopicTerm: (term) => weights.has(term),
  };
}

/** A word of several syllables tells more than one syllable, a pair of words less than two words: they count already. */
function shareOf(term: string): number {
  if (term.includes(' ')) return PAIR_SHARE;
  return term.includes('_') ? COMPOUND_SHARE : 1;
}

type Topic = ReadText & { share: number; isName: boolean };
type ReadGuide = { guide: Guide; topics: readonly Topic[]; body: ReadText };

function readTexts(tables: WordTables, guide: Guide): ReadGuide {
  const read = (text: string, share: number, isName: boolean): Topic => ({ ...readText(tables, text), share, isName });
  const topics = [
    read(guide.title, FIELD.title, true),
    read(guide.shortTitle, FIELD.title, true),
    ...guide.keywords.map((text) => read(text, FIELD.keywords, true)),
    ...guide.questions.map((text) => read(text, FIELD.questions, false)),
    read(guide.summary, FIELD.summary, false),
  ].filter(({ topic }) => topic.length > 0);
  return { guide, topics, body: readText(tables, guide.body) };
}

/** The fewer guides use a term, the more it tells. */
function weighTerms(guides: readonly ReadGuide[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { topics } of guides) {
    for (const term of new Set(topics.flatMap(({ topic }) => termsOfWords(topic)))) {
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  const weigh = (count: number) => Math.log(1 + guides.length / (count + 0.5));
  return new Map([...counts].map(([term, count]) => [term, weigh(count) * shareOf(term)]));
}

function indexGuide(weights: ReadonlyMap<string, number>, { guide, topics, body }: ReadGuide): IndexedGuide {
  const phrases = topics.map(({ topic: words, share, isName }) => {
    const weight = [...new Set(termsOfWords(words))].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
    return {
      words: new Map(words.map((word) => [word.folded, word])),
      pairs: new Set(pairsOf(words)),
      share,
      isName,
      weight,
    };
  });
  return {
    guide,
    phrases,
    words: collectWords([...topics, { ...body, share: FIELD.body }]),
    core: findCore(phrases),
  };
}

function findCore(phrases: readonly Phrase[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { words, share } of phrases) {
    for (const word of words.keys()) counts.set(word, (counts.get(word) ?? 0) + (share === FIELD.title ? Infinity : 1));
  }
  return new Set([...counts.keys()].filter((word) => (counts.get(word) ?? 0) >= phrases.length * CORE_SHARE));
}

function collectWords(texts: readonly { topic: readonly Word[]; share: number }[]): IndexedGuide['words'] {
  const collected = new Map<string, { field: number; spellings: Word[] }>();
  for (const { topic, share } of texts) {
    for (const word of topic) {
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
