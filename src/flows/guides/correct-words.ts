// Mends typing slips: a word nobody knows is taken for the nearest known one, preferably one that usually
// stands beside its neighbour ("mat khua" is "mat khau"), or for two words glued together ("diemdanh").
import type { Word } from './read-words.ts';
import { likeness, readTyped } from './typo-likeness.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A topic word guessed without a neighbour that fits counts only this much. */
const ALONE = 0.6;
/** From this likeness on a filler word needs no neighbour: Telex left on is no coincidence. */
const CLEARLY_MEANT = 0.95;
/** Slips are mended in this many words at most: a text with more of them is not a question with slips. */
const MOST_CORRECTIONS = 12;

export function correctWords(vocabulary: Vocabulary, words: readonly Word[]): Word[] {
  let left = MOST_CORRECTIONS;
  return words.flatMap((word, at) => {
    if (vocabulary.soundOfWord.has(word.folded) || left === 0) return [word];
    left--;
    return (
      splitGlued(vocabulary, word) ?? [nearestWord(vocabulary, word, words[at - 1]?.folded, words[at + 1]?.folded)]
    );
  });
}

function nearestWord(vocabulary: Vocabulary, word: Word, before: string | undefined, after: string | undefined): Word {
  let best = word;
  let bestScore = 0;
  const typed = readTyped(word.folded);
  // A word that stands in a guide's body is spelled right; only a neighbour can tell that another one was meant.
  const isWord = vocabulary.isWord(word.folded);
  for (const [known, sound] of vocabulary.soundOfWord) {
    const near = likeness(typed, known, sound);
    if (near === 0) continue;
    const fits = vocabulary.isPair(`${before} ${known}`) || vocabulary.isPair(`${known} ${after}`);
    const alone = vocabulary.isTopicWord(known) ? ALONE : near >= CLEARLY_MEANT ? 1 : 0;
    const score = near * (fits ? 1 : isWord ? 0 : alone);
    if (score > bestScore) best = guess(known, score);
    bestScore = Math.max(bestScore, score);
  }
  return best;
}

function splitGlued(vocabulary: Vocabulary, word: Word): Word[] | undefined {
  for (let cut = 2; cut <= word.folded.length - 2; cut++) {
    const parts = [word.folded.slice(0, cut), word.folded.slice(cut)];
    if (vocabulary.isPair(parts.join(' '))) return parts.map((part) => guess(part, 0.9));
  }
  return undefined;
}

/** The marks were typed for another word: they say nothing about this one. */
function guess(folded: string, certainty: number): Word {
  return { folded, spelled: folded, isSure: false, certainty };
}
