// Messenger behind the interface of all channels: one page, one app.
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { MessengerSettings } from '../../config.ts';
import type { Channel } from '../channel.ts';
import { createGraphClient, type GraphClient } from './api-client.ts';
import { findSentMessage } from './find-sent-message.ts';
import { checkHealth } from './health.ts';
import { createLookUpPace } from './look-up-pace.ts';
import { type MenuResult, type MessengerMenu, removeMenu, setMenu } from './menu.ts';
import { createPace, type PaceRates } from './pace.ts';
import { parseWebhook } from './parse-webhook.ts';
import { fetchProfile } from './profile.ts';
import { sendMessage } from './send-message.ts';
import { answerHandshake, type HandshakeAnswer, isSignatureValid } from './signature.ts';
import { splitMessage } from './split-message.ts';

export type MessengerDependencies = {
  clock: Clock;
  log: Pick<Logger, 'warn' | 'error'>;
  /** DATA_DIR/media: where uploads are read from. */
  mediaDir: string;
  rates?: PaceRates;
};

export type MessengerChannel = Channel & {
  readonly name: 'messenger';
  /** Answers Meta's GET when the webhook is set up. */
  answerHandshake(query: Record<string, unknown>): HandshakeAnswer;
  /** Cosmetic, best effort, never throws. */
  markSeen(peerId: string): Promise<void>;
  setMenu(menu: MessengerMenu): Promise<MenuResult>;
  removeMenu(fields: Parameters<typeof removeMenu>[1]): Promise<MenuResult>;
};

export function createMessengerChannel(deps: MessengerDependencies, settings: MessengerSettings): MessengerChannel {
  const { appId, appSecret, pageId, verifyToken } = settings;
  const client = createGraphClient(settings);
  const sending = { ...deps, client, pace: createPace(deps, deps.rates) };
  const looking = { client, pageId, pace: createLookUpPace(deps) };
  return {
    name: 'messenger',
    accountId: pageId,
    isSignatureValid: (raw, headers) => isSignatureValid(raw, headers, appSecret),
    answerHandshake: (query) => answerHandshake(query, verifyToken),
    parseWebhook: (raw, _headers, receivedAt) => parseWebhook({ pageId, appId }, raw, receivedAt),
    splitMessage,
    send: (request) => sendMessage(sending, request),
    fetchProfile: (peerId, signal) => fetchProfile(client, peerId, signal),
    findSentMessage: (request) => findSentMessage(looking, request),
    showTyping: (peerId) => act(client, peerId, 'typing_on'),
    markSeen: (peerId) => act(client, peerId, 'mark_seen'),
    health: () => checkHealth(client, appId),
    setMenu: (menu) => setMenu(client, menu),
    removeMenu: (fields) => removeMenu(client, fields),
  };
}

async function act(client: GraphClient, peerId: string, action: 'typing_on' | 'mark_seen'): Promise<void> {
  const body = { recipient: { id: peerId }, sender_action: action };
  try {
    await client.call({ method: 'POST', path: 'me/messages', body, timeoutMs: 3_000 });
  } catch {
    // Nobody misses a typing bubble.
  }
}
