// The rule for what is late.
//
// A step that was to run while nothing could be said (an outage of days, a paused journey) is not lost and never floods:
// as long as it is within the journey's `late` it runs; later than that it is skipped with the reason in the ledger. A
// few run at once; of a crowd each runs at a place of its own within one hour after things go on again, always the same
// place for the same enrolment. The same holds when journeys are published anew: nothing is planned in the past for those
// who are in, and those who come in by it are spread over the hour.
import { createHash } from 'node:crypto';
import { HOUR_MS, MINUTE_MS } from '../clock.ts';

const SPREAD_OVER_MS = HOUR_MS;
/** A busy minute is no outage. */
export const OVERDUE_MS = 15 * MINUTE_MS;
/** More than so many overdue steps are a crowd. */
export const CROWD = 50;
export const SPREAD_REASON = 'Trễ sau sự cố hoặc tạm dừng: gửi rải đều trong một giờ.';

/** In [1 s, 1 h), the same for the same enrolment. */
export function spreadMs(enrolmentId: string): number {
  const place = createHash('sha256').update(enrolmentId).digest().readUInt32BE(0) / 2 ** 32;
  return 1_000 + Math.floor((place * (SPREAD_OVER_MS - 1_000)) / 1_000) * 1_000;
}
