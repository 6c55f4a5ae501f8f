// What has a form of its own: approved utility templates, the rating form, receipts, the request for a phone number.
import type { Message } from '../../flows/message-schema.ts';
import type { JsonRecord } from './read-json.ts';
import type { RenderedPart } from './rendered-part.ts';
import { LONGEST_TEXT } from './split-message.ts';

export function renderContactRequest({ title, subtitle }: { title: string; subtitle: string }): RenderedPart {
  const text = `${title}\n${subtitle}`;
  if (text.length > LONGEST_TEXT) return { problem: `Lời xin số điện thoại dài quá ${LONGEST_TEXT} ký tự.` };
  return { message: { text, quick_replies: [{ content_type: 'user_phone_number' }] } };
}

/**
 * Names of parameters: "1", "2" … or a name for the body, "header.…" for the header, "button.1" for the payload of
 * the first button that answers, "url.2" for the ending of the second button's address.
 */
export function renderUtility({
  templateId,
  language,
  parameters,
}: Extract<Message, { kind: 'template' }>): RenderedPart {
  const entries = Object.entries(parameters);
  const startingWith = (prefix: string) =>
    entries.flatMap(([name, text]) => (name.startsWith(prefix) ? [{ name: name.slice(prefix.length), text }] : []));
  const body = entries.flatMap(([name, text]) => (/^(header|button|url)\./.test(name) ? [] : [{ name, text }]));
  const buttons = [
    ...startingWith('button.').map(({ name, text }) => ({
      place: Number(name),
      parameter: { type: 'POSTBACK', payload: text },
    })),
    ...startingWith('url.').map(({ name, text }) => ({ place: Number(name), parameter: { type: 'URL', url: text } })),
  ].sort((a, b) => a.place - b.place);
  const components = [
    { type: 'header', parameters: renderParameters(startingWith('header.')) },
    { type: 'body', parameters: renderParameters(body) },
    { type: 'buttons', parameters: buttons.map(({ parameter }) => parameter) },
  ].filter((component) => component.parameters.length > 0);
  return { message: { template: { name: templateId, language: { code: language }, components } } };
}

function renderParameters(parameters: { name: string; text: string }[]): JsonRecord[] {
  const isByPlace = parameters.every(({ name }) => /^\d+$/.test(name));
  if (!isByPlace) return parameters.map(({ name, text }) => ({ type: 'text', parameter_name: name, text }));
  return parameters.toSorted((a, b) => Number(a.name) - Number(b.name)).map(({ text }) => ({ type: 'text', text }));
}

const SCALES = {
  csat: { score_label: 'neg_pos', score_option: 'five_stars' },
  nps: { score_label: 'unlike_like', score_option: 'zero_to_ten' },
  ces: { score_label: 'hard_easy', score_option: 'one_to_seven' },
} as const;

/** As long as a survey waits for its answer. */
const FORM_EXPIRES_IN_DAYS = 3;

export function renderFeedback(message: Extract<Message, { kind: 'feedback' }>): RenderedPart {
  const { title, subtitle, buttonTitle, questionId, metric, privacyUrl } = message;
  if ([title, subtitle, buttonTitle].some((text) => /https?:\/\//i.test(text))) {
    return { problem: 'Phiếu góp ý không được chứa đường dẫn trong tiêu đề, mô tả hay nút.' };
  }
  const followUp = { type: 'free_form', placeholder: 'Anh/chị góp ý thêm giúp em nhé' };
  const question = { id: questionId, type: metric, ...SCALES[metric], follow_up: followUp };
  const payload = {
    template_type: 'customer_feedback',
    title,
    subtitle,
    button_title: buttonTitle,
    feedback_screens: [{ questions: [question] }],
    business_privacy: { url: privacyUrl },
    expires_in_days: FORM_EXPIRES_IN_DAYS,
  };
  return { message: { attachment: { type: 'template', payload } } };
}

export function renderReceipt(message: Extract<Message, { kind: 'receipt' }>): RenderedPart {
  if (message.items.length > 100) return { problem: 'Hoá đơn tối đa 100 dòng.' };
  const payload = {
    template_type: 'receipt',
    recipient_name: message.recipientName,
    order_number: message.orderNumber,
    currency: message.currency,
    payment_method: message.paymentMethod,
    summary: { total_cost: message.total },
    elements: message.items.map(({ title, quantity, price }) => ({
      title,
      ...(quantity === undefined ? {} : { quantity }),
      price,
      currency: message.currency,
    })),
  };
  return { message: { attachment: { type: 'template', payload } } };
}
