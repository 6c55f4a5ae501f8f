// Texts made to make a program think for ever: whatever reads what customers type does work that its size allows, and no
// more once a text is longer than anybody writes. Judged by growth, not by a clock: see growth.ts.
import { expect, test } from 'vitest';
import { parsePhone } from '../../src/channels/parse-phone.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../../src/flows/guides/read-guides-directory.ts';
import { readSaying } from '../../src/flows/match-phrase.ts';
import { readWish } from '../../src/flows/read-wish.ts';
import { prepareChoices, understandChoice } from '../../src/flows/understand-choice.ts';
import { cleanText, foldText, isOnlyEmoji } from '../../src/flows/vietnamese-text.ts';
import { searchWords } from '../../src/inbox/search-words.ts';
import { growsGently } from './growth.ts';

const { guides } = await readGuidesDirectory('flows/guides');
const library = createGuideLibrary(guides);
const choices = prepareChoices([['Hướng dẫn sử dụng', 'hướng dẫn'], ['Đặt lịch đào tạo'], ['Không', 'thôi']]);

const texts: Record<string, (size: number) => string> = {
  'one letter': (size) => 'a'.repeat(size),
  spaces: (size) => ' '.repeat(size),
  'spaces and an end': (size) => `${' '.repeat(size)}x`,
  marks: (size) => `a${'\u0301'.repeat(size)}`,
  digits: (size) => '0'.repeat(size),
  'digits and signs': (size) => '09 1-2.3/'.repeat(size / 9),
  words: (size) => 'không muốn nhận tin '.repeat(size / 20),
  'stops and fillers': (size) => 'dừng ạ em ơi '.repeat(size / 13),
  'ends of sentences': (size) => 'a.!?,;:'.repeat(size / 7),
  quotes: (size) => '"\'“”'.repeat(size / 4),
  brackets: (size) => '((([[['.repeat(size / 6),
  lines: (size) => 'a\n'.repeat(size / 2),
  faces: (size) => '👨‍👩‍👧‍👦'.repeat(size / 11),
  'thumbs and an end': (size) => `${'👍🏻'.repeat(size / 4)}x`,
  'half faces': (size) => '\ud83d'.repeat(size),
  addresses: (size) => 'http://a.b/'.repeat(size / 11),
  'at signs': (size) => 'a@'.repeat(size / 2),
  'plus signs': (size) => '+84'.repeat(size / 3),
};
const readers: Record<string, (text: string) => unknown> = {
  'a saying': (text) => readSaying(`${text} `),
  'a wish': (text) => readWish(readSaying(`${text} `)),
  'a choice': (text) => understandChoice(text, choices),
  'a question': (text) => library.search(text),
  'a telephone number': (text) => parsePhone(text),
  'a clean text': cleanText,
  'a folded text': foldText,
  'only pictures': isOnlyEmoji,
  'a search': searchWords,
};

test.each(Object.keys(texts))('%s', (name) => {
  const make = texts[name] ?? (() => '');
  for (const [reader, read] of Object.entries(readers)) expect(growsGently(make, read, 400_000), reader).toBe(true);
});

test('what is understood is bounded, however long the text', () => {
  for (const make of Object.values(texts)) {
    const long = make(400_000);
    expect(readSaying(long).length).toBeLessThanOrEqual(160);
    expect(library.search(long).suggestions.length).toBeLessThanOrEqual(3);
  }
});
