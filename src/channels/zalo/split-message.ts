// One message as the calls that Zalo needs for it. Zalo takes 2,000 characters, 5 buttons and 5 list rows per call:
// more than five choices go out as several messages, so that every choice stays one tap. What Zalo has no form for
// (receipt, video, rating form) becomes text with buttons.
import type { Choice, Link, Message, TextMessage } from '../../flows/message-schema.ts';
import { LONGEST_TEXT, splitText } from './split-text.ts';

export const MOST_BUTTONS = 5;
const MOST_LIST_ROWS = 5;
const UPLOADABLE = /\.(pdf|docx?|csv)$/i;

type ListItem = Extract<Message, { kind: 'list' }>['items'][number];
type Receipt = Extract<Message, { kind: 'receipt' }>;
type Feedback = Extract<Message, { kind: 'feedback' }>;

/** Parts in the order in which they are to be sent; each is one call. */
export function splitZaloMessage(message: Message): Message[] {
  switch (message.kind) {
    case 'text':
      return splitTextMessage(message);
    case 'image':
      return splitImage(message.source, message.caption ?? '', []);
    case 'media':
      if (message.mediaKind === 'image') return splitImage(message.source, '', message.links);
      return linkTo(message.mediaKind === 'video' ? 'Xem video' : 'Nghe audio', message.source, message.links);
    case 'file':
      return splitFile(message.source, message.name);
    case 'list':
      return splitList(message.items);
    case 'receipt':
      return splitTextMessage(textOf(describeReceipt(message)));
    case 'feedback':
      return splitTextMessage(textOf(`${message.title}\n${message.subtitle}`, scale(message)));
    case 'contact_request':
    case 'template':
    case 'sticker':
      return [message];
  }
}

export function isRemote(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

function splitTextMessage(message: TextMessage): Message[] {
  const buttons = [...message.choices.map(asChoice), ...message.links.map(asLink)];
  const groups = inGroups(buttons, MOST_BUTTONS);
  const texts = splitText(message.text);
  const parts: TextMessage[] = texts.map((text) => textOf(text));
  groups.forEach((group, index) => {
    const choices = group.flatMap((button) => button.choice ?? []);
    const links = group.flatMap((button) => button.link ?? []);
    if (index === 0) parts.splice(-1, 1, textOf(texts.at(-1) ?? '', choices, links));
    else parts.push(textOf('Các lựa chọn khác:', choices, links));
  });
  return parts.map((part, index) =>
    index === 0 && message.quoteMessageId ? { ...part, quoteMessageId: message.quoteMessageId } : part,
  );
}

function splitImage(source: string, caption: string, links: Link[]): Message[] {
  // A GIF has to be uploaded, which is possible only for our own files.
  if (isRemote(source) && /\.gif($|\?)/i.test(source)) return linkTo(caption || 'Xem ảnh', source, links);
  const text = caption.normalize('NFC');
  const image: Message = text === '' ? { kind: 'image', source } : { kind: 'image', source, caption: text };
  const more = links.length > 0 ? splitTextMessage(textOf('Xem thêm:', [], links)) : [];
  if (text.length <= LONGEST_TEXT) return [image, ...more];
  return [{ kind: 'image', source }, ...splitTextMessage(textOf(text, [], links))];
}

/** Zalo takes uploads of few types; anything that has an address is as good as a button. */
function splitFile(source: string, name: string): Message[] {
  if (!isRemote(source) && UPLOADABLE.test(name)) return [{ kind: 'file', source, name }];
  if (isRemote(source)) return splitTextMessage(textOf(name, [], [{ kind: 'url', title: 'Tải tệp', url: source }]));
  return [{ kind: 'file', source, name }];
}

/** A row of a list has one action only; further choices follow as buttons below it. */
function splitList(items: ListItem[]): Message[] {
  const lists: Message[] = inGroups(items, MOST_LIST_ROWS).map((rows) => ({ kind: 'list', items: rows }));
  const left = items.flatMap((item) => (item.url === undefined ? item.choices.slice(1) : item.choices));
  return left.length === 0 ? lists : [...lists, ...splitTextMessage(textOf('Các lựa chọn:', left))];
}

function linkTo(title: string, url: string, links: Link[]): Message[] {
  return splitTextMessage(textOf(title, [], [{ kind: 'url', title: title.slice(0, 100), url }, ...links]));
}

function scale(message: Feedback): Choice[] {
  if (message.metric !== 'csat') return [];
  return ['1', '2', '3', '4', '5'].map((score) => ({ title: score, payload: score }));
}

function describeReceipt(receipt: Receipt): string {
  const money = (amount: number) =>
    `${amount.toLocaleString('vi-VN')} ${receipt.currency === 'VND' ? '₫' : receipt.currency}`;
  const rows = receipt.items.map(
    (item) => `• ${item.title}${item.quantity === undefined ? '' : ` × ${item.quantity}`}: ${money(item.price)}`,
  );
  return [
    `Hóa đơn ${receipt.orderNumber}`,
    `Khách hàng: ${receipt.recipientName}`,
    ...rows,
    `Tổng cộng: ${money(receipt.total)}`,
    `Thanh toán: ${receipt.paymentMethod}`,
  ].join('\n');
}

function textOf(text: string, choices: Choice[] = [], links: Link[] = []): TextMessage {
  return { kind: 'text', text, choices, links };
}

const asChoice = (choice: Choice): { choice?: Choice; link?: Link } => ({ choice });
const asLink = (link: Link): { choice?: Choice; link?: Link } => ({ link });

function inGroups<T>(things: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(things.length / size) }, (_, index) =>
    things.slice(index * size, index * size + size),
  );
}
