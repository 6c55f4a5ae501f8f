// One message, as many calls as Zalo needs: texts of 2,000, five buttons, five rows.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { splitZaloMessage } from '../../../src/channels/zalo/split-message.ts';
import { splitText } from '../../../src/channels/zalo/split-text.ts';
import type { Choice, Message, TextMessage } from '../../../src/flows/message-schema.ts';

const text = (words: string, more: Partial<TextMessage> = {}): TextMessage => ({
  kind: 'text',
  text: words,
  choices: [],
  links: [],
  ...more,
});
const choices = (count: number): Choice[] =>
  Array.from({ length: count }, (_, index) => ({ title: `Chọn ${index + 1}`, payload: `Chọn ${index + 1}` }));
const shapes = (message: Message) =>
  splitZaloMessage(message).map((part) =>
    part.kind === 'text' ? [part.text, part.choices.length, part.links.length] : [part.kind],
  );
const withoutSpaces = (value: string) => value.normalize('NFC').replace(/\s+/gu, '');

describe('long texts', () => {
  it('are cut between paragraphs, then lines, sentences, words', () => {
    const words = 'từ '.repeat(400).trim();
    expect(splitText(`${words}\n\n${words}`)).toEqual([words, words]);
    expect(splitText(`${words}\n${words}`)).toEqual([words, words]);
    expect(splitText(`${'a'.repeat(1500)}. ${'b'.repeat(900)}`)).toEqual([`${'a'.repeat(1500)}.`, 'b'.repeat(900)]);
    expect(splitText('ă'.repeat(4001)).map((part) => part.length)).toEqual([2000, 2000, 1]);
  });

  it('are counted composed: 2,000 letters with dấu are one message', () => {
    expect(splitText('ế'.normalize('NFD').repeat(2000))).toHaveLength(1);
  });

  it('never tear an emoji', () => {
    const family = '👨‍👩‍👧';
    for (const part of splitText(`x${family.repeat(600)}`)) expect(part.replaceAll(family, '').length).toBeLessThan(2);
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 5, max: 60 })], { numRuns: 500 })(
    'keep every letter, in parts that fit',
    (words, limit) => {
      const parts = splitText(words, limit);
      expect(withoutSpaces(parts.join(''))).toBe(withoutSpaces(words));
      for (const part of parts.length > 1 ? parts : []) {
        expect(part.length).toBeGreaterThan(0);
        expect(part.length).toBeLessThanOrEqual(limit);
        expect(part.isWellFormed() || !words.isWellFormed()).toBe(true);
      }
    },
  );
});

describe('buttons', () => {
  it('stand under the last part only, the quote over the first', () => {
    const paragraph = 'a'.repeat(1900);
    const parts = splitZaloMessage(text(`${paragraph}\n\n${paragraph}`, { choices: choices(2), quoteMessageId: 'q' }));
    expect(parts).toEqual([{ ...text(paragraph), quoteMessageId: 'q' }, text(paragraph, { choices: choices(2) })]);
  });

  it('of more than five choices follow in further messages, links last', () => {
    const link = { kind: 'url' as const, title: 'Xem', url: 'https://example.com' };
    expect(shapes(text('Chọn nhé', { choices: choices(7), links: [link] }))).toEqual([
      ['Chọn nhé', 5, 0],
      ['Các lựa chọn khác:', 2, 1],
    ]);
    expect(shapes(text('Chọn nhé', { choices: choices(5) }))).toEqual([['Chọn nhé', 5, 0]]);
  });
});

describe('what Zalo has no form for', () => {
  it.each<[string, Message, unknown[]]>([
    [
      'a picture with a long caption',
      { kind: 'image', source: 'https://e.vn/a.png', caption: 'a'.repeat(2001) },
      [['image'], ['a'.repeat(2000), 0, 0], ['a', 0, 0]],
    ],
    ['a picture', { kind: 'image', source: 'https://e.vn/a.png', caption: 'b' }, [['image']]],
    ['a foreign GIF', { kind: 'image', source: 'https://e.vn/a.gif' }, [['Xem ảnh', 0, 1]]],
    ['a file of ours', { kind: 'file', source: 'a.pdf', name: 'Hướng dẫn.pdf' }, [['file']]],
    ['a file with an address', { kind: 'file', source: 'https://e.vn/a.zip', name: 'a.zip' }, [['a.zip', 0, 1]]],
    ['a video', { kind: 'media', mediaKind: 'video', source: 'https://e.vn/v', links: [] }, [['Xem video', 0, 1]]],
    ['a sticker', { kind: 'sticker', stickerId: 's' }, [['sticker']]],
    [
      'a form of five stars',
      {
        kind: 'feedback',
        title: 'T',
        subtitle: 'S',
        buttonTitle: 'B',
        questionId: 'q',
        metric: 'csat',
        privacyUrl: 'https://e.vn',
      },
      [['T\nS', 5, 0]],
    ],
    [
      'a receipt',
      {
        kind: 'receipt',
        recipientName: 'Lan',
        orderNumber: 'DH1',
        currency: 'VND',
        paymentMethod: 'Momo',
        items: [{ title: 'Gói Pro', quantity: 2, price: 1299000 }],
        total: 2598000,
      },
      [['Hóa đơn DH1\nKhách hàng: Lan\n• Gói Pro × 2: 1.299.000 ₫\nTổng cộng: 2.598.000 ₫\nThanh toán: Momo', 0, 0]],
    ],
  ])('%s', (_name, message, expected) => {
    expect(shapes(message)).toEqual(expected);
  });

  it('a long list, and rows with more than one choice', () => {
    const items = Array.from({ length: 7 }, (_, index) => ({
      title: `${index}`,
      choices: choices(index === 0 ? 3 : 1),
    }));
    expect(shapes({ kind: 'list', items })).toEqual([['list'], ['list'], ['Các lựa chọn:', 2, 0]]);
  });
});
