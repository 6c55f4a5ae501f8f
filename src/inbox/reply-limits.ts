// How much one reply may be: as long as need be, but not a flood of bubbles.
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import { HttpError } from '../errors.ts';
import { channelLimits } from '../flows/channel-limits.ts';

const MOST_BUBBLES = 5;

/** Throws too_long, with the length that fits. */
export function refuseLongReply(channel: ChannelName, bubbles: number): void {
  if (bubbles <= MOST_BUBBLES || channel === 'email') return;
  const most = channelLimits[channel].text * MOST_BUBBLES;
  const message = `Tin dài quá ${MOST_BUBBLES} bong bóng; rút xuống dưới ${most} ký tự, hoặc gửi làm nhiều lần.`;
  throw new HttpError(422, 'too_long', message, { maxCharacters: most });
}
