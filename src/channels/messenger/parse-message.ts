// Messages of customers, and the echoes of what our page said.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { InboundBody } from '../inbound-event-schema.ts';
import { readEchoMark } from './echo-mark.ts';
import type { EventReader, EventSource, ReadEvent } from './event-source.ts';
import { readAttachments } from './parse-attachment.ts';
import { readReferral } from './parse-referral.ts';
import { hashEvent, joinProviderId } from './provider-id.ts';
import { type MessengerMessage, messengerMessageSchema } from './webhook-schema.ts';

export const readMessage: EventReader = (value, source) => {
  const parsed = messengerMessageSchema.safeParse(value);
  if (!parsed.success) return null;
  const message = parsed.data;
  const providerId = message.mid ? joinProviderId(message.mid) : hashEvent(source.accountId, source.event);
  if (message.is_echo)
    return [{ providerEvent: 'message_echo', providerId, opensWindow: false, body: readEcho(message, source) }];
  // Looks typed but was written by Meta: the summary of a lead form, a withdrawn message.
  if ('hop_context' in source.event) return [keepOnly('message_hop_context', providerId)];
  if (message.is_deleted) return [keepOnly('message_deleted', providerId)];
  const typed: ReadEvent = { providerEvent: 'message', providerId, opensWindow: true, body: readTyped(message) };
  const contact = readContact(message);
  return contact
    ? [typed, { providerEvent: 'quick_reply_contact', providerId, opensWindow: true, body: contact }]
    : [typed];
};

function readEcho(message: MessengerMessage, { ourAppId }: EventSource): InboundBody {
  const outboundMessageId = readEchoMark(message.metadata);
  const isOurs = outboundMessageId !== undefined || message.app_id === ourAppId;
  return {
    kind: 'echo',
    messageId: message.mid ?? null,
    author: isOurs ? 'program' : 'person',
    text: readText(message.text),
    attachments: readAttachments(message.attachments),
    ...(outboundMessageId ? { outboundMessageId } : {}),
    ...(message.app_id ? { appId: message.app_id } : {}),
  };
}

function readTyped(message: MessengerMessage): InboundBody {
  const payload = message.quick_reply?.payload;
  const quoted = message.reply_to?.mid;
  return {
    kind: 'message',
    messageId: message.mid ?? null,
    text: readText(message.text),
    attachments: readAttachments(message.attachments),
    ...(payload === undefined ? {} : { payload: cleanText(payload) }),
    ...(quoted ? { quotedMessageId: quoted } : {}),
    ...(message.referral ? { referral: readReferral(message.referral) } : {}),
  };
}

/** The buttons that give phone or e-mail answer with the value as both text and payload. */
function readContact(message: MessengerMessage): InboundBody | null {
  const value = message.quick_reply?.payload;
  if (value === undefined || value !== message.text) return null;
  const digits = value.replaceAll(/\D/g, '').length;
  if (/^\+?[\d\s().-]{9,20}$/.test(value) && digits >= 9 && digits <= 15)
    return { kind: 'contact_shared', phone: value };
  return /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(value) ? { kind: 'contact_shared', email: value } : null;
}

function keepOnly(name: string, providerId: string): ReadEvent {
  return { providerEvent: name, providerId, opensWindow: false, body: { kind: 'unhandled', name } };
}

function readText(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : cleanText(text);
}
