// What somebody types into a search box, as a question to the full-text index: every word, the last as a beginning.
import { foldText } from '../flows/vietnamese-text.ts';

/** Never a syntax error, whatever was typed: folded words hold letters and digits only. Matches nothing when none is left. */
export function searchWords(typed: string): string {
  const words = foldText(typed)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 12);
  if (words.length === 0) return '';
  return words.map(alternatives).join(' & ');
}

/** Numbers that begin with 0 are phones as people write them; they are kept with 84. */
function alternatives(word: string): string {
  return /^0\d{3,}$/.test(word) ? `(${word}:* | 84${word.slice(1)}:*)` : `${word}:*`;
}
