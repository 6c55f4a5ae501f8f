// Which flow begins when something happens and no step took it. Pure; the engine asks in the order it wants.
import { type CompiledEntry, entryAllows, type SaysEntry } from './compile-entries.ts';
import type { CompiledFlow } from './compile-flow.ts';
import { contains, isWholly, type Phrase, phrasesOf, readSaying, wordsIn } from './match-phrase.ts';
import { readWish } from './read-wish.ts';
import type { RunScope, Variables } from './run-scope.ts';

export type EntryOccasion =
  /** `only` "anywhere": just the rules that hold in every step of every flow (opt-out, a person, complaints). */
  | { kind: 'says'; text: string; only?: 'anywhere' }
  /** A free question that the guides can answer: `search(text).found` is not null. */
  | { kind: 'question'; text: string }
  | { kind: 'follow' }
  | { kind: 'first_contact' };

export type EntryMatch = {
  flow: string;
  /** Id of the entry rule: says_1 … */
  entry: string;
  /** Step to begin at; null = the first. */
  at: string | null;
  /** To pass to startRun. */
  variables: Variables;
  anywhere: boolean;
};

/**
 * The flow to begin, or null. Rules that hold anywhere come first, whole messages before phrases inside a sentence,
 * long phrases before short ones. With `facts`, rules whose `if` is false are passed over; `again_after` is the engine's.
 */
export function matchEntry(
  flows: Iterable<CompiledFlow>,
  occasion: EntryOccasion,
  context?: Pick<RunScope, 'facts' | 'guides'>,
): EntryMatch | null {
  const heard = hear(occasion.kind === 'says' ? occasion.text : '');
  let best: EntryMatch | null = null;
  let bestWeight = 0;
  for (const flow of flows) {
    for (const entry of flow.entries) {
      if (occasion.kind === 'says' && occasion.only === 'anywhere' && !(entry.on === 'says' && entry.anywhere))
        continue;
      const weight = weigh(entry, occasion, heard);
      if (weight <= bestWeight || !isAllowed(flow, entry, context)) continue;
      best = toMatch(flow, entry, occasion);
      bestWeight = weight;
    }
  }
  return best;
}

type Heard = { said: Phrase; words: ReadonlySet<string> };

function hear(text: string): Heard {
  const said = readSaying(text);
  return { said, words: wordsIn(said) };
}

function weigh(entry: CompiledEntry, occasion: EntryOccasion, heard: Heard): number {
  if (occasion.kind !== 'says') return entry.on === occasion.kind ? 1 : 0;
  if (entry.on !== 'says') return 0;
  const weight = weighWords(entry, heard);
  return weight === 0 || !entry.anywhere ? weight : weight + 10_000;
}

function weighWords(entry: SaysEntry, { said, words }: Heard): number {
  const whole = longest(phrasesOf(entry.whole, words).filter((phrase) => isWholly(said, phrase)));
  if (whole > 0) return 1_000 + whole;
  // Asked last: most messages are no wish, and most rules ask for none.
  if (entry.means !== null && readWish(said) === entry.means) return 1_000;
  return longest(phrasesOf(entry.contains, words).filter((phrase) => contains(said, phrase)));
}

function longest(phrases: readonly { length: number }[]): number {
  return Math.max(0, ...phrases.map((phrase) => phrase.length));
}

function isAllowed(flow: CompiledFlow, entry: CompiledEntry, context?: Pick<RunScope, 'facts' | 'guides'>): boolean {
  return context === undefined || entryAllows(entry, { ...context, variables: flow.defaults });
}

function toMatch(flow: CompiledFlow, entry: CompiledEntry, occasion: EntryOccasion): EntryMatch {
  const saveAs = entry.on === 'says' || entry.on === 'question' ? entry.saveAs : null;
  const variables: Variables = saveAs !== null && 'text' in occasion ? { [saveAs]: occasion.text.trim() } : {};
  return { flow: flow.id, entry: entry.id, at: entry.at, variables, anywhere: entry.on === 'says' && entry.anywhere };
}
