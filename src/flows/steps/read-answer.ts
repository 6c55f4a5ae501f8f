// Reading an open answer: numbers ("1,5 triệu" is not one, "5 chi nhánh" is), Vietnamese phone numbers, e-mail addresses.
import { cleanText } from '../vietnamese-text.ts';

export type AnswerRule = {
  answer: 'text' | 'number' | 'phone' | 'email' | 'photo';
  min?: number | undefined;
  max?: number | undefined;
};
/** `isNear`: it was an attempt at the right kind of answer. */
export type ReadAnswer = { ok: true; value: string | number } | { ok: false; isNear: boolean };

const maxAnswer = 1_000;

/** The value to keep: trimmed text, a number, "0912345678", a lower-case address. */
export function readAnswer(rule: AnswerRule, text: string): ReadAnswer {
  const clean = cleanText(text).trim().slice(0, maxAnswer);
  switch (rule.answer) {
    case 'text':
      return fits(clean.length, rule) && clean !== ''
        ? { ok: true, value: clean }
        : { ok: false, isNear: clean !== '' };
    case 'number':
      return readNumberAnswer(clean, rule);
    case 'phone': {
      const phone = readPhone(clean);
      return phone === null
        ? { ok: false, isNear: /\d{5}/.test(clean.replace(/[\s.-]/g, '')) }
        : { ok: true, value: phone };
    }
    case 'email': {
      const email = /[^\s@<>(),;]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}/i.exec(clean)?.[0];
      return email === undefined
        ? { ok: false, isNear: clean.includes('@') }
        : { ok: true, value: email.toLowerCase() };
    }
    case 'photo':
      return { ok: false, isNear: false };
  }
}

/** "0912 345 678", "+84.912.345.678", "84912345678" → "0912345678"; null for anything else. */
export function readPhone(text: string): string | null {
  for (const match of text.matchAll(/\+?\d[\d\s().-]{7,20}/g)) {
    const digits = match[0].replace(/\D/g, '');
    const local = digits.startsWith('84') && digits.length >= 11 ? `0${digits.slice(2)}` : digits;
    if (/^0[235789]\d{8}$/.test(local) || /^02\d{9}$/.test(local)) return local;
  }
  return null;
}

function readNumberAnswer(text: string, rule: AnswerRule): ReadAnswer {
  const value = readNumber(text);
  if (value === null) return { ok: false, isNear: /\d/.test(text) };
  return fits(value, rule) ? { ok: true, value } : { ok: false, isNear: true };
}

/** The only number in a short text; "1.200" is twelve hundred, "1,5" one and a half. */
export function readNumber(text: string): number | null {
  if (text.length > 60) return null;
  const found = text.match(/-?\d[\d.,]*/g) ?? [];
  const only = found[0]?.replace(/[.,]+$/, '');
  if (found.length !== 1 || only === undefined) return null;
  const plain = /^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(only) ? only.replaceAll('.', '') : only;
  const value = Number(plain.replace(',', '.'));
  return Number.isFinite(value) ? value : null;
}

function fits(size: number, rule: AnswerRule): boolean {
  return size >= (rule.min ?? Number.NEGATIVE_INFINITY) && size <= (rule.max ?? Number.POSITIVE_INFINITY);
}
