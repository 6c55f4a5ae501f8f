// Cells as people fill them.
import { describe, expect, it, test } from 'vitest';
import { findColumns } from '../../src/imports/find-columns.ts';
import { type FieldKind, importFields } from '../../src/imports/import-kinds.ts';
import { readValue } from '../../src/imports/read-value.ts';
import type { Cell } from '../../src/imports/table-row.ts';

const zone = 'Asia/Ho_Chi_Minh';

function read(kind: FieldKind, cell: Cell): unknown {
  const result = readValue({ name: 'x', title: 'X', kind, also: [] }, cell, zone);
  return result === undefined ? 'empty' : result.ok ? result.value : 'wrong';
}

test.each<[FieldKind, Cell, unknown]>([
  ['phone', '0912345678', '84912345678'],
  ['phone', '84912345678', '84912345678'],
  ['phone', '+84 912 345 678', '84912345678'],
  ['phone', '091.234.5678', '84912345678'],
  ['phone', 912345678, '84912345678'],
  ['phone', '912345678', '84912345678'],
  ['phone', '8.49123E+10', 'wrong'],
  ['phone', '12', 'wrong'],
  ['date', '31/12/2026', '2026-12-31'],
  ['date', '1/2/2026', '2026-02-01'],
  ['date', '2026-12-31', '2026-12-31'],
  ['date', '31-12-2026 09:30', '2026-12-31T02:30:00.000Z'],
  ['date', '2026-12-31T09:30:00+07:00', '2026-12-31T02:30:00.000Z'],
  ['date', 46387, '2026-12-31'],
  ['date', '46387', '2026-12-31'],
  ['date', 46387.5, '2026-12-31T05:00:00.000Z'],
  ['date', new Date('2026-12-31T00:00:00Z'), '2026-12-31'],
  ['date', '31/02/2026', 'wrong'],
  ['date', '12/31/2026', 'wrong'],
  ['date', '31/12/26', 'wrong'],
  ['date', 5, 'wrong'],
  ['money', '1.299.000 ₫', 1_299_000],
  ['money', '1,299,000', 1_299_000],
  ['money', '1.299.000đ', 1_299_000],
  ['money', '1.299.000,00 VNĐ', 1_299_000],
  ['money', 1_299_000, 1_299_000],
  ['money', '299', 299],
  ['money', '1.29', 'wrong'],
  ['money', 1299.5, 'wrong'],
  ['money', -5, 'wrong'],
  ['number', '12,5', 12.5],
  ['number', '12.5', 12.5],
  ['number', '0.125', 0.125],
  ['number', '1.234.567', 1_234_567],
  ['number', '1.234', 'wrong'],
  ['number', 1.234, 1.234],
  ['number', 'nhiều', 'wrong'],
  ['tags', 'VIP; mới, VIP', ['VIP', 'mới']],
  ['yes_no', 'Có', true],
  ['yes_no', 'khong', false],
  ['yes_no', true, true],
  ['yes_no', 'chắc là', 'wrong'],
  ['email', 'a@b.vn', 'a@b.vn'],
  ['email', 'a@b', 'wrong'],
  ['id', 'KH-001 ', 'KH-001'],
  ['id', 42, '42'],
  ['id', '1.23457E+12', 'wrong'],
  ['text', '  ', 'empty'],
  ['text', null, 'empty'],
])('%s: %s → %j', (kind, cell, expected) => {
  expect(read(kind, cell)).toEqual(expected);
});

test('each mistake says how to mend it', () => {
  const field = { name: 'x', title: 'X', kind: 'date' as const, also: [] };
  expect(readValue(field, '12/31/2026', zone)).toEqual({
    ok: false,
    message:
      '"12/31/2026" không phải ngày đọc được. Viết ngày/tháng/năm (31/12/2026) hoặc năm-tháng-ngày (2026-12-31).',
  });
});

describe('headings', () => {
  const fieldsOf = (kind: keyof typeof importFields, headings: string[], own = {}) =>
    findColumns(kind, headings, own).places.map(({ field }) => field);

  it('Vietnamese with and without dấu, English, any order; extra ones are told', () => {
    const found = findColumns('customers', ['SĐT', 'Ghi chú', 'TEN KHACH HANG', 'ma kh', 'Ngành nghề', 'e-mail'], {});
    expect(found.places.map(({ field, place }) => [field, place])).toEqual([
      ['phone', 0],
      ['name', 2],
      ['externalId', 3],
      ['industry', 4],
      ['email', 5],
    ]);
    expect(found.ignored).toEqual(['Ghi chú']);
    expect(fieldsOf('subscriptions', ['Mã hợp đồng', 'Mã khách hàng', 'Giá trị (VNĐ)', 'Ngày hết hạn'])).toContain(
      'value',
    );
    expect(fieldsOf('usage', ['Customer', 'Metric', 'Value', 'Date'])).toEqual(['customer', 'metric', 'value', 'at']);
  });

  it('no two columns of a kind have the same name', () => {
    for (const fields of Object.values(importFields)) {
      const names = fields.flatMap(({ title, also }) => [title, ...also].map((name) => name.toLowerCase()));
      expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
    }
  });

  it('an own mapping goes first', () => {
    expect(fieldsOf('customers', ['Mã', 'Liên hệ', 'SĐT'], { phone: 'lien he' })).toEqual(['phone', 'externalId']);
  });

  it.each([
    [['Tên', 'Ma khach hagn'], {}, 'missing_columns', /nearest: "Ma khach hagn"/],
    [['Mã', 'SĐT', 'Điện thoại'], {}, 'doubled_column', /"SĐT" and "Điện thoại"/],
    [['Mã'], { phome: 'Mã' }, 'unknown_field', /phome/],
    [['Mã'], { phone: 'Đâu' }, 'unknown_column', /"Đâu"/],
    [['Mã', 'Đồng ý'], {}, 'missing_columns', /Nguồn đồng ý/],
  ])('%j with %j: %s', (headings, own, code, message) => {
    const find = () => findColumns('customers', headings, own);
    expect(find).toThrow(message);
    expect(find).toThrow(expect.objectContaining({ code }));
  });

  it('a heading or mapping of odd names touches no prototype', () => {
    findColumns('customers', ['Mã', '__proto__', 'constructor'], {});
    expect(() => findColumns('customers', ['Mã'], JSON.parse('{"__proto__": "Mã"}'))).toThrow();
    expect(Object.prototype).not.toHaveProperty('heading');
  });
});
