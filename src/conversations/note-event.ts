// What happened, into the ledger and into what we know about the person; before anything is answered.
import type { Attachment, InboundBody } from '../channels/inbound-event-schema.ts';
import { normalisePhone } from '../customers/normalise-phone.ts';
import type { InternalBody } from './stored-event.ts';
import { note, type Turn } from './turn.ts';

export function noteEvent(turn: Turn): void {
  noteInteraction(turn);
  noteBody(turn, turn.body);
}

/** A person who acts can be reached again, and their act may open the window. */
function noteInteraction(turn: Turn): void {
  const { identity } = turn.person;
  if (!turn.body.opensWindow) return;
  // A provider's clock ahead of ours must not lengthen the window.
  const at = turn.event.occurredAt < turn.event.receivedAt ? turn.event.occurredAt : turn.event.receivedAt;
  if (identity.lastInteractionAt === null || identity.lastInteractionAt < at) identity.lastInteractionAt = at;
  // What they did before they turned away may arrive after it.
  if (identity.unfollowedAt === null || identity.unfollowedAt <= turn.event.occurredAt)
    identity.unreachableReason = null;
}

function noteBody(turn: Turn, body: InboundBody | InternalBody): void {
  const at = turn.event.occurredAt;
  switch (body.kind) {
    case 'message':
      note(turn, { kind: 'message_in', at, text: body.text, data: messageData(turn, body) });
      for (const attachment of body.attachments) wantMedia(turn, attachment);
      return;
    case 'follow':
      noteFollow(turn, at);
      return note(turn, { kind: 'followed', at, data: { source: body.source ?? null } });
    case 'unfollow':
      noteUnfollow(turn, at);
      return note(turn, { kind: 'unfollowed', at });
    case 'opened_chat':
      turn.person.identity.followedAt ??= at;
      return note(turn, { kind: 'opened_chat', at });
    case 'receipt':
      return note(turn, {
        kind: body.receipt === 'read' ? 'message_read' : 'message_delivered',
        at,
        data: { messageIds: body.messageIds, watermark: body.watermark ?? null },
      });
    case 'echo':
      // Our own words are in the ledger already; those of a person outside the program are new to it.
      if (body.author === 'program') return;
      return note(turn, {
        kind: 'message_out',
        at,
        text: body.text,
        data: { author: 'provider_inbox', messageId: body.messageId },
      });
    case 'reaction':
      return note(turn, {
        kind: 'reaction',
        at,
        text: body.emoji,
        data: { messageId: body.messageId, removed: body.removed },
      });
    case 'edit':
      return note(turn, { kind: 'message_edited', at, text: body.text, data: { messageId: body.messageId } });
    case 'contact_shared':
      return noteContact(turn, body);
    case 'referral':
      return note(turn, { kind: 'referred', at, data: { ...body.referral } });
    case 'feedback':
      return note(turn, {
        kind: 'feedback_given',
        at,
        text: body.comment ?? null,
        data: { metric: body.metric, score: body.score },
      });
    case 'thread_control':
      return note(turn, { kind: 'thread_control', at, data: { action: body.action, appId: body.appId ?? null } });
    case 'data_withdrawal':
      return note(turn, { kind: 'data_withdrawal_requested', at });
    case 'account':
      return note(turn, { kind: 'account_event', at, data: { name: body.name } });
    case 'unhandled':
      return note(turn, { kind: 'unhandled_event', at, data: { name: body.name } });
    case 'timer':
    case 'flow_due':
    case 'subscription_changed':
    case 'take_over':
    case 'hand_back':
    case 'resolve':
      return;
  }
}

/** Zalo delivers again after minutes or hours: of follow and unfollow the one done last holds, not the one heard last. */
function noteFollow(turn: Turn, at: Date): void {
  const { identity } = turn.person;
  if (identity.unfollowedAt !== null && identity.unfollowedAt > at) return;
  identity.followedAt = at;
  identity.unfollowedAt = null;
}

function noteUnfollow(turn: Turn, at: Date): void {
  const { identity } = turn.person;
  if (identity.followedAt !== null && identity.followedAt > at) return;
  identity.followedAt = null;
  identity.unfollowedAt = at;
  const hasWrittenSince = identity.lastInteractionAt !== null && identity.lastInteractionAt > at;
  if (!hasWrittenSince) identity.unreachableReason = 'Khách đã bỏ quan tâm OA.';
}

function messageData(turn: Turn, body: Extract<InboundBody, { kind: 'message' }>): Record<string, unknown> {
  return {
    messageId: body.messageId,
    ...(body.payload === undefined ? {} : { payload: body.payload }),
    ...(body.attachments.length === 0 ? {} : { attachments: body.attachments }),
    ...(body.quotedMessageId === undefined ? {} : { quotedMessageId: body.quotedMessageId }),
    ...(turn.body.standby ? { standby: true } : {}),
  };
}

/** The provider's links die; what a customer sent is copied soon. Stickers and links are not theirs. */
function wantMedia(turn: Turn, attachment: Attachment): void {
  const isKept = ['image', 'video', 'audio', 'file'].includes(attachment.kind);
  if (!isKept || !attachment.url || !/^https?:\/\//.test(attachment.url)) return;
  turn.effects.media.push({ inboundEventId: turn.event.id, kind: attachment.kind, url: attachment.url });
}

function noteContact(turn: Turn, body: Extract<InboundBody, { kind: 'contact_shared' }>): void {
  const { customer } = turn.person;
  customer.name ??= body.name ?? null;
  customer.phone = (body.phone && normalisePhone(body.phone)) || body.phone || customer.phone;
  customer.email ??= body.email ?? null;
  note(turn, {
    kind: 'contact_shared',
    at: turn.event.occurredAt,
    data: { fields: Object.entries(body).flatMap(([name, value]) => (name !== 'kind' && value ? [name] : [])) },
  });
}
