// What a mail server answers, and what we make of it; against a real one on loopback.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SendRequest } from '../../../src/channels/channel.ts';
import { createEmailChannel, type EmailChannel } from '../../../src/channels/email/channel.ts';
import { readSmtpFailure } from '../../../src/channels/email/read-smtp-answer.ts';
import { renderMail } from '../../../src/channels/email/render-mail.ts';
import { readUnsubscribeToken, unsubscribeUrl } from '../../../src/channels/email/unsubscribe-token.ts';
import { createManualClock } from '../../../src/clock.ts';
import { headersOf, type MailServer, startMailServer } from '../../mail-server.ts';

const clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
const secretKey = Buffer.alloc(32, 7);
const publicUrl = 'https://care.example.com';
const from = 'Gắn Bó <CSKH@ganbo.example>';
const id = '0197a0a0-0000-7000-8000-000000000001';

function channelTo(smtpUrl: string, timeoutMs?: number): EmailChannel {
  const log = pino({ level: 'silent' });
  const business = { name: 'Gắn Bó' };
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  return createEmailChannel({ clock, log, publicUrl, secretKey, business, ...patience }, { smtpUrl, from });
}

function requestOf(text: string): SendRequest {
  return {
    outboundMessageId: id,
    peerId: 'lan@example.com',
    message: { kind: 'text', text, subject: 'Gói của chị\r\nBcc: ai@do.com', choices: [], links: [] },
    permit: { mode: 'free', messagingType: 'UPDATE', costAmount: 0 },
  };
}

let server: MailServer;
let channel: EmailChannel;
beforeAll(async () => {
  server = await startMailServer();
  channel = channelTo(server.url);
});
beforeEach(() => {
  server.behave(null);
  server.letters.length = 0;
});
afterAll(async () => {
  await server.close();
});

test('a letter: one recipient, our id, the way out, no header that the words could smuggle in', async () => {
  const result = await channel.send(requestOf('Chào chị Lan,\n\n<b>Xin chào</b>'));
  expect(result).toEqual({
    outcome: 'sent',
    providerMessageId: `<${id}@ganbo.example>`,
    cost: { kind: 'email', amount: 0 },
  });
  const [letter] = server.letters;
  expect(letter).toMatchObject({ from: 'CSKH@ganbo.example', to: ['lan@example.com'] });
  const headers = headersOf(letter?.raw ?? '');
  expect(headers['message-id']).toBe(`<${id}@ganbo.example>`);
  expect(headers['list-unsubscribe']).toMatch(/^<https:\/\/care\.example\.com\/u\//);
  expect(Object.keys(headers)).not.toContain('bcc');
});

test.each([
  ['an unknown mailbox', { at: 'rcpt', code: 550 }, { outcome: 'refused', concerns: 'recipient', code: 'smtp_550' }],
  ['a mailbox that asks for patience', { at: 'rcpt', code: 451 }, { outcome: 'later', concerns: 'message' }],
  ['words that are refused', { at: 'data', code: 554 }, { outcome: 'refused', concerns: 'message', code: 'smtp_554' }],
  ['a full server', { at: 'data', code: 452 }, { outcome: 'later', concerns: 'message', code: 'smtp_452' }],
  ['an answer that never came', { at: 'answer' }, { outcome: 'unknown' }],
] as const)('%s', async (_, behaviour, expected) => {
  server.behave(behaviour);
  expect(await channel.send(requestOf('Chào'))).toMatchObject(expected);
  expect(server.letters).toHaveLength(behaviour.at === 'answer' ? 1 : 0);
});

describe('a server that is no server', () => {
  test('nobody listens: surely not accepted, later', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const result = await channelTo(`smtp://127.0.0.1:${port}`).send(requestOf('Chào'));
    expect(result).toMatchObject({ outcome: 'later', concerns: 'account', retryAt: null });
  });

  test('it accepts the connection and says nothing: nothing was told, later', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const result = await channelTo(`smtp://127.0.0.1:${port}`, 200).send(requestOf('Chào'));
    expect(result).toMatchObject({ outcome: 'later', concerns: 'account' });
    silent.close();
  });
});

test.each([
  [{ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, false, 'later', 'account'],
  [{ code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }, false, 'later', 'account'],
  [{ code: 'EPROTOCOL', responseCode: 421, command: 'CONN' }, false, 'later', 'account'],
  [{ code: 'EENVELOPE', responseCode: 553, command: 'RCPT TO' }, false, 'refused', 'recipient'],
  [{ code: 'EMESSAGE', responseCode: 552, command: 'DATA' }, true, 'refused', 'message'],
  [{ code: 'EMESSAGE', responseCode: 451, command: 'DATA' }, true, 'later', 'message'],
  [{ code: 'ETIMEDOUT', command: 'CONN' }, false, 'later', 'account'],
  [{ code: 'ETIMEDOUT', command: 'CONN' }, true, 'unknown', undefined],
  ['something odd', true, 'unknown', undefined],
])('%o, told: %s → %s', (error, isTold, outcome, concerns) => {
  const result = readSmtpFailure(error, { isTold, now: clock.now() });
  expect([result.outcome, 'concerns' in result ? result.concerns : undefined]).toEqual([outcome, concerns]);
});

test('only words can be an e-mail, and whatever stands in them is text', () => {
  const options = { business: 'Gắn Bó', wayOut: 'https://care.example.com/u/x' };
  expect(renderMail({ kind: 'sticker', stickerId: '1' }, options)).toBeNull();
  const mail = renderMail(
    {
      kind: 'text',
      text: '<script>alert(1)</script> xem https://a.vn/?x=1&y=2"onx="',
      choices: [],
      links: [{ kind: 'url', title: 'Xem', url: 'https://b.vn' }],
    },
    options,
  );
  expect(mail?.html).not.toContain('<script>');
  expect(mail?.html).toContain('<a href="https://a.vn/?x=1&#38;y=2">');
  expect(mail?.html).not.toContain('"onx=');
  expect(mail?.text).toContain('Xem: https://b.vn');
  expect(mail?.text.trimEnd().endsWith('https://care.example.com/u/x')).toBe(true);
});

test('nobody can make a way out for somebody else', () => {
  const pair = { accountId: 'us@ganbo.example', address: 'lan@example.com' };
  const token = unsubscribeUrl({ publicUrl, secretKey }, pair).split('/u/')[1] ?? '';
  expect(readUnsubscribeToken(secretKey, token)).toEqual(pair);
  const other = Buffer.from(JSON.stringify(['us@ganbo.example', 'ai@example.com'])).toString('base64url');
  for (const forged of ['', '.', 'x.y', token.slice(0, -1), `${other}.${token.split('.')[1]}`]) {
    expect(readUnsubscribeToken(secretKey, forged)).toBeNull();
  }
  expect(readUnsubscribeToken(Buffer.alloc(32, 8), token)).toBeNull();
});
