// No cell of a table is a formula, and what people wrote can still be read.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { momentCell, phoneCell, stateCell } from '../../src/exports/cell-words.ts';
import { safeCell, safeText } from '../../src/exports/safe-cell.ts';
import { writeCsv } from '../../src/exports/write-csv.ts';
import { formulaTexts, isLive } from './formula-texts.ts';

test('of 520 formulas none is live, and none lost a word', () => {
  expect(new Set(formulaTexts).size).toBeGreaterThanOrEqual(500);
  const bare = (text: string) => text.replace(/[\s\p{Cc}'/\ufeff]/gu, '');
  for (const text of formulaTexts) {
    expect(isLive(safeText(text)), JSON.stringify(text)).toBe(false);
    expect(bare(safeText(text))).toBe(bare(text));
  }
});

test('the question itself tells formulas from words', () => {
  expect(formulaTexts.filter((text) => !isLive(text))).toEqual([]);
  expect(['chị Lan', "'=1", 'a=b', '5-3', 'lan@spa.vn', ''].filter(isLive)).toEqual([]);
});

test('nothing that anybody may write becomes one', () => {
  const pieces = fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    '＝',
    ';',
    '"',
    "'",
    ' ',
    '\t',
    '\r',
    '\n',
    '\0',
    '\u200b',
    '\ufeff',
    'a',
    '1',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (one) => {
      expect(isLive(safeText(one))).toBe(false);
      expect(safeText(one)).not.toMatch(/\p{Cc}/u);
    }),
    { numRuns: 3_000 },
  );
});

test('no sign that Unicode takes apart into the beginning of a formula is left alone', () => {
  const signs = Array.from({ length: 0x11_0000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((sign) => ['NFKC', 'NFKD'].some((form) => /^[=+\-@−]/.test(sign.normalize(form))));
  expect(signs.length).toBeGreaterThan(20);
  expect(signs.filter((sign) => !safeText(`${sign}1`).startsWith("'"))).toEqual([]);
});

describe('what is no formula stays as it is', () => {
  it.each([
    'Nguyễn Thị Lan',
    'KH-0001',
    'lan@spa.vn',
    'a = b; c',
    'giảm 5-10 %',
    '"rất tốt", chị nói',
    '👩‍👩‍👧 xin chào',
    '0912 345 678',
  ])('%s', (text) => {
    expect(safeText(text)).toBe(text);
  });
  it('lines become one, phone numbers stay readable, long texts end', () => {
    expect(safeText('Chào chị\r\nem là Mai\n')).toBe('Chào chị / em là Mai');
    expect(safeText('+84 912 345 678')).toBe("'+84 912 345 678");
    expect(safeText(`${'a'.repeat(40_000)}=1`)).toHaveLength(32_001);
  });
  it('numbers of ours are numbers', () => {
    expect([-5, 0, 1_299_000, null, Number.NaN, Number.POSITIVE_INFINITY].map(safeCell)).toEqual([
      -5,
      0,
      1_299_000,
      '',
      '',
      '',
    ]);
  });
});

describe('cells', () => {
  it.each([
    ['84912345678', '0912 345 678'],
    ['12133734253', '+1 213 373 4253'],
    ['999', '999'],
    [null, null],
  ])('phone %s is %s', (phone, shown) => {
    expect(phoneCell(phone)).toBe(shown);
  });
  it('moments are those of the business', () => {
    expect(momentCell(new Date('2026-11-21T17:05:00Z'), 'Asia/Ho_Chi_Minh')).toBe('2026-11-22 00:05');
    expect(momentCell(null, 'Asia/Ho_Chi_Minh')).toBeNull();
  });
  it('states are Vietnamese, words of others stay', () => {
    expect(['accepted', 'expired', 'bảo lưu', 'constructor', null].map(stateCell)).toEqual([
      ...['Đồng ý', 'Hết hạn', 'bảo lưu', 'constructor', null],
    ]);
  });
});

test('a table has its mark, its headings and CRLF, also when it is empty', async () => {
  const pieces: string[] = [];
  for await (const piece of writeCsv({
    headings: ['Tên', 'Điểm'],
    readPage: async () => [{ place: '1', cells: ['a "b"', 5] }],
  }))
    pieces.push(piece);
  expect(pieces.join('')).toBe('\uFEFF"Tên","Điểm"\r\n"a ""b""",5\r\n');
  const empty: string[] = [];
  for await (const piece of writeCsv({ headings: ['Tên'], readPage: async () => [] })) empty.push(piece);
  expect(empty).toEqual(['\uFEFF"Tên"\r\n']);
});
