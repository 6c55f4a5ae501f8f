// One item of `messaging` or `standby`: Meta does not name the kind, the key that is present does.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { EventReader, EventSource, ReadEvent } from './event-source.ts';
import { readFeedback } from './parse-feedback.ts';
import { readMessage } from './parse-message.ts';
import { readPostback } from './parse-postback.ts';
import { readDelivery, readRead } from './parse-receipt.ts';
import { readReferralEvent } from './parse-referral.ts';
import { readAppRoles, readPassControl, readRequestControl, readTakeControl } from './parse-thread-control.ts';
import { hashEvent, joinProviderId } from './provider-id.ts';
import { customerInformationSchema, editSchema, policySchema, reactionSchema } from './webhook-schema.ts';

const READERS = new Map<string, EventReader>([
  ['message', readMessage],
  ['postback', readPostback],
  ['message_edit', readEdit],
  ['reaction', readReaction],
  ['delivery', readDelivery],
  ['read', readRead],
  ['referral', readReferralEvent],
  ['messaging_feedback', readFeedback],
  ['messaging_customer_information', readCustomerInformation],
  ['pass_thread_control', readPassControl],
  ['take_thread_control', readTakeControl],
  ['request_thread_control', readRequestControl],
  ['app_roles', readAppRoles],
  ['policy_enforcement', readPolicy],
]);

/** At least one event: what is not understood comes out as unhandled under the name of its key. */
export function readEvent(source: EventSource): ReadEvent[] {
  for (const [key, read] of READERS) {
    if (key in source.event) return read(source.event[key], source) ?? [keepUnhandled(key, source)];
  }
  const unknownKey = Object.keys(source.event).find((key) => !['sender', 'recipient', 'timestamp'].includes(key));
  return [keepUnhandled(unknownKey ?? 'empty', source)];
}

/** Optins, account linking, carts, forms, coupons, and whatever Meta invents next. */
export function keepUnhandled(key: string, source: Pick<EventSource, 'accountId' | 'event'>): ReadEvent {
  const name = cleanText(key).slice(0, 64) || 'empty';
  return {
    providerEvent: name,
    providerId: hashEvent(source.accountId, source.event),
    opensWindow: false,
    body: { kind: 'unhandled', name },
  };
}

function readEdit(value: unknown): ReadEvent[] | null {
  const parsed = editSchema.safeParse(value);
  if (!parsed.success) return null;
  const { mid, text, num_edit: editNumber } = parsed.data;
  return [
    {
      providerEvent: 'message_edit',
      providerId: joinProviderId(mid, editNumber),
      opensWindow: false,
      body: { kind: 'edit', messageId: mid, text: cleanText(text), editNumber },
    },
  ];
}

function readReaction(value: unknown, source: EventSource): ReadEvent[] | null {
  const parsed = reactionSchema.safeParse(value);
  if (!parsed.success) return null;
  const { mid, action, reaction } = parsed.data;
  const emoji = parsed.data.emoji ?? reaction ?? null;
  const removed = action === 'unreact';
  return [
    {
      providerEvent: 'reaction',
      providerId: joinProviderId(source.peerId, mid, action, emoji, source.occurredAt.getTime()),
      opensWindow: !removed && !source.isFromPage,
      body: {
        kind: 'reaction',
        messageId: mid ?? null,
        emoji,
        removed,
        by: source.isFromPage ? 'account' : 'customer',
      },
    },
  ];
}

/** The filled-in form with name, phone, e-mail or address; the keys are Meta's, matched by what they contain. */
function readCustomerInformation(value: unknown, source: EventSource): ReadEvent[] | null {
  const parsed = customerInformationSchema.safeParse(value);
  if (!parsed.success) return null;
  const responses = parsed.data.screens.flatMap((screen) => screen.responses);
  const find = (...words: string[]) => {
    const found = responses.find(({ key }) => words.some((word) => key?.toLowerCase().includes(word)))?.value;
    return found ? cleanText(found).trim() || undefined : undefined;
  };
  const [name, phone, email, address] = [
    find('name'),
    find('phone'),
    find('email', 'e-mail'),
    find('address', 'street'),
  ];
  const shared = {
    ...(name ? { name } : {}),
    ...(phone ? { phone } : {}),
    ...(email ? { email } : {}),
    ...(address ? { address } : {}),
  };
  if (Object.keys(shared).length === 0) return null;
  return [
    {
      providerEvent: 'messaging_customer_information',
      providerId: hashEvent(source.accountId, source.event),
      opensWindow: false,
      body: { kind: 'contact_shared', ...shared },
    },
  ];
}

function readPolicy(value: unknown, source: EventSource): ReadEvent[] | null {
  const parsed = policySchema.safeParse(value);
  if (!parsed.success) return null;
  const name = `policy_enforcement:${(parsed.data.action ?? 'unknown').slice(0, 64)}`;
  return [
    {
      providerEvent: 'policy_enforcement',
      providerId: hashEvent(source.accountId, source.event),
      opensWindow: false,
      body: { kind: 'account', name },
    },
  ];
}
