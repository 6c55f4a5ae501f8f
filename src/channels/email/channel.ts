// E-mail behind the interface of all channels: it only goes out, for customers whom no chat reaches any more.
import type { Logger } from 'pino';
import { type Clock, SECOND_MS } from '../../clock.ts';
import type { EmailSettings } from '../../config.ts';
import type { Channel } from '../channel.ts';
import { addressOf } from './mail-address.ts';
import { sendMail } from './send-mail.ts';
import { unsubscribeUrl } from './unsubscribe-token.ts';

export type EmailDeps = {
  clock: Clock;
  log: Logger;
  /** Where the program is reached from outside: the way out of every e-mail leads there. */
  publicUrl: string;
  /** Signs the ways out. */
  secretKey: Buffer;
  business: { name: string };
  /** Of one whole delivery; shorter than the lease of a message. */
  timeoutMs?: number;
};

export type EmailChannel = Channel & { readonly name: 'email' };

const LONGEST_SEND_MS = 15 * SECOND_MS;

export function createEmailChannel(deps: EmailDeps, settings: EmailSettings): EmailChannel {
  const accountId = addressOf(settings.from);
  const timeoutMs = deps.timeoutMs ?? LONGEST_SEND_MS;
  return {
    name: 'email',
    accountId,
    isSignatureValid: () => false,
    parseWebhook: () => ({ ok: false, reason: 'Nothing comes in by e-mail.' }),
    splitMessage: (message) => [message],
    send: (request) => {
      const wayOut = unsubscribeUrl(deps, { accountId, address: request.peerId });
      return sendMail({ ...deps, timeoutMs }, settings, { request, accountId, wayOut });
    },
    fetchProfile: async () => null,
    // A mail server shows nobody what it accepted: what is unknown stays so, and a person decides.
    findSentMessage: async () => ({ found: 'unknown' }),
    showTyping: async () => undefined,
    health: async () => ({ ok: true, reason: null }),
  };
}
