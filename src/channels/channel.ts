// The edge: what every channel can do. The two folders beside this file hold the same file names.
import type { Message } from '../flows/message-schema.ts';
import type { ChannelName, InboundEvent } from './inbound-event-schema.ts';
import type { SendPermit } from './messaging-window.ts';

export type ChannelProfile = {
  displayName: string | null;
  /** How a friend would call them: "Lan" of "Nguyễn Thị Lan". */
  givenName: string | null;
  avatarUrl: string | null;
  phone?: string | null;
  isFollower?: boolean | null;
};

/** One call to the provider. The message was already split (`splitMessage`): one row, one call. */
export type SendRequest = {
  /** Our own id: comes back in Messenger's echo, is ZNS' tracking_id. */
  outboundMessageId: string;
  peerId: string;
  message: Message;
  permit: SendPermit;
};

/**
 * How a send ended, as far as we can know.
 * - sent: the provider accepted it.
 * - refused: the provider said no for good; `concerns` says whom: this message, this recipient, the window, or the whole account.
 * - later: surely not accepted, worth trying again; `retryAt` when the provider named a time; `concerns` account = pause the channel;
 *   `mostTries`: in all, where more of them are pointless or might be heard after all.
 * - unknown: may have been accepted (timeout, reset or 5xx after the bytes left): never repeat it blindly.
 */
export type SendResult =
  | { outcome: 'sent'; providerMessageId: string | null; cost?: { kind: string; amount?: number } }
  | {
      outcome: 'refused';
      concerns: 'message' | 'recipient' | 'window' | 'account' | 'thread';
      code: string;
      /** Vietnamese sentence for agents: what happened and what to do. */
      reason: string;
    }
  | {
      outcome: 'later';
      concerns: 'message' | 'recipient' | 'account';
      retryAt: Date | null;
      mostTries?: number;
      code: string;
      reason: string;
    }
  | { outcome: 'unknown'; code: string; reason: string };

/** Asked after an unknown outcome: does the provider's own history hold this message? */
export type SentLookup =
  | { found: 'yes'; providerMessageId: string }
  | { found: 'no' }
  /** It answered, and nobody can tell from that. */
  | { found: 'unknown' }
  /** It could not be asked: not connected, or out of reach. Later it can. */
  | { found: 'not_asked' }
  /** It may not be asked so often: in a later round. */
  | { found: 'not_yet' };

export type WebhookHeaders = Record<string, string | string[] | undefined>;

export type ParsedWebhook =
  /** Valid JSON object of this channel; `events` may be empty. */
  | { ok: true; events: InboundEvent[] }
  /** Not JSON, or not an object: 400. */
  | { ok: false; reason: string };

export type ChannelHealth = { ok: boolean; reason: string | null };

export type Channel = {
  readonly name: ChannelName;
  readonly accountId: string;
  /** Constant time, over the bytes as received; false for anything malformed, never throws. */
  isSignatureValid(raw: Buffer, headers: WebhookHeaders): boolean;
  /** Call only after the signature was found valid. Never throws. */
  parseWebhook(raw: Buffer, headers: WebhookHeaders, receivedAt: Date): ParsedWebhook;
  /** Cuts a message into parts that the provider accepts one by one, in order. */
  splitMessage(message: Message): Message[];
  /** Never throws. */
  send(request: SendRequest): Promise<SendResult>;
  /** null when the channel has none to give. Throws or aborts when unreachable. */
  fetchProfile(peerId: string, signal: AbortSignal): Promise<ChannelProfile | null>;
  findSentMessage(request: {
    peerId: string;
    outboundMessageId: string;
    message: Message;
    since: Date;
  }): Promise<SentLookup>;
  /** Cosmetic, best effort, never throws. */
  showTyping(peerId: string): Promise<void>;
  health(): Promise<ChannelHealth>;
};
