// Guide files: what is read, and what marketers are told when something is wrong.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readGuide } from '../../../src/flows/guides/read-guide.ts';
import { readGuidesDirectory } from '../../../src/flows/guides/read-guides-directory.ts';
import { foldText } from '../../../src/flows/vietnamese-text.ts';
import { shipped } from './shipped-guides.ts';

const HEAD = `title: Quên mật khẩu
product: common
keywords: [quên mật khẩu]
questions:
  - Em quên mật khẩu
summary: Lấy lại mật khẩu.`;

const file = (head: string, body = '1. Bấm "Quên mật khẩu".') => `---\n${head}\n---\n${body}\n`;
const read = (source: string) => readGuide('flows/guides/quen-mat-khau.md', source);

describe('readGuide', () => {
  it('reads head and body', () => {
    expect(read(file(`${HEAD}\nvideo: https://example.com/a`))).toEqual({
      guide: {
        id: 'quen-mat-khau',
        title: 'Quên mật khẩu',
        shortTitle: 'Quên mật khẩu',
        product: 'common',
        rank: null,
        keywords: ['quên mật khẩu'],
        questions: ['Em quên mật khẩu'],
        summary: 'Lấy lại mật khẩu.',
        body: '1. Bấm "Quên mật khẩu".',
        videoUrl: 'https://example.com/a',
      },
      problems: [],
    });
  });

  it.each([
    ['1', 1],
    ['99', 99],
    ['0', undefined],
    ['1.5', undefined],
    ['đầu', undefined],
  ])('reads the rank %s as %s', (written, rank) => {
    const { guide, problems } = read(file(`${HEAD}\nrank: ${written}`));
    expect(guide?.rank).toBe(rank);
    expect(problems.map(({ code, line }) => [code, line])).toEqual(rank === undefined ? [['guide_field', 8]] : []);
  });

  it('reads files saved on Windows or in NFD', () => {
    const { guide } = read(file(HEAD).normalize('NFD').replaceAll('\n', '\r\n'));
    expect(guide?.title).toBe('Quên mật khẩu');
  });

  it.each([
    ['no head', 'Chỉ có chữ', 'guide_without_head', 1],
    ['broken YAML', file('title: [a'), 'guide_yaml', 3],
    ['an unknown field', file(`${HEAD}\nkeyword: a`), 'guide_unknown_field', 8],
    ['another product', file(HEAD.replace('common', 'gym')), 'guide_field', 3],
    ['no summary', file(HEAD.replace(/\nsummary.*/, '')), 'guide_field', 2],
    [
      'a long title without a short one',
      file(HEAD.replace('Quên mật khẩu\n', 'Quên mật khẩu đăng nhập\n')),
      'guide_without_short_title',
      2,
    ],
    ['a short title that is long', file(`${HEAD}\nshort: Quên mật khẩu đăng nhập`), 'guide_field', 8],
    ['a video that is not https', file(`${HEAD}\nvideo: http://example.com/a`), 'guide_field', 8],
    ['no body', file(HEAD, ''), 'guide_body', 9],
    ['a body too long for a message', file(HEAD, 'a'.repeat(1501)), 'guide_body', 9],
  ])('reports %s with its place and cure', (_, source, code, line) => {
    const { guide, problems } = read(source);
    expect(guide).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      code,
      line,
      severity: 'error',
      file: 'flows/guides/quen-mat-khau.md',
      step: null,
    });
    expect(problems[0]?.fix).not.toBe('');
  });

  it('reminds of names that nobody fills in, line by line, and keeps the guide', () => {
    const { guide, problems } = read(file(HEAD, '\n\nChào {address} {customer.given_name}.\nBấm {Lưu}\n{}'));
    expect(guide?.id).toBe('quen-mat-khau');
    expect(problems.map(({ code, severity, line, column }) => [code, severity, line, column])).toEqual([
      ['guide_placeholder', 'warning', 11, 6],
      ['guide_placeholder', 'warning', 11, 16],
      ['guide_placeholder', 'warning', 12, 5],
    ]);
    expect(problems[0]?.message).toContain('"{address}"');
  });

  it('reports everything at once', () => {
    const { problems } = read(file('title: A\nproduct: b\nkeywords: c', ''));
    expect(problems.map(({ message }) => message)).toHaveLength(5);
  });
});

describe('readGuidesDirectory', () => {
  let folder = '';
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps the good files and reports the others, two of one title among them', async () => {
    folder = await mkdtemp(join(tmpdir(), 'guides-'));
    await writeFile(join(folder, 'a.md'), file(HEAD));
    await writeFile(join(folder, 'b.md'), file(HEAD.replace('Quên mật khẩu\n', 'QUEN MAT KHAU\n')));
    await writeFile(join(folder, 'c.md'), 'gì đó');
    await writeFile(join(folder, 'README.md'), 'về thư mục này');
    const { guides, problems } = await readGuidesDirectory(folder);
    expect(guides.map(({ id }) => id)).toEqual(['a']);
    expect(problems.map(({ code }) => code)).toEqual(['guide_same_title', 'guide_without_head']);
  });

  it('finds nothing where there is no folder', async () => {
    expect(await readGuidesDirectory(join(tmpdir(), 'no-such-folder-of-guides'))).toEqual({ guides: [], problems: [] });
  });
});

describe('the guides that ship', () => {
  it('are sixty or more without a problem, for every product', () => {
    expect(shipped.problems).toEqual([]);
    expect(shipped.guides.length).toBeGreaterThanOrEqual(60);
    expect(new Set(shipped.guides.map(({ product }) => product))).toEqual(new Set(['spa', 'training', 'common']));
  });

  it('have numbered steps, a common mistake, and four example questions or more', () => {
    const lacking = shipped.guides.filter(
      ({ body, questions }) =>
        !/^1\. .*\n2\. /m.test(body) || !/\nHay (?:gặp|nhầm|quên)/.test(body) || questions.length < 4,
    );
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  it('have titles that fit a tap and are no word of another meaning', () => {
    const taken = /^(dung|stop|huy dang ky|gap nhan vien|khieu nai|dat lich dao tao|huong dan su dung)\b/;
    expect(shipped.guides.filter(({ shortTitle }) => [...shortTitle].length > 20)).toEqual([]);
    expect(shipped.guides.filter(({ title }) => taken.test(foldText(title)))).toEqual([]);
  });
});
