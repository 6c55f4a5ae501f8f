// A message part as the body of one Zalo call (contract sheet 3.1, 3.2, 4.1). Pure; uploads happened before.
import type { Choice, Link, Message, TextMessage } from '../../flows/message-schema.ts';
import { MOST_BUTTONS } from './split-message.ts';
import { toTrackingId } from './tracking-id.ts';

export type ZaloHost = 'openapi' | 'zns';

export type ZaloCall = { host: ZaloHost; path: string; body: Record<string, unknown> };

/** What an upload gave: a media id for images and GIFs, a token for files. */
export type UploadedAsset =
  | { kind: 'image'; attachmentId: string }
  | { kind: 'gif'; attachmentId: string; width: number; height: number }
  | { kind: 'file'; token: string };

export type RenderRequest = {
  peerId: string;
  outboundMessageId: string;
  message: Message;
  asset: UploadedAsset | null;
};

const LONGEST_TITLE = 100;
const LONGEST_SUBTITLE = 500;
const PHONE_PEER = 'phone:';

/** Null for what cannot be said on Zalo as it stands: a message that was not split, a file without its upload. */
export function renderMessage(request: RenderRequest): ZaloCall | null {
  if (request.message.kind === 'template') return renderTemplate(request, request.message);
  const message = renderConsultation(request.message, request.asset);
  if (message === null || request.peerId.startsWith(PHONE_PEER)) return null;
  return {
    host: 'openapi',
    path: '/v3.0/oa/message/cs',
    body: { recipient: { user_id: request.peerId }, message },
  };
}

function renderConsultation(message: Message, asset: UploadedAsset | null): Record<string, unknown> | null {
  switch (message.kind) {
    case 'text':
      return renderText(message);
    case 'image':
      return renderImage(message.source, message.caption, asset);
    case 'file':
      return asset?.kind === 'file' ? { attachment: { type: 'file', payload: { token: asset.token } } } : null;
    case 'sticker':
      return media([{ media_type: 'sticker', attachment_id: message.stickerId }]);
    case 'list':
      return template('list', message.items.map(renderRow));
    case 'contact_request':
      return template('request_user_info', [
        {
          title: shorten(message.title, LONGEST_TITLE),
          subtitle: shorten(message.subtitle, LONGEST_SUBTITLE),
          ...(message.imageUrl === undefined ? {} : { image_url: message.imageUrl }),
        },
      ]);
    default:
      return null;
  }
}

function renderText(message: TextMessage): Record<string, unknown> | null {
  const buttons = [...message.choices.map(renderChoice), ...message.links.map(renderLink)];
  if (buttons.length > MOST_BUTTONS) return null;
  return {
    text: message.text.normalize('NFC'),
    ...(message.quoteMessageId === undefined ? {} : { quote_message_id: message.quoteMessageId }),
    // No template_type: buttons under a text have none (contract sheet 3.1).
    ...(buttons.length === 0 ? {} : { attachment: { type: 'template', payload: { buttons } } }),
  };
}

function renderChoice(choice: Choice): Record<string, unknown> {
  return {
    title: shorten(choice.title, LONGEST_TITLE),
    type: 'oa.query.show',
    payload: choice.payload.normalize('NFC'),
  };
}

function renderLink(link: Link): Record<string, unknown> {
  const title = shorten(link.title, LONGEST_TITLE);
  if (link.kind === 'url') return { title, type: 'oa.open.url', payload: { url: link.url } };
  return { title, type: 'oa.open.phone', payload: { phone_code: toPhoneCode(link.phone) } };
}

function renderImage(
  source: string,
  caption: string | undefined,
  asset: UploadedAsset | null,
): Record<string, unknown> | null {
  const text = caption ? { text: caption.normalize('NFC') } : {};
  if (asset?.kind === 'gif') {
    const { attachmentId, width, height } = asset;
    return { ...text, ...media([{ media_type: 'gif', attachment_id: attachmentId, width, height }]) };
  }
  if (asset?.kind === 'image')
    return { ...text, ...media([{ media_type: 'image', attachment_id: asset.attachmentId }]) };
  return source.startsWith('http') ? { ...text, ...media([{ media_type: 'image', url: source }]) } : null;
}

type Row = Extract<Message, { kind: 'list' }>['items'][number];

function renderRow(item: Row, index: number): Record<string, unknown> {
  const choice = item.choices[0];
  const action =
    item.url === undefined
      ? choice && { type: 'oa.query.show', payload: choice.payload.normalize('NFC') }
      : { type: 'oa.open.url', url: item.url };
  // Only the first row needs a subtitle.
  const subtitle = item.subtitle ?? (index === 0 ? item.title : undefined);
  return {
    title: shorten(item.title, LONGEST_TITLE),
    ...(subtitle === undefined ? {} : { subtitle: shorten(subtitle, LONGEST_SUBTITLE) }),
    ...(item.imageUrl === undefined ? {} : { image_url: item.imageUrl }),
    ...(action ? { default_action: action } : {}),
  };
}

type Template = Extract<Message, { kind: 'template' }>;

/** By user id on the OA host, by phone (ZNS) on the business host with our own id as tracking_id. */
function renderTemplate(request: RenderRequest, template: Template): ZaloCall {
  const data = Object.fromEntries(
    Object.entries(template.parameters).map(([key, value]) => [key, value.normalize('NFC')]),
  );
  const phone = template.phone ?? phoneOf(request.peerId);
  const content = { template_id: template.templateId, template_data: data };
  if (phone === null) {
    return { host: 'openapi', path: '/v3.0/oa/message/template', body: { user_id: request.peerId, ...content } };
  }
  const body = { phone: toPhoneCode(phone), ...content, tracking_id: toTrackingId(request.outboundMessageId) };
  return { host: 'zns', path: '/message/template', body };
}

function phoneOf(peerId: string): string | null {
  return peerId.startsWith(PHONE_PEER) ? peerId.slice(PHONE_PEER.length) : null;
}

/** "0912 345 678" and "+84912345678" → "84912345678". */
function toPhoneCode(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^0/, '84');
}

function media(elements: object[]): Record<string, unknown> {
  return template('media', elements);
}

function template(templateType: string, elements: object[]): Record<string, unknown> {
  return { attachment: { type: 'template', payload: { template_type: templateType, elements } } };
}

function shorten(text: string, limit: number): string {
  const whole = text.normalize('NFC');
  return whole.length <= limit
    ? whole
    : `${whole
        .slice(0, limit - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')
        .trimEnd()}…`;
}
