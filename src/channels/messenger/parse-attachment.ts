// What a customer or the page attached, in the words of all channels.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { Attachment } from '../inbound-event-schema.ts';
import type { MessengerAttachment } from './webhook-schema.ts';

/** An address is a key of the table of media: longer ones do not fit its index. */
const LONGEST_URL = 2000;

export function readAttachments(attachments: MessengerAttachment[]): Attachment[] {
  // Until 30 Aug 2026 a sticker came with an image of itself; webhooks of that time may be replayed.
  const hasSticker = attachments.some(({ type }) => type === 'sticker');
  const kept = hasSticker ? attachments.filter(({ type }) => type !== 'image') : attachments;
  return kept.map(readAttachment);
}

function readAttachment(attachment: MessengerAttachment): Attachment {
  const { payload, type } = attachment;
  // Echoes carry title and url of a link outside the payload.
  const url = readUrl(payload?.url ?? attachment.url);
  const title = readTitle(payload?.title ?? attachment.title);
  const place = { ...(url ? { url } : {}), ...(title ? { title } : {}) };
  if (payload?.sticker_id) return { kind: 'sticker', stickerId: payload.sticker_id, ...place };
  switch (type) {
    case 'image':
    case 'video':
    case 'audio':
    case 'file':
    case 'sticker':
      return { kind: type, ...place };
    case 'location':
      return { kind: 'location', ...place, ...readPlace(payload?.coordinates) };
    case 'reel':
    case 'ig_reel':
    case 'post':
    case 'ig_post':
    case 'share':
    case 'fallback':
      return url ? { kind: 'link', ...place } : { kind: 'other', name: type, ...place };
    case 'template':
      return { kind: 'template', ...place, ...readProducts(payload?.product?.elements) };
    default:
      return { kind: 'other', name: (type ?? 'unknown').slice(0, 64), ...place };
  }
}

function readPlace(coordinates: { lat?: string | undefined; long?: string | undefined } | null | undefined) {
  const { lat, long } = coordinates ?? {};
  return lat === undefined || long === undefined ? {} : { latitude: lat, longitude: long };
}

function readProducts(elements: { title?: string | undefined }[] | undefined) {
  const titles = (elements ?? []).flatMap((element) => readTitle(element.title) ?? []);
  return titles.length > 0 ? { title: titles.join(', ') } : {};
}

function readTitle(title: string | undefined): string | undefined {
  return title ? cleanText(title).slice(0, 1000) : undefined;
}

function readUrl(url: string | undefined): string | undefined {
  return url !== undefined && url.length <= LONGEST_URL && /^https?:\/\/[\x21-\x7e]+$/i.test(url) ? url : undefined;
}
