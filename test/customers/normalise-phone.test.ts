import { describe, expect, it } from 'vitest';
import { normalisePhone } from '../../src/customers/normalise-phone.ts';

describe('normalisePhone', () => {
  it.each([
    ['0912345678', '84912345678'],
    ['84912345678', '84912345678'],
    ['+84912345678', '84912345678'],
    ['+84 912 345 678', '84912345678'],
    ['091.234.56.78', '84912345678'],
    ['(028) 3822-1234', '842838221234'],
    ['0084912345678', '84912345678'],
    ['+1 202 555 0143', '12025550143'],
    ['12345', null],
    ['0912', null],
    ['không có', null],
    ['', null],
    ['84', null],
  ])('%s → %s', (text, expected) => {
    expect(normalisePhone(text)).toBe(expected);
  });
});
