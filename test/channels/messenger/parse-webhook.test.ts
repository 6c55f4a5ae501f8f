// Every sample of Meta becomes the events we expect, and no body whatever makes the parser throw.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../src/channels/inbound-event-schema.ts';
import { inboundBodySchema } from '../../../src/channels/inbound-event-schema.ts';
import { parseWebhook } from '../../../src/channels/messenger/parse-webhook.ts';

const folder = new URL('../../payloads/messenger/', import.meta.url);
const pageId = '682498302938465';
const psid = '1254459154682919';
const receivedAt = new Date('2026-11-21T05:00:00.000Z');

function parseSample(name: string, page: string = pageId): InboundEvent[] {
  return parse(readFileSync(new URL(`${name}.json`, folder)), page);
}

function parse(raw: Buffer | object, page: string = pageId, appId = '123456789'): InboundEvent[] {
  const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(JSON.stringify(raw));
  const parsed = parseWebhook({ pageId: page, appId }, bytes, receivedAt);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.events;
}

function wrap(event: object, list = 'messaging'): object {
  const item = { sender: { id: psid }, recipient: { id: pageId }, timestamp: 1770000000000, ...event };
  return { object: 'page', entry: [{ id: pageId, time: 1770000000411, [list]: [item] }] };
}

const link = { kind: 'link', url: 'https://example.com/p', title: 'Một trang' };
const message = { kind: 'message', attachments: [] };

describe('samples', () => {
  it.each<[string, object, object?]>([
    [
      'message_text',
      { ...message, text: 'hello, world!', messageId: 'mid.1457764197618:41d102a3e1ae206a38' },
      { opensWindow: true, standby: false, peerId: psid, providerId: 'mid.1457764197618:41d102a3e1ae206a38' },
    ],
    ['message_quick_reply_email', { ...message, text: 'khach.hang@example.com', payload: 'khach.hang@example.com' }],
    ['message_reply_to', { ...message, quotedMessageId: 'm_1fTq8oLumEyIp3Q2MR-aY7IfLZDamVrALniheU' }],
    ['message_image', { text: null, attachments: [{ kind: 'image', url: 'https://cdn.example.test/image' }] }],
    ['message_video', { attachments: [{ kind: 'video', url: 'https://cdn.example.test/video' }] }],
    ['message_audio', { attachments: [{ kind: 'audio', url: 'https://cdn.example.test/audio' }] }],
    ['message_file', { attachments: [{ kind: 'file', url: 'https://cdn.example.test/file' }] }],
    ['message_sticker', { attachments: [expect.objectContaining({ kind: 'sticker', stickerId: '369239263222822' })] }],
    [
      'message_sticker_transition',
      { attachments: [expect.objectContaining({ kind: 'sticker', stickerId: '369239263222822' })] },
    ],
    [
      'message_sticker_legacy_image',
      { attachments: [expect.objectContaining({ kind: 'sticker', stickerId: '369239263222822' })] },
    ],
    ['message_fallback', { attachments: [link] }],
    ['x_message_fallback_no_payload', { kind: 'message', attachments: [{ kind: 'other', name: 'fallback' }] }],
    ['message_location', { attachments: [{ kind: 'location', latitude: '1.2', longitude: '-1.3' }] }],
    ['message_post_share', { attachments: [{ kind: 'link', url: 'https://example.com/post', title: 'Bài viết' }] }],
    ['message_appointment_booking', { attachments: [{ kind: 'other', name: 'appointment_booking' }] }],
    ['message_product_template', { attachments: [{ kind: 'template', title: 'Some product title' }] }],
    [
      'message_referral_ads',
      {
        text: 'hello, world!',
        referral: { ref: 'REF_DATA', source: 'ADS', type: 'OPEN_THREAD', adId: '6302572858686' },
      },
    ],
    ['message_referral_product', { text: 'hello, world!', referral: {} }],
    ['message_commands', { text: 'find flights from SFO to LAX next Thursday' }],
    [
      'x_message_hop_context',
      { kind: 'unhandled', name: 'message_hop_context' },
      { opensWindow: false, occurredAt: new Date(1665424533000) },
    ],
    ['x_coupon_reveal', { kind: 'unhandled', name: 'template' }],
    [
      'echo_text',
      { kind: 'echo', author: 'person', text: 'hello, world!', appId: '1517776481860111' },
      { peerId: psid, opensWindow: false },
    ],
    ['echo_page_inbox', { kind: 'echo', author: 'person', appId: '263902037430900' }],
    ['x_echo_no_app_id', { kind: 'echo', author: 'person', text: 'Chào anh' }],
    ['x_echo_ours', { kind: 'echo', author: 'program', outboundMessageId: '01890a5d-ac96-774b-bcce-b302099a8057' }],
    ['echo_fallback', { kind: 'echo', attachments: [link] }],
    ['echo_image', { attachments: [{ kind: 'image', url: 'https://cdn.example.test/i.png' }] }],
    ['echo_standby_media_template', { kind: 'echo', author: 'person' }, { standby: true, peerId: psid }],
    [
      'message_edit',
      { kind: 'edit', messageId: 'm_edit_target', text: 'new text', editNumber: 1 },
      { providerId: 'm_edit_target|1' },
    ],
    [
      'postback',
      { kind: 'message', text: 'TITLE-FOR-THE-CTA', payload: 'USER-DEFINED-PAYLOAD' },
      { opensWindow: true, providerId: 'm_postback_1' },
    ],
    [
      'postback_get_started_referral',
      { kind: 'opened_chat', referral: { ref: 'qr_quay_1', source: 'SHORTLINK', type: 'OPEN_THREAD' } },
      { opensWindow: true },
    ],
    ['x_postback_field_value_test_shape', { kind: 'unhandled', name: 'other_page' }, { peerId: null, accountId: '0' }],
    ['standby_postback_no_payload', { kind: 'message', text: 'Xem gói' }, { standby: true }],
    ['standby_message', { kind: 'message', text: 'hello' }, { standby: true, opensWindow: true }],
    ['standby_read', { kind: 'receipt', receipt: 'read' }, { standby: true, opensWindow: false }],
    [
      'delivery',
      {
        kind: 'receipt',
        receipt: 'delivered',
        messageIds: ['mid.1458668856218:ed81099e15d3f4f233'],
        watermark: '2016-03-22T17:47:36.253Z',
      },
      { occurredAt: new Date(1770000000411), opensWindow: false },
    ],
    ['delivery_watermark_only', { kind: 'receipt', messageIds: [], watermark: '2016-03-22T17:47:36.253Z' }],
    ['delivery_legacy_seq', { kind: 'receipt', receipt: 'delivered' }],
    ['read', { kind: 'receipt', receipt: 'read', watermark: '2016-03-22T17:47:36.253Z' }, { opensWindow: false }],
    [
      'reaction_react',
      { kind: 'reaction', emoji: '❤️', messageId: 'm_target', removed: false, by: 'customer' },
      { opensWindow: true },
    ],
    ['reaction_unreact', { kind: 'reaction', emoji: null, removed: true }, { opensWindow: false }],
    [
      'referral_shortlink',
      { kind: 'referral', referral: expect.objectContaining({ source: 'SHORTLINK' }) },
      { opensWindow: true },
    ],
    [
      'referral_ads',
      { kind: 'referral', referral: expect.objectContaining({ adId: '6302572858686' }) },
      { opensWindow: false },
    ],
    ['optin_send_to_messenger', { kind: 'unhandled', name: 'optin' }, { opensWindow: false }],
    ['optin_notification_messages', { kind: 'unhandled' }],
    ['optin_stop_notifications', { kind: 'unhandled' }],
    ['x_optin_checkbox_user_ref', { kind: 'unhandled', name: 'optin' }, { peerId: null }],
    ['account_linking_linked', { kind: 'unhandled', name: 'account_linking' }, { occurredAt: new Date(1234567890000) }],
    ['account_linking_unlinked', { kind: 'unhandled', name: 'account_linking' }],
    ['handover_pass_thread_control', { kind: 'thread_control', action: 'passed_to_us', appId: '987654321' }],
    ['handover_pass_from_idle', { kind: 'thread_control', action: 'passed_to_us' }],
    ['handover_take_thread_control', { kind: 'thread_control', action: 'taken_from_us', appId: '263902037430900' }],
    ['handover_request_thread_control', { kind: 'thread_control', action: 'requested', appId: '123456789' }],
    ['handover_app_roles', { kind: 'thread_control', action: 'roles_changed' }, { peerId: null }],
    ['policy_enforcement', { kind: 'account', name: 'policy_enforcement:block' }, { peerId: null }],
    ['policy_enforcement_unblock', { kind: 'account', name: 'policy_enforcement:unblock' }],
    [
      'messaging_feedback_csat',
      { kind: 'feedback', metric: 'csat', score: 5, questionId: 'hauydmns8', comment: 'I am very satisfied!' },
    ],
    ['messaging_feedback_nps_no_text', { kind: 'feedback', metric: 'nps', score: 0, questionId: 'nps_q1' }],
    ['response_feedback', { kind: 'unhandled', name: 'response_feedback' }],
    ['send_cart', { kind: 'unhandled', name: 'order' }],
    ['in_thread_lead_form_submit', { kind: 'unhandled', name: 'form' }],
    [
      'messaging_customer_information',
      { kind: 'contact_shared', name: 'Khách Mẫu', phone: '+84900000000', email: 'khach@example.com' },
      { occurredAt: new Date(1770000000000) },
    ],
    ['inbox_labels_change', { kind: 'unhandled', name: 'inbox_labels' }, { peerId: null }],
    ['message_template_status_update_unverified', { kind: 'account', name: 'message_template_status_update:APPROVED' }],
    [
      'message_template_status_update_whatsapp_variant',
      { kind: 'account', name: 'message_template_status_update:REJECTED' },
    ],
    ['marketing_message_echoes_value', { kind: 'unhandled' }, { peerId: null }],
    ['x_unknown_event', { kind: 'unhandled', name: 'some_future_event' }, { peerId: psid }],
    ['x_test_body_string_message', { kind: 'unhandled', name: 'message' }, { peerId: null, accountId: pageId }],
  ])('%s', (name, body, event = {}) => {
    const [first] = parseSample(name);
    expect(first?.body).toMatchObject(body);
    expect(first).toMatchObject({ channel: 'messenger', accountId: pageId, ...event });
  });

  it('every sample of a webhook, valid by the schema of stored events', () => {
    const names = readdirSync(folder).filter(
      (name) => name.endsWith('.json') && !/^(response_(?!feedback)|send_(?!cart)|signature)/.test(name),
    );
    expect(names.length).toBeGreaterThan(65);
    for (const name of names) {
      for (const event of parse(readFileSync(new URL(name, folder)))) checkEvent(event);
    }
  });

  it('a lead form comes in seconds of another page', () => {
    const [event] = parseSample('referral_lead_complete');
    expect(event).toMatchObject({ accountId: '542998526103632', body: { kind: 'unhandled', name: 'other_page' } });
    const [ours] = parseSample('referral_lead_complete', '542998526103632');
    expect(ours).toMatchObject({ occurredAt: new Date(1665424533000), body: { kind: 'referral' } });
  });

  it('a phone button gives what was said and the contact', () => {
    const [said, contact] = parseSample('message_quick_reply_phone');
    expect(said?.body).toMatchObject({ kind: 'message', text: '+84900000000', payload: '+84900000000' });
    expect(contact).toMatchObject({
      providerEvent: 'quick_reply_contact',
      body: { kind: 'contact_shared', phone: '+84900000000' },
    });
  });

  it('out of order stays as it came: times tell the order', () => {
    expect(parseSample('x_out_of_order_retry').map((event) => event.occurredAt.getTime())).toEqual([
      1770000002000, 1770000001000,
    ]);
  });

  it('the same message twice has one key', () => {
    const [a, b] = parseSample('x_batch_duplicate_mid');
    expect(a?.providerId).toBe('m_dup');
    expect(b?.providerId).toBe('m_dup');
  });

  it('one bad item costs no other: several entries, lists and pages in one POST', () => {
    const events = parseSample('x_batch_mixed');
    expect(events.map((event) => [event.body.kind, event.peerId, event.standby])).toEqual([
      ['message', psid, false],
      ['unhandled', psid, false],
      ['message', '25381719828140932', false],
      ['message', psid, true],
      ['unhandled', null, false],
      ['unhandled', '5550001', false],
      ['account', null, false],
    ]);
  });
});

describe('robustness', () => {
  it('keeps the digits of ids beyond 2^53', () => {
    const raw = `{"object":"page","entry":[{"id":${pageId},"messaging":[{"sender":{"id":25381719828140932},"recipient":{"id":"${pageId}"},"timestamp":1770000000000,"message":{"mid":"m_big","text":"x","is_echo":false,"attachments":[{"type":"sticker","payload":{"sticker_id":36923926322282299}}]}}]}]}`;
    const [event] = parse(Buffer.from(raw));
    expect(event).toMatchObject({
      peerId: '25381719828140932',
      accountId: pageId,
      body: { attachments: [{ stickerId: '36923926322282299' }] },
    });
  });

  it('reads an echo as ours by app id alone, given as number or text', () => {
    for (const app_id of [123456789, '123456789']) {
      const event = {
        sender: { id: pageId },
        recipient: { id: psid },
        message: { is_echo: true, mid: 'm', app_id, text: 'a' },
      };
      expect(parse(wrap(event))[0]?.body).toMatchObject({ kind: 'echo', author: 'program' });
    }
  });

  it('takes a mark only in our exact form', () => {
    for (const metadata of [
      'ganbo:',
      'ganbo:1',
      'x ganbo:01890a5d-ac96-774b-bcce-b302099a8057',
      'outbox:01890a5d-ac96-774b-bcce-b302099a8057',
    ]) {
      const event = { sender: { id: pageId }, recipient: { id: psid }, message: { is_echo: true, mid: 'm', metadata } };
      expect(parse(wrap(event))[0]?.body).toMatchObject({ kind: 'echo', author: 'person' });
    }
  });

  it('never takes the page for a customer', () => {
    const fromPage = wrap({ sender: { id: pageId }, recipient: { id: psid }, message: { mid: 'm', text: 'a' } });
    expect(parse(fromPage)[0]).toMatchObject({ opensWindow: false, body: { kind: 'unhandled' } });
    const toItself = wrap({ sender: { id: pageId }, recipient: { id: pageId }, message: { mid: 'm', text: 'a' } });
    expect(parse(toItself)[0]).toMatchObject({ peerId: null, body: { kind: 'unhandled' } });
  });

  it.each([
    ['milliseconds', 1770000000123, '2026-02-02T02:40:00.123Z'],
    ['seconds', 1770000000, '2026-02-02T02:40:00.000Z'],
    ['text', '1770000000123', '2026-02-02T02:40:00.123Z'],
    ['nothing: the entry has one', undefined, '2026-02-02T02:40:00.411Z'],
    ['nonsense: the entry has one', 'gestern', '2026-02-02T02:40:00.411Z'],
    ['the year 50 000: the entry has one', 1515418479195594, '2026-02-02T02:40:00.411Z'],
    ['zero: the entry has one', 0, '2026-02-02T02:40:00.411Z'],
  ])('understands a time given as %s', (_name, timestamp, iso) => {
    expect(parse(wrap({ timestamp, read: { watermark: 1 } }))[0]?.occurredAt.toISOString()).toBe(iso);
  });

  it('falls back to the time of receipt', () => {
    const body = {
      object: 'page',
      entry: [{ id: pageId, messaging: [{ sender: { id: psid }, message: { mid: 'm', text: 'a' } }] }],
    };
    expect(parse(body)[0]?.occurredAt).toEqual(receivedAt);
  });

  it('cleans what the database would refuse', () => {
    const raw = JSON.stringify(wrap({ message: { mid: 'm\u0000id', text: 'a\u0000b \ud83d c' } }));
    const [event] = parse(Buffer.from(raw));
    expect(event?.body).toMatchObject({ messageId: 'mid', text: 'ab \ufffd c' });
  });

  it('writes text in NFC', () => {
    const decomposed = 'Tiếng Việt'.normalize('NFD');
    expect(parse(wrap({ message: { mid: 'm', text: decomposed } }))[0]?.body).toMatchObject({ text: 'Tiếng Việt' });
  });

  it('hashes keys that an index could not hold', () => {
    const [event] = parse(wrap({ message: { mid: 'm'.repeat(900), text: 'a' } }));
    expect(event?.providerId).toMatch(/^[0-9a-f]{64}$/);
    const long = parse(wrap({ [`k${'x'.repeat(5000)}`]: 1 }));
    expect(long[0]?.providerEvent.length).toBe(64);
  });

  it('keeps dangerous and endless addresses out', () => {
    const urls = ['javascript:alert(1)', 'file:///etc/passwd', `https://a.example/${'x'.repeat(3000)}`, 'https://a b'];
    for (const url of urls) {
      const body = parse(wrap({ message: { mid: 'm', attachments: [{ type: 'image', payload: { url } }] } }))[0]?.body;
      expect(body).toMatchObject({ attachments: [{ kind: 'image' }] });
      expect(JSON.stringify(body)).not.toContain('url');
    }
  });

  it.each([
    ['instagram', { object: 'instagram', entry: [{ id: '1', messaging: [] }] }, 'object:instagram'],
    ['no object', { a: 1 }, 'no_object'],
    ['no entries', { object: 'page' }, 'object:page'],
    ['entries of another kind', { object: 'page', entry: 'x' }, 'object:page'],
  ])('keeps %s as one unhandled event', (_name, body, name) => {
    expect(parse(body)).toMatchObject([{ peerId: null, body: { kind: 'unhandled', name } }]);
  });

  it.each(['', 'x', '[]', '1', 'null', '"a"', '{', '{"object":"page"} x'])(
    'refuses what is no JSON object: %s',
    (text) => {
      expect(parseWebhook({ pageId, appId: '1' }, Buffer.from(text), receivedAt)).toMatchObject({ ok: false });
    },
  );

  it('survives nesting that no hash can follow', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const raw = `{"object":"page","entry":[{"id":"${pageId}","messaging":[{"sender":{"id":"1"},"odd":${deep}},{"sender":{"id":"2"},"recipient":{"id":"${pageId}"},"message":{"mid":"m","text":"a"}}]}]}`;
    expect(parse(Buffer.from(raw)).map((event) => event.body.kind)).toEqual(['unhandled', 'message']);
  });

  it('the key of an event without id does not depend on the order of fields', () => {
    const a = parse(wrap({ optin: { ref: 'x', type: 'y' } }))[0];
    const b = parse(wrap({ optin: { type: 'y', ref: 'x' } }))[0];
    expect(a?.providerId).toBe(b?.providerId);
  });

  it('gives each question of a form its own key', () => {
    const questions = {
      a: { type: 'csat ', payload: '7' },
      b: { type: 'nps', payload: '10' },
      c: { type: 'free_form', payload: 'tốt' },
      d: null,
    };
    const events = parse(wrap({ messaging_feedback: { feedback_screens: [{ questions }] } }));
    expect(events.map((event) => event.body)).toMatchObject([
      { metric: 'csat', score: null },
      { metric: 'nps', score: 10 },
      { metric: 'free_form', score: null, comment: 'tốt' },
    ]);
    expect(new Set(events.map((event) => event.providerId)).size).toBe(3);
  });
});

describe('any body', () => {
  const samples = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

  it('arbitrary bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parseWebhook({ pageId, appId: '1' }, Buffer.from(bytes), receivedAt);
      }),
    );
  });

  it('arbitrary JSON never throws and gives storable events', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('messaging', 'standby', 'changes'), (value, list) => {
        for (const event of parse({ object: 'page', entry: [{ id: pageId, [list]: [value] }, value] }))
          checkEvent(event);
      }),
    );
  });

  it('a sample with any value replaced by any other never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.jsonValue(), (sample, at, value) => {
        const mutated = replaceLeaf(sample, at, value);
        const parsed = parseWebhook({ pageId, appId: '1' }, Buffer.from(JSON.stringify(mutated) ?? 'null'), receivedAt);
        if (parsed.ok) for (const event of parsed.events) checkEvent(event);
      }),
      { numRuns: 500 },
    );
  });
});

/** What the tables of the database can hold. */
function checkEvent(event: InboundEvent): void {
  expect(() => inboundBodySchema.parse(event.body)).not.toThrow();
  expect(Number.isNaN(event.occurredAt.getTime())).toBe(false);
  expect(event.providerId.length).toBeLessThanOrEqual(600);
  expect(event.providerId).not.toBe('');
  expect((event.peerId ?? '').length).toBeLessThanOrEqual(128);
  expect(JSON.stringify(event)).not.toContain('\\u0000');
}

function replaceLeaf(value: unknown, at: number, replacement: unknown): unknown {
  let index = 0;
  let count = 0;
  JSON.stringify(value, (_key, inner) => {
    count += 1;
    return inner;
  });
  const target = at % count;
  return JSON.parse(
    JSON.stringify(value, (_key, inner) => {
      index += 1;
      return index - 1 === target ? replacement : inner;
    }) ?? 'null',
  );
}
