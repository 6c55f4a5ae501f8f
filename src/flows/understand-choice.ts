// Which of the offered choices a text means: the title itself, another way of saying it, or its number.
import { contains, isWholly, type Phrase, readSaying } from './match-phrase.ts';

export type ChoicePhrases = readonly Phrase[];

/** Prepares titles and their other wordings; `wordings[i]` belongs to choice i. */
export function prepareChoices(wordings: readonly (readonly string[])[]): ChoicePhrases[] {
  return wordings.map((texts) => texts.map(readSaying).filter((phrase) => phrase.length > 0));
}

/**
 * Index of the choice that `text` means, or null. Whole messages win over words inside a sentence, long phrases over
 * short ones; a tie between two choices is not guessed. "2" means the second choice. Words inside a sentence count only
 * when the sentence is not a question of its own: "hướng dẫn thêm nhân viên" is not the choice "nhân viên".
 */
export function understandChoice(
  text: string,
  choices: readonly ChoicePhrases[],
  isQuestion: () => boolean = () => false,
): number | null {
  const said = readSaying(text);
  const whole = longest(choices, (phrase) => isWholly(said, phrase));
  if (whole !== null) return whole;
  const number = loneNumber(said);
  if (number !== null && number >= 1 && number <= choices.length) return number - 1;
  const place = placeNamed(said, choices.length);
  if (place !== null) return place;
  const inside = longest(choices, (phrase) => countsInside(phrase, said) && contains(said, phrase));
  return inside !== null && isQuestion() ? null : inside;
}

/** One word of a sentence tells little, and a word that every other sentence ends or begins with tells nothing. */
function countsInside(phrase: Phrase, said: Phrase): boolean {
  if (phrase.length > 1) return true;
  return said.length <= (phrase.some(({ spelled }) => grammarWords.has(spelled)) ? 2 : 4);
}

/** "em ăn cơm chưa", "rồi sao nữa em", "chị có mua đâu": alone they answer, in a sentence they are its grammar. */
const grammarWords = new Set(readSaying('chưa rồi có được hay khác xong sau').map(({ spelled }) => spelled));

/** "2", "số 2", "chọn 2 ạ": the only number of a short text. "thứ 2" is a Monday, "9 giờ" a time. */
function loneNumber(said: Phrase): number | null {
  if (said.length > 4) return null;
  const places = said.flatMap((word, at) => (/^\d{1,2}$/.test(word.folded) ? [at] : []));
  const [at] = places;
  if (places.length !== 1 || at === undefined) return null;
  const isOfTime = beforeTimes.has(said[at - 1]?.spelled ?? '') || afterTimes.has(said[at + 1]?.spelled ?? '');
  return isOfTime ? null : Number(said[at]?.folded);
}

const wordsOf = (list: string) => new Set(readSaying(list).flatMap(({ spelled, folded }) => [spelled, folded]));
const beforeTimes = wordsOf('thứ ngày tháng lúc');
const afterTimes = wordsOf('giờ h ngày tuần tháng rưỡi sáng chiều');

const listed = 'cái · ý · mục · phần · dòng · nút · câu · lựa chọn · phương án · chủ đề · gói'.split(' · ');
const named = (...ways: string[]) => ways.flatMap((way) => listed.map((thing) => readSaying(`${thing} ${way}`)));
const plain = (...ways: string[]) => ways.map(readSaying);
const firsts = [...named('đầu', 'đầu tiên', 'thứ nhất', 'trên cùng'), ...plain('đầu tiên', 'thứ nhất', 'số một')];
const lasts = [...named('cuối', 'cuối cùng', 'sau cùng', 'dưới cùng'), ...plain('cuối cùng', 'dưới cùng')];
/** "thứ hai" alone is a Monday, "cái thứ hai" is not. */
const others = ['hai', 'ba', 'tư|bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín', 'mười'].map((words, index) => {
  const ways = words.split('|');
  return [
    ...named(...ways.map((way) => `thứ ${way}`), `thứ ${index + 2}`),
    ...plain(...ways.map((way) => `số ${way}`)),
  ];
});

/** "cái đầu tiên", "mục cuối", "cái thứ hai": the place among so many. */
function placeNamed(said: Phrase, count: number): number | null {
  const isSaid = (phrases: readonly Phrase[]) => phrases.some((phrase) => isWholly(said, phrase));
  if (isSaid(firsts)) return 0;
  if (isSaid(lasts)) return count - 1;
  const place = others.findIndex(isSaid) + 1;
  return place > 0 && place < count ? place : null;
}

function longest(choices: readonly ChoicePhrases[], isSaid: (phrase: Phrase) => boolean): number | null {
  let best: number | null = null;
  let bestLength = 0;
  let isTie = false;
  choices.forEach((phrases, index) => {
    const length = Math.max(0, ...phrases.filter(isSaid).map((phrase) => phrase.length));
    if (length > bestLength) [best, bestLength, isTie] = [index, length, false];
    else if (length === bestLength && length > 0) isTie = true;
  });
  return isTie ? null : best;
}
