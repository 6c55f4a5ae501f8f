// How well each guide answers a question, from three looks: how much of the question the guide covers, how close the
// question comes to one of its phrasings, and whether one of its names stands in the question as a whole.
// Scores are 0–1 and comparable between questions, which BM25's are not: that is what lets us say "not found".

import type { Guide } from './guide.ts';
import type { GuideIndex, IndexedGuide, Phrase } from './guide-index.ts';
import { pairsOf } from './phrase-table.ts';
import { agreement, type Word } from './read-words.ts';

export type ScoredGuide = {
  guide: Guide;
  score: number;
  /** Weight of what the question and the nearest phrasing have in common: one plain word is little to go by. */
  evidence: number;
};

/** How much each look counts; together 1. Found by leaving out one example question after the other. */
const SHARE = { covered: 0.46, phrasing: 0.31, named: 0.23 };
/** In comparing with a phrasing: how much the question's further words count, against the phrasing's further words. */
const QUESTION_SHARE = 0.6;
/** A name must weigh this much to count half: "điểm" alone names less than "điểm danh bằng QR". */
const HALF_NAME_WEIGHT = 6;
/** A question without any word of what the guide is about meets it by chance more often than not. */
const BESIDE = 0.8;
/** Guides whose phrasings are compared: those that cover most of the question. */
const MOST_CANDIDATES = 15;

type Question = {
  words: { word: Word; weight: number }[];
  pairs: { pair: string; weight: number; certainty: number }[];
  /** Of all words and known pairs together. */
  weight: number;
};

/** Best first; empty when no word of the question stands in any guide. */
export function scoreGuides(index: GuideIndex, words: readonly Word[]): ScoredGuide[] {
  const question = weighQuestion(index, words);
  return index.guides
    .map((indexed) => ({ indexed, covered: coverQuestion(indexed, question) }))
    .filter(({ covered }) => covered > 0)
    .sort((a, b) => b.covered - a.covered)
    .slice(0, MOST_CANDIDATES)
    .map(({ indexed, covered }) => {
      const likeness = indexed.phrases.map((phrase) => comparePhrase(phrase, question));
      const phrasing = Math.max(...likeness.map((look) => look.phrasing));
      const named = Math.max(...likeness.map((look) => look.named));
      const evidence = Math.max(...likeness.map((look) => look.hit));
      const isAbout = question.words.some(({ word }) => indexed.core.has(word.folded));
      const score =
        (SHARE.covered * covered + SHARE.phrasing * phrasing + SHARE.named * named) * (isAbout ? 1 : BESIDE);
      return { guide: indexed.guide, score, evidence };
    })
    .sort((a, b) => b.score - a.score);
}

function weighQuestion(index: GuideIndex, words: readonly Word[]): Question {
  const distinct = [...new Map(words.map((word) => [word.folded, word])).values()];
  const weighed = distinct.map((word) => ({ word, weight: index.weightOf(word.folded) }));
  const pairs = pairsOf(words).flatMap((pair, at) => {
    if (!index.isTopicTerm(pair)) return [];
    const certainty = Math.min(words[at]?.certainty ?? 0, words[at + 1]?.certainty ?? 0);
    return [{ pair, weight: index.weightOf(pair), certainty }];
  });
  const weight = [...weighed, ...pairs].reduce((sum, term) => sum + term.weight, 0);
  return { words: weighed, pairs, weight };
}

/** Share of the question's words, by weight, that stand anywhere in the guide, by the field they stand in. */
function coverQuestion({ words }: IndexedGuide, question: Question): number {
  let covered = 0;
  let total = 0;
  for (const { word, weight } of question.words) {
    total += weight;
    const entry = words.get(word.folded);
    if (entry === undefined) continue;
    const spelling = entry.spellings.reduce((best, known) => Math.max(best, agreement(word, known)), 0);
    covered += weight * entry.field * spelling * word.certainty;
  }
  return total === 0 ? 0 : covered / total;
}

/** `phrasing`: Tversky likeness over words and pairs. `named`: how fully a name is said, and how telling it is. */
function comparePhrase(phrase: Phrase, question: Question): { phrasing: number; named: number; hit: number } {
  let hit = 0;
  for (const { word, weight } of question.words) {
    const known = phrase.words.get(word.folded);
    if (known) hit += weight * word.certainty * agreement(word, known);
  }
  for (const { pair, weight, certainty } of question.pairs) if (phrase.pairs.has(pair)) hit += weight * certainty;
  if (hit === 0) return { phrasing: 0, named: 0, hit };
  const phrasing = (phrase.share * hit) / (QUESTION_SHARE * question.weight + (1 - QUESTION_SHARE) * phrase.weight);
  const named = phrase.isName ? (hit / phrase.weight) ** 2 * (phrase.weight / (phrase.weight + HALF_NAME_WEIGHT)) : 0;
  return { phrasing: Math.min(1, phrasing), named: Math.min(1, named), hit };
}
