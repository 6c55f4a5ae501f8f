// What came with a message: Zalo's attachment table (contract sheet 1.7) in our own words.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { Attachment } from '../inbound-event-schema.ts';
import { isJsonObject, readJson } from './read-json.ts';
import type { ZaloWebhookAttachment, ZaloWebhookMessage } from './webhook-schema.ts';

type Payload = NonNullable<ZaloWebhookAttachment['payload']>;

/** All attachments of a message, in order; one of an unknown type is kept as `other`. */
export function readAttachments(message: ZaloWebhookMessage): Attachment[] {
  return (message.attachments ?? []).map((attachment) => readAttachment(attachment, message.text));
}

function readAttachment({ type, payload = {} }: ZaloWebhookAttachment, messageText: string | undefined): Attachment {
  switch (type) {
    case 'image':
    case 'gif':
      return { kind: 'image', ...given({ url: payload.url }) };
    case 'audio':
    case 'voice':
      return { kind: 'audio', ...given({ url: payload.url }) };
    case 'video':
      return { kind: 'video', ...given({ url: payload.url, title: payload.description }) };
    case 'file':
      return { kind: kindOfFile(payload), ...given({ url: payload.url, name: payload.name }) };
    case 'sticker':
      return { kind: 'sticker', ...given({ url: payload.url, stickerId: payload.id }) };
    case 'location':
      return readLocation(payload, messageText);
    case 'link':
      return readLinkOrCard(payload, messageText);
    case 'template':
      return { kind: 'template' };
    default:
      return { kind: 'other', ...given({ url: payload.url, title: type }) };
  }
}

/** Films and moving pictures come as files too (chatwoot, zalo_events_job.rb). */
function kindOfFile({ type, name }: Payload): Attachment['kind'] {
  const extension = (type || name?.split('.').at(-1) || '').toLowerCase();
  if (extension === 'mp4') return 'video';
  return extension === 'gif' ? 'image' : 'file';
}

function readLocation(payload: Payload, placeName: string | undefined): Attachment {
  const { latitude, longitude } = payload.coordinates ?? {};
  return { kind: 'location', ...given({ latitude, longitude, title: placeName }) };
}

/** A business card is a "link" whose description is itself JSON with the phone (chatwoot, business_card_service.rb). */
function readLinkOrCard(payload: Payload, messageText: string | undefined): Attachment {
  const card = readCard(payload.description);
  if (card !== null) {
    return { kind: 'contact_card', ...given({ phone: card.phone, name: messageText, url: payload.thumbnail }) };
  }
  return { kind: 'link', ...given({ url: payload.url, title: payload.title ?? payload.description }) };
}

function readCard(description: string | undefined): { phone: string } | null {
  if (description === undefined || !description.startsWith('{')) return null;
  const json = readJson(description);
  if (!json.ok || !isJsonObject(json.value)) return null;
  return typeof json.value.phone === 'string' ? { phone: cleanText(json.value.phone) } : null;
}

/** Leaves out what was not there or empty, so that stored events stay small. */
function given(fields: Record<string, string | undefined>): Partial<Attachment> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}
