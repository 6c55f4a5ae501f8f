// Ids of rows: made by the program, before the row is written.
import { hash, randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Gives a new id at every call. */
export type NewId = () => string;

const IDS_PER_POOL = 256;

/** UUIDs of version 7: they sort by time, so that indexes grow at one end. */
export function createIdMaker(clock: Clock, fillRandom: (bytes: Uint8Array) => void = randomFillSync): NewId {
  // Randomness is fetched for many ids at once: one call costs as much as the rest of an id.
  const pool = Buffer.alloc(16 * IDS_PER_POOL);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      fillRandom(pool);
      used = 0;
    }
    const bytes = pool.subarray(used, used + 16);
    used += 16;
    const now = clock.now().getTime();
    const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
    view.setUint16(0, Math.floor(now / 2 ** 32));
    view.setUint32(2, now % 2 ** 32);
    view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
    view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
    return format(bytes.toString('hex'));
  };
}

/** The same id for the same parts, for ever: what happens twice gets one row. */
export function hashId(...parts: string[]): string {
  // Length before content: ("ab", "c") and ("a", "bc") must differ.
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  return uuidOf(hash('sha256', text));
}

/** A person's row on one channel: the same id whoever meets them first. */
export function identityIdOf(channel: string, accountId: string, peerId: string): string {
  return hashId('identity', channel, accountId, peerId);
}

export function conversationIdOf(identityId: string): string {
  return hashId('conversation', identityId);
}

/** An id made from bytes alone. */
export function hashBytesId(bytes: Uint8Array): string {
  return uuidOf(hash('sha256', bytes));
}

/** The first half of a digest, marked as a UUID of version 8. */
function uuidOf(digest: string): string {
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return format(`${digest.slice(0, 12)}8${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`);
}

function format(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
