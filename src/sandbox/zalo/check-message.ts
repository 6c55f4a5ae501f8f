// What /v3.0/oa/message/cs takes, to the letter of the contract sheet (3.1), and how a phone shows it.
import { z } from 'zod';
import { isRecord } from '../answer-call.ts';
import type { NewMessage, ShownChoice, ShownItem, ShownLink } from '../sandbox-schema.ts';

const title = z.string().min(1).max(100);
/** Country code first, or a hotline of 8 digits. */
const phoneCode = z.string().regex(/^\+?84\d{8,10}$|^1[89]00\d{4}$/);
/** No shorter list of hosts is documented; a program under trial stands on 127.0.0.1. */
const webAddress = z.url({ protocol: /^https?$/ });
const button = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('oa.open.url'), title, payload: z.strictObject({ url: webAddress }) }),
  z.strictObject({ type: z.literal('oa.query.show'), title, payload: z.string().min(1).max(1000) }),
  z.strictObject({ type: z.literal('oa.query.hide'), title, payload: z.string().min(1).max(1000) }),
  z.strictObject({
    type: z.literal('oa.open.sms'),
    title,
    payload: z.strictObject({ content: z.string().max(160), phone_code: phoneCode }),
  }),
  z.strictObject({ type: z.literal('oa.open.phone'), title, payload: z.strictObject({ phone_code: phoneCode }) }),
]);
type Button = z.infer<typeof button>;

const mediaElement = z
  .strictObject({
    media_type: z.enum(['image', 'gif', 'sticker']),
    url: webAddress.optional(),
    attachment_id: z.string().min(1).optional(),
    width: z.number().optional(),
    height: z.number().optional(),
  })
  .refine((element) => (element.url === undefined) !== (element.attachment_id === undefined), {
    path: ['attachment_id'],
  })
  .refine((element) => element.media_type === 'image' || element.attachment_id !== undefined, {
    path: ['attachment_id'],
  })
  .refine((element) => element.media_type !== 'gif' || (element.width !== undefined && element.height !== undefined), {
    path: ['width'],
  });

const openAction = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('oa.open.url'), url: webAddress }),
  z.strictObject({ type: z.literal('oa.query.show'), payload: z.string().min(1).max(1000) }),
  z.strictObject({ type: z.literal('oa.query.hide'), payload: z.string().min(1).max(1000) }),
  z.strictObject({ type: z.literal('oa.open.phone'), payload: z.strictObject({ phone_code: phoneCode }) }),
]);
const listElement = z.strictObject({
  title,
  subtitle: z.string().min(1).max(500).optional(),
  image_url: z.httpUrl().optional(),
  default_action: openAction.optional(),
});

const template = (payload: z.ZodType) => z.strictObject({ type: z.literal('template'), payload });
const text = z.string().min(1).max(2000);
const quote = { quote_message_id: z.string().min(1).optional() };

const textMessage = z.strictObject({ text, ...quote });
const fileMessage = z.strictObject({
  attachment: z.strictObject({ type: z.literal('file'), payload: z.strictObject({ token: z.string().min(1) }) }),
  ...quote,
});
const mediaPayload = z.strictObject({ template_type: z.literal('media'), elements: z.array(mediaElement).length(1) });
const mediaMessage = z.strictObject({ text: text.optional(), attachment: template(mediaPayload), ...quote });
const infoPayload = z.strictObject({
  template_type: z.literal('request_user_info'),
  elements: z
    .array(z.strictObject({ title, subtitle: z.string().min(1).max(500), image_url: z.httpUrl().optional() }))
    .length(1),
});
const buttonsPayload = z.strictObject({ buttons: z.array(button).min(1).max(5) });
const listPayload = z.strictObject({
  template_type: z.literal('list'),
  elements: z
    .array(listElement)
    .min(1)
    .max(5)
    .refine((elements) => elements[0]?.subtitle !== undefined, { path: [0, 'subtitle'] }),
  buttons: z.array(button).max(5).optional(),
});

export type CheckedMessage =
  | {
      ok: true;
      shown: Omit<NewMessage, 'id' | 'at' | 'from'>;
      /** Uploads that must exist and be younger than 7 days. */
      attachmentId: string | null;
      fileToken: string | null;
      quoteMessageId: string | null;
      /** The echo's event name. */
      echo:
        | 'oa_send_text'
        | 'oa_send_image'
        | 'oa_send_gif'
        | 'oa_send_sticker'
        | 'oa_send_file'
        | 'oa_send_list'
        | 'oa_send_template';
    }
  | { ok: false; error: number; message: string };

type Parsed<T> = { ok: true; value: T } | { ok: false; error: number; message: string };

/** Reads `message` of a consultation message; refusals carry Zalo's code. */
export function checkMessage(message: unknown): CheckedMessage {
  if (!isRecord(message)) return { ok: false, error: -201, message: 'message is invalid!' };
  const attachment = message.attachment;
  if (attachment === undefined) return checkText(message);
  if (!isRecord(attachment)) return { ok: false, error: -201, message: 'attachment is invalid!' };
  if (attachment.type === 'file') return checkFile(message);
  const payload = isRecord(attachment.payload) ? attachment.payload : {};
  switch (payload.template_type) {
    case undefined:
      return checkButtons(message);
    case 'media':
      return checkMedia(message);
    case 'request_user_info':
      return checkInfoRequest(message);
    case 'list':
      return checkList(message);
    default:
      return { ok: false, error: -233, message: 'template_type is invalid or not support' };
  }
}

const plain = { attachmentId: null, fileToken: null, quoteMessageId: null };

function checkText(message: unknown): CheckedMessage {
  const parsed = read(textMessage, message);
  if (!parsed.ok) return parsed;
  const { text: words, quote_message_id: quoteMessageId = null } = parsed.value;
  return { ...plain, ok: true, shown: { kind: 'text', text: words }, quoteMessageId, echo: 'oa_send_text' };
}

function checkFile(message: unknown): CheckedMessage {
  const parsed = read(fileMessage, message);
  if (!parsed.ok) return parsed;
  const fileToken = parsed.value.attachment.payload.token;
  return { ...plain, ok: true, shown: { kind: 'file' }, fileToken, echo: 'oa_send_file' };
}

function checkMedia(message: unknown): CheckedMessage {
  const parsed = read(mediaMessage, message);
  if (!parsed.ok) return parsed;
  const payload = mediaPayload.parse(parsed.value.attachment.payload);
  const element = payload.elements[0];
  if (element === undefined) return { ok: false, error: -201, message: 'elements is invalid!' };
  const isSticker = element.media_type === 'sticker';
  return {
    ok: true,
    shown: { kind: isSticker ? 'sticker' : 'image', text: parsed.value.text ?? '', mediaUrl: element.url ?? null },
    attachmentId: isSticker ? null : (element.attachment_id ?? null),
    fileToken: null,
    quoteMessageId: parsed.value.quote_message_id ?? null,
    echo: `oa_send_${element.media_type}`,
  };
}

function checkInfoRequest(message: unknown): CheckedMessage {
  const parsed = read(z.strictObject({ attachment: template(infoPayload) }), message);
  if (!parsed.ok) return parsed;
  const element = infoPayload.parse(parsed.value.attachment.payload).elements[0];
  return {
    ...plain,
    ok: true,
    shown: {
      kind: 'info_request',
      text: element?.title ?? '',
      subtitle: element?.subtitle ?? '',
      mediaUrl: element?.image_url ?? null,
    },
    echo: 'oa_send_template',
  };
}

function checkButtons(message: unknown): CheckedMessage {
  const parsed = read(z.strictObject({ text, attachment: template(buttonsPayload), ...quote }), message);
  if (!parsed.ok) return parsed;
  const { buttons } = buttonsPayload.parse(parsed.value.attachment.payload);
  return {
    ...plain,
    ok: true,
    shown: { kind: 'text', text: parsed.value.text, ...splitButtons(buttons) },
    quoteMessageId: parsed.value.quote_message_id ?? null,
    echo: 'oa_send_text',
  };
}

function checkList(message: unknown): CheckedMessage {
  const parsed = read(z.strictObject({ text: text.optional(), attachment: template(listPayload) }), message);
  if (!parsed.ok) return parsed;
  const { elements, buttons = [] } = listPayload.parse(parsed.value.attachment.payload);
  const items: ShownItem[] = elements.map((element) => ({
    title: element.title,
    subtitle: element.subtitle ?? '',
    imageUrl: element.image_url ?? null,
    ...itemAction(element),
  }));
  return {
    ...plain,
    ok: true,
    shown: { kind: 'list', text: parsed.value.text ?? '', items, ...splitButtons(buttons) },
    echo: 'oa_send_list',
  };
}

function itemAction(element: z.infer<typeof listElement>): { choices: ShownChoice[]; links: ShownLink[] } {
  const action = element.default_action;
  if (action === undefined) return { choices: [], links: [] };
  if (action.type === 'oa.open.url')
    return { choices: [], links: [{ kind: 'url', title: element.title, target: action.url }] };
  return splitButtons([button.parse({ ...action, title: element.title })]);
}

function splitButtons(buttons: Button[]): { choices: ShownChoice[]; links: ShownLink[] } {
  const choices: ShownChoice[] = [];
  const links: ShownLink[] = [];
  for (const each of buttons) {
    switch (each.type) {
      case 'oa.query.show':
        choices.push({ kind: 'query_show', title: each.title, payload: each.payload });
        break;
      case 'oa.query.hide':
        choices.push({ kind: 'query_hide', title: each.title, payload: each.payload });
        break;
      case 'oa.open.url':
        links.push({ kind: 'url', title: each.title, target: each.payload.url });
        break;
      case 'oa.open.phone':
        links.push({ kind: 'phone', title: each.title, target: each.payload.phone_code });
        break;
      case 'oa.open.sms':
        links.push({ kind: 'sms', title: each.title, target: each.payload.phone_code });
        break;
    }
  }
  return { choices, links };
}

/** Too long or too many is -210, everything else -201, named after the first field that is wrong. */
function read<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'message';
  if (issue?.code === 'too_big')
    return { ok: false, error: -210, message: `Parameter exceeds allowable limit: ${field}` };
  return { ok: false, error: -201, message: `${field} is invalid!` };
}
