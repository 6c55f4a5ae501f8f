// Files that mean harm, or were broken on the way: each is refused with its reason, in bounded memory, and nothing of it
// is kept.
import { readdir } from 'node:fs/promises';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeXlsx, xlsxParts } from '../../scripts/bench/make-xlsx.ts';
import { makeZip, type Part } from '../../scripts/bench/make-zip.ts';
import { type ImportBench, openImportBench } from './import-harness.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

let api: ImportBench;
beforeAll(async () => {
  api = await openImportBench();
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const table of ['import_rows', 'imports', 'touchpoints', 'customers']) await api.rows(`DELETE FROM ${table}`);
});

const good = {
  Khách: [
    ['Mã', 'Tên'],
    ['KH-1', 'Lan'],
  ],
};
const SHEET = 'xl/worksheets/sheet1.xml';
const TEXTS = 'xl/sharedStrings.xml';

/** A sound workbook in which one part is another. */
function withPart(part: Part): Buffer {
  const parts = xlsxParts(good).filter(({ name }) => name !== part.name);
  return makeZip([...parts, part]);
}

/** So much of it, packed, without ever being whole. */
function packed(before: string, piece: string, times: number, after = ''): Buffer {
  const flush = (text: string) => deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH });
  const one = flush(piece);
  return Buffer.concat([flush(before), ...Array.from({ length: times }, () => one), deflateRawSync(after)]);
}

const mib = (letter: string) => letter.repeat(MIB);
const OPEN = '<worksheet><sheetData>';
const inSheet = (before: string, piece: string, times: number, claims: number): Part => ({
  name: SHEET,
  data: packed(before, piece, times),
  claims,
});

const LAUGHS = `<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
const columns = (count: number) => Array.from({ length: count }, (_, n) => `c${n}`).join(',');

const cases: [what: string, file: () => Buffer | string, reason: RegExp][] = [
  ['1 GB behind 1 MB, told', () => withPart(inSheet(OPEN, mib(' '), 1024, GIB)), /giải nén quá lớn/],
  [
    '1 GB behind 1 MB, denied',
    () => withPart(inSheet(OPEN, '<row></row>'.repeat(90_000), 1024, 5000)),
    /giải nén quá lớn/,
  ],
  ['1 GB of nothing but letters', () => withPart(inSheet(OPEN, mib('x'), 1024, 60 * MIB)), /32\.767 ký tự/],
  ['more rows than there can be', () => withPart(inSheet(OPEN, '<row/>'.repeat(160_000), 7, 60 * MIB)), /1048576 dòng/],
  [
    '20,000 parts',
    () => makeZip(Array.from({ length: 20_000 }, (_, n) => ({ name: `xl/${n}`, data: '', stored: true }))),
    /10000 tệp con/,
  ],
  ['a picture', () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)]), /không phải CSV/],
  ['a zip of something else', () => makeZip([{ name: 'word/document.xml', data: '<a/>' }]), /bị hỏng/],
  ['a part outside of it', () => withPart({ name: '../../etc/cron.d/x', data: 'x' }), /chỉ ra ngoài tệp/],
  ['a part at the root of the disk', () => withPart({ name: '/etc/passwd', data: 'x' }), /chỉ ra ngoài tệp/],
  ['the same part twice', () => makeZip([...xlsxParts(good), ...xlsxParts(good)]), /bị hỏng/],
  ['macros', () => withPart({ name: 'xl/vbaProject.bin', data: 'x' }), /macro/],
  [
    'macros under another name',
    () =>
      withPart({
        name: '[Content_Types].xml',
        data: '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
      }),
    /macro/,
  ],
  ['a password', () => makeZip(xlsxParts(good).map((part) => ({ ...part, flags: 1 }))), /mật khẩu/],
  ['entities in a sheet', () => withPart({ name: SHEET, data: `${LAUGHS}<worksheet>&c;</worksheet>` }), /DOCTYPE/],
  ['entities in the texts', () => withPart({ name: TEXTS, data: `${LAUGHS}<sst><si>&c;</si></sst>` }), /DOCTYPE/],
  [
    'a file of the disk as an entity',
    () =>
      withPart({ name: 'xl/workbook.xml', data: '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>' }),
    /DOCTYPE/,
  ],
  ['an entity that nobody declared', () => withPart({ name: SHEET, data: '<worksheet>&x;</worksheet>' }), /bị hỏng/],
  ['broken XML', () => withPart({ name: SHEET, data: '<worksheet><row></worksheet>' }), /bị hỏng/],
  ['packed bytes that are none', () => withPart({ name: SHEET, data: Buffer.alloc(500, 255), claims: 900 }), /bị hỏng/],
  [
    'a column far to the right',
    () => withPart({ name: SHEET, data: `${OPEN}<row><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>` }),
    /16384 cột/,
  ],
  [
    'a million cells in a row',
    () => withPart(inSheet(`${OPEN}<row>`, '<c><v>1</v></c>'.repeat(50_000), 20, 60 * MIB)),
    /16384 cột/,
  ],
  ['a million columns of a CSV', () => columns(1_000_000).slice(0, 4 * MIB), /256 KB/],
  ['40,000 columns of a CSV', () => columns(40_000), /16384 cột/],
  [
    'a cell of 100 MB',
    () => withPart(inSheet(`${OPEN}<row><c t="inlineStr"><is><t>`, mib('x'), 100, 100 * MIB)),
    /giải nén quá lớn/,
  ],
  [
    'a cell of 60 MB',
    () => withPart(inSheet(`${OPEN}<row><c t="inlineStr"><is><t>`, mib('x'), 60, 60 * MIB)),
    /32\.767 ký tự/,
  ],
  [
    'a text of 60 MB',
    () => withPart({ name: TEXTS, data: packed('<sst><si><t>', mib('x'), 60), claims: 60 * MIB }),
    /32\.767 ký tự/,
  ],
  ['a cell of 4 MB in a CSV', () => `Mã,Tên\nKH-1,"${'x'.repeat(4 * MIB)}"\n`, /256 KB/],
  [
    'a million tags inside each other',
    () => withPart(inSheet('<worksheet>', '<a>'.repeat(100_000), 10, 60 * MIB)),
    /bị hỏng|thẻ/,
  ],
  ['texts that are not there', () => withPart({ name: TEXTS, data: '<sst></sst>' }), /bị hỏng/],
  ['half a file', () => makeXlsx(good).subarray(0, 900), /bị hỏng/],
];

describe('refused', () => {
  it.each(cases)('%s', async (_what, make, reason) => {
    const file = make();
    const before = process.memoryUsage().rss;
    const peak = { rss: before };
    const watch = setInterval(() => {
      peak.rss = Math.max(peak.rss, process.memoryUsage().rss);
    }, 5);
    const answer = await api.load('kind=customers', file);
    clearInterval(watch);
    // At once by its heading, or before the first row is worked.
    const told = 'error' in answer ? JSON.stringify(answer.error) : `${answer.status} ${answer.reason}`;
    expect(told).toMatch(reason);
    expect(told).toMatch(/unreadable_file|^failed/);
    expect(peak.rss - before).toBeLessThan(250 * MIB);
    for (const table of ['customers', 'import_rows', 'touchpoints'])
      expect(await api.rows(`SELECT 1 FROM ${table}`)).toEqual([]);
    const { importsDir } = api.deps.imports;
    expect((await readdir(importsDir, { recursive: true })).filter((name) => !name.endsWith('incoming'))).toEqual([]);
  });
});

it('the same workbook without harm is read', async () => {
  const { rows } = await api.load('kind=customers', makeXlsx(good));
  expect(rows).toMatchObject({ created: 1, wrong: 0 });
});
