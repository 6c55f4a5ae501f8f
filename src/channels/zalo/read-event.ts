// What each of Zalo's events means to us: who it is about and what happened (contract sheet 1.4 and 1.8).
// A name that is missing here, or an event of another account, is kept as `unhandled`.
import type { InboundBody } from '../inbound-event-schema.ts';
import { customerOf, type EventQuestion, type EventReading } from './event-reading.ts';
import { readAttachments } from './read-attachments.ts';
import { readClick, readRating, readReceipt, readTemplateNews } from './read-template-event.ts';

type Reader = (question: EventQuestion) => EventReading | null;

const CUSTOMER_MESSAGE = /^user_send_(text|image|gif|link|audio|video|sticker|location|business_card|file)$/;
const ECHO = /^oa_send_(text|image|gif|list|link|audio|video|file|sticker|location|business_card|template)$/;
const GROUP_MESSAGE = /^user_send_group_/;
const ANONYMOUS_MESSAGE = /^anonymous_send_/;

const READERS: Record<string, Reader> = {
  user_asking_product: readMessage,
  user_received_message: readReceipt,
  user_seen_message: readReceipt,
  user_reacted_message: readReaction,
  oa_reacted_message: readReaction,
  user_click_chatnow: (q) => readOwnAct(q, { kind: 'opened_chat' }, true),
  follow: readFollow,
  unfollow: readFollow,
  user_submit_info: readSharedContact,
  user_withdraw: (q) => readOwnAct(q, { kind: 'data_withdrawal' }, false),
  user_feedback: readRating,
  user_click_response_button: readClick,
  change_template_status: readTemplateNews,
  change_template_quality: readTemplateNews,
  change_template_quota: readAccountEvent,
  change_oa_daily_quota: readAccountEvent,
  change_oa_template_tags: readAccountEvent,
  permission_revoked: readAccountEvent,
  extension_purchased: readAccountEvent,
  widget_interaction_accepted: (q) => readInteraction(q, q.webhook.data?.user_id),
  user_call_oa: (q) => readInteraction(q, q.webhook.user_id ?? customerOf(q)),
};

/** Never throws and always answers; what cannot be placed is `unhandled`. */
export function readEvent(question: EventQuestion): EventReading {
  return findReader(question.name)?.(question) ?? unhandled(question, peerWhereGiven(question));
}

function findReader(name: string): Reader | undefined {
  if (CUSTOMER_MESSAGE.test(name)) return readMessage;
  if (ECHO.test(name)) return readEcho;
  if (GROUP_MESSAGE.test(name)) return readGroupMessage;
  if (ANONYMOUS_MESSAGE.test(name)) return readAnonymousMessage;
  return Object.hasOwn(READERS, name) ? READERS[name] : undefined;
}

/** A tap on an oa.query.show button arrives as a text too, and is one. */
function readMessage(q: EventQuestion): EventReading | null {
  const message = q.webhook.message;
  const peerId = customerOf(q);
  if (message === undefined || peerId === null || q.webhook.sender?.id !== peerId) return null;
  const messageId = message.msg_id ?? message.message_id ?? null;
  return {
    peerId,
    opensWindow: true,
    ...(messageId === null ? {} : { eventId: messageId }),
    body: {
      kind: 'message',
      messageId,
      text: message.text ?? null,
      attachments: readAttachments(message),
      ...(message.quote_msg_id === undefined ? {} : { quotedMessageId: message.quote_msg_id }),
    },
  };
}

/** Our account spoke: with an admin a person did in Zalo's own inbox, without one a program did through the API. */
function readEcho(q: EventQuestion): EventReading | null {
  const { message, sender } = q.webhook;
  const peerId = customerOf(q);
  if (message === undefined || peerId === null || sender?.id !== q.oaId) return null;
  const messageId = message.msg_id ?? message.message_id ?? null;
  return {
    peerId,
    ...(messageId === null ? {} : { eventId: messageId }),
    body: {
      kind: 'echo',
      messageId,
      author: sender.admin_id === undefined ? 'program' : 'person',
      text: message.text ?? null,
      attachments: readAttachments(message),
      ...(sender.admin_id === undefined ? {} : { adminId: sender.admin_id }),
    },
  };
}

function readReaction(q: EventQuestion): EventReading | null {
  const message = q.webhook.message;
  const peerId = customerOf(q);
  if (message === undefined || peerId === null) return null;
  const removed = message.react_icon === '/-remove';
  return {
    peerId,
    body: {
      kind: 'reaction',
      messageId: message.msg_id ?? null,
      emoji: removed ? null : (message.react_icon ?? null),
      removed,
      by: q.name === 'oa_reacted_message' ? 'account' : 'customer',
    },
  };
}

/** Has no sender: the person is follower.id. Following opens the window, leaving does not close it. */
function readFollow(q: EventQuestion): EventReading | null {
  const peerId = q.webhook.follower?.id;
  if (peerId === undefined || q.webhook.oa_id !== q.oaId) return null;
  const source = q.webhook.source === undefined ? {} : { source: q.webhook.source };
  if (q.name === 'follow') return { peerId, opensWindow: true, body: { kind: 'follow', ...source } };
  return { peerId, body: { kind: 'unfollow', ...source } };
}

/** Events whose person stands at the top of the body. */
function readOwnAct(q: EventQuestion, body: InboundBody, opensWindow: boolean): EventReading | null {
  const peerId = q.webhook.user_id;
  return peerId === undefined || q.webhook.oa_id !== q.oaId ? null : { peerId, body, opensWindow };
}

/** Only kept; but who did it may be written to. An account that is not named is ours. */
function readInteraction(q: EventQuestion, peerId: string | null | undefined): EventReading | null {
  return q.webhook.oa_id !== undefined && q.webhook.oa_id !== q.oaId
    ? null
    : { ...unhandled(q, peerId), opensWindow: true };
}

/** The answer to request_user_info, in its shape of today (full_address) and of 2023. */
function readSharedContact(q: EventQuestion): EventReading | null {
  const info = q.webhook.info;
  const peerId = customerOf(q);
  if (info === undefined || peerId === null) return null;
  const full = info.full_address;
  const parts = full
    ? [full.user_address, full.user_ward, full.user_city]
    : [info.address, info.ward, info.district, info.city];
  const address = parts.filter((part) => part !== undefined && part !== '').join(', ');
  return {
    peerId,
    body: {
      kind: 'contact_shared',
      ...(info.name ? { name: info.name } : {}),
      ...(info.phone ? { phone: info.phone } : {}),
      ...(address ? { address } : {}),
      ...(info.user_dob ? { birthday: info.user_dob } : {}),
    },
  };
}

function readAccountEvent(q: EventQuestion): EventReading {
  return { peerId: null, body: { kind: 'account', name: q.name } };
}

/** Group talk is only kept; writing there still counts as an interaction with the OA. */
function readGroupMessage(q: EventQuestion): EventReading | null {
  const isOurs = q.webhook.oa_id === q.oaId;
  return isOurs ? { ...unhandled(q, q.webhook.sender?.id), opensWindow: true } : null;
}

/** Anonymous ids are a space of their own: never to be mistaken for a user id that can be written to. */
function readAnonymousMessage(q: EventQuestion): EventReading | null {
  const id = customerOf(q);
  return id === null ? null : unhandled(q, `anonymous:${id}`);
}

function unhandled(q: EventQuestion, peerId: string | null | undefined): EventReading {
  return { peerId: peerId ?? null, body: { kind: 'unhandled', name: q.name } };
}

function peerWhereGiven(q: EventQuestion): string | null {
  const isOurs = q.webhook.oa_id === q.oaId;
  const named = q.webhook.user_id ?? q.webhook.follower?.id ?? q.webhook.data?.user_id;
  if (isOurs && named !== undefined) return named;
  const isAnonymous = q.name.includes('anonymous') || q.name.includes('group');
  return isAnonymous ? null : customerOf(q);
}
