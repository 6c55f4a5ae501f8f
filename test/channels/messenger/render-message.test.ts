// What we say arrives in Meta's shapes and within Meta's limits; what may not be said is refused before the call.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendPermit } from '../../../src/channels/messaging-window.ts';
import { renderMessage } from '../../../src/channels/messenger/render-message.ts';
import { splitMessage } from '../../../src/channels/messenger/split-message.ts';
import { shorten, splitText } from '../../../src/channels/messenger/split-text.ts';
import { type Message, messageSchema } from '../../../src/flows/message-schema.ts';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const free: SendPermit = { mode: 'free', messagingType: 'RESPONSE', costAmount: 0 };
const human: SendPermit = { mode: 'human_agent', messagingType: 'MESSAGE_TAG', tag: 'HUMAN_AGENT', costAmount: 0 };
const feedbackTag: SendPermit = {
  mode: 'feedback',
  messagingType: 'MESSAGE_TAG',
  tag: 'CUSTOMER_FEEDBACK',
  costAmount: 0,
};
const utility: SendPermit = { mode: 'template', messagingType: 'UTILITY', costAmount: 0 };

const say = (text: string, more: object = {}): Message => messageSchema.parse({ kind: 'text', text, ...more });
const choices = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ title: `Chọn ${i + 1}`, payload: `Chọn ${i + 1}` }));
const web = (title: string) => ({ kind: 'url' as const, title, url: 'https://example.com/a' });

function render(message: Message, permit: SendPermit = free) {
  return renderMessage({ outboundMessageId: id, peerId: '1254459154682919', message, permit });
}

/** The body of the call; fails the test when there is none. */
function bodyOf(message: Message, permit: SendPermit = free): Record<string, unknown> {
  const rendering = render(message, permit);
  if (!rendering.ok) throw new Error(rendering.reason);
  return rendering.send.body;
}

function samplePart(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../payloads/messenger/${name}.json`, import.meta.url), 'utf8')).message;
}

describe('shapes', () => {
  it('a text', () => {
    expect(bodyOf(say('Dạ em chào chị'))).toEqual({
      recipient: { id: '1254459154682919' },
      messaging_type: 'RESPONSE',
      message: { text: 'Dạ em chào chị', metadata: `ganbo:${id}` },
    });
  });

  it('choices are quick replies; a long title is shortened, its payload stays whole', () => {
    const title = 'Hướng dẫn sử dụng phần mềm quản lý spa';
    expect(bodyOf(say('Chọn nhé', { choices: [{ title, payload: title }] })).message).toMatchObject({
      text: 'Chọn nhé',
      quick_replies: [{ content_type: 'text', title: 'Hướng dẫn sử dụng p…', payload: title }],
    });
  });

  it('links are buttons, with choices beside them', () => {
    const message = say('Mời chị xem', {
      links: [web('Xem video'), { kind: 'phone', title: 'Gọi', phone: '0900 000 000' }],
      choices: choices(1),
    });
    expect(bodyOf(message).message).toMatchObject({
      attachment: {
        type: 'template',
        payload: {
          template_type: 'button',
          text: 'Mời chị xem',
          buttons: [
            { type: 'web_url', title: 'Xem video', url: 'https://example.com/a' },
            { type: 'phone_number', title: 'Gọi', payload: '+84900000000' },
          ],
        },
      },
      quick_replies: [{ title: 'Chọn 1' }],
    });
  });

  it('a quote stands at the top level, inside the window only', () => {
    expect(bodyOf(say('Vâng ạ', { quoteMessageId: 'm_1' }))).toMatchObject({ reply_to: { mid: 'm_1' } });
    expect(bodyOf(say('Vâng ạ', { quoteMessageId: 'm_1' }), human)).not.toHaveProperty('reply_to');
  });

  it('a list is a row of cards', () => {
    const message: Message = {
      kind: 'list',
      items: [
        { title: 'Gói Pro', subtitle: 'Tiết kiệm 2 giờ mỗi ngày', url: 'https://example.com/pro', choices: choices(2) },
        { title: 'Chỉ tên', choices: [] },
      ],
    };
    expect(bodyOf(message).message).toMatchObject({
      attachment: {
        payload: {
          template_type: 'generic',
          elements: [
            {
              title: 'Gói Pro',
              default_action: { type: 'web_url' },
              buttons: [{ type: 'postback', payload: 'Chọn 1' }, {}],
            },
            { title: 'Chỉ tên', subtitle: '—' },
          ],
        },
      },
    });
  });

  it('pictures by address and by file', () => {
    expect(bodyOf({ kind: 'image', source: 'https://example.com/a.jpg' }).message).toMatchObject({
      attachment: { type: 'image', payload: { url: 'https://example.com/a.jpg' } },
    });
    expect(render({ kind: 'image', source: 'a/b.jpg' })).toMatchObject({
      ok: true,
      send: {
        upload: { kind: 'image', source: 'a/b.jpg' },
        pace: 'media',
        body: { message: { attachment: { type: 'image' } } },
      },
    });
  });

  it('a film with buttons goes up first', () => {
    const message: Message = {
      kind: 'media',
      mediaKind: 'video',
      source: 'https://example.com/a.mp4',
      links: [web('Xem')],
    };
    expect(render(message)).toMatchObject({
      ok: true,
      send: { isVideo: true, needsAttachmentId: { kind: 'video', source: 'https://example.com/a.mp4' } },
    });
  });

  it('the rating form', () => {
    const form: Message = {
      kind: 'feedback',
      title: 'Chị thấy dịch vụ thế nào?',
      subtitle: 'Chỉ một câu hỏi',
      buttonTitle: 'Đánh giá',
      questionId: 'csat_01',
      metric: 'nps',
      privacyUrl: 'https://example.com/rieng-tu',
    };
    expect(bodyOf(form, feedbackTag)).toMatchObject({
      messaging_type: 'MESSAGE_TAG',
      tag: 'CUSTOMER_FEEDBACK',
      message: {
        attachment: {
          payload: {
            template_type: 'customer_feedback',
            feedback_screens: [
              { questions: [{ id: 'csat_01', type: 'nps', score_option: 'zero_to_ten', score_label: 'unlike_like' }] },
            ],
            business_privacy: { url: 'https://example.com/rieng-tu' },
          },
        },
      },
    });
    expect(render({ ...form, subtitle: 'https://example.com' }, feedbackTag)).toMatchObject({ ok: false });
  });

  it('utility templates by place and by name, as in the samples', () => {
    const template = (templateId: string, language: string, parameters: Record<string, string>): Message => {
      return { kind: 'template', templateId, language, parameters };
    };
    const byPlace = template('cua_hang_mau_order_confirmation_update_us', 'en', {
      '1': 'confirmed',
      'button.1': '12345',
    });
    expect(bodyOf(byPlace, utility)).toMatchObject({
      messaging_type: 'UTILITY',
      message: samplePart('send_utility_template'),
    });
    const byName = template('cua_hang_mau_order_delivery_update_named_us', 'en', {
      'header.order_type': 'Order',
      order_id: '566701',
      customer_name: 'An',
    });
    expect(bodyOf(byName, utility).message).toMatchObject(Object(samplePart('send_utility_template_named')));
  });

  it('parameters by place come in the order of their numbers', () => {
    const parameters = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${11 - i}`, `p${11 - i}`]));
    expect(JSON.stringify(bodyOf({ kind: 'template', templateId: 't', language: 'vi', parameters }, utility))).toMatch(
      /p1".*p2".*p10".*p11"/,
    );
  });

  it('a receipt, a sticker, the request for a phone number', () => {
    const items = [{ title: 'Gói Pro 12 tháng', quantity: 1, price: 1_299_000 }];
    const receipt: Message = {
      kind: 'receipt',
      recipientName: 'Khách',
      orderNumber: 'DH-1',
      currency: 'VND',
      paymentMethod: 'QR',
      items,
      total: 1_299_000,
    };
    expect(bodyOf(receipt).message).toMatchObject({
      attachment: {
        payload: {
          template_type: 'receipt',
          order_number: 'DH-1',
          currency: 'VND',
          summary: { total_cost: 1_299_000 },
        },
      },
    });
    expect(bodyOf({ kind: 'sticker', stickerId: '767226160478561' }).message).toMatchObject({
      sticker_id: 767226160478561,
    });
    expect(
      bodyOf({ kind: 'contact_request', title: 'Số điện thoại', subtitle: 'để em gọi lại ạ' }).message,
    ).toMatchObject({
      text: 'Số điện thoại\nđể em gọi lại ạ',
      quick_replies: [{ content_type: 'user_phone_number' }],
    });
  });
});

describe('refused before the call', () => {
  it.each<[string, Message, SendPermit]>([
    ['HUMAN_AGENT on choices', say('a', { choices: choices(1) }), human],
    ['HUMAN_AGENT on buttons', say('a', { links: [web('x')] }), human],
    ['HUMAN_AGENT on a picture', { kind: 'image', source: 'https://example.com/a.jpg' }, human],
    ['HUMAN_AGENT inside the window', say('a'), { ...free, tag: 'HUMAN_AGENT' }],
    ['HUMAN_AGENT without the type', say('a'), { ...human, messagingType: 'RESPONSE' }],
    ['the type without a tag', say('a'), { mode: 'human_agent', messagingType: 'MESSAGE_TAG', costAmount: 0 }],
    ['the other tag for a person', say('a'), { ...human, tag: 'CUSTOMER_FEEDBACK' }],
    ['CUSTOMER_FEEDBACK on text', say('a'), feedbackTag],
    ['UTILITY on text', say('a'), utility],
    ['UTILITY without its mode', say('a'), { ...free, messagingType: 'UTILITY' }],
    ['a template as a free message', { kind: 'template', templateId: 't', language: 'vi', parameters: {} }, free],
    ['a charged message', say('a'), { mode: 'charged', messagingType: 'UPDATE', costAmount: 55 }],
    ['a text that is too long', say('a'.repeat(2000)), free],
    ['fourteen choices', say('a', { choices: choices(14) }), free],
    ['four buttons', say('a', { links: Array.from({ length: 4 }, () => web('x')) }), free],
    ['a button into code', say('a', { links: [{ kind: 'url', title: 'x', url: 'javascript:alert(1)' }] }), free],
    ['a button to no phone', say('a', { links: [{ kind: 'phone', title: 'x', phone: 'abc' }] }), free],
    ['a picture over plain http', { kind: 'image', source: 'http://example.com/a.jpg' }, free],
    ['a picture from a data address', { kind: 'image', source: 'data:image/png;base64,AA' }, free],
    [
      'sound with buttons',
      { kind: 'media', mediaKind: 'audio', source: 'https://example.com/a.mp3', links: [web('x')] },
      free,
    ],
    ['a sticker with letters', { kind: 'sticker', stickerId: 'abc' }, free],
  ])('%s', (_name, message, permit) => {
    expect(render(message, permit)).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) });
  });
});

describe('splitting', () => {
  it('cuts between paragraphs; what can be tapped is on the last part, the quote on the first', () => {
    const paragraph = 'Dòng chữ này dài vừa phải. '.repeat(40).trim();
    const text = [paragraph, paragraph, paragraph].join('\n\n');
    const parts = splitMessage(say(text, { choices: choices(2), quoteMessageId: 'm_1' }));
    expect(parts).toMatchObject([
      { text: paragraph, choices: [], quoteMessageId: 'm_1' },
      { text: paragraph, choices: [] },
      { text: paragraph, choices: choices(2) },
    ]);
    expect(parts[2]).not.toHaveProperty('quoteMessageId');
  });

  it('text before buttons keeps at most 640 characters beside them', () => {
    const parts = splitMessage(say('Một câu khá dài. '.repeat(80), { links: [web('Xem')] }));
    expect(parts).toHaveLength(2);
    expect(parts.every((part) => render(part).ok)).toBe(true);
    expect(parts[1]).toMatchObject({ links: [{ title: 'Xem' }] });
  });

  it('choices and links that do not fit stay readable', () => {
    const [part] = splitMessage(
      say('Chọn', { choices: choices(15), links: Array.from({ length: 4 }, (_, i) => web(`L${i}`)) }),
    );
    expect(part).toMatchObject({ text: 'Chọn\nL3: https://example.com/a\n• Chọn 14\n• Chọn 15' });
    expect(part && render(part).ok).toBe(true);
  });

  it('a caption follows its picture', () => {
    expect(splitMessage({ kind: 'image', source: 'https://example.com/a.jpg', caption: 'Sơ đồ' })).toMatchObject([
      { kind: 'image' },
      { kind: 'text', text: 'Sơ đồ' },
    ]);
  });

  it('long lists and long rows of choices come in several', () => {
    const items = Array.from({ length: 9 }, (_, i) => ({ title: `Mục ${i}`, choices: choices(4) }));
    const parts = splitMessage({ kind: 'list', items });
    expect(parts.map((part) => part.kind === 'list' && part.items.length)).toEqual([10, 8]);
    expect(parts.every((part) => render(part).ok)).toBe(true);
  });

  it('buttons of sound follow in a line', () => {
    const parts = splitMessage({
      kind: 'media',
      mediaKind: 'audio',
      source: 'https://example.com/a.mp3',
      links: [web('x')],
    });
    expect(parts.map((part) => part.kind)).toEqual(['media', 'text']);
    expect(parts.every((part) => render(part).ok)).toBe(true);
  });

  const words = fc.string({
    unit: fc.constantFrom('a', 'ệ', 'đ', ' ', '\n', '.', '👩‍👩‍👧', '🇻🇳', 'e\u0323\u0302'),
    maxLength: 400,
  });

  it('any text: parts fit, lose nothing but blanks, and cut no letter', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 100 }), (text, max) => {
        const parts = splitText(text, max);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(max);
          expect(part.trim()).not.toBe('');
          expect(part.isWellFormed()).toBe(true);
        }
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('any title is shortened without harm', () => {
    fc.assert(
      fc.property(words, (text) => {
        const short = shorten(text, 20);
        expect(short.length).toBeLessThanOrEqual(20);
        expect(short.isWellFormed()).toBe(true);
        if (text.length <= 20) expect(short).toBe(text);
      }),
    );
  });

  it('any text message renders after splitting', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 5000 }).filter((text) => text.trim() !== ''),
        fc.nat(20),
        fc.nat(6),
        (text, c, l) => {
          const parts = splitMessage(
            say(text, { choices: choices(c), links: Array.from({ length: l }, () => web('x')) }),
          );
          expect(parts.every((part) => render(part).ok)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
