// Dates as Vietnamese write them, as programs write them, and as Excel counts them.
import { momentOf } from '../flows/local-time.ts';
import type { Cell } from './table-row.ts';

export type ReadValue = { ok: true; value: string | number | boolean | string[] } | { ok: false; message: string };

type Parts = { year: number; month: number; day: number; hour: number; minute: number };

const DAY_MS = 86_400_000;
/** Day 0 of Excel's count, its leap day that never was already subtracted. */
const EXCEL_ZERO = Date.UTC(1899, 11, 30);
const CURE = 'Viết ngày/tháng/năm (31/12/2026) hoặc năm-tháng-ngày (2026-12-31).';

const TIME = String.raw`(?:[ T]+(\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?)?`;
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})${TIME}$`);
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})${TIME}$`);
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** A date alone stays one, 2026-12-31; with an hour it becomes a moment of the business' time zone. */
export function readDate(cell: Cell, text: string, timeZone: string): ReadValue {
  const isWallClock = cell instanceof Date;
  if (!isWallClock && WITH_ZONE.test(text)) {
    const moment = new Date(text);
    return Number.isNaN(moment.getTime()) ? bad(text) : { ok: true, value: moment.toISOString() };
  }
  const parts = isWallClock ? partsOf(cell.getTime()) : (serial(cell, text) ?? written(text));
  if (parts === null || !isCalendarDay(parts)) return bad(text);
  const { year, month, day, hour, minute } = parts;
  if (hour === 0 && minute === 0) return { ok: true, value: `${year}-${two(month)}-${two(day)}` };
  return { ok: true, value: new Date(momentOf(parts, timeZone)).toISOString() };
}

/** 46347 or 46347.375: days since 1900, as a cell that lost its format shows them. */
function serial(cell: Cell, text: string): Parts | null {
  if (typeof cell !== 'number' && !/^\d{5}([.,]\d+)?$/.test(text)) return null;
  const days = typeof cell === 'number' ? cell : Number(text.replace(',', '.'));
  // 1954 to 2119: other numbers are no dates but something else in the wrong column.
  if (!(days >= 20_000 && days < 80_000)) return null;
  const minutes = Math.round(days * 24 * 60);
  return partsOf(EXCEL_ZERO + (minutes / (24 * 60)) * DAY_MS);
}

function partsOf(ms: number): Parts {
  const at = new Date(Math.round(ms / 60_000) * 60_000);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
  };
}

function written(text: string): Parts | null {
  const yearFirst = YEAR_FIRST.exec(text);
  const [, a, b, c, hour = '0', minute = '0'] = yearFirst ?? DAY_FIRST.exec(text) ?? [];
  if (a === undefined) return null;
  const [year, month, day] = yearFirst ? [a, b, c] : [c, b, a];
  return { year: Number(year), month: Number(month), day: Number(day), hour: Number(hour), minute: Number(minute) };
}

function isCalendarDay({ year, month, day, hour, minute }: Parts): boolean {
  const at = new Date(Date.UTC(year, month - 1, day));
  const isDay = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return isDay && year >= 1900 && year < 2200 && hour < 24 && minute < 60;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function bad(text: string): ReadValue {
  return { ok: false, message: `"${text}" không phải ngày đọc được. ${CURE}` };
}
