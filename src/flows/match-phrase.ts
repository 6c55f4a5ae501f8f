// Does a customer's text say a phrase? With and without dấu, short forms, politeness around it, negation before it.
// A mark that is left out is forgiven, another mark is not: "đúng" never means "dừng".
import { foldText } from './vietnamese-text.ts';

/** `spelled` keeps dấu in one spelling ("huỷ" = "hủy", "kí" = "ký"); equal to `folded` when typed without. */
export type SaidWord = { folded: string; spelled: string };
export type Phrase = readonly SaidWord[];

const maxCharacters = 600;
const maxWords = 80;
const toneClass: Readonly<Record<string, string>> = {
  '\u0300': '2',
  '\u0301': '1',
  '\u0323': '5',
  // hỏi and ngã are confused in writing all over the country.
  '\u0309': '3',
  '\u0303': '3',
};
/** Nobody says the words that an address is made of. */
const addresses = /(?:https?:\/\/|www\.)\S+/giu;
const tones = /[\u0300\u0301\u0303\u0309\u0323]/gu;

const shortForms: Readonly<Record<string, string>> = {
  nv: 'nhân viên',
  ko: 'không',
  k: 'không',
  hok: 'không',
  hong: 'không',
  hông: 'không',
  hổng: 'không',
  hem: 'không',
  khum: 'không',
  khg: 'không',
  kô: 'không',
  kg: 'không',
  khong: 'không',
  dc: 'được',
  đc: 'được',
  hd: 'hướng dẫn',
  dk: 'đăng ký',
  đk: 'đăng ký',
  ntn: 'như thế nào',
  bt: 'bình thường',
  e: 'em',
  a: 'anh',
  c: 'chị',
  j: 'gì',
  r: 'rồi',
  rùi: 'rồi',
  ròi: 'rồi',
  chx: 'chưa',
  cx: 'cũng',
  vs: 'với',
  z: 'vậy',
  zậy: 'vậy',
  uk: 'ừ',
  thui: 'thôi',
  lun: 'luôn',
  bít: 'biết',
  mún: 'muốn',
  wá: 'quá',
  nhìu: 'nhiều',
  nhiu: 'nhiêu',
  hum: 'hôm',
  ck: 'chuyển khoản',
  stk: 'số tài khoản',
  sđt: 'số điện thoại',
  sdt: 'số điện thoại',
  oke: 'ok',
  okie: 'ok',
  okay: 'ok',
  oki: 'ok',
  okey: 'ok',
};

let lastSaid: { text: string; phrase: Phrase } = { text: '', phrase: [] };

/** The words of a text, short forms written out. Bounded: only the first 600 characters count. */
export function readSaying(text: string): Phrase {
  // One message is held against the phrases of many flows and steps.
  if (lastSaid.text !== text) lastSaid = { text, phrase: readWords(text) };
  return lastSaid.phrase;
}

function readWords(text: string): Phrase {
  const found =
    text
      .slice(0, maxCharacters)
      .replace(addresses, ' ')
      .toWellFormed()
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return found
    .slice(0, maxWords)
    .map(withoutStretch)
    .flatMap((word) => (Object.hasOwn(shortForms, word) ? (shortForms[word] ?? word).split(' ') : [word]))
    .map(readWord)
    .filter((word) => word.folded !== '');
}

/** "dừnggg" is "dừng"; "kkkk" is a laugh and not the "k" of "không". */
function withoutStretch(word: string): string {
  return word.replace(/^(\p{L})\1{2,}$/u, '$1$1').replace(/(\p{L})\1{2,}/gu, '$1');
}

/** The whole message is the phrase, give or take "dạ", "cho em", "ạ", "nhé". */
export function isWholly(said: Phrase, phrase: Phrase): boolean {
  const isAmbiguous = isLoneWordWithoutMarks(said, phrase);
  return positionsOf(said, phrase).some((at) => {
    if (isAmbiguous) return said.length === 1;
    return said.slice(0, at).every(isOpening) && said.slice(at + phrase.length).every(isClosing);
  });
}

/** "dung" may mean "dừng"; "dung roi" is far more likely "đúng rồi". */
function isLoneWordWithoutMarks(said: Phrase, phrase: Phrase): boolean {
  const [word] = phrase;
  return phrase.length === 1 && word !== undefined && !said.some(({ spelled }) => spelled === word.spelled);
}

/** The phrase stands in the text as whole words and is not denied ("không khiếu nại"). */
export function contains(said: Phrase, phrase: Phrase): boolean {
  return positionsOf(said, phrase).some((at) => !isDenied(said, at));
}

/** Any of these phrases stands in the text. */
export function saysAny(text: string, phrases: readonly string[]): boolean {
  const said = readSaying(text);
  // Not by way of `readSaying`: the text shall be the last that was read.
  return phrases.some((phrase) => contains(said, readWords(phrase)));
}

/** Many phrases, found by their first word: one message is held against the phrases of all flows. */
export type PhraseTable = ReadonlyMap<string, readonly Phrase[]>;

export function makePhraseTable(phrases: readonly string[]): PhraseTable {
  const read = phrases.map(readWords).filter((phrase) => phrase.length > 0);
  return Map.groupBy(read, ([first]) => first?.folded ?? '');
}

/** Those that begin with one of these words (folded, each once): all that may stand in a message of these words. */
export function phrasesOf(table: PhraseTable, words: ReadonlySet<string>): Phrase[] {
  const found: Phrase[] = [];
  for (const word of words) found.push(...(table.get(word) ?? []));
  return found;
}

export function wordsIn(said: Phrase): ReadonlySet<string> {
  return new Set(said.map(({ folded }) => folded));
}

/** Whether a word is one of a list: with its dấu, or without any. */
export function makeWordTest(list: string): (word: SaidWord | undefined) => boolean {
  const known = Map.groupBy(list.split(' ').flatMap(readWords), ({ folded }) => folded);
  return (word) => word !== undefined && (known.get(word.folded)?.some((one) => isSameWord(word, one)) ?? false);
}

function positionsOf(said: Phrase, phrase: Phrase): number[] {
  if (phrase.length === 0) return [];
  const positions: number[] = [];
  for (let at = 0; at + phrase.length <= said.length; at++) {
    if (phrase.every((word, offset) => isSameWord(said[at + offset], word))) positions.push(at);
  }
  return positions;
}

/** Where the phrase begins, when at most so many words stand before it. */
export function startsAt(said: Phrase, phrase: Phrase, mostBefore: number): number | null {
  return positionsOf(said, phrase).find((at) => at <= mostBefore && !isDenied(said, at)) ?? null;
}

/** Another mark is another word; a mark that is left out is forgiven. */
export function isSameWord(typed: SaidWord | undefined, meant: SaidWord): boolean {
  if (typed === undefined || typed.folded !== meant.folded) return false;
  return typed.spelled === meant.spelled || typed.spelled === typed.folded;
}

function readWord(word: string): SaidWord {
  const decomposed = word.normalize('NFD');
  const tone = (decomposed.match(tones) ?? []).map((mark) => toneClass[mark] ?? '').join('');
  const bare = withShortI(decomposed.replace(tones, '').normalize('NFC'));
  return { folded: withShortI(foldText(word)), spelled: bare + tone };
}

/** "ký" and "kí", "lý" and "lí" are one word. */
function withShortI(word: string): string {
  return word.replace(/^([bcdđghklmnpqrstvx]+)y$/u, '$1i');
}

const isOpening = makeWordTest(
  'dạ vâng ừ à ơi ạ anh chị em bạn mình tôi ad admin shop cho xin vui lòng làm ơn giúp hãy muốn cần là chọn thì ok rồi nhờ',
);
const isClosing = makeWordTest(
  'ạ nhé nha nhe nhá nhỉ đi với giúp giùm dùm hộ cho em anh chị mình tôi bạn ad admin shop ơi nào luôn ngay thôi nhen nghen nghe hen ha nè hè hỉ rứa please cảm ơn cám rồi đó á vậy',
);
/** "huỷ buổi đào tạo" asks for no "buổi đào tạo" either. */
const isDenier = makeWordTest('không chẳng chả đừng chưa huỷ dời hoãn');
const isBetweenDenierAndPhrase = makeWordTest('cần muốn phải hề có thiết gặp đặt lịch xem nói chuyện với chat gọi');
const MOST_BETWEEN = 4;

/** "không cần gặp nhân viên" asks for no "nhân viên". */
function isDenied(said: Phrase, at: number): boolean {
  for (let back = at - 1; back >= Math.max(0, at - 1 - MOST_BETWEEN); back--) {
    const word = said[back];
    if (word === undefined) return false;
    if (isDenier(word)) return true;
    if (!isBetweenDenierAndPhrase(word)) return false;
  }
  return false;
}
