// One mistake is told once, and whoever does what the cure says is cured.
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../src/flows/catalogue/read-catalogue.ts';
import { readGuide } from '../../src/flows/guides/read-guide.ts';
import { guides, problemsOf } from './sample-run.ts';

const end = '  - { id: xong, end: true }';

describe('a mistake in a flow', () => {
  it.each<[name: string, steps: string, rest: string | undefined, message: RegExp, fix: RegExp]>([
    [
      'hours without a unit',
      `  - { id: a, open_case: Gọi, due: 24 }\n${end}`,
      undefined,
      /"due" phải là chữ/,
      /"2 days"/,
    ],
    [
      'a picture on the own disk',
      `  - { id: a, say: Chào, image: 'C:\\anh.png' }\n${end}`,
      undefined,
      /"image"/,
      /https:\/\//,
    ],
    [
      'a link without https',
      `  - { id: a, say: Chào, links: [{ title: Bản đồ, url: maps.example.com/abc }] }\n${end}`,
      undefined,
      /"url"/,
      /https:\/\//,
    ],
    ['nothing behind the colon', `  - id: a\n    say:\n${end}`, undefined, /"say" đang để trống/, /sau dấu ":"/],
    [
      'a number among words',
      `  - { id: a, choose: Gì?, options: [{ title: Có, also: [ok, 1] }] }\n${end}`,
      undefined,
      /Mục thứ 2 của "also" phải là chữ/,
      /dấu nháy/,
    ],
    [
      'a way out that does not exist',
      `  - { id: a, say: Chào, if_closed: bỏ }\n${end}`,
      undefined,
      /"if_closed"/,
      /skip.*email.*task/,
    ],
    ['a type of variable', end, 'variables: { ten: chữ }', /"ten" không nằm trong/, /text, number, yes_no/],
    ['a key that is no word of ours', `  - { id: a, hỏi: Tên? }\n${end}`, undefined, /"hỏi"/, /say, ask, choose/],
    [
      'a name with dấu',
      `  - { id: a, choose: Gì?, options: [{ title: Có, go: chuc_mung }] }\n  - { id: chúc_mừng, end: true }`,
      undefined,
      /"id" chưa đúng/,
      /không dấu/,
    ],
  ])('%s', (_, steps, rest, message, fix) => {
    const told = problemsOf(steps, rest).filter(({ severity }) => severity === 'error');
    expect(told.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(told[0]?.fix).toMatch(fix);
  });
});

describe('a mistake in the catalogue', () => {
  const read = (name: string, text: string) =>
    readCatalogue(new Map([[`catalogue/${name}.yaml`, text]]), { guides }).problems.map(
      ({ message, fix }) => `${message} ${fix}`,
    );
  const offer = (price: string) =>
    `offers: [{ code: GIAM, title: A, kind: renewal, benefit: B, deadline: { days: 3 }, price: ${price} }]`;

  it.each([
    ['5.988.000', /"price" phải là số.* 5988000\./],
    ['499000đ', /"price" phải là số.* 499000\./],
    ['499.000', /được hiểu là 499\..* 499000\./],
    ['"1,5 triệu"', /"price" phải là số\. Sửa lại thành số\./],
  ])('a price of %s', (price, wanted) => {
    expect(read('offers', offer(price))).toEqual([expect.stringMatching(wanted)]);
  });

  it('a placeholder with dấu', () => {
    const template =
      'templates: [{ id: a, channel: zalo, via: zbs, provider_id: "1", approval: approved, text: "Chào {{ten}}", parameters: { tên: { max: 30, sample: Lan } } }]';
    expect(read('templates', template)).toEqual([expect.stringMatching(/Tên "tên" chưa đúng\..*không dấu/)]);
  });

  it('a misspelt key that is needed', () => {
    expect(read('holidays', 'day: [{ from: 2027-02-04, to: 2027-02-10, name: Tết }]')).toHaveLength(1);
  });
});

it('a guide that Notepad saved is read', () => {
  const text =
    '---\ntitle: Quên mật khẩu\nproduct: common\nkeywords: [mật khẩu]\nquestions: [Quên]\nsummary: Lấy lại.\n---\n1. Bấm.\n';
  const saved = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
  expect(readGuide('guides/quen-mat-khau.md', saved)).toEqual(readGuide('guides/quen-mat-khau.md', text));
});
