// Our own message id on its way through ZNS, which returns it with receipts and ratings.
import { createHash } from 'node:crypto';

const UUID_WITHOUT_DASHES = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** Our id as ZNS takes it: at most 48 characters without special ones. */
export function toTrackingId(outboundMessageId: string): string {
  const compact = outboundMessageId.replaceAll('-', '').toLowerCase();
  return /^[0-9a-z]{1,48}$/.test(compact)
    ? compact
    : createHash('sha256').update(outboundMessageId).digest('hex').slice(0, 48);
}

/** The way back; null when the template was sent by somebody else's program. */
export function readTrackingId(trackingId: string | undefined): string | null {
  const parts = trackingId === undefined ? null : UUID_WITHOUT_DASHES.exec(trackingId.toLowerCase());
  return parts === null ? null : parts.slice(1).join('-');
}
