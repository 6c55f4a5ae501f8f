// The rules, asked at the moment of sending: whether this message may leave now, later, or not at all, and why.

import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { askWindow, type SendPermit, type WindowRules } from '../channels/messaging-window.ts';
import type { Message } from '../flows/message-schema.ts';
import { isUnasked, type MessagePurpose } from './outbound-message.ts';
import { earliestLoudTime, type QuietHours } from './quiet-hours.ts';

export type SendQuestion = {
  channel: ChannelName;
  message: Message;
  purpose: MessagePurpose;
  author: 'flow' | 'agent' | 'system';
  expiresAt: Date | null;
  conversationState: string;
  optedOutAt: Date | null;
  /** The newest word about advertising; null = never asked. */
  hasAdvertisingConsent: boolean | null;
  lastInteractionAt: Date | null;
  followedAt: Date | null;
  unreachableReason: string | null;
};

export type SendDecision =
  | { verdict: 'send'; permit: SendPermit }
  | { verdict: 'defer'; until: Date; reason: string }
  | { verdict: 'skip'; reason: string };

export type SendRules = { window: WindowRules; quietHours: QuietHours };

export function maySend(question: SendQuestion, now: Date, rules: SendRules): SendDecision {
  const refusal = refusalOf(question, now);
  if (refusal !== null) return { verdict: 'skip', reason: refusal };
  if (isUnasked(question.purpose)) {
    const loudAt = earliestLoudTime(now, rules.quietHours);
    if (loudAt > now) return { verdict: 'defer', until: loudAt, reason: 'Đang trong giờ yên tĩnh.' };
  }
  const window = askWindow(
    {
      channel: question.channel,
      now,
      lastInteractionAt: question.lastInteractionAt,
      followedAt: question.followedAt,
      messageKind: question.message.kind,
      purpose: question.purpose,
      writtenBy: question.author === 'agent' ? 'person' : 'program',
    },
    rules.window,
  );
  return window.allowed ? { verdict: 'send', permit: window.permit } : { verdict: 'skip', reason: window.reason };
}

/** The first rule that forbids the message for good; null when none does. */
function refusalOf(question: SendQuestion, now: Date): string | null {
  const { purpose, author, conversationState } = question;
  if (question.expiresAt !== null && question.expiresAt <= now) return 'Tin đã quá hạn, gửi muộn không còn ý nghĩa.';
  if (author === 'flow' && purpose !== 'confirmation') {
    if (conversationState === 'with_agent') return 'Nhân viên đang phụ trách hội thoại.';
    if (conversationState === 'waiting_for_agent') return 'Hội thoại đang chờ nhân viên, bot giữ im lặng.';
  }
  if (!isUnasked(purpose)) return null;
  if (question.optedOutAt !== null) return 'Khách đã từ chối nhận tin.';
  if (question.unreachableReason !== null) return question.unreachableReason;
  // Nobody is advertised to who never agreed.
  if (purpose === 'advertising' && question.hasAdvertisingConsent !== true)
    return 'Khách chưa đồng ý nhận tin quảng cáo.';
  return null;
}
