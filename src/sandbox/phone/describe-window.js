// The line under the name: may the account write to this person now, and for how long.
import { lengthInWords } from './format-time.js';

const HOUR = 3_600_000;
const LAST = 7 * 24 * HOUR;
const WELCOMES = 3;

/** `state`: open, charged (or: only staff) or closed. */
export function describeWindow(person, now) {
  const isZalo = person.channel === 'zalo';
  if (person.isBlocking) return { state: 'closed', words: isZalo ? 'Khách đang chặn OA' : 'Khách đang chặn trang' };
  if (person.lastInteractionAt === null) {
    if (isZalo && person.isFollowing)
      return { state: 'open', words: `Mới quan tâm: còn ${WELCOMES - person.welcomesUsed} tin chào` };
    return { state: 'closed', words: 'Chưa tương tác: chưa được nhắn trước' };
  }
  const age = now - person.lastInteractionAt;
  const free = isZalo ? 48 * HOUR : 24 * HOUR;
  if (age <= free) return { state: 'open', words: `Trong cửa sổ: còn ${lengthInWords(free - age)}` };
  if (age > LAST) return { state: 'closed', words: 'Quá 7 ngày: chỉ còn mẫu tin đã duyệt' };
  const left = lengthInWords(LAST - age);
  return { state: 'charged', words: `${isZalo ? 'Nhắn được, tính phí' : 'Chỉ nhân viên nhắn được'}: còn ${left}` };
}
