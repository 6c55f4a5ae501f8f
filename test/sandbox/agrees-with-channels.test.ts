// The program and the pretend providers, made from the same contract sheets by different hands, understand each other.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendPermit } from '../../src/channels/messaging-window.ts';
import { createMessengerChannel, type MessengerChannel } from '../../src/channels/messenger/channel.ts';
import { parseZaloWebhook } from '../../src/channels/zalo/parse-webhook.ts';
import { renderMessage as renderForZalo } from '../../src/channels/zalo/render-message.ts';
import { isZaloSignatureValid } from '../../src/channels/zalo/signature.ts';
import { type Message, messageSchema } from '../../src/flows/message-schema.ts';
import type { Person } from '../../src/sandbox/sandbox-schema.ts';
import { callZalo, type Harness, startHarness } from './sandbox-harness.ts';

let harness: Harness;
let lan: Person;
let minh: Person;
let messenger: MessengerChannel;

beforeEach(async () => {
  harness = await startHarness();
  const { sandbox, clock } = harness;
  lan = sandbox.createPerson({ channel: 'zalo', name: 'Nguyễn Thị Lan', phone: '0912345678' });
  minh = sandbox.createPerson({ channel: 'messenger', name: 'Trần Văn Minh' });
  sandbox.write(lan, 'chào');
  sandbox.write(minh, 'chào');
  const log = { warn: () => {}, error: () => {} };
  messenger = createMessengerChannel({ clock, log, mediaDir: '/nowhere' }, sandbox.messengerSettings);
});
afterEach(async () => {
  expect(harness.sandbox.violations).toEqual([]);
  await harness.close();
});

const choices = ['Hướng dẫn sử dụng', 'Đặt lịch đào tạo', 'Gặp nhân viên'].map((title) => ({ title, payload: title }));
const links = [
  { kind: 'url', title: 'Xem video', url: 'https://example.com/v' },
  { kind: 'phone', title: 'Gọi', phone: '0900 000 000' },
];
const said: [string, unknown][] = [
  ['text', { kind: 'text', text: 'Chào Lan' }],
  ['text with choices', { kind: 'text', text: 'Mình cần gì ạ?', choices }],
  ['text with links', { kind: 'text', text: 'Mời xem', links }],
  ['image', { kind: 'image', source: 'https://example.com/a.png' }],
  [
    'list',
    {
      kind: 'list',
      items: [
        { title: 'A', choices: choices.slice(0, 1) },
        { title: 'B', url: 'https://example.com' },
      ],
    },
  ],
  ['contact request', { kind: 'contact_request', title: 'Xin số', subtitle: 'để gọi lại' }],
  ['sticker', { kind: 'sticker', stickerId: '369239263222822' }],
];
const messages = said.map(([name, message]): [string, Message] => [name, messageSchema.parse(message)]);

describe('what the program says is taken', () => {
  it.each(messages)('Zalo: %s', async (_, message) => {
    const call = renderForZalo({ peerId: lan.id, outboundMessageId: randomUUID(), message, asset: null });
    if (call === null) throw new Error('nothing rendered');
    expect((await callZalo(harness.sandbox, call.path, call.body)).body).toMatchObject({ error: 0 });
  });

  it('Zalo: approved templates by user id and by phone', async () => {
    const parameters = { customer_name: 'Lan', product: 'Spa Pro', expires_at: '28/11/2026' };
    for (const phone of [{}, { phone: '84912345678' }]) {
      const message = messageSchema.parse({ kind: 'template', templateId: '331001', parameters, ...phone });
      const call = renderForZalo({ peerId: lan.id, outboundMessageId: randomUUID(), message, asset: null });
      expect((await callZalo(harness.sandbox, call?.path ?? '', call?.body)).body).toMatchObject({ error: 0 });
    }
  });

  const free: SendPermit = { mode: 'free', messagingType: 'RESPONSE', costAmount: 0 };
  const outOfWindow: SendPermit = { mode: 'template', messagingType: 'UTILITY', costAmount: 0 };
  const more: [string, unknown, SendPermit][] = [
    [
      'receipt',
      {
        kind: 'receipt',
        recipientName: 'Minh',
        orderNumber: '1',
        paymentMethod: 'QR',
        items: [{ title: 'Pro', price: 399_000 }],
        total: 399_000,
      },
      free,
    ],
    [
      'feedback',
      {
        kind: 'feedback',
        title: 'Hài lòng không?',
        subtitle: 'Góp ý nhé',
        buttonTitle: 'Đánh giá',
        questionId: 'q1',
        metric: 'csat',
        privacyUrl: 'https://example.com',
      },
      free,
    ],
    [
      'utility template',
      { kind: 'template', templateId: 'training_confirmed', parameters: { 1: 'Minh', 2: '9:00' } },
      outOfWindow,
    ],
  ];
  it.each([
    ...messages.map(([name, message]): [string, Message, SendPermit] => [name, message, free]),
    ...more.map(([name, message, permit]): [string, Message, SendPermit] => [
      name,
      messageSchema.parse(message),
      permit,
    ]),
  ])('Messenger: %s', async (_, message, permit) => {
    const outboundMessageId = randomUUID();
    const result = await messenger.send({ outboundMessageId, peerId: minh.id, message, permit });
    expect(result).toMatchObject({ outcome: 'sent', providerMessageId: harness.sandbox.ledger[0]?.providerMessageId });
    expect(harness.sandbox.ledger[0]?.outboundMessageId).toContain(outboundMessageId);
  });

  it('Messenger: profile, typing, health, a lost answer found again', async () => {
    expect(await messenger.fetchProfile(minh.id, AbortSignal.timeout(5_000))).toMatchObject({
      displayName: 'Trần Văn Minh',
      givenName: 'Minh',
    });
    await messenger.showTyping(minh.id);
    expect(minh.typingUntil).toBeGreaterThan(0);
    expect(await messenger.health()).toEqual({ ok: true, reason: null });
    harness.sandbox.setFault({ channel: 'messenger', kind: 'drop_answer', count: 1 });
    const message = messageSchema.parse({ kind: 'text', text: 'Em đây ạ' });
    const lost = { outboundMessageId: randomUUID(), peerId: minh.id, message, permit: free };
    expect(await messenger.send(lost)).toMatchObject({ outcome: 'unknown' });
    const lookup = await messenger.findSentMessage({ ...lost, since: harness.clock.now() });
    expect(lookup).toEqual({ found: 'yes', providerMessageId: harness.sandbox.ledger[0]?.providerMessageId });
  });
});

describe('what the providers tell is understood', () => {
  it('every webhook is validly signed and becomes a known event', async () => {
    const { sandbox } = harness;
    for (const person of [lan, minh]) {
      sandbox.sendSticker(person);
      sandbox.sendImage(person);
      sandbox.sendLocation(person);
      sandbox.sendContactCard(person, { name: 'Hoa', phone: '0900000000' });
      sandbox.submitInfo(person, { name: 'Lan', phone: '84912345678' });
      sandbox.humanReply(person, 'em đây');
      sandbox.markRead(person);
    }
    sandbox.follow(lan);
    sandbox.unfollow(lan);
    sandbox.openChat(sandbox.createPerson({ channel: 'zalo', name: 'Hoa' }));
    sandbox.refer(sandbox.createPerson({ channel: 'messenger', name: 'Nam' }), 'SPA');
    sandbox.refer(minh, 'SPA-2');
    await callZalo(sandbox, '/v3.0/oa/message/cs', { recipient: { user_id: lan.id }, message: { text: 'a' } });
    const message = messageSchema.parse({ kind: 'text', text: 'a' });
    const permit: SendPermit = { mode: 'free', messagingType: 'RESPONSE', costAmount: 0 };
    await messenger.send({ outboundMessageId: randomUUID(), peerId: minh.id, message, permit });
    sandbox.react(minh, sandbox.ledger.at(-1)?.providerMessageId ?? '', '👍');
    await sandbox.settled();

    const kinds = new Set<string>();
    for (const { path, raw, headers } of harness.received) {
      const isZalo = path === '/zalo';
      const isValid = isZalo
        ? isZaloSignatureValid(sandbox.zaloSettings, raw, headers)
        : messenger.isSignatureValid(raw, headers);
      expect(isValid).toBe(true);
      const parsed = isZalo
        ? parseZaloWebhook(sandbox.zaloSettings, raw, headers, harness.clock.now())
        : messenger.parseWebhook(raw, headers, harness.clock.now());
      if (!parsed.ok) throw new Error(parsed.reason);
      for (const event of parsed.events) {
        expect(event.body.kind, event.providerEvent).not.toBe('unhandled');
        const author = event.body.kind === 'echo' ? `:${event.body.author}` : '';
        kinds.add(`${event.channel}:${event.body.kind}${author}`);
      }
    }
    expect([...kinds].toSorted()).toEqual([
      'messenger:contact_shared',
      'messenger:echo:person',
      'messenger:echo:program',
      'messenger:message',
      'messenger:opened_chat',
      'messenger:reaction',
      'messenger:receipt',
      'messenger:referral',
      'zalo:contact_shared',
      'zalo:echo:person',
      'zalo:echo:program',
      'zalo:follow',
      'zalo:message',
      'zalo:opened_chat',
      'zalo:receipt',
      'zalo:unfollow',
    ]);
  });
});
