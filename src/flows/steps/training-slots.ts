// The hours at which training can be booked: computed from weekdays and hours in the file and the run's now, nothing stored.
import { z } from 'zod';
import { durationMs } from '../duration.ts';
import { localParts, momentOf } from '../local-time.ts';
import { foldText } from '../vietnamese-text.ts';

const weekdays: Readonly<Record<string, number>> = {
  'chu nhat': 0,
  cn: 0,
  sunday: 0,
  'thu hai': 1,
  'thu 2': 1,
  t2: 1,
  monday: 1,
  'thu ba': 2,
  'thu 3': 2,
  t3: 2,
  tuesday: 2,
  'thu tu': 3,
  'thu 4': 3,
  t4: 3,
  wednesday: 3,
  'thu nam': 4,
  'thu 5': 4,
  t5: 4,
  thursday: 4,
  'thu sau': 5,
  'thu 6': 5,
  t6: 5,
  friday: 5,
  'thu bay': 6,
  'thu 7': 6,
  t7: 6,
  saturday: 6,
};

/** 0 = Chủ nhật … 6 = thứ bảy, of a day's name in Vietnamese or English; null when it is none. */
export function weekdayOf(name: string): number | null {
  const folded = foldText(name);
  return Object.hasOwn(weekdays, folded) ? (weekdays[folded] ?? null) : null;
}

export const weekdaySchema = z
  .string()
  .refine((name) => weekdayOf(name) !== null, 'Không phải tên một ngày trong tuần. Viết "thứ 2" … "thứ 7", "chủ nhật".')
  .describe('Ngày trong tuần: "thứ 2" … "thứ 7", "chủ nhật"');

export type SlotRule = { days: readonly string[]; hours: readonly string[]; notice: string; within: string };

/** Moments (ms since the epoch), soonest first: not before now + notice, not after now + within. */
export function trainingSlots(rule: SlotRule, now: number, timeZone: string): number[] {
  const days = new Set(rule.days.map(weekdayOf));
  const from = now + durationMs(rule.notice);
  const to = now + durationMs(rule.within);
  const today = localParts(now, timeZone);
  const slots: number[] = [];
  for (let ahead = 0; ahead * 86_400_000 <= to - now + 86_400_000 && ahead <= 62; ahead++) {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day + ahead));
    if (!days.has(date.getUTCDay())) continue;
    for (const time of rule.hours) {
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      const local = {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour,
        minute,
      };
      const slot = momentOf(local, timeZone);
      if (slot >= from && slot <= to) slots.push(slot);
    }
  }
  return slots.sort((a, b) => a - b);
}

/** The slots that free words point at ("thứ 3", "9h sáng", "25/11", "mai 14h30"); empty when they point at none. */
export function slotsMeant(text: string, slots: readonly number[], now: number, timeZone: string): number[] {
  const wanted = readWhen(text, now, timeZone);
  if (wanted === null) return [];
  const fitting = slots.filter((slot) => {
    const at = localParts(slot, timeZone);
    return (
      (wanted.weekday === null || wanted.weekday === at.weekday) &&
      (wanted.day === null || (wanted.day === at.day && (wanted.month === null || wanted.month === at.month))) &&
      (wanted.hour === null || (wanted.hour === at.hour && (wanted.minute === null || wanted.minute === at.minute)))
    );
  });
  // A day and an hour together mean the next such moment.
  const isExact = wanted.hour !== null && (wanted.weekday !== null || wanted.day !== null);
  return isExact ? fitting.slice(0, 1) : fitting;
}

type When = {
  weekday: number | null;
  day: number | null;
  month: number | null;
  hour: number | null;
  minute: number | null;
};

function readWhen(text: string, now: number, timeZone: string): When | null {
  const plain = text.slice(0, 120).normalize('NFC').toLowerCase();
  const folded = foldText(plain);
  const weekdayName = Object.keys(weekdays).find((name) => ` ${folded} `.includes(` ${name} `));
  const date = /(\d{1,2})\s*[/-]\s*(\d{1,2})/.exec(plain);
  const clock = /(\d{1,2})\s*(?:h|:|giờ|gio)\s*(\d{2})?/.exec(plain);
  const isTomorrow = /(^| )(ngay )?mai( |$)/.test(folded);
  if (weekdayName === undefined && date === null && clock === null && !isTomorrow) return null;
  const tomorrow = localParts(now + 86_400_000, timeZone);
  const hour = clock === null ? null : afternoon(Number(clock[1]), folded);
  return {
    weekday: weekdayName === undefined ? null : (weekdays[weekdayName] ?? null),
    day: date !== null ? Number(date[1]) : isTomorrow ? tomorrow.day : null,
    month: date !== null ? Number(date[2]) : isTomorrow ? tomorrow.month : null,
    hour,
    minute: clock === null ? null : Number(clock[2] ?? 0),
  };
}

/** "2h chiều" is 14. */
function afternoon(hour: number, folded: string): number {
  return hour < 12 && /(^| )(chieu|toi)( |$)/.test(folded) ? hour + 12 : hour;
}
