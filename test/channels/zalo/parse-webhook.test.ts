// What the samples do not show: old shapes, odd ids, other accounts, poison, and anything at all.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../src/channels/inbound-event-schema.ts';
import { inboundBodySchema } from '../../../src/channels/inbound-event-schema.ts';
import { parseZaloWebhook } from '../../../src/channels/zalo/parse-webhook.ts';
import { toTrackingId } from '../../../src/channels/zalo/tracking-id.ts';
import { customerEvent, OA_ID, RECEIVED_AT, USER_ID } from './read-payload.ts';

const parse = (raw: Buffer | string, headers = {}) =>
  parseZaloWebhook({ oaId: OA_ID }, Buffer.from(raw), headers, RECEIVED_AT);

function only(raw: Buffer | string, headers = {}): InboundEvent {
  const parsed = parse(raw, headers);
  const event = parsed.ok ? parsed.events[0] : undefined;
  if (event === undefined) throw new Error('expected one event');
  return event;
}

const inverted = { sender: { id: OA_ID }, recipient: { id: USER_ID } };

describe('events between a customer and our account', () => {
  it('takes a place with its name', () => {
    const coordinates = { latitude: '10.7717', longitude: '106.7043' };
    const message = { msg_id: 'm', text: 'Chợ Ví Dụ', attachments: [{ type: 'location', payload: { coordinates } }] };
    expect(only(customerEvent('user_send_location', { message })).body).toMatchObject({
      attachments: [{ kind: 'location', ...coordinates, title: 'Chợ Ví Dụ' }],
    });
  });

  it('takes coordinates that come as numbers', () => {
    const payload = { coordinates: { latitude: 10.5, longitude: 106 } };
    const message = { msg_id: 'm', attachments: [{ type: 'location', payload }] };
    expect(only(customerEvent('user_send_location', { message })).body).toMatchObject({
      attachments: [{ latitude: '10.5', longitude: '106' }],
    });
  });

  it('takes a business card out of its link', () => {
    const description = JSON.stringify({ phone: '84900000002', qrCodeUrl: 'https://example.invalid/qr' });
    const payload = { description, thumbnail: 'https://example.invalid/a.jpg' };
    const message = { msg_id: 'm', text: 'Lê Văn Ví Dụ', attachments: [{ type: 'link', payload }] };
    expect(only(customerEvent('user_send_business_card', { message })).body).toMatchObject({
      attachments: [{ kind: 'contact_card', phone: '84900000002', name: 'Lê Văn Ví Dụ', url: payload.thumbnail }],
    });
  });

  it.each([
    ['mp4', 'a.mp4', 'video'],
    ['gif', 'a', 'image'],
    ['pdf', 'a.pdf', 'file'],
    [undefined, 'Phim.MP4', 'video'],
  ])('a file of type %s called %s is a %s', (type, name, kind) => {
    const url = 'https://example.invalid/f';
    const message = { msg_id: 'm', attachments: [{ type: 'file', payload: { type, name, url, size: '12' } }] };
    const { body } = only(customerEvent('user_send_file', { message }));
    expect(body).toMatchObject({ attachments: [{ kind, url, name }] });
  });

  it.each(['user_call_oa', 'widget_interaction_accepted'])('%s at another account opens nothing here', (event_name) => {
    const person = { user_id: USER_ID, data: { user_id: USER_ID } };
    const at = (oa_id: string) => only(JSON.stringify({ event_name, oa_id, timestamp: '1', ...person }));
    expect(at(OA_ID)).toMatchObject({ peerId: USER_ID, opensWindow: true });
    expect(at('12345')).toMatchObject({ peerId: null, opensWindow: false });
  });

  it('takes an answer to one of our messages, composed to NFC', () => {
    const message = { msg_id: 'm', text: 'Cảm ơn'.normalize('NFD'), quote_msg_id: 'ours' };
    expect(only(customerEvent('user_send_text', { message })).body).toMatchObject({
      text: 'Cảm ơn',
      quotedMessageId: 'ours',
    });
  });

  it('takes contact data in the shape of 2023', () => {
    const info = { name: 'Ví Dụ', phone: 84900000003, address: 'Số 2', ward: 'P1', district: 'Q1', city: 'HCM' };
    expect(only(customerEvent('user_submit_info', { info })).body).toEqual({
      kind: 'contact_shared',
      name: 'Ví Dụ',
      phone: '84900000003',
      address: 'Số 2, P1, Q1, HCM',
    });
  });

  it('takes reactions, and each of several on the same message', () => {
    const heart = customerEvent('user_reacted_message', { message: { msg_id: 'm', react_icon: '/-heart' } });
    const none = customerEvent('user_reacted_message', { message: { msg_id: 'm', react_icon: '/-remove' } });
    expect(only(heart).body).toEqual({
      kind: 'reaction',
      messageId: 'm',
      emoji: '/-heart',
      removed: false,
      by: 'customer',
    });
    expect(only(none).body).toMatchObject({ emoji: null, removed: true });
    expect(only(heart).providerId).not.toBe(only(none).providerId);
    const ours = customerEvent('oa_reacted_message', { ...inverted, message: { msg_id: 'm', react_icon: ':>' } });
    expect(only(ours)).toMatchObject({ peerId: USER_ID, body: { by: 'account' } });
  });

  it('takes the first tap on the chat button', () => {
    const raw = JSON.stringify({ event_name: 'user_click_chatnow', oa_id: OA_ID, user_id: USER_ID, timestamp: '1' });
    expect(only(raw)).toMatchObject({ peerId: USER_ID, opensWindow: true, body: { kind: 'opened_chat' } });
  });

  it('reads receipts whichever way round the two ids stand', () => {
    const message = { msg_ids: ['a', 'b', 'a', { odd: true }] };
    const expected = { peerId: USER_ID, body: { kind: 'receipt', receipt: 'read', messageIds: ['a', 'b'] } };
    expect(only(customerEvent('user_seen_message', { message, ...inverted }))).toMatchObject(expected);
    expect(only(customerEvent('user_seen_message', { message }))).toMatchObject(expected);
  });

  it('finds our own id in a receipt by phone', () => {
    const id = '0199a3c2-1b2c-7d3e-8f40-5a6b7c8d9e0f';
    const message = { msg_id: 'z', tracking_id: toTrackingId(id), delivery_time: '1795000001000' };
    const raw = customerEvent('user_received_message', {
      sender: { id: OA_ID },
      recipient: { id: '0900000004' },
      message,
    });
    expect(only(raw, { 'x-zevent-server': 'ZNS' })).toMatchObject({
      peerId: 'phone:84900000004',
      body: { outboundMessageId: id },
    });
    const hashed = customerEvent('user_received_message', {
      sender: { id: OA_ID },
      recipient: { id: 'ab12' },
      message,
    });
    expect(only(hashed, { 'x-zevent-server': 'ZNS' }).peerId).toBe('phone_hash:ab12');
  });

  it('keeps ids that are longer than a number', () => {
    const raw = `{"event_name":"user_send_text","sender":{"id":12345678901234567890123},"recipient":{"id":${OA_ID}},"message":{"msg_id":98765432109876543210,"text":"a"},"timestamp":1795000000000}`;
    expect(only(raw)).toMatchObject({
      peerId: '12345678901234567890123',
      providerId: '98765432109876543210',
      occurredAt: new Date(1795000000000),
    });
  });
});

describe('events that are only kept', () => {
  it.each([
    [
      'another account of the same app',
      customerEvent('user_send_text', { recipient: { id: '1' }, message: { text: 'a' } }),
    ],
    ['a message without a message', customerEvent('user_send_text')],
    ['an echo that the customer would have sent', customerEvent('oa_send_text', { message: { text: 'a' } })],
    ['a follow of another account', '{"event_name":"follow","oa_id":"1","follower":{"id":"2"}}'],
    ['a name like a property of every object', '{"event_name":"constructor"}'],
    ['no name', '{}'],
    ['a name that is no text', '{"event_name":{"$ne":""}}'],
    ['an id that no index could hold', customerEvent('user_send_text', { sender: { id: 'x'.repeat(5000) } })],
  ])('%s', (_name, raw) => {
    expect(only(raw)).toMatchObject({ opensWindow: false, body: { kind: 'unhandled' } });
  });

  it('unknown events with their person', () => {
    expect(only(customerEvent('user_send_hologram'))).toMatchObject({
      peerId: USER_ID,
      providerEvent: 'user_send_hologram',
      body: { kind: 'unhandled', name: 'user_send_hologram' },
    });
  });

  it.each(['', 'no json', '[]', '"text"', '1', 'null', '{"a":'])('refuses what is no JSON object: %j', (raw) => {
    expect(parse(raw)).toMatchObject({ ok: false });
  });
});

describe('poison', () => {
  it('takes NUL and half surrogates out of everything that is stored', () => {
    const raw = String.raw`{"event_name":"user_send_text\u0000","sender":{"id":"a\u0000b"},"recipient":{"id":"${OA_ID}"},"message":{"msg_id":"m\ud800","text":"x\u0000\udfff"},"timestamp":"1"}`;
    const event = only(raw);
    expect(event).toMatchObject({ peerId: 'ab', providerEvent: 'user_send_text', body: { text: 'x\ufffd' } });
    expect(JSON.stringify(event)).not.toMatch(/\\u0000|\\ud800|\\udfff/);
  });

  it('takes very deep nesting', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(only(`{"event_name":"user_send_text","message":${deep}}`).body.kind).toBe('unhandled');
  });

  const anyName = fc.constantFrom(
    'user_send_text',
    'user_send_location',
    'oa_send_text',
    'follow',
    'user_seen_message',
    'user_received_message',
    'user_submit_info',
    'user_feedback',
    'user_click_response_button',
    'user_reacted_message',
    'user_withdraw',
    'anonymous_send_text',
    'nonsense',
  );
  const anyId = fc.oneof(fc.constantFrom(OA_ID, USER_ID), fc.jsonValue());
  const odd = fc.record(
    {
      event_name: fc.oneof(anyName, fc.jsonValue()),
      sender: fc.oneof(fc.record({ id: anyId, admin_id: anyId }), fc.jsonValue()),
      recipient: fc.oneof(fc.record({ id: anyId }), fc.jsonValue()),
      follower: fc.jsonValue(),
      oa_id: anyId,
      user_id: anyId,
      info: fc.jsonValue(),
      timestamp: fc.jsonValue(),
      message: fc.oneof(
        fc.record(
          {
            msg_id: fc.jsonValue(),
            text: fc.jsonValue(),
            attachments: fc.array(fc.jsonValue()),
            msg_ids: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );

  test.prop([odd], { numRuns: 1000 })('any object becomes one event of the shape that is stored', (body) => {
    const event = only(JSON.stringify(body));
    expect(inboundBodySchema.safeParse(event.body).success).toBe(true);
    expect(event.providerId.length).toBeGreaterThan(0);
    expect(Number.isNaN(event.occurredAt.getTime())).toBe(false);
  });

  test.prop([fc.uint8Array({ maxLength: 300 })])('any bytes are answered', (bytes) => {
    expect(parse(Buffer.from(bytes))).toHaveProperty('ok');
  });
});
