// What may be said to this customer on this channel now, why, and what it costs. Pure; the only place that knows.
// Sources: contract sheets of Zalo OA and Messenger Platform; each number carries the day it was last checked.
import type { ChannelName } from './inbound-event-schema.ts';

export type WindowRules = {
  /** The day a person last compared these numbers with the providers' pages. */
  checkedOn: string;
  zalo: { freeMs: number; chargedMs: number; chargedAmount: number; nightStart: string; nightEnd: string };
  messenger: { standardMs: number; humanAgentMs: number; feedbackMs: number };
};

const HOUR = 3_600_000;

const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export const defaultWindowRules: WindowRules = {
  checkedOn: '2026-11-21',
  zalo: { freeMs: 48 * HOUR, chargedMs: 7 * 24 * HOUR, chargedAmount: 55, nightStart: '22:00', nightEnd: '06:00' },
  messenger: { standardMs: 24 * HOUR, humanAgentMs: 7 * 24 * HOUR, feedbackMs: 7 * 24 * HOUR },
};

/** How a permitted message goes out; the channel's renderer obeys it. */
export type SendPermit = {
  mode: 'free' | 'charged' | 'template' | 'human_agent' | 'feedback';
  /** Messenger's messaging_type. */
  messagingType: 'RESPONSE' | 'UPDATE' | 'MESSAGE_TAG' | 'UTILITY';
  tag?: 'HUMAN_AGENT' | 'CUSTOMER_FEEDBACK';
  costAmount: number;
};

export type WindowQuestion = {
  channel: ChannelName;
  now: Date;
  /** The customer's last act that opens the window; null = never. */
  lastInteractionAt: Date | null;
  /** Whether the customer follows us or opened the chat without writing yet (Zalo's welcome quota). */
  followedAt: Date | null;
  messageKind: string;
  purpose: 'answer' | 'confirmation' | 'care' | 'advertising';
  writtenBy: 'program' | 'person';
};

export type WindowAnswer =
  | { allowed: true; permit: SendPermit; reason: string; closesAt: Date | null }
  | { allowed: false; reason: string };

/** Decides by the rules alone; consent, caps, quiet hours and take-over are asked in outbox/may-send. */
export function askWindow(question: WindowQuestion, rules: WindowRules = defaultWindowRules): WindowAnswer {
  switch (question.channel) {
    case 'zalo':
      return askZalo(question, rules);
    case 'messenger':
      return askMessenger(question, rules);
    case 'email':
      return permit('free', 'UPDATE', 'e-mail gửi được mọi lúc', null);
  }
}

function askZalo(q: WindowQuestion, rules: WindowRules): WindowAnswer {
  if (q.messageKind === 'template') return permit('template', 'UTILITY', 'mẫu tin đã duyệt, gửi được mọi lúc', null);
  // A follow opens the window like a message does.
  const openedAt = latest(q.lastInteractionAt, q.followedAt);
  if (openedAt === null)
    return { allowed: false, reason: 'Khách chưa từng nhắn hay quan tâm OA: chỉ gửi được mẫu tin ZBS/ZNS.' };
  const age = q.now.getTime() - openedAt.getTime();
  if (age > rules.zalo.chargedMs) {
    return { allowed: false, reason: 'Quá 7 ngày từ tương tác cuối trên Zalo: chỉ gửi được mẫu tin ZBS/ZNS.' };
  }
  if (q.purpose === 'advertising' && isNight(q.now, rules)) {
    return { allowed: false, reason: 'Zalo không cho gửi quảng cáo ban đêm (22:00–06:00): gửi lại từ 06:00.' };
  }
  const closesAt = new Date(openedAt.getTime() + rules.zalo.chargedMs);
  if (age <= rules.zalo.freeMs) return permit('free', 'RESPONSE', 'trong 48 giờ từ tương tác cuối', closesAt);
  return permit('charged', 'UPDATE', 'quá 48 giờ, trong 7 ngày: có tính phí', closesAt, rules.zalo.chargedAmount);
}

/** By the clock on the wall in Việt Nam, wherever the server stands. */
function isNight(now: Date, { zalo: { nightStart, nightEnd } }: WindowRules): boolean {
  const time = wallClock.format(now);
  return nightStart <= nightEnd ? time >= nightStart && time < nightEnd : time >= nightStart || time < nightEnd;
}

function askMessenger(q: WindowQuestion, rules: WindowRules): WindowAnswer {
  if (q.messageKind === 'template') return askUtility(q);
  if (q.lastInteractionAt === null) {
    return { allowed: false, reason: 'Khách chưa từng nhắn trang: chỉ gửi được mẫu tin tiện ích.' };
  }
  const opened = q.lastInteractionAt.getTime();
  const age = q.now.getTime() - opened;
  const { standardMs, feedbackMs, humanAgentMs } = rules.messenger;
  if (age <= standardMs) {
    const type = q.purpose === 'answer' || q.purpose === 'confirmation' ? 'RESPONSE' : 'UPDATE';
    return permit('free', type, 'trong 24 giờ từ tương tác cuối', new Date(opened + standardMs));
  }
  // Outside the window nothing may advertise, whoever writes it.
  if (q.purpose === 'advertising') {
    return { allowed: false, reason: 'Quá 24 giờ từ tương tác cuối trên Messenger: không được gửi quảng cáo.' };
  }
  if (q.messageKind === 'feedback' && age <= feedbackMs) {
    return permit(
      'feedback',
      'MESSAGE_TAG',
      'phiếu góp ý trong 7 ngày',
      new Date(opened + feedbackMs),
      0,
      'CUSTOMER_FEEDBACK',
    );
  }
  if (q.writtenBy === 'person' && q.messageKind === 'text' && age <= humanAgentMs) {
    return permit(
      'human_agent',
      'MESSAGE_TAG',
      'nhân viên tự viết, trong 7 ngày',
      new Date(opened + humanAgentMs),
      0,
      'HUMAN_AGENT',
    );
  }
  if (age > humanAgentMs) {
    return { allowed: false, reason: 'Quá 7 ngày từ tương tác cuối trên Messenger: chỉ gửi được mẫu tin tiện ích.' };
  }
  return {
    allowed: false,
    reason: 'Quá 24 giờ từ tương tác cuối trên Messenger: chỉ nhân viên tự viết (7 ngày) hoặc mẫu tin tiện ích.',
  };
}

/** Utility templates are approved for news about something the customer did, never for advertising. */
function askUtility({ purpose }: WindowQuestion): WindowAnswer {
  if (purpose === 'advertising')
    return { allowed: false, reason: 'Mẫu tin tiện ích của Messenger không được dùng để quảng cáo.' };
  return permit('template', 'UTILITY', 'mẫu tin tiện ích đã duyệt', null);
}

function permit(
  mode: SendPermit['mode'],
  messagingType: SendPermit['messagingType'],
  reason: string,
  closesAt: Date | null,
  costAmount = 0,
  tag?: SendPermit['tag'],
): WindowAnswer {
  return { allowed: true, permit: { mode, messagingType, costAmount, ...(tag ? { tag } : {}) }, reason, closesAt };
}

function latest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
