// What can be said, the same for every channel: flows, agents and journeys speak in this shape,
// each channel renders it (src/channels/<name>/render-message.ts). Pure; also runs in the browser.
import { z } from 'zod';

/**
 * Something to tap that answers us. `payload` comes back when it is tapped; by custom it is the title itself,
 * because Zalo shows the payload as the customer's own words and because a typed title must mean the same.
 */
export const choiceSchema = z.object({ title: z.string().min(1), payload: z.string().min(1).max(1000) });
export type Choice = z.infer<typeof choiceSchema>;

/** Something to tap that leaves the chat. */
export const linkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('url'), title: z.string().min(1), url: z.url() }),
  z.object({ kind: z.literal('phone'), title: z.string().min(1), phone: z.string().min(3) }),
]);
export type Link = z.infer<typeof linkSchema>;

const textMessage = z.object({
  kind: z.literal('text'),
  text: z.string().min(1),
  choices: z.array(choiceSchema).default([]),
  links: z.array(linkSchema).default([]),
  /** The provider's id of the message that this one answers. */
  quoteMessageId: z.string().optional(),
  /** Only e-mail shows it. */
  subject: z.string().optional(),
});

const imageMessage = z.object({
  kind: z.literal('image'),
  /** https address, or a path under DATA_DIR/media for an upload. */
  source: z.string().min(1),
  caption: z.string().optional(),
});

const fileMessage = z.object({
  kind: z.literal('file'),
  source: z.string().min(1),
  /** With an extension: Zalo answers an upload without one with success and no token. */
  name: z.string().min(3),
});

const listMessage = z.object({
  kind: z.literal('list'),
  items: z
    .array(
      z.object({
        title: z.string().min(1),
        subtitle: z.string().optional(),
        imageUrl: z.url().optional(),
        url: z.url().optional(),
        choices: z.array(choiceSchema).default([]),
      }),
    )
    .min(1),
});

/** Asks for name and phone: Zalo's request_user_info, Messenger's phone quick reply. */
const contactRequestMessage = z.object({
  kind: z.literal('contact_request'),
  title: z.string().min(1),
  subtitle: z.string().min(1),
  imageUrl: z.url().optional(),
});

/** A message the provider approved before: ZBS by user id, ZNS by phone, Messenger utility. */
const templateMessage = z.object({
  kind: z.literal('template'),
  templateId: z.string().min(1),
  language: z.string().default('vi'),
  parameters: z.record(z.string(), z.string()),
  /** 84… digits: by phone (ZNS) instead of by user id. */
  phone: z.string().optional(),
  /** Our own name of it in the catalogue. */
  name: z.string().optional(),
  /** The words as the customer reads them; for the ledger and the inbox. */
  preview: z.string().optional(),
});

/** Messenger's one-question feedback form; elsewhere a survey step asks with choices. */
const feedbackMessage = z.object({
  kind: z.literal('feedback'),
  title: z.string().min(1).max(65),
  subtitle: z.string().min(1).max(80),
  buttonTitle: z.string().min(1).max(20),
  questionId: z.string().regex(/^\w{1,80}$/),
  metric: z.enum(['csat', 'nps', 'ces']),
  privacyUrl: z.url(),
});

const receiptMessage = z.object({
  kind: z.literal('receipt'),
  recipientName: z.string().min(1),
  orderNumber: z.string().min(1),
  currency: z.string().default('VND'),
  paymentMethod: z.string().min(1),
  items: z.array(z.object({ title: z.string(), quantity: z.number().optional(), price: z.number() })).min(1),
  total: z.number(),
});

const mediaMessage = z.object({
  kind: z.literal('media'),
  mediaKind: z.enum(['image', 'video', 'audio']),
  source: z.string().min(1),
  links: z.array(linkSchema).default([]),
});

const stickerMessage = z.object({ kind: z.literal('sticker'), stickerId: z.string().min(1) });

export const messageSchema = z.discriminatedUnion('kind', [
  textMessage,
  imageMessage,
  fileMessage,
  listMessage,
  contactRequestMessage,
  templateMessage,
  feedbackMessage,
  receiptMessage,
  mediaMessage,
  stickerMessage,
]);
export type Message = z.infer<typeof messageSchema>;
export type TextMessage = z.infer<typeof textMessage>;

/** The words of a message, for the ledger, the inbox and tests. */
export function textOfMessage(message: Message): string {
  switch (message.kind) {
    case 'text':
      return message.text;
    case 'image':
      return message.caption ?? '[ảnh]';
    case 'file':
      return `[tệp] ${message.name}`;
    case 'list':
      return message.items.map((item) => item.title).join('\n');
    case 'contact_request':
    case 'feedback':
      return `${message.title}\n${message.subtitle}`;
    case 'template':
      return message.preview ?? `[mẫu tin ${message.name ?? message.templateId}]`;
    case 'receipt':
      return `[hoá đơn ${message.orderNumber}]`;
    case 'media':
      return `[${message.mediaKind}]`;
    case 'sticker':
      return '[nhãn dán]';
  }
}
