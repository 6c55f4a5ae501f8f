// Every sample of the contract sheet, as the inbound event that it must become.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../src/channels/inbound-event-schema.ts';
import { inboundBodySchema } from '../../../src/channels/inbound-event-schema.ts';
import { parseZaloWebhook } from '../../../src/channels/zalo/parse-webhook.ts';
import { isZaloSignatureValid, signZaloBody } from '../../../src/channels/zalo/signature.ts';
import { OA_ID, RECEIVED_AT, readPayload, USER_ID } from './read-payload.ts';

type Expected = Partial<InboundEvent> & { oaId?: string; headers?: Record<string, string> };

const attachment = (attachments: object[], text: string | null = null) => ({
  kind: 'message' as const,
  messageId: '96d3cdf3af150460909',
  text,
  attachments: attachments as never,
});
const message = { peerId: USER_ID, opensWindow: true, providerId: '96d3cdf3af150460909' };
const account = (name: string) => ({ peerId: null, opensWindow: false, body: { kind: 'account' as const, name } });
const unhandled = (name: string, peerId: string | null) => ({ peerId, body: { kind: 'unhandled' as const, name } });

const CONTRACT: Record<string, Expected> = {
  'anonymous_send_text.constructed.json': unhandled('anonymous_send_text', 'anonymous:1ffedc467f179649cf06'),
  'change_template_quality.constructed.json': {
    peerId: null,
    opensWindow: false,
    body: {
      kind: 'account',
      name: 'change_template_quality',
      template: { providerId: '31239', quality: 'MEDIUM' },
    },
  },
  'change_template_status.json': account('change_template_status'),
  'console_test.user_send_text.partial.json': { ...unhandled('user_send_text', null), opensWindow: false },
  'follow.json': {
    oaId: '388613280879808645',
    peerId: '24684588352919792',
    opensWindow: true,
    occurredAt: RECEIVED_AT,
    body: { kind: 'follow', source: 'oa_profile' },
  },
  'oa_send_consent.constructed.json': unhandled('oa_send_consent', null),
  'oa_send_text.by-api.constructed.json': {
    ...message,
    opensWindow: false,
    body: { kind: 'echo', messageId: '96d3cdf3af150460909', author: 'program', text: 'message', attachments: [] },
  },
  'oa_send_text.constructed.json': {
    ...message,
    opensWindow: false,
    body: {
      kind: 'echo',
      messageId: '96d3cdf3af150460909',
      author: 'person',
      text: 'message',
      attachments: [],
      adminId: '1111111111111111111',
    },
  },
  'remove_tag.constructed.json': unhandled('remove_tag', null),
  'remove_user_from_tag.constructed.json': unhandled('remove_user_from_tag', null),
  'unfollow.constructed.json': {
    peerId: USER_ID,
    opensWindow: false,
    occurredAt: new Date(1728000000000),
    body: { kind: 'unfollow', source: 'oa_profile' },
  },
  'user_asking_product.legacy.json': {
    oaId: '388613280879808645',
    peerId: USER_ID,
    body: { kind: 'message', messageId: 'b403772854c7b19e8d7', text: 'product_name', attachments: [] },
  },
  'user_click_response_button.json': {
    oaId: '<OA_ID>',
    peerId: null,
    body: {
      kind: 'feedback',
      metric: 'free_form',
      score: null,
      comment: 'Label of the tapped reply',
      messageId: 'msgA0001',
    },
  },
  'user_feedback.json': {
    oaId: '<OA_ID>',
    peerId: null,
    occurredAt: RECEIVED_AT,
    body: {
      kind: 'feedback',
      metric: 'csat',
      score: 5,
      comment: 'Tôi rất hài lòng.; Nhân viên vui vẻ; ...',
      messageId: '7e4c33cfc20b05575c18',
    },
  },
  'user_received_message.constructed.json': {
    peerId: USER_ID,
    opensWindow: false,
    body: { kind: 'receipt', receipt: 'delivered', messageIds: ['63ecf43f0df7dba892e6'] },
  },
  'user_received_message.zns.json': {
    oaId: '2893352839501541173',
    headers: { 'x-zevent-server': 'ZNS' },
    peerId: 'phone:84123456789',
    occurredAt: new Date(1602960467432),
    body: { kind: 'receipt', receipt: 'delivered', messageIds: ['15a0cc0bbb13bd4ce403'] },
  },
  'user_reply_consent.constructed.json': unhandled('user_reply_consent', null),
  'user_seen_message.constructed.json': {
    peerId: USER_ID,
    body: { kind: 'receipt', receipt: 'read', messageIds: ['63ecf43f0df7dba892e6'] },
  },
  'user_send_audio.constructed.json': {
    ...message,
    body: attachment([{ kind: 'audio', url: 'https://example.invalid/a.amr' }]),
  },
  'user_send_file.constructed.json': {
    ...message,
    body: attachment([{ kind: 'file', url: 'https://example.invalid/document.pdf', name: 'document.pdf' }]),
  },
  'user_send_group_text.constructed.json': unhandled('user_send_group_text', USER_ID),
  'user_send_image.constructed.json': {
    ...message,
    body: attachment([{ kind: 'image', url: 'https://example.invalid/i.jpg' }], 'optional caption'),
  },
  'user_send_link.constructed.json': {
    ...message,
    body: attachment([{ kind: 'link', url: 'https://example.com', title: 'desc' }], 'https://example.com'),
  },
  'user_send_sticker.constructed.json': {
    ...message,
    body: attachment([{ kind: 'sticker', url: 'https://example.invalid/s.png', stickerId: 'bfe458bf64fa8da4d4eb' }]),
  },
  'user_send_text.captured.json': {
    oaId: '3674000000000000434',
    peerId: '675000000000000785',
    occurredAt: new Date(1787209817225),
    opensWindow: true,
    body: { kind: 'message', messageId: 'b2db3895fe26797f2030', text: 'Alo', attachments: [] },
  },
  'user_send_text.json': { ...message, occurredAt: RECEIVED_AT, body: attachment([], 'message') },
  'user_send_video.constructed.json': {
    ...message,
    body: attachment([{ kind: 'video', url: 'https://example.invalid/v.mp4' }]),
  },
  'user_submit_info.json': {
    oaId: '388613280879880645',
    peerId: '246845883529697922',
    body: {
      kind: 'contact_shared',
      name: 'Trần Thị Ví Dụ',
      phone: '84900000001',
      address: 'Số 1 đường Ví Dụ, Phường Tân Thuận, Thành phố Hồ Chí Minh',
      birthday: '30/10/1999',
    },
  },
  'user_withdraw.constructed.json': { peerId: USER_ID, opensWindow: false, body: { kind: 'data_withdrawal' } },
  'widget_failed_to_sync_user_external_id.constructed.json': unhandled(
    'widget_failed_to_sync_user_external_id',
    USER_ID,
  ),
};
const NOT_BODIES = ['signature-test-vector.json', 'user_send_text.captured.headers.json'];

describe('Zalo webhook samples', () => {
  it('are all expected here', () => {
    const files = readdirSync(new URL('../../payloads/zalo/', import.meta.url)).filter((name) =>
      name.endsWith('.json'),
    );
    expect(files.filter((name) => !NOT_BODIES.includes(name)).sort()).toEqual(Object.keys(CONTRACT).sort());
  });

  for (const [file, { oaId = OA_ID, headers = {}, ...expected }] of Object.entries(CONTRACT)) {
    it(file, () => {
      const parsed = parseZaloWebhook({ oaId }, readPayload(file), headers, RECEIVED_AT);
      expect(parsed).toMatchObject({ ok: true, events: [{ channel: 'zalo', accountId: oaId, standby: false }] });
      if (!parsed.ok) return;
      expect(parsed.events[0]).toMatchObject(expected);
      expect(parsed.events[0]?.body).toEqual(expected.body);
      expect(inboundBodySchema.safeParse(parsed.events[0]?.body).success).toBe(true);
    });

    it(`${file} is accepted when it is signed`, () => {
      const raw = readPayload(file);
      const { app_id: appId } = JSON.parse(raw.toString());
      const keys = { appId, oaSecretKey: 'test-oa-secret-key' };
      expect(isZaloSignatureValid(keys, raw, { 'x-zevent-signature': signZaloBody(keys, raw) })).toBe(true);
    });
  }
});
