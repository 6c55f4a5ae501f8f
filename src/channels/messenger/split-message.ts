// One message of ours becomes the calls that Messenger takes: attachments before text, and what can be tapped on the
// last part, because Messenger hides quick replies that are followed by another message.
import type { Choice, Link, Message, TextMessage } from '../../flows/message-schema.ts';
import { splitText } from './split-text.ts';

/** "Less than 2000 characters". */
export const LONGEST_TEXT = 1999;
/** Text above the buttons of a template. */
export const LONGEST_BUTTON_TEXT = 640;
export const MOST_QUICK_REPLIES = 13;
export const MOST_BUTTONS = 3;
export const MOST_ELEMENTS = 10;

/** Parts in the order in which they are to be said; each is one call. */
export function splitMessage(message: Message): Message[] {
  switch (message.kind) {
    case 'text':
      return splitTextMessage(message);
    case 'image':
      return splitImage(message);
    case 'list':
      return splitList(message);
    case 'media':
      return splitMedia(message);
    default:
      return [message];
  }
}

function splitTextMessage(message: TextMessage): TextMessage[] {
  const choices = message.choices.slice(0, MOST_QUICK_REPLIES);
  const links = message.links.slice(0, MOST_BUTTONS);
  // What does not fit as a button stays readable, and typing a choice means the same as tapping it.
  const extra = [
    ...message.links.slice(MOST_BUTTONS).map((link) => `${link.title}: ${addressOf(link)}`),
    ...message.choices.slice(MOST_QUICK_REPLIES).map((choice) => `• ${choice.title}`),
  ];
  const parts = splitText([message.text, ...extra].join('\n'), LONGEST_TEXT);
  const last = parts.pop() ?? message.text;
  const tail = links.length > 0 ? (splitText(last, LONGEST_BUTTON_TEXT).at(-1) ?? last) : last;
  const head = last.slice(0, last.length - tail.length).trimEnd();
  const texts = [...parts, ...(head === '' ? [] : [head]), tail];
  return texts.map((text, index) => {
    const isLast = index === texts.length - 1;
    const quote = index === 0 && message.quoteMessageId !== undefined ? { quoteMessageId: message.quoteMessageId } : {};
    return { kind: 'text', text, choices: isLast ? choices : [], links: isLast ? links : [], ...quote };
  });
}

function splitImage(message: Extract<Message, { kind: 'image' }>): Message[] {
  const { caption, ...image } = message;
  return caption ? [image, ...splitTextMessage(plainText(caption))] : [image];
}

/** An item with more choices than buttons comes again with the rest of them. */
function splitList(message: Extract<Message, { kind: 'list' }>): Message[] {
  const items = message.items.flatMap((item) => {
    const groups = chunk(item.choices, MOST_BUTTONS);
    return groups.length === 0 ? [item] : groups.map((choices) => ({ ...item, choices }));
  });
  return chunk(items, MOST_ELEMENTS).map((group) => ({ kind: 'list', items: group }));
}

/** Sound takes no buttons: they follow in a line of their own. */
function splitMedia(message: Extract<Message, { kind: 'media' }>): Message[] {
  const { links } = message;
  if (links.length === 0 || (message.mediaKind !== 'audio' && links.length <= MOST_BUTTONS)) return [message];
  return [{ ...message, links: [] }, ...splitTextMessage({ ...plainText('Xem thêm:'), links })];
}

export function addressOf(link: Link): string {
  return link.kind === 'url' ? link.url : link.phone;
}

function plainText(text: string): TextMessage {
  return { kind: 'text', text, choices: [] as Choice[], links: [] as Link[] };
}

function chunk<T>(list: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
