// Texts with things to tap, and lists of cards.
import type { Choice, Link, Message, TextMessage } from '../../flows/message-schema.ts';
import { parsePhone } from '../parse-phone.ts';
import type { JsonRecord } from './read-json.ts';
import type { RenderedPart } from './rendered-part.ts';
import { LONGEST_BUTTON_TEXT, LONGEST_TEXT, MOST_BUTTONS, MOST_ELEMENTS, MOST_QUICK_REPLIES } from './split-message.ts';
import { shorten } from './split-text.ts';

const LONGEST_BUTTON = 20;
const LONGEST_CARD_LINE = 80;

export function renderText({ text, choices, links }: TextMessage): RenderedPart {
  if (choices.length > MOST_QUICK_REPLIES)
    return { problem: `Tối đa ${MOST_QUICK_REPLIES} lựa chọn trong một tin Messenger.` };
  const quickReplies = choices.length > 0 ? { quick_replies: choices.map(renderQuickReply) } : {};
  if (links.length === 0) {
    if (text.length > LONGEST_TEXT) return { problem: `Tin dài quá ${LONGEST_TEXT} ký tự: cần chia nhỏ.` };
    return { message: { text, ...quickReplies } };
  }
  if (text.length > LONGEST_BUTTON_TEXT)
    return { problem: `Tin có nút bấm dài quá ${LONGEST_BUTTON_TEXT} ký tự: cần chia nhỏ.` };
  const buttons = renderLinks(links);
  if (buttons === null) return { problem: LINK_PROBLEM };
  const attachment = { type: 'template', payload: { template_type: 'button', text, buttons } };
  return { message: { attachment, ...quickReplies } };
}

export const LINK_PROBLEM =
  'Nút bấm không gửi được: tối đa 3 nút, địa chỉ phải là http(s):// và số điện thoại phải đúng.';

/** null when there are too many, or one leads neither to the web nor to a phone. */
export function renderLinks(links: Link[]): JsonRecord[] | null {
  const buttons = links.map(renderLink).filter((button) => button !== null);
  return buttons.length === links.length && links.length <= MOST_BUTTONS ? buttons : null;
}

function renderLink(link: Link): JsonRecord | null {
  const title = shorten(link.title, LONGEST_BUTTON);
  if (link.kind === 'url') return isWebUrl(link.url) ? { type: 'web_url', title, url: link.url } : null;
  const phone = parsePhone(link.phone);
  return phone ? { type: 'phone_number', title, payload: phone.number } : null;
}

/** Title and payload differ only when the title had to be shortened: the payload keeps it whole. */
function renderQuickReply({ title, payload }: Choice): JsonRecord {
  return { content_type: 'text', title: shorten(title, LONGEST_BUTTON), payload };
}

export function renderList({ items }: Extract<Message, { kind: 'list' }>): RenderedPart {
  if (items.length > MOST_ELEMENTS) return { problem: `Tối đa ${MOST_ELEMENTS} mục trong một danh sách Messenger.` };
  const isFine = items.every(
    (item) => item.choices.length <= MOST_BUTTONS && [item.url, item.imageUrl].every((url) => !url || isWebUrl(url)),
  );
  if (!isFine) return { problem: 'Danh sách không gửi được: mỗi mục tối đa 3 nút, địa chỉ phải là http(s)://.' };
  const payload = { template_type: 'generic', elements: items.map(renderCard) };
  return { message: { attachment: { type: 'template', payload } } };
}

type Item = Extract<Message, { kind: 'list' }>['items'][number];

function renderCard({ title, subtitle, imageUrl, url, choices }: Item): JsonRecord {
  // A card needs something besides its title.
  const line = subtitle ?? (imageUrl || url || choices.length > 0 ? undefined : '—');
  return {
    title: shorten(title, LONGEST_CARD_LINE),
    ...(line ? { subtitle: shorten(line, LONGEST_CARD_LINE) } : {}),
    ...(imageUrl ? { image_url: imageUrl } : {}),
    ...(url ? { default_action: { type: 'web_url', url } } : {}),
    ...(choices.length > 0 ? { buttons: choices.map(renderPostback) } : {}),
  };
}

function renderPostback({ title, payload }: Choice): JsonRecord {
  return { type: 'postback', title: shorten(title, LONGEST_BUTTON), payload };
}

function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
