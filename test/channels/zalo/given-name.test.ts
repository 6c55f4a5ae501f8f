// How a friend would call them, from what people really write as their name.
import { expect, it } from 'vitest';
import { givenNameOf } from '../../../src/channels/zalo/given-name.ts';

it.each([
  ['Nguyễn Thị Lan', 'Lan'],
  ['Lan', 'Lan'],
  ['Lan Nguyễn', 'Lan'],
  ['Trần Lê', 'Lê'],
  ['NGUYỄN VĂN ĐỨC', 'Đức'],
  ['trần minh ánh', 'Ánh'],
  ['🌸 Hoa 🌸', 'Hoa'],
  ['Phạm Thu Hà (Spa Ví Dụ)', 'Hà'],
  ['Mai Anh - BĐS Ví Dụ', 'Anh'],
  ['Hùng | 0900000001', 'Hùng'],
  ['Ngọc 0900000001', 'Ngọc'],
  ['Bùi.Thảo', 'Thảo'],
  ['Lê Hoà'.normalize('NFD'), 'Hoà'],
  ['McDonald', 'McDonald'],
  ['O’Hara', 'O’Hara'],
  ['0900000001', null],
  ['🌸🌸', null],
  ['', null],
  ['   ', null],
  [`${'Dài'.repeat(20)}`, null],
])('%j is called %j', (displayName, expected) => {
  expect(givenNameOf(displayName)).toBe(expected);
});
