// The hours that free words point at: "thứ 3", "9h sáng", "25/11", "mai 14h30", "2 rưỡi chiều mốt", "cuối tuần".
import { localParts } from '../local-time.ts';
import { makeWordTest, readSaying } from '../match-phrase.ts';
import { foldText } from '../vietnamese-text.ts';
import { weekdays } from './training-slots.ts';

/** `isExact`: a day and an hour, or an hour, that stand in the plan; otherwise there is still something to choose. */
export type SlotsMeant = { slots: number[]; isExact: boolean };

type Half = 'morning' | 'afternoon' | 'evening';
type When = {
  weekdays: readonly number[];
  /** Days from today, first and last; null = any. */
  ahead: readonly [number, number] | null;
  day: number | null;
  month: number | null;
  hour: number | null;
  minute: number | null;
  half: Half | null;
};

/** What may stand around an hour in an answer to "which hour". */
const isAroundTime = makeWordTest(
  'hôm bữa nay mai mốt ngày kia sáng trưa chiều tối buổi cuối đầu tuần tháng sau tới giờ h g rưỡi phút thứ hai ba tư năm sáu bảy chủ nhật cn lúc khoảng tầm được không có còn trống lịch học rảnh tiện đổi dời chuyển qua sang vào vô luôn đi cho thì là vậy ha hả nào cũng em chị anh mình bạn shop tôi nha nhé nhe ạ dạ vâng ừ ok với giúp giùm ơi',
);
const DAY_MS = 86_400_000;

/** null when the words name no time; no slots when they name one that is not free. */
export function slotsMeant(text: string, slots: readonly number[], now: number, timeZone: string): SlotsMeant | null {
  const plain = text.slice(0, 120).normalize('NFC').toLowerCase();
  const folded = ` ${foldText(plain)} `;
  const others = readSaying(plain).filter((word) => !isAroundTime(word) && !/^\d|^t\d$/.test(word.folded));
  // A story names an hour by the way, "hôm nay in không được" asks something else.
  const isAnswer = others.length <= 1;
  const wanted = readWhen(plain, folded, isAnswer, localParts(now, timeZone).weekday);
  if (wanted === null) return null;
  const freeOf = (when: When) => slots.filter((slot) => fits(when, slot, now, timeZone));
  const fitting = freeOf(wanted);
  const hasDay = wanted.weekdays.length > 0 || wanted.ahead !== null || wanted.day !== null;
  // A day and an hour together mean the next such moment.
  if (fitting.length > 0 && wanted.hour !== null)
    return { slots: hasDay ? fitting.slice(0, 1) : fitting, isExact: hasDay || fitting.length === 1 };
  if (fitting.length > 0) return { slots: fitting, isExact: false };
  if (!isAnswer) return null;
  // Not that hour: what else the day has.
  const nearby = hasDay ? freeOf({ ...wanted, hour: null, minute: null }) : [];
  return {
    slots: nearby.length > 0 || !hasDay ? nearby : freeOf({ ...wanted, hour: null, half: null }),
    isExact: false,
  };
}

function fits(wanted: When, slot: number, now: number, timeZone: string): boolean {
  const at = localParts(slot, timeZone);
  const ahead = daysBetween(now, slot, timeZone);
  return (
    (wanted.weekdays.length === 0 || wanted.weekdays.includes(at.weekday)) &&
    (wanted.ahead === null || (ahead >= wanted.ahead[0] && ahead <= wanted.ahead[1])) &&
    (wanted.day === null || (wanted.day === at.day && (wanted.month === null || wanted.month === at.month))) &&
    (wanted.hour === null || (wanted.hour === at.hour && (wanted.minute === null || wanted.minute === at.minute))) &&
    (wanted.half === null || wanted.hour !== null || wanted.half === halfOf(at.hour))
  );
}

const halfOf = (hour: number): Half => (hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening');

function daysBetween(from: number, to: number, timeZone: string): number {
  const day = (ms: number) => {
    const { year, month, day: date } = localParts(ms, timeZone);
    return Date.UTC(year, month - 1, date) / DAY_MS;
  };
  return day(to) - day(from);
}

function readWhen(plain: string, folded: string, isAnswer: boolean, today: number): When | null {
  const weekdayName = Object.keys(weekdays).find((name) => folded.includes(` ${name} `));
  const named = weekdayName === undefined ? [] : [weekdays[weekdayName] ?? 0];
  const date = /(\d{1,2})\s*[/-]\s*(\d{1,2})/.exec(plain);
  const half = isAnswer ? readHalf(plain, folded) : null;
  const clock = readClock(plain, folded, half);
  const ahead = date === null ? readAhead(plain, folded, isAnswer, today) : null;
  const days = named.length === 0 && isAnswer && folded.includes(' cuoi tuan ') ? [6, 0] : named;
  if (days.length === 0 && date === null && clock === null && ahead === null && half === null) return null;
  const [day = null, month = null] = date === null ? [] : [Number(date[1]), Number(date[2])];
  return { weekdays: days, ahead, day, month, hour: clock?.hour ?? null, minute: clock?.minute ?? null, half };
}

/** "hôm nay", "mai", "mốt", "tuần sau". */
function readAhead(plain: string, folded: string, isAnswer: boolean, today: number): readonly [number, number] | null {
  // "mốt" without its mark is "một".
  if (isAnswer && (/(^|[^\p{L}])(mốt|ngày kia)($|[^\p{L}])/u.test(plain) || / ngay (mot|kia) /.test(folded)))
    return [2, 2];
  if (folded.includes(' mai ')) return [1, 1];
  if (isAnswer && / (hom|bua|sang|trua|chieu|toi) nay /.test(folded)) return [0, 0];
  if (!isAnswer || !/ tuan (sau|toi) /.test(folded)) return null;
  const monday = (8 - today) % 7 || 7;
  return [monday, monday + 6];
}

const NUMBERS = ['một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín', 'mười'];

/** "9h", "9 giờ", "14:30", "14g30", "2 rưỡi chiều", "hai giờ". */
function readClock(plain: string, folded: string, half: Half | null): { hour: number; minute: number } | null {
  const inDigits = plain.replace(/(\p{L}+)(?=\s+(?:giờ|rưỡi))/gu, (word) => {
    const at = NUMBERS.indexOf(word);
    return at === -1 ? word : String(at + 1);
  });
  const found = /(\d{1,2})\s*(?:(?:giờ|gio|:|[hg](?!\p{L}))\s*(\d{2}|rưỡi|ruoi)?|(rưỡi|ruoi))/u.exec(inDigits);
  if (found === null) return null;
  const [, hours, minutes, thirty] = found;
  const isHalfPast = thirty !== undefined || minutes === 'rưỡi' || minutes === 'ruoi';
  const hour = Number(hours);
  // "2h chiều" is 14; "toi" without its mark is "tôi" as often as "tối".
  const isLater =
    half === 'afternoon' || half === 'evening' || / \d+ ?(h|gio)? ?(chieu|toi (nay|mai|thu|t\d|$))/.test(folded);
  return { hour: hour < 12 && isLater ? hour + 12 : hour, minute: isHalfPast ? 30 : Number(minutes ?? 0) };
}

function readHalf(plain: string, folded: string): Half | null {
  const says = (marked: string, unmarked: RegExp) =>
    new RegExp(`(^|[^\\p{L}])${marked}($|[^\\p{L}])`, 'u').test(plain) || unmarked.test(folded);
  // "đổi sang thứ 6": only "sáng" with its mark, or where nothing else is meant.
  if (says('sáng', / (buoi sang|sang mai|sang nay) /)) return 'morning';
  if (says('chiều', / chieu /)) return 'afternoon';
  return says('tối', / (buoi toi|toi mai|toi nay) /) ? 'evening' : null;
}
