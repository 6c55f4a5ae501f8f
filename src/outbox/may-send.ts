// The rules, asked at the moment of sending: whether this message may leave now, later, not as it is, or not at all.

import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { askWindow, type SendPermit, type WindowRules } from '../channels/messaging-window.ts';
import { DAY_MS } from '../clock.ts';
import type { TemplateRegistry } from '../flows/approved-template.ts';
import type { Message } from '../flows/message-schema.ts';
import { earliestLoudTime, type QuietHours } from '../flows/quiet-hours.ts';
import { isUnasked, type MessagePurpose } from './outbound-message.ts';

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
  /** Advertising that this customer got, or may have got, on any channel in the last 24 hours. */
  advertisedAt: readonly Date[];
  lastInteractionAt: Date | null;
  followedAt: Date | null;
  unreachableReason: string | null;
};

/** closed: this message may not leave here, but another way to say it may be open (the ladder). */
export type SendDecision =
  | { verdict: 'send'; permit: SendPermit }
  | { verdict: 'defer'; until: Date; reason: string; because: 'quiet' | 'cap' }
  | { verdict: 'closed'; reason: string }
  | { verdict: 'skip'; reason: string };

export type SendRules = {
  window: WindowRules;
  /** For all that is unasked. */
  quietHours: QuietHours;
  /** Besides: the hours that advertising rests. */
  advertisingRest: QuietHours;
  /** At most so many advertising messages for one customer in 24 hours, over all channels; the law knows 3. */
  advertisingPerDay: number;
  /** Whole đồng in a calendar month for charged messages and templates; null = no limit. */
  spendLimit: number | null;
  templates: TemplateRegistry;
};

export function maySend(question: SendQuestion, now: Date, rules: SendRules): SendDecision {
  const refusal = refusalOf(question, now);
  if (refusal !== null) return { verdict: 'skip', reason: refusal };
  if (isUnasked(question.purpose)) {
    const wait = waitOf(question, now, rules);
    if (wait !== null) return wait;
    if (question.unreachableReason !== null) return { verdict: 'closed', reason: question.unreachableReason };
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
  if (!window.allowed) return { verdict: 'closed', reason: window.reason };
  return { verdict: 'send', permit: { ...window.permit, ...templateCost(question.message, rules) } };
}

/** What our catalogue says a template costs; the window does not know. */
function templateCost(message: Message, { templates }: SendRules): { costAmount?: number } {
  if (message.kind !== 'template' || message.name === undefined) return {};
  const template = templates.get(message.name);
  return template === undefined ? {} : { costAmount: template.price };
}

function waitOf(question: SendQuestion, now: Date, rules: SendRules): SendDecision | null {
  const isAdvertising = question.purpose === 'advertising';
  const rest = isAdvertising ? [rules.quietHours, rules.advertisingRest] : [rules.quietHours];
  const loudAt = earliestLoudTime(now, ...rest);
  if (loudAt > now) return { verdict: 'defer', until: loudAt, reason: 'Đang trong giờ yên tĩnh.', because: 'quiet' };
  if (!isAdvertising) return null;
  const freeAt = capFreeAt(question.advertisedAt, now, rules.advertisingPerDay);
  if (freeAt === null) return null;
  const reason = `Khách đã nhận ${rules.advertisingPerDay} tin quảng cáo trong 24 giờ.`;
  return { verdict: 'defer', until: freeAt, reason, because: 'cap' };
}

/** When the next advertising message no longer makes one too many in any 24 hours; null = already. */
export function capFreeAt(advertisedAt: readonly Date[], now: Date, perDay: number): Date | null {
  if (perDay <= 0) return new Date(now.getTime() + DAY_MS);
  const recent = advertisedAt
    .map((at) => at.getTime())
    .filter((at) => at >= now.getTime() - DAY_MS)
    .sort((a, b) => b - a);
  const oldest = recent[perDay - 1];
  return oldest === undefined ? null : new Date(oldest + DAY_MS + 1);
}

/** The first rule that forbids the message for good, on whatever way; null when none does. */
function refusalOf(question: SendQuestion, now: Date): string | null {
  const { purpose, author, conversationState } = question;
  if (question.expiresAt !== null && question.expiresAt <= now) return 'Tin đã quá hạn, gửi muộn không còn ý nghĩa.';
  if (author === 'flow' && purpose !== 'confirmation') {
    if (conversationState === 'with_agent') return 'Nhân viên đang phụ trách hội thoại.';
    if (conversationState === 'waiting_for_agent') return 'Hội thoại đang chờ nhân viên, bot giữ im lặng.';
  }
  if (!isUnasked(purpose)) return null;
  if (question.optedOutAt !== null) return 'Khách đã từ chối nhận tin.';
  // Nobody is advertised to who never agreed.
  if (purpose === 'advertising' && question.hasAdvertisingConsent !== true)
    return 'Khách chưa đồng ý nhận tin quảng cáo.';
  return null;
}
