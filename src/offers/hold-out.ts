// Who never hears of an offer, so that its effect can be told from what would have happened anyway.
import { createHmac } from 'node:crypto';

const SPAN = 2 ** 32;

/** The same person falls on the same side of the same offer for ever; different offers choose different people. */
export function isHeldOut(key: Uint8Array, customerId: string, code: string, percent: number): boolean {
  if (percent <= 0) return false;
  const digest = createHmac('sha256', key).update(`hold-out\n${code}\n${customerId}`).digest();
  return (digest.readUInt32BE(0) / SPAN) * 100 < percent;
}
