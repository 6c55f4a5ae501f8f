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
  return question.channel === 'zalo' ? askZalo(question, rules) : askMessenger(question, rules);
}

function askZalo(q: WindowQuestion, rules: WindowRules): WindowAnswer {
  if (q.messageKind === 'template') return permit('template', 'UTILITY', 'mẫu tin đã duyệt, gửi được mọi lúc', null);
  const openedAt = latest(q.lastInteractionAt, q.followedAt);
  if (openedAt === null) return { allowed: false, reason: 'Khách chưa từng nhắn hay quan tâm OA: chỉ gửi được mẫu tin ZBS/ZNS.' };
  const age = q.now.getTime() - openedAt.getTime();
  const closesAt = new Date(openedAt.getTime() + rules.zalo.chargedMs);
  if (age <= rules.zalo.freeMs) return permit('free', 'RESPONSE', 'trong 48 giờ từ tương tác cuối', closesAt);
  if (age <= rules.zalo.chargedMs)
    return permit('charged', 'UPDATE', 'quá 48 giờ, trong 7 ngày: có tính phí', closesAt, rules.zalo.chargedAmount);
  return { allowed: false, reason: 'Quá 7 ngày từ tương tác cuối trên Zalo: chỉ gửi được mẫu tin ZBS/ZNS.' };
}

function askMessenger(q: WindowQuestion, rules: WindowRules): WindowAnswer {
  if (q.messageKind === 'template') return permit('template', 'UTILITY', 'mẫu tin tiện ích đã duyệt', null);
  if (q.lastInteractionAt === null)
    return { allowed: false, reason: 'Khách chưa từng nhắn trang: chỉ gửi được mẫu tin tiện ích.' };
  const age = q.now.getTime() - q.lastInteractionAt.getTime();
  const closesAt = new Date(q.lastInteractionAt.getTime() + rules.messenger.standardMs);
  if (age <= rules.messenger.standardMs) {
    const type = q.purpose === 'answer' || q.purpose === 'confirmation' ? 'RESPONSE' : 'UPDATE';
    return permit('free', type, 'trong 24 giờ từ tương tác cuối', closesAt);
  }
  if (q.messageKind === 'feedback' && age <= rules.messenger.feedbackMs)
    return permit('feedback', 'MESSAGE_TAG', 'phiếu góp ý trong 7 ngày', null, 0, 'CUSTOMER_FEEDBACK');
  if (q.writtenBy === 'person' && q.messageKind === 'text' && age <= rules.messenger.humanAgentMs)
    return permit('human_agent', 'MESSAGE_TAG', 'nhân viên tự viết, trong 7 ngày', null, 0, 'HUMAN_AGENT');
  return { allowed: false, reason: 'Quá 24 giờ từ tương tác cuối trên Messenger: chỉ nhân viên tự viết (7 ngày) hoặc mẫu tin tiện ích.' };
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
