// How times, phone numbers and states of ours stand in a table: readable, and the same in every language of Excel.
import { parsePhone } from '../channels/parse-phone.ts';
import { localParts } from '../flows/local-time.ts';

/** "2026-11-22 09:30" where the business is: the only spelling that Excel takes for the same moment everywhere. */
export function momentCell(at: Date | null, timeZone: string): string | null {
  if (at === null || !Number.isFinite(at.getTime())) return null;
  const { year, month, day, hour, minute } = localParts(at.getTime(), timeZone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

/** Kept as 84912345678; with its spaces it stays text, and all its digits are seen. */
export function phoneCell(phone: string | null): string | null {
  if (phone === null) return null;
  const number = parsePhone(`+${phone}`);
  if (!number) return phone;
  return number.country === 'VN' ? number.formatNational() : number.formatInternational();
}

const words: Readonly<Record<string, string>> = {
  // Subscriptions.
  active: 'Đang dùng',
  trial: 'Dùng thử',
  cancelled: 'Đã hủy',
  refunded: 'Đã hoàn tiền',
  paused: 'Tạm dừng',
  // Offers.
  eligible: 'Đủ điều kiện',
  held_out: 'Nhóm đối chứng',
  sent: 'Đã gửi',
  accepted: 'Đồng ý',
  declined: 'Từ chối',
  later: 'Hẹn lại',
  ignored: 'Không trả lời',
  // Surveys.
  queued: 'Chờ gửi',
  asked: 'Đã hỏi',
  answered: 'Đã trả lời',
  unsent: 'Không gửi được',
  // All of them.
  expired: 'Hết hạn',
};

/** A state in Vietnamese; an integrator's own word stays as it is. */
export function stateCell(state: string | null): string | null {
  if (state === null) return null;
  return Object.hasOwn(words, state) ? (words[state] ?? state) : state;
}

export function yesCell(isSo: boolean): string {
  return isSo ? 'Có' : 'Không';
}
