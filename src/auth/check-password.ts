// Which passwords may be chosen: long enough, not the ones that everybody tries first, not one's own name. No rules about
// kinds of signs: they make passwords worse.
import { HttpError } from '../errors.ts';
import { commonWords, walks } from './common-words.ts';

export type PasswordTrouble = 'too_short' | 'too_common' | 'own_name';
type Owner = { email: string; name: string };

const SHORTEST = 8;
const OWN_WORD = 4;
const LEAST_BESIDE_NAME = 4;

const told: Record<PasswordTrouble, string> = {
  too_short: 'Mật khẩu cần ít nhất 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất.',
  too_common: 'Mật khẩu này quá phổ biến, ai cũng đoán được. Hãy chọn một câu ngắn của riêng bạn.',
  own_name: 'Mật khẩu không được là tên hoặc e-mail của bạn. Hãy chọn một câu ngắn khác.',
};

/** Throws weak_password. */
export function requireGoodPassword(password: string, owner: Owner): void {
  const trouble = findPasswordTrouble(password, owner);
  if (trouble !== null) throw new HttpError(400, 'weak_password', told[trouble], { trouble });
}

/** null = it may be used. */
export function findPasswordTrouble(password: string, owner: Owner): PasswordTrouble | null {
  if ([...password.normalize('NFC')].length < SHORTEST) return 'too_short';
  if (isCommon(password)) return 'too_common';
  return isOwnName(password, owner) ? 'own_name' : null;
}

function isCommon(password: string): boolean {
  const plain = fold(password);
  const unit = repeatedUnit(plain);
  if (unit.length <= 3 || isWalk(unit) || isDateOrPhone(plain)) return true;
  return [coreOf(plain), coreOf(unit), coreOf(unleet(plain)), coreOf(unleet(plain.replace(/[\d\W_]+$/, '')))].some(
    (core) => isKnown(core) || isWalk(core),
  );
}

/** One word of the list, or two in a row; nothing at all is signs and digits only, which the other rules judge. */
function isKnown(core: string): boolean {
  if (commonWords.has(core)) return true;
  for (let cut = 2; cut < core.length - 1; cut += 1) {
    if (commonWords.has(core.slice(0, cut)) && commonWords.has(core.slice(cut))) return true;
  }
  return false;
}

/** Lower case, without accents; "đ" is a letter of its own in Unicode. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}

const LEET: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '5': 's',
  $: 's',
  '7': 't',
};

function unleet(text: string): string {
  return text.replace(/[@40315$7!]/g, (sign) => LEET[sign] ?? sign);
}

/** Without what people put around a word, and between two: digits and signs. */
function coreOf(text: string): string {
  return text.replace(/^[\d\W_]+|[\d\W_]+$/g, '').replace(/[\W_]+/g, '');
}

/** "abcabcabc" → "abc". */
function repeatedUnit(text: string): string {
  for (let size = 1; size <= text.length / 2; size += 1) {
    const unit = text.slice(0, size);
    if (unit.repeat(Math.ceil(text.length / size)).startsWith(text)) return unit;
  }
  return text;
}

function isWalk(text: string): boolean {
  if (text.length < 4) return false;
  const back = [...text].reverse().join('');
  return walks.some((walk) => walk.includes(text) || walk.includes(back)) || isTwoWalks(text);
}

/** "abcd1234", "1234qwer". */
function isTwoWalks(text: string): boolean {
  const parts = /^([a-z]{3,})(\d{3,})$|^(\d{3,})([a-z]{3,})$/.exec(text)?.slice(1).filter(Boolean) ?? [];
  return parts.length === 2 && parts.every((part) => walks.some((walk) => walk.includes(part)));
}

/** 01011990, 19900101, 0912345678. */
function isDateOrPhone(text: string): boolean {
  const date =
    /^(0?[1-9]|[12]\d|3[01])[./-]?(0?[1-9]|1[0-2])[./-]?(19|20)\d\d$|^(19|20)\d\d[./-]?(0[1-9]|1[0-2])[./-]?(0[1-9]|[12]\d|3[01])$/;
  return date.test(text) || /^(\+?84|0)[35789]\d{8}$/.test(text);
}

function isOwnName(password: string, { email, name }: Owner): boolean {
  const plain = fold(password).replace(/[\W_]+/g, '');
  const words = [email, ...email.split('@'), ...email.split(/[@._+-]/), name.replace(/\s+/g, ''), ...name.split(/\s+/)]
    .map((word) => fold(word).replace(/[\W_]+/g, ''))
    .filter((word) => word.length >= OWN_WORD)
    .sort((a, b) => b.length - a.length);
  return words.some((word) => {
    if (!plain.includes(word)) return false;
    const rest = words.reduce((left, one) => left.replaceAll(one, ''), plain);
    return rest.replace(/\d/g, '').length < LEAST_BESIDE_NAME;
  });
}
