// Pictures, films, sound, files and stickers.
import type { Message } from '../../flows/message-schema.ts';
import type { JsonRecord } from './read-json.ts';
import { LINK_PROBLEM, renderLinks } from './render-text.ts';
import type { Attached, RenderedPart } from './rendered-part.ts';

const NEEDS_HTTPS = 'Messenger chỉ nhận tệp ở địa chỉ https://.';

export function renderAttachment(attached: Attached): RenderedPart {
  if (!isWebAddress(attached.source)) {
    return { message: { attachment: { type: attached.kind, payload: {} } }, upload: attached };
  }
  if (!attached.source.startsWith('https://')) return { problem: NEEDS_HTTPS };
  return { message: { attachment: { type: attached.kind, payload: { url: attached.source } } } };
}

export function renderMedia({ mediaKind, source, links }: Extract<Message, { kind: 'media' }>): RenderedPart {
  const attached: Attached = { kind: mediaKind, source };
  if (links.length === 0) return renderAttachment(attached);
  if (mediaKind === 'audio') return { problem: 'Âm thanh không kèm được nút bấm trên Messenger.' };
  if (isWebAddress(source) && !source.startsWith('https://')) return { problem: NEEDS_HTTPS };
  const buttons = renderLinks(links);
  if (buttons === null) return { problem: LINK_PROBLEM };
  // The template takes Facebook's own addresses as they are; anything else only by attachment id.
  if (/^https:\/\/(www\.)?facebook\.com\//.test(source))
    return { message: mediaTemplate({ media_type: mediaKind, url: source, buttons }) };
  return { message: mediaTemplate({ media_type: mediaKind, buttons }), needsAttachmentId: attached };
}

/** The body of a call whose picture or film is known by its attachment id. */
export function withAttachmentId(body: JsonRecord, attachmentId: string): JsonRecord {
  return JSON.parse(
    JSON.stringify(body, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'media_type' in value
        ? { ...value, attachment_id: attachmentId }
        : value,
    ),
  );
}

function mediaTemplate(element: JsonRecord): JsonRecord {
  return { attachment: { type: 'template', payload: { template_type: 'media', elements: [element] } } };
}

export function renderSticker(stickerId: string): RenderedPart {
  if (!/^\d{1,20}$/.test(stickerId)) return { problem: 'Mã nhãn dán không đúng: Messenger chỉ nhận chữ số.' };
  const number = Number(stickerId);
  return { message: { sticker_id: Number.isSafeInteger(number) ? number : stickerId } };
}

export function isWebAddress(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(source);
}
