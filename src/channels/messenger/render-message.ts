// Our words in Meta's shapes: the body of one call to me/messages. Limits: Send API and templates, checked 2026-11-21.
import type { Message } from '../../flows/message-schema.ts';
import type { SendRequest } from '../channel.ts';
import { checkPermit } from './check-permit.ts';
import { writeEchoMark } from './echo-mark.ts';
import type { JsonRecord } from './read-json.ts';
import { renderContactRequest, renderFeedback, renderReceipt, renderUtility } from './render-form.ts';
import { renderAttachment, renderMedia, renderSticker } from './render-media.ts';
import { renderList, renderText } from './render-text.ts';
import type { Attached, RenderedPart } from './rendered-part.ts';

export type RenderedSend = {
  body: JsonRecord;
  upload: Attached | null;
  needsAttachmentId: Attached | null;
  /** Meta counts texts and media apart. */
  pace: 'text' | 'media';
  isVideo: boolean;
};

export type Rendering = { ok: true; send: RenderedSend } | { ok: false; code: string; reason: string };

const IMPOSSIBLE =
  'Tin này không được phép gửi theo quy định của Messenger vào lúc này. Chờ khách nhắn lại, hoặc dùng mẫu tin tiện ích.';

/** Pure. Not ok: the message as it stands can never go, and why (Vietnamese, for agents). */
export function renderMessage({ outboundMessageId, peerId, message, permit }: SendRequest): Rendering {
  const wrong = checkPermit(message, permit);
  if (wrong !== null) return { ok: false, code: wrong, reason: IMPOSSIBLE };
  const part = renderPart(message);
  if ('problem' in part) return { ok: false, code: 'unrenderable', reason: part.problem };
  // A quote needs a message of the customer in the last 24 hours.
  const quoted = message.kind === 'text' && permit.mode === 'free' ? message.quoteMessageId : undefined;
  const body = {
    recipient: { id: peerId },
    messaging_type: permit.messagingType,
    ...(permit.tag ? { tag: permit.tag } : {}),
    ...(quoted === undefined ? {} : { reply_to: { mid: quoted } }),
    message: { ...part.message, metadata: writeEchoMark(outboundMessageId) },
  };
  return {
    ok: true,
    send: {
      body,
      upload: part.upload ?? null,
      needsAttachmentId: part.needsAttachmentId ?? null,
      pace: message.kind === 'image' || message.kind === 'file' || message.kind === 'media' ? 'media' : 'text',
      isVideo: message.kind === 'media' && message.mediaKind === 'video',
    },
  };
}

function renderPart(message: Message): RenderedPart {
  switch (message.kind) {
    case 'text':
      return renderText(message);
    case 'list':
      return renderList(message);
    case 'image':
      return renderAttachment({ kind: 'image', source: message.source });
    case 'file':
      return renderAttachment({ kind: 'file', source: message.source, name: message.name });
    case 'media':
      return renderMedia(message);
    case 'sticker':
      return renderSticker(message.stickerId);
    case 'contact_request':
      return renderContactRequest(message);
    case 'template':
      return renderUtility(message);
    case 'feedback':
      return renderFeedback(message);
    case 'receipt':
      return renderReceipt(message);
  }
}
