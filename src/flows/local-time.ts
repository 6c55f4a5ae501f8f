// Days and hours where the business is. Pure: the moment and the zone are passed in.

export type LocalParts = {
  year: number;
  /** 1–12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  /** 0 = Chủ nhật … 6 = thứ bảy. */
  weekday: number;
};

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** The wall clock of `timeZone` at `ms` since the epoch. */
export function localParts(ms: number, timeZone: string): LocalParts {
  const wall = new Date(Math.floor(ms / 60_000) * 60_000 + offsetAt(ms, timeZone));
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    weekday: wall.getUTCDay(),
  };
}

/** The moment (ms since the epoch) when the wall clock of `timeZone` shows these parts; days may overflow the month. */
export function momentOf(local: Omit<LocalParts, 'weekday'>, timeZone: string): number {
  const wall = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  const guess = wall - offsetAt(wall, timeZone);
  return wall - offsetAt(guess, timeZone);
}

const dayMs = 86_400_000;
const mostDays = 20_000;
/** zone → day since the epoch → the offset at its beginning. Asking the platform costs a hundred times the rest. */
const knownOffsets = new Map<string, Map<number, number>>();

function offsetAt(ms: number, timeZone: string): number {
  const day = Math.floor(ms / dayMs);
  const offset = offsetOfDay(day, timeZone);
  // Clocks change within this day: only the platform knows when.
  return offset === offsetOfDay(day + 1, timeZone) ? offset : askOffset(ms, timeZone);
}

function offsetOfDay(day: number, timeZone: string): number {
  let days = knownOffsets.get(timeZone);
  if (days === undefined || days.size > mostDays) {
    days = new Map();
    knownOffsets.set(timeZone, days);
  }
  const known = days.get(day);
  if (known !== undefined) return known;
  const asked = askOffset(day * dayMs, timeZone);
  days.set(day, asked);
  return asked;
}

function askOffset(ms: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const part of formatterFor(timeZone).formatToParts(ms)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(ms / 60_000) * 60_000;
}

/** The same local day as `ms`, at "HH:MM". */
export function atClockTime(ms: number, clockTime: string, timeZone: string): number {
  const [hour = 0, minute = 0] = clockTime.split(':').map(Number);
  return momentOf({ ...localParts(ms, timeZone), hour, minute }, timeZone);
}

/** A bare day is its first moment where the business is; "12/05/1990" is read as people here write it. */
export function readDate(text: string, timeZone: string): number | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text.trim());
  const local = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim());
  const parts = iso === null ? [local?.[3], local?.[2], local?.[1]] : iso.slice(1);
  const [year, month, day] = parts.map(Number);
  if (year !== undefined && month !== undefined && day !== undefined && month >= 1 && month <= 12 && day <= 31) {
    return momentOf({ year, month, day, hour: 0, minute: 0 }, timeZone);
  }
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

const two = (value: number): string => String(value).padStart(2, '0');
const weekdayNames = ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'] as const;
const shortWeekdays = ['CN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'] as const;

/** dd/MM/yyyy */
export function formatDate(ms: number, timeZone: string): string {
  const at = localParts(ms, timeZone);
  return `${two(at.day)}/${two(at.month)}/${at.year}`;
}

/** HH:mm */
export function formatTime(ms: number, timeZone: string): string {
  const at = localParts(ms, timeZone);
  return `${two(at.hour)}:${two(at.minute)}`;
}

/** "09:00 thứ Ba, 25/11/2026" */
export function formatDateTime(ms: number, timeZone: string): string {
  return `${formatTime(ms, timeZone)} ${formatWeekday(ms, timeZone)}, ${formatDate(ms, timeZone)}`;
}

export function formatWeekday(ms: number, timeZone: string): string {
  return weekdayNames[localParts(ms, timeZone).weekday] ?? '';
}

/** "T3 25/11 09:00": short enough for a button of 20 characters. */
export function formatSlot(ms: number, timeZone: string): string {
  const at = localParts(ms, timeZone);
  return `${shortWeekdays[at.weekday] ?? ''} ${two(at.day)}/${two(at.month)} ${two(at.hour)}:${two(at.minute)}`;
}
