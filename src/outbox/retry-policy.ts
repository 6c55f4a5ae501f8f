// When to try again what surely was not accepted, and when to ask again about what may have been.
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Message } from '../flows/message-schema.ts';

const FIRST_RETRY_MS = 2 * SECOND_MS;
const LAST_RETRY_MS = 5 * MINUTE_MS;

/** A retry later than this does not hold back what comes after it. */
export const HOLDING_MS = 2 * MINUTE_MS;

/**
 * Doubles from 2 s to 5 min, each spread by up to half, so that failures do not come back in step. `random` in [0, 1). Where
 * the channel and not the message is the trouble it goes on holding back what comes after it: back again, all hear it in order.
 */
export function retryDelayMs(attempts: number, random: number, concerns: 'message' | 'account' = 'message'): number {
  const last = concerns === 'account' ? HOLDING_MS : LAST_RETRY_MS;
  const full = Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1), last);
  return Math.round(full * (0.5 + random / 2));
}

/** How long a send may be under way before its outcome counts as unknown; longer than any provider call of ours. */
export const LEASE_MS = 20 * SECOND_MS;

/** From then on "the provider's history does not hold it" is believed: no call can still be under way. */
export const SETTLE_MS = 60 * SECOND_MS;
/** Files of ours go up to Messenger for minutes, and Meta fetches a film for 75 s before it answers. */
const SETTLE_FILE_MS = 5 * MINUTE_MS;

export function settleMsOf(channel: ChannelName, message: Message | null): number {
  if (channel !== 'messenger' || message === null || !('source' in message)) return SETTLE_MS;
  const isFilm = message.kind === 'media' && message.mediaKind === 'video';
  return isFilm || !/^https?:/i.test(message.source) ? SETTLE_FILE_MS : SETTLE_MS;
}

/** After so long without a word from the provider a person decides. */
export const PARK_MS = 90 * SECOND_MS;

/** After so long without a way to ask the provider a person decides as well. */
export const PARK_UNASKED_MS = DAY_MS;

/** Between two looks for an echo or an entry in the provider's history. */
export const SETTLE_LOOK_MS = 10 * SECOND_MS;
