// The tables a library reads words with. They leave the guides' own terms whole: typed without dấu, "chi nhanh" (branch)
// begins like "chị", "may in" (printer) like "mấy", and "hoa hong" (commission) ends like "hông" (not).
import { FILLER_PHRASES } from './filler-phrases.ts';
import { createPhraseTable, type PhraseTable, replacePhrases } from './phrase-table.ts';
import { readWords } from './read-words.ts';
import { SHORT_FORMS } from './short-forms.ts';

export type WordTables = { shortForms: PhraseTable; filler: PhraseTable };

/** `terms` are titles and keywords, written with dấu. */
export function createWordTables(terms: readonly string[]): WordTables {
  const filler = FILLER_PHRASES.map((phrase): [string, string] => [phrase, '']);
  const onlyFiller = createPhraseTable(filler);
  const tellsSomething = (term: string) => replacePhrases(readWords(term), onlyFiller).length > 0;
  const own = new Set(terms.flatMap((term) => [term.toLowerCase(), ...pairsOf(term.toLowerCase())]));
  const kept = [...own].filter(tellsSomething).map((term): [string, null] => [term, null]);
  return {
    shortForms: createPhraseTable([...kept, ...SHORT_FORMS]),
    filler: createPhraseTable([...kept, ...filler]),
  };
}

function pairsOf(term: string): string[] {
  const words = term.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => /\p{L}/u.test(word));
  return words.slice(1).map((word, at) => `${words[at]} ${word}`);
}
