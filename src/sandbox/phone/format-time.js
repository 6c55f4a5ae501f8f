// Times as people in Việt Nam read them.
const zone = 'Asia/Ho_Chi_Minh';
const locale = 'vi-VN';

const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
const dayFormat = format({ weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric' });
const shortDayFormat = format({ weekday: 'short', day: '2-digit', month: '2-digit' });
const clockFormat = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const minuteFormat = format({ hour: '2-digit', minute: '2-digit', hour12: false });

export const longDay = (ms) => dayFormat.format(ms);
export const clockTime = (ms) => clockFormat.format(ms);
export const minuteTime = (ms) => minuteFormat.format(ms);

/** "T7 21/11" and the minute, for a line between bubbles. */
export const separatorTime = (ms) => `${minuteFormat.format(ms)} · ${shortDayFormat.format(ms)}`;

export function lengthInWords(ms) {
  const hours = ms / 3_600_000;
  if (hours >= 48) return `${Math.floor(hours / 24)} ngày`;
  if (hours >= 1) return `${Math.floor(hours)} giờ`;
  return `${Math.max(1, Math.floor(ms / 60_000))} phút`;
}
