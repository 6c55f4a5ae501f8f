// The hours at which training can be booked: computed from weekdays and hours in the file and the run's now, nothing stored.
import { z } from 'zod';
import { durationMs } from '../duration.ts';
import { localParts, momentOf } from '../local-time.ts';
import { foldText } from '../vietnamese-text.ts';

/** By name, folded. */
export const weekdays: Readonly<Record<string, number>> = {
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
