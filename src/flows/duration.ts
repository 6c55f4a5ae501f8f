// Spans of time as marketers write them: "7 days", "2 giờ", "-30 phút".
import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  minutes: 60_000,
  phút: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  giờ: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
  ngày: 86_400_000,
  week: 604_800_000,
  weeks: 604_800_000,
  tuần: 604_800_000,
};

const durationPattern = /^([+-]?)(\d{1,5})\s+(minutes?|hours?|days?|weeks?|phút|giờ|ngày|tuần)$/;

/** Milliseconds (negative with "-"), or null when it is not a span. */
export function parseDuration(text: string): number | null {
  const match = durationPattern.exec(text.trim().normalize('NFC').toLowerCase());
  const unit = unitMs[match?.[3] ?? ''];
  if (match === null || unit === undefined) return null;
  return (match[1] === '-' ? -1 : 1) * Number(match[2]) * unit;
}

/** A bare number has no unit; what is missing is told as missing. */
const spanError = ({ input }: { input?: unknown }) => (input === undefined ? undefined : spanHint);
const spanHint = 'Viết số rồi đơn vị, ví dụ "2 days", "3 giờ", "30 phút".';

/** A span that must be positive: "2 days". */
export const durationSchema = z
  .string({ error: spanError })
  .regex(/^\d{1,5}\s+(minutes?|hours?|days?|weeks?|phút|giờ|ngày|tuần)$/, `Không hiểu khoảng thời gian. ${spanHint}`)
  .describe(
    'Khoảng thời gian: "30 minutes", "2 hours", "3 days", "1 week", hoặc "30 phút", "2 giờ", "3 ngày", "1 tuần"',
  );

/** A span that may lie before: "-7 days". */
export const offsetSchema = z
  .string({ error: spanError })
  .regex(/^[+-]?\d{1,5}\s+(minutes?|hours?|days?|weeks?|phút|giờ|ngày|tuần)$/, `Không hiểu khoảng lệch. ${spanHint}`)
  .describe('Khoảng lệch, có thể âm: "-7 days", "10 ngày"');

export const clockTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Giờ viết dạng "09:00", trong dấu nháy.')
  .describe('Giờ trong ngày, dạng "09:00"');

/** Milliseconds of a span that the schema has checked; a bug throws. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new TypeError(`Not a duration: ${text}`);
  return ms;
}
