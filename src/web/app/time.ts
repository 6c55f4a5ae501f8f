// Moments and spans in the words of the reader.
import type { Language } from './use-texts.tsx';

const locales: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "5 phút", "3 giờ", "2 ngày": the largest unit, never less than a minute. */
export function spanInWords(ms: number, language: Language): string {
  const length = Math.abs(ms);
  const [value, unit] =
    length < HOUR ? [length / MINUTE, 'minute'] : length < 2 * DAY ? [length / HOUR, 'hour'] : [length / DAY, 'day'];
  return new Intl.NumberFormat(locales[language], {
    style: 'unit',
    unit,
    unitDisplay: language === 'vi' ? 'long' : 'short',
  })
    .format(Math.max(1, Math.floor(value)))
    .toLowerCase();
}

export function clockTime(iso: string, language: Language): string {
  return new Date(iso).toLocaleTimeString(locales[language], { hour: '2-digit', minute: '2-digit', hour12: false });
}

export function dayName(iso: string, language: Language): string {
  return new Date(iso).toLocaleDateString(locales[language], {
    weekday: 'long',
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  });
}

export function shortDate(iso: string, language: Language): string {
  return new Date(iso).toLocaleDateString(locales[language], { day: '2-digit', month: '2-digit', year: 'numeric' });
}

export function fullMoment(iso: string, language: Language): string {
  return `${shortDate(iso, language)} ${clockTime(iso, language)}`;
}

/** The clock when it is of today, else the date. */
export function briefMoment(iso: string, now: number, language: Language): string {
  return isSameDay(iso, now)
    ? clockTime(iso, language)
    : new Date(iso).toLocaleDateString(locales[language], { day: '2-digit', month: '2-digit' });
}

export function isSameDay(iso: string, other: number | string): boolean {
  return new Date(iso).toDateString() === new Date(other).toDateString();
}

/** Whole đồng: "1.299.000 ₫". */
export function money(dong: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { style: 'currency', currency: 'VND' }).format(dong);
}
