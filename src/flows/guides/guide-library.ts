// The how-to guides and the search that answers "how do I …?" in the customer's own words.
// A wrong answer costs more than none: unless one guide is clearly meant, nothing is found and a person takes over.
import { correctWords } from './correct-words.ts';
import type { Guide } from './guide.ts';
import { buildGuideIndex, type GuideIndex } from './guide-index.ts';
import { otherMatters } from './other-matters.ts';
import { containsPhrase } from './phrase-table.ts';
import { readText } from './read-question.ts';
import { type ScoredGuide, scoreGuides } from './score-guides.ts';

export type GuideSearch = { found: Guide | null; suggestions: Guide[] };

export type GuideLibrary = {
  guides: readonly Guide[];
  byId(id: string): Guide | null;
  /** The guide with exactly this title or short title, case and dấu aside, "hướng dẫn" and other filler around it allowed. */
  byTitle(text: string): Guide | null;
  /** `suggestions`: up to three other near guides, best first; nothing found and nothing near = a matter for a person. */
  search(question: string): GuideSearch;
  /**
   * What a customer of these products may find and be offered: no guide of another product, unless asked for by its title.
   * Everything, where no guide is about any of them.
   */
  forProducts(products: readonly string[]): GuideLibrary;
};

/** From this score on a guide is meant, provided that the next one stays behind and more than one plain word speaks for it. */
const FOUND = { score: 0.5, lead: 0.01, evidence: 3.5 };
/** A lower score does where the lead and the evidence are plain: the rest of the question was a story around it. */
const FOUND_BY_LEAD = { score: 0.42, lead: 0.1, evidence: 6 };
const NEAR = { score: 0.3, evidence: 2 };
const MOST_SUGGESTIONS = 3;
/** A customer may paste a page: what matters is said first, and the cost stays bounded. */
const MOST_CHARACTERS = 500;

/** From this many words on a question is also read clause by clause, each counting a little less than the whole. */
const LONG_QUESTION = 14;
const SHORTEST_CLAUSE = 4;
const MOST_CLAUSES = 4;
const CLAUSE_SHARE = 0.9;

/**
 * Guides with a title that another one has already are found by search only; readGuidesDirectory reports them.
 * The index is made at the first question (about 0.15 s for 90 guides), so that it does not delay the start.
 */
export function createGuideLibrary(guides: readonly Guide[]): GuideLibrary {
  const byId = new Map(guides.map((guide) => [guide.id, guide]));
  const specific = new Set<string>(guides.map(({ product }) => product).filter((product) => product !== 'common'));
  const prepare = once(() => prepareSearch(guides));
  const narrowed = new Map<string, GuideLibrary>();
  const forProducts = (products: readonly string[]): GuideLibrary => {
    const own = [...specific].filter((product) => products.includes(product));
    const key = own.length === specific.size ? '' : own.join(' ');
    const known = narrowed.get(key);
    if (known) return known;
    const mayFind = ({ product }: Guide) => key === '' || product === 'common' || own.includes(product);
    const prepareOwn = once(() => narrow(prepare(), mayFind));
    const library = { ...openLibrary({ guides: guides.filter(mayFind), byId, prepare: prepareOwn }), forProducts };
    narrowed.set(key, library);
    return library;
  };
  return forProducts([]);
}

function openLibrary({
  guides,
  byId,
  prepare,
}: {
  guides: readonly Guide[];
  byId: ReadonlyMap<string, Guide>;
  prepare: () => Prepared;
}): Omit<GuideLibrary, 'forProducts'> {
  const byTitle = (text: string): Guide | null => {
    const { index, byPlainTitle } = prepare();
    return byPlainTitle.get(plainKey(index, text.slice(0, MOST_CHARACTERS))) ?? null;
  };
  return {
    guides,
    byId: (id) => byId.get(id) ?? null,
    byTitle,
    search: (question) => {
      const text = question.slice(0, MOST_CHARACTERS);
      const { index, whole } = prepare();
      const titled = byTitle(text);
      if (titled === null && isOtherMatter(index, text)) return { found: null, suggestions: [] };
      const scored = scoreQuestion(index, text);
      const nearest = decide(scored);
      const found = titled ?? (nearest !== null && isBeside(nearest, index, whole, text) ? null : nearest);
      return { found, suggestions: suggest(scored, found) };
    },
  };
}

/** Words weigh the same for everybody: only whose guides are looked at differs. */
function narrow({ index, whole, byPlainTitle }: Prepared, mayFind: (guide: Guide) => boolean): Prepared {
  return { index: { ...index, guides: index.guides.filter(({ guide }) => mayFind(guide)) }, whole, byPlainTitle };
}

/**
 * What another product's guide answers better than a common one is about that product's matter: "xem doanh thu" is no
 * question of rights because a school has no guide to revenue. Of their own product's guides the nearest may be its like.
 */
function isBeside(found: Guide, index: GuideIndex, whole: GuideIndex, text: string): boolean {
  return index !== whole && found.product === 'common' && scoreQuestion(whole, text)[0]?.guide !== found;
}

function once<Made>(make: () => Made): () => Made {
  let made: { it: Made } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** `whole`: of all products; `index` itself where nothing is left out. */
type Prepared = { index: GuideIndex; whole: GuideIndex; byPlainTitle: ReadonlyMap<string, Guide> };

function prepareSearch(guides: readonly Guide[]): Prepared {
  const index = buildGuideIndex(guides);
  const byPlainTitle = new Map<string, Guide>();
  for (const guide of guides) {
    for (const key of [guide.title, guide.shortTitle].map((title) => plainKey(index, title))) {
      // A title of nothing but filler would answer every greeting.
      if (key !== '' && !byPlainTitle.has(key)) byPlainTitle.set(key, guide);
    }
  }
  return { index, whole: index, byPlainTitle };
}

/** What the search thinks of every near guide, best first, scores 0–1: for tests and for tuning. */
export function scoreQuestion(index: GuideIndex, question: string): ScoredGuide[] {
  const best = new Map<string, ScoredGuide>();
  for (const { text, share } of splitLongQuestion(question)) {
    const words = readText(index.tables, text, (typed) => correctWords(index.vocabulary, typed)).topic;
    for (const scored of scoreGuides(index, words)) {
      const score = scored.score * share;
      if (score > (best.get(scored.guide.id)?.score ?? 0)) best.set(scored.guide.id, { ...scored, score });
    }
  }
  return [...best.values()].sort((a, b) => b.score - a.score);
}

/** Who tells a whole story asks in one of its sentences. */
function splitLongQuestion(question: string): { text: string; share: number }[] {
  const whole = { text: question, share: 1 };
  const clauses = question.split(/[,.;:!?\n]+/u).filter((clause) => clause.split(/\s+/u).length >= SHORTEST_CLAUSE);
  if (question.split(/\s+/u).length < LONG_QUESTION || clauses.length < 2) return [whole];
  return [whole, ...clauses.slice(0, MOST_CLAUSES).map((text) => ({ text, share: CLAUSE_SHARE }))];
}

function decide(scored: readonly ScoredGuide[]): Guide | null {
  const [best, next] = scored;
  if (best === undefined) return null;
  const lead = best.score - (next?.score ?? 0);
  const isMeant = [FOUND, FOUND_BY_LEAD].some(
    (least) => best.score >= least.score && lead >= least.lead && best.evidence >= least.evidence,
  );
  return isMeant ? best.guide : null;
}

function isOtherMatter(index: GuideIndex, question: string): boolean {
  return containsPhrase(readText(index.tables, question).all, otherMatters);
}

function suggest(scored: readonly ScoredGuide[], found: Guide | null): Guide[] {
  return scored
    .filter(({ guide, score, evidence }) => guide !== found && score >= NEAR.score && evidence >= NEAR.evidence)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ guide }) => guide);
}

function plainKey(index: GuideIndex, text: string): string {
  return readText(index.tables, text)
    .plain.map((word) => word.folded)
    .join(' ');
}
