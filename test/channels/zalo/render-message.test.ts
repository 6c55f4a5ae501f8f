// The bodies that Zalo is sent, to the letter of the contract sheet (3.1, 3.2, 4.1).
import { describe, expect, it } from 'vitest';
import { renderMessage, type UploadedAsset } from '../../../src/channels/zalo/render-message.ts';
import { readTrackingId } from '../../../src/channels/zalo/tracking-id.ts';
import type { Message } from '../../../src/flows/message-schema.ts';

const OUTBOUND_ID = '0199a3c2-1b2c-7d3e-8f40-5a6b7c8d9e0f';
const render = (message: Message, asset: UploadedAsset | null = null, peerId = '2512523625412515') =>
  renderMessage({ peerId, outboundMessageId: OUTBOUND_ID, message, asset });
const consultation = (message: Message, asset: UploadedAsset | null = null) => {
  const call = render(message, asset);
  expect(call).toMatchObject({
    host: 'openapi',
    path: '/v3.0/oa/message/cs',
    body: { recipient: { user_id: '2512523625412515' } },
  });
  return call?.body.message;
};
const payload = (value: object) => ({ attachment: { type: 'template', payload: value } });

describe('a message for Zalo', () => {
  it('text with quote, composed', () => {
    const text = 'Chào chị'.normalize('NFD');
    expect(consultation({ kind: 'text', text, choices: [], links: [], quoteMessageId: 'm1' })).toEqual({
      text: 'Chào chị',
      quote_message_id: 'm1',
    });
  });

  it('buttons without a template type', () => {
    const message: Message = {
      kind: 'text',
      text: 'Chọn nhé',
      choices: [{ title: 'x'.repeat(120), payload: 'Có' }],
      links: [
        { kind: 'url', title: 'Mở', url: 'https://example.com' },
        { kind: 'phone', title: 'Gọi', phone: '0912 345 678' },
      ],
    };
    expect(consultation(message)).toEqual({
      text: 'Chọn nhé',
      ...payload({
        buttons: [
          { title: `${'x'.repeat(99)}…`, type: 'oa.query.show', payload: 'Có' },
          { title: 'Mở', type: 'oa.open.url', payload: { url: 'https://example.com' } },
          { title: 'Gọi', type: 'oa.open.phone', payload: { phone_code: '84912345678' } },
        ],
      }),
    });
  });

  it('pictures by address, by upload, as GIF', () => {
    const image: Message = { kind: 'image', source: 'https://example.com/a.png', caption: 'Ảnh' };
    const element = { media_type: 'image', url: 'https://example.com/a.png' };
    expect(consultation(image)).toEqual({ text: 'Ảnh', ...payload({ template_type: 'media', elements: [element] }) });
    expect(consultation({ kind: 'image', source: 'a.png' }, { kind: 'image', attachmentId: 'A' })).toEqual(
      payload({ template_type: 'media', elements: [{ media_type: 'image', attachment_id: 'A' }] }),
    );
    const gif = { kind: 'gif', attachmentId: 'G', width: 120, height: 80 } as const;
    expect(consultation({ kind: 'image', source: 'a.gif' }, gif)).toEqual(
      payload({
        template_type: 'media',
        elements: [{ media_type: 'gif', attachment_id: 'G', width: 120, height: 80 }],
      }),
    );
  });

  it('file, sticker, request for contact data', () => {
    expect(consultation({ kind: 'file', source: 'a.pdf', name: 'a.pdf' }, { kind: 'file', token: 'T' })).toEqual({
      attachment: { type: 'file', payload: { token: 'T' } },
    });
    expect(consultation({ kind: 'sticker', stickerId: 'S' })).toEqual(
      payload({ template_type: 'media', elements: [{ media_type: 'sticker', attachment_id: 'S' }] }),
    );
    expect(
      consultation({ kind: 'contact_request', title: 'T', subtitle: 'S', imageUrl: 'https://e.vn/i.png' }),
    ).toEqual(
      payload({
        template_type: 'request_user_info',
        elements: [{ title: 'T', subtitle: 'S', image_url: 'https://e.vn/i.png' }],
      }),
    );
  });

  it('a list with flat actions and a subtitle on its first row', () => {
    const items = [
      { title: 'A', url: 'https://e.vn', choices: [] },
      { title: 'B', subtitle: 'b', imageUrl: 'https://e.vn/b.png', choices: [{ title: 'Xem B', payload: 'Xem B' }] },
      { title: 'C', choices: [] },
    ];
    expect(consultation({ kind: 'list', items })).toEqual(
      payload({
        template_type: 'list',
        elements: [
          { title: 'A', subtitle: 'A', default_action: { type: 'oa.open.url', url: 'https://e.vn' } },
          {
            title: 'B',
            subtitle: 'b',
            image_url: 'https://e.vn/b.png',
            default_action: { type: 'oa.query.show', payload: 'Xem B' },
          },
          { title: 'C' },
        ],
      }),
    );
  });

  it('a template by user id, and by phone with our own id', () => {
    const template: Message = { kind: 'template', templateId: 't1', language: 'vi', parameters: { ten: 'Lan' } };
    expect(render(template)).toEqual({
      host: 'openapi',
      path: '/v3.0/oa/message/template',
      body: { user_id: '2512523625412515', template_id: 't1', template_data: { ten: 'Lan' } },
    });
    const byPhone = { phone: '84900000001', template_id: 't1', template_data: { ten: 'Lan' } };
    const tracking = OUTBOUND_ID.replaceAll('-', '');
    const expected = { host: 'zns', path: '/message/template', body: { ...byPhone, tracking_id: tracking } };
    expect(render({ ...template, phone: '0900000001' })).toEqual(expected);
    expect(render(template, null, 'phone:84900000001')).toEqual(expected);
    expect(readTrackingId(tracking)).toBe(OUTBOUND_ID);
    expect(readTrackingId('order-88213')).toBeNull();
  });

  it.each<[string, Message, string]>([
    ['a chat message to a phone number', { kind: 'text', text: 'a', choices: [], links: [] }, 'phone:84900000001'],
    ['a file that was not uploaded', { kind: 'file', source: 'a.pdf', name: 'a.pdf' }, '1'],
    ['what was not split', { kind: 'media', mediaKind: 'video', source: 'https://e.vn', links: [] }, '1'],
  ])('is none for %s', (_name, message, peerId) => {
    expect(render(message, null, peerId)).toBeNull();
  });
});
