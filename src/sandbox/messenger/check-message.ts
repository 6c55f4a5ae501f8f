// What the Send API takes as `message`, with the limits of the contract sheet (2.2, 2.6, 2.7), and how a phone shows it.
import { z } from 'zod';
import type { NewMessage, ShownChoice, ShownLink } from '../sandbox-schema.ts';
import { badParameter, type GraphRefusal } from './refuse.ts';

const title20 = z.string().min(1).max(20);
const title80 = z.string().min(1).max(80);
const webAddress = z.url({ protocol: /^https?$/ });
const payload = z.string().min(1).max(1000);

const button = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('web_url'),
    title: title20,
    url: webAddress,
    webview_height_ratio: z.enum(['compact', 'tall', 'full']).optional(),
    messenger_extensions: z.boolean().optional(),
    fallback_url: webAddress.optional(),
    webview_share_button: z.literal('hide').optional(),
  }),
  z.strictObject({ type: z.literal('postback'), title: title20, payload }),
  z.strictObject({ type: z.literal('phone_number'), title: title20, payload: z.string().regex(/^\+\d{6,15}$/) }),
]);
type Button = z.infer<typeof button>;
const buttons = z.array(button).min(1).max(3);

const quickReply = z.discriminatedUnion('content_type', [
  z.strictObject({
    content_type: z.literal('text'),
    title: title20,
    payload: z.union([payload, z.number()]),
    image_url: webAddress.optional(),
  }),
  z.strictObject({ content_type: z.literal('user_phone_number') }),
  z.strictObject({ content_type: z.literal('user_email') }),
]);

const genericElement = z
  .strictObject({
    title: title80,
    subtitle: z.string().max(80).optional(),
    image_url: webAddress.optional(),
    default_action: z
      .looseObject({ type: z.literal('web_url'), url: webAddress, title: z.never().optional() })
      .optional(),
    buttons: buttons.optional(),
  })
  .refine((element) => Object.keys(element).length > 1, { path: ['subtitle'] });

const mediaElement = z
  .strictObject({
    media_type: z.enum(['image', 'video']),
    attachment_id: z.string().min(1).optional(),
    url: webAddress.optional(),
    buttons: buttons.optional(),
  })
  .refine((element) => (element.url === undefined) !== (element.attachment_id === undefined), { path: ['url'] });

const amount = z.number();
const receiptElement = z.strictObject({
  title: z.string().min(1),
  subtitle: z.string().optional(),
  quantity: z.number().optional(),
  price: amount,
  currency: z.string().length(3).optional(),
  image_url: webAddress.optional(),
});

const noAddress = z.string().refine((words) => !/https?:\/\//.test(words));
const question = z.strictObject({
  id: z.string().regex(/^\w{1,80}$/),
  type: z.enum(['csat', 'nps', 'ces', 'free_form']),
  title: noAddress.min(5).max(85).optional(),
  score_option: z.enum(['one_to_five', 'five_stars', 'five_emojis', 'zero_to_ten', 'one_to_seven']).optional(),
  score_label: z.enum(['neg_pos', 'hard_easy', 'unlike_like', 'dis_sat', 'poor_great', 'none']).optional(),
  follow_up: z.strictObject({ type: z.literal('free_form'), placeholder: z.string().max(65).optional() }).optional(),
});

const template = z.discriminatedUnion('template_type', [
  z.strictObject({ template_type: z.literal('button'), text: z.string().min(1).max(640), buttons }),
  z.strictObject({
    template_type: z.literal('generic'),
    elements: z.array(genericElement).min(1).max(10),
    sharable: z.boolean().optional(),
  }),
  z.strictObject({
    template_type: z.literal('media'),
    elements: z.array(mediaElement).length(1),
    sharable: z.boolean().optional(),
  }),
  z.strictObject({
    template_type: z.literal('receipt'),
    recipient_name: z.string().min(1),
    merchant_name: z.string().optional(),
    order_number: z.string().min(1),
    currency: z.string().length(3),
    payment_method: z.string().min(1),
    order_url: webAddress.optional(),
    timestamp: z
      .string()
      .regex(/^\d{10}$/)
      .optional(),
    elements: z.array(receiptElement).max(100).optional(),
    address: z.looseObject({ street_1: z.string(), city: z.string(), country: z.string() }).optional(),
    summary: z.looseObject({ total_cost: amount }),
    adjustments: z.array(z.strictObject({ name: z.string(), amount })).optional(),
    sharable: z.boolean().optional(),
  }),
  z.strictObject({
    template_type: z.literal('coupon'),
    title: title80,
    subtitle: z.string().max(80).optional(),
    coupon_code: z.string().regex(/^\S+$/).optional(),
    coupon_url: webAddress.optional(),
    coupon_url_button_title: z.string().optional(),
    coupon_pre_message: z.string().optional(),
    image_url: webAddress.optional(),
    payload: z.string().optional(),
  }),
  z.strictObject({
    template_type: z.literal('customer_feedback'),
    title: noAddress.min(1).max(65),
    subtitle: noAddress.min(1).max(80),
    button_title: noAddress.min(1).max(20),
    feedback_screens: z.array(z.strictObject({ questions: z.array(question).length(1) })).length(1),
    business_privacy: z.strictObject({ url: webAddress }),
    expires_in_days: z.number().int().min(1).max(7).optional(),
  }),
]);
type Template = z.infer<typeof template>;

const mediaPayload = z
  .strictObject({
    url: webAddress.optional(),
    attachment_id: z.string().min(1).optional(),
    is_reusable: z.boolean().optional(),
  })
  .refine((media) => media.url === undefined || media.attachment_id === undefined, { path: ['attachment_id'] });
const attachment = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['image', 'video', 'audio', 'file']), payload: mediaPayload }),
  z.strictObject({ type: z.literal('template'), payload: template }),
]);

const message = z.strictObject({
  // "less than 2000 characters"
  text: z.string().min(1).max(1999).optional(),
  attachment: attachment.optional(),
  sticker_id: z.union([z.string(), z.number()]).optional(),
  template: z.unknown().optional(),
  quick_replies: z.array(quickReply).min(1).max(13).optional(),
  metadata: z.string().max(999).optional(),
});
export type GraphMessage = z.infer<typeof message>;

export type CheckedMessage =
  | { ok: true; message: GraphMessage; templateType: string | null; attachmentId: string | null }
  | { ok: false; refusal: GraphRefusal };

/** Reads `message` of a send; exactly one of text, attachment, sticker_id and (utility) template. */
export function checkMessage(value: unknown): CheckedMessage {
  const parsed = message.safeParse(value);
  if (!parsed.success) return { ok: false, refusal: badParameter(nameProblem(parsed.error)) };
  const { text, attachment: given, sticker_id: sticker, template: utility } = parsed.data;
  const contents = [text, given, sticker, utility].filter((content) => content !== undefined);
  if (contents.length !== 1) return { ok: false, refusal: badParameter('message needs exactly one content') };
  return {
    ok: true,
    message: parsed.data,
    templateType: given?.type === 'template' ? given.payload.template_type : null,
    attachmentId: readAttachmentId(given),
  };
}

function readAttachmentId(given: GraphMessage['attachment']): string | null {
  if (given === undefined) return null;
  if (given.type !== 'template') return given.payload.attachment_id ?? null;
  return given.payload.template_type === 'media' ? (given.payload.elements[0]?.attachment_id ?? null) : null;
}

/** `mediaUrl` is where an uploaded attachment can be seen. */
export function showGraphMessage(given: GraphMessage, mediaUrl: string | null): Omit<NewMessage, 'id' | 'at' | 'from'> {
  const quickReplies = (given.quick_replies ?? []).map(showQuickReply);
  if (given.text !== undefined) return { kind: 'text', text: given.text, quickReplies };
  if (given.sticker_id !== undefined) return { kind: 'sticker', text: '', quickReplies };
  if (given.attachment?.type === 'template')
    return { ...showTemplate(given.attachment.payload, mediaUrl), quickReplies };
  const media = given.attachment;
  return { kind: media?.type ?? 'file', mediaUrl: mediaUrl ?? media?.payload.url ?? null, quickReplies };
}

function showTemplate(given: Template, mediaUrl: string | null): Omit<NewMessage, 'id' | 'at' | 'from'> {
  switch (given.template_type) {
    case 'button':
      return { kind: 'text', text: given.text, ...splitButtons(given.buttons) };
    case 'generic':
      return {
        kind: 'list',
        items: given.elements.map((element) => ({
          title: element.title,
          subtitle: element.subtitle ?? '',
          imageUrl: element.image_url ?? null,
          ...splitButtons(element.buttons ?? []),
        })),
      };
    case 'media': {
      const [element] = given.elements;
      const kind = element?.media_type ?? 'image';
      return { kind, mediaUrl: mediaUrl ?? element?.url ?? null, ...splitButtons(element?.buttons ?? []) };
    }
    case 'receipt': {
      const items = (given.elements ?? []).map((element) => ({
        title: element.title,
        subtitle: `${element.quantity ?? 1} × ${element.price}`,
      }));
      return {
        kind: 'receipt',
        text: `Đơn ${given.order_number}`,
        subtitle: `${given.summary.total_cost} ${given.currency}`,
        items,
      };
    }
    case 'coupon':
      return { kind: 'template', text: given.title, subtitle: given.coupon_code ?? given.subtitle ?? '' };
    case 'customer_feedback': {
      const asked = given.feedback_screens[0]?.questions[0];
      const feedback = asked === undefined ? null : { questionId: asked.id, type: asked.type };
      return { kind: 'feedback', text: given.title, subtitle: given.subtitle, feedback };
    }
  }
}

function showQuickReply(reply: z.infer<typeof quickReply>): ShownChoice {
  switch (reply.content_type) {
    case 'text':
      return { kind: 'quick_reply', title: reply.title, payload: String(reply.payload) };
    case 'user_phone_number':
      return { kind: 'phone_reply', title: 'Gửi số điện thoại', payload: '' };
    case 'user_email':
      return { kind: 'email_reply', title: 'Gửi e-mail', payload: '' };
  }
}

function splitButtons(given: Button[]): { choices: ShownChoice[]; links: ShownLink[] } {
  const choices: ShownChoice[] = [];
  const links: ShownLink[] = [];
  for (const each of given) {
    if (each.type === 'postback') choices.push({ kind: 'postback', title: each.title, payload: each.payload });
    else if (each.type === 'web_url') links.push({ kind: 'url', title: each.title, target: each.url });
    else links.push({ kind: 'phone', title: each.title, target: each.payload });
  }
  return { choices, links };
}

function nameProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = ['message', ...(issue?.path ?? [])].map((part) => String(part)).join('.');
  return issue?.code === 'too_big' ? `length of ${path} must not exceed ${issue.maximum}` : path;
}
