// Moments and spans in the words of the reader, on the clock of the business: whoever works from elsewhere sees the same hour
// as colleagues and customers. Nothing else in the app asks the browser for its zone.
import { formatTime, localParts, momentOf } from '../../flows/local-time.ts';
import { timeZone } from './page-facts.ts';
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
  const unitDisplay = language === 'vi' ? 'long' : 'short';
  return numberIn(language, { style: 'unit', unit, unitDisplay })
    .format(Math.max(1, Math.floor(value)))
    .toLowerCase();
}

export function clockTime(at: string | number, language: Language): string {
  return inWords(at, language, { hour: '2-digit', minute: '2-digit', hour12: false });
}

export function dayName(iso: string, language: Language): string {
  return inWords(iso, language, { weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric' });
}

export function shortDate(iso: string, language: Language): string {
  return inWords(iso, language, { day: '2-digit', month: '2-digit', year: 'numeric' });
}

export function fullMoment(iso: string, language: Language): string {
  return `${shortDate(iso, language)} ${clockTime(iso, language)}`;
}

/** The clock when it is of today, else the date. */
export function briefMoment(iso: string, now: number, language: Language): string {
  return isSameDay(iso, now) ? clockTime(iso, language) : inWords(iso, language, { day: '2-digit', month: '2-digit' });
}

export function isSameDay(iso: string, other: number | string): boolean {
  const [one, two] = [partsOf(iso), partsOf(other)];
  return one.day === two.day && one.month === two.month && one.year === two.year;
}

/** So many days from `now`, at a full hour of the business. */
export function hourOf(now: number, days: number, hour: number): Date {
  const { year, month, day } = partsOf(now);
  return new Date(momentOf({ year, month, day: day + days, hour, minute: 0 }, timeZone));
}

/** 0 = Sunday. */
export const weekdayOf = (now: number): number => partsOf(now).weekday;

/** "HH:MM" of the business, to be compared. */
export const clockOf = (now: number): string => formatTime(now, timeZone);

/** What was typed into a field of date and time: "2026-11-22T10:30" where the business is; null while it is none. */
export function readLocal(typed: string): Date | null {
  const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(typed)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined)
    return null;
  return new Date(momentOf({ year, month, day, hour, minute }, timeZone));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than a hundred uses of it. */
function inWords(at: string | number, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${Object.keys(options).join(' ')}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locales[language], { ...options, timeZone });
  formats.set(key, known);
  return known.format(new Date(at));
}

const numbers = new Map<string, Intl.NumberFormat>();

function numberIn(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${options.unit ?? options.currency}`;
  const known = numbers.get(key) ?? new Intl.NumberFormat(locales[language], options);
  numbers.set(key, known);
  return known;
}

function partsOf(at: string | number) {
  return localParts(new Date(at).getTime(), timeZone);
}

/** Whole đồng: "1.299.000 ₫". */
export function money(dong: number, language: Language): string {
  return numberIn(language, { style: 'currency', currency: 'VND' }).format(dong);
}
