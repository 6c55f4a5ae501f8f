// What a customer can rely on: a title finds its guide however it is written, and nothing is guessed.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Guide } from '../../../src/flows/guides/guide.ts';
import { createGuideLibrary } from '../../../src/flows/guides/guide-library.ts';
import { foldText } from '../../../src/flows/vietnamese-text.ts';
import { library, shipped } from './shipped-guides.ts';

const titled = shipped.guides.flatMap((guide) =>
  [...new Set([guide.title, guide.shortTitle])].map((title) => ({ guide, title })),
);

const AROUND: [before: string, after: string][] = [
  ['', ''],
  ['hướng dẫn ', ''],
  ['Hướng dẫn: ', '.'],
  ['cho mình hỏi ', ' làm thế nào vậy'],
  ['cho em hỏi ', ' ở đâu ạ?'],
  ['ad ơi, ', ' thế nào'],
  ['Shop ơi cho e hỏi ', ' ntn ạ'],
  ['hướng dẫn em ', ' với'],
  ['dạ chỉ giúp chị cách ', ' nha em'],
  ['alo mình cần ', ' thì bấm vào đâu vậy ad'],
  ['hd em ', ' vs ạ'],
];

const WRITTEN: [name: string, write: (text: string) => string][] = [
  ['as it is', (text) => text],
  ['without dấu', foldText],
  ['in NFD', (text) => text.normalize('NFD')],
  ['in capitals', (text) => text.toUpperCase()],
  ['with old tone marks', (text) => text.replaceAll('oá', 'óa').replaceAll('uỷ', 'ủy').replaceAll('oà', 'òa')],
];

describe('every title', () => {
  it.each(WRITTEN)('is found with filler around it, written %s', (_, write) => {
    const missed = titled.flatMap(({ guide, title }) =>
      AROUND.map(([before, after]) => write(`${before}${title}${after}`)).filter(
        (question) => library.search(question).found !== guide || library.byTitle(question) !== guide,
      ),
    );
    expect(missed).toEqual([]);
  });

  test.prop([
    fc.constantFrom(...titled),
    fc.constantFrom(...AROUND),
    fc.constantFrom(...AROUND),
    fc.constantFrom(...WRITTEN),
    fc.constantFrom('', '!', ' ?', ' 😊', '…', '\n'),
  ])('is found whatever politeness surrounds it', ({ guide, title }, [before], [, after], [, write], ending) => {
    expect(library.search(write(`${before}${title}${after}${ending}`)).found?.id).toBe(guide.id);
  });

  it('keeps most of its chance with one slip of the keyboard', () => {
    const slips = titled.flatMap(({ guide, title }) =>
      swapsOf(foldText(title)).map((question) => library.search(question).found === guide),
    );
    expect(slips.filter(Boolean).length / slips.length).toBeGreaterThanOrEqual(0.85);
  });
});

/** The text with two neighbouring letters inside a word of four or more swapped, once per such word. */
function swapsOf(text: string): string[] {
  const words = text.split(' ');
  return words.flatMap((word, at) =>
    word.length < 4 ? [] : [words.with(at, `${word[0]}${word[2]}${word[1]}${word.slice(3)}`).join(' ')],
  );
}

describe('search', () => {
  it.each([
    ['dấu left out', 'quen mat khau', 'quen-mat-khau'],
    ['short forms', 'wên mk r lm s', 'quen-mat-khau'],
    ['a word split wrongly', 'diemdanh hoc vien', 'diem-danh'],
    ['Telex left on', 'dieemr danh', 'diem-danh'],
    ['teencode', 'thu hoc fi', 'thu-hoc-phi'],
    ['English words', 'login không được', 'dang-nhap'],
    ['southern words', 'coi doanh số hôm nay', 'bao-cao-doanh-thu'],
    ['the same syllables with other marks: lương', 'lương giáo viên', 'luong-giao-vien'],
    ['the same syllables with other marks: thẻ', 'thẻ thành viên làm thế nào', 'the-thanh-vien'],
    ['"ban" as sold, not as sent', 'hnay ban dc nhieu tien chua', 'bao-cao-doanh-thu'],
    ['"hoan tien" as given back, not as put off', 'hoan tien hp cho ph o dau', 'hoan-hoc-phi'],
    ['"ghi nhan" as noted, not as sent', 'tien ve tai khoan ma chua ghi nhan hp', 'doi-soat-chuyen-khoan'],
    ['a boss who asks, not a roster', 'sếp hỏi doanh thu hqua', 'bao-cao-doanh-thu'],
    [
      'who introduces themselves',
      'Em là quản lý mới, chị chủ hỏi tháng này lời lỗ ra sao thì xem ở đâu',
      'bao-cao-loi-lo',
    ],
  ])('understands %s', (_, question, id) => {
    expect(library.search(question).found?.id).toBe(id);
  });

  it.each([
    '',
    '   ',
    '?',
    '😊',
    '0',
    'hướng dẫn',
    'huong dan',
    'cho mình hỏi',
    'asdf qwer',
    'xin chào',
    'cảm ơn',
    'blorp zzz',
  ])('hands over without a suggestion: "%s"', (question) => {
    expect(library.search(question)).toEqual({ found: null, suggestions: [] });
  });

  it.each([
    ['sửa giá sao em', 'sua-gia-dich-vu'],
    ['điều kiện lên hạng vàng', 'the-thanh-vien'],
    ['tạo mã giảm giá cho khách', 'tao-voucher'],
    ['không gia hạn được phần mềm', 'gia-han'],
    ['khách đánh giá nhân viên thế nào', 'thu-thap-danh-gia'],
  ])('does not take "%s" for a price, a complaint or a refusal', (question, id) => {
    expect(library.search(question).found?.id).toBe(id);
  });

  it.each([
    'gia hạn giá bao nhiêu',
    'gia hạn không ai trả lời, tệ quá',
    'gap nv',
    'tư vấn viên',
    'rất hài lòng',
    'không gia hạn',
    'Đặt lịch đào tạo',
    'cho xin địa chỉ spa',
    'mình chuyển khoản nhầm cho bên em 2 lần rồi',
  ])('leaves "%s" to people and other flows, without a suggestion', (question) => {
    expect(library.search(question)).toEqual({ found: null, suggestions: [] });
  });

  it('asks back where a word is said that several guides share', () => {
    const { found, suggestions } = library.search('lịch hẹn');
    expect(found).toBeNull();
    expect(suggestions.length).toBeGreaterThanOrEqual(2);
    expect(suggestions.length).toBeLessThanOrEqual(3);
  });

  it('never suggests what it found', () => {
    for (const { guide } of titled) {
      expect(library.search(guide.title).suggestions).not.toContain(guide);
    }
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 800 })])('takes any text', (text) => {
    expect(library.search(text).suggestions.length).toBeLessThanOrEqual(3);
  });
});

describe('a library', () => {
  const guide = (id: string, title: string): Guide => {
    return {
      id,
      title,
      shortTitle: title,
      product: 'common',
      rank: null,
      keywords: [title],
      questions: [title],
      summary: title,
      body: title,
      videoUrl: null,
    };
  };

  it('knows guides by id and by title', () => {
    const small = createGuideLibrary([guide('a', 'Đổi mật khẩu'), guide('b', 'In hoá đơn')]);
    expect(small.byId('a')?.title).toBe('Đổi mật khẩu');
    expect(small.byId('c')).toBeNull();
    expect(small.byTitle('huong dan in hoa don')?.id).toBe('b');
    expect(small.byTitle('in hoá đơn cho khách')).toBeNull();
    expect(small.byTitle('')).toBeNull();
  });

  it('may be empty', () => {
    expect(createGuideLibrary([]).search('đổi mật khẩu')).toEqual({ found: null, suggestions: [] });
  });
});
