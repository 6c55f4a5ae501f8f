// One e-mail, one connection, one honest answer about how it ended. A connection of its own keeps each transcript apart:
// whether the server had asked for the words decides between "later" and "nobody knows".
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { EmailSettings } from '../../config.ts';
import { withDeadline } from '../../deadline.ts';
import type { SendRequest, SendResult } from '../channel.ts';
import { domainOf } from './mail-address.ts';
import { readSmtpFailure } from './read-smtp-answer.ts';
import { renderMail } from './render-mail.ts';

/** The talk may still be going on behind our back: nobody knows how it ends. */
class TookTooLong extends Error {}

type Deps = { clock: Clock; log: Logger; business: { name: string }; timeoutMs: number };
type Letter = { request: SendRequest; accountId: string; wayOut: string };

/** Never throws. */
export async function sendMail(deps: Deps, settings: EmailSettings, letter: Letter): Promise<SendResult> {
  const { request, accountId, wayOut } = letter;
  const mail = renderMail(request.message, { business: deps.business.name, wayOut });
  if (mail === null) {
    const reason = 'Tin này không có lời nên không gửi được bằng e-mail.';
    return { outcome: 'refused', concerns: 'message', code: 'cannot_render', reason };
  }
  const transcript = watchTranscript();
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url: settings.smtpUrl, ...patience(deps.timeoutMs), ...transcript.options });
  const messageId = `<${request.outboundMessageId}@${domainOf(accountId)}>`;
  try {
    const sending = transport.sendMail({
      ...mail,
      from: settings.from,
      to: request.peerId,
      messageId,
      date: deps.clock.now(),
      headers: { 'List-Unsubscribe': `<${wayOut}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    await withDeadline(sending, deps.timeoutMs, () => new TookTooLong('The mail server took too long.'));
    return { outcome: 'sent', providerMessageId: messageId, cost: { kind: 'email', amount: 0 } };
  } catch (error) {
    const isTold = transcript.isTold() || error instanceof TookTooLong;
    const result = readSmtpFailure(error, { isTold, now: deps.clock.now() });
    deps.log.warn({ outcome: result.outcome, code: 'code' in result ? result.code : null }, 'an e-mail did not go out');
    return result;
  } finally {
    transport.close();
  }
}

function patience(timeoutMs: number) {
  const part = Math.floor(timeoutMs / 2);
  return { connectionTimeout: part, greetingTimeout: part, dnsTimeout: part, socketTimeout: timeoutMs };
}

/** Listens to the talk with the server, without the words of the letter. */
function watchTranscript() {
  let isTold = false;
  const hear = (entry: unknown, ...words: unknown[]) => {
    const isServer = typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'server';
    if (isServer && words.some((word) => typeof word === 'string' && word.startsWith('354'))) isTold = true;
  };
  const level = () => undefined;
  const logger = { level, trace: hear, debug: hear, info: hear, warn: hear, error: hear, fatal: hear };
  return { options: { transactionLog: true, debug: false, logger }, isTold: () => isTold };
}
