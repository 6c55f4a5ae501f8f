// Ids of rows: made by the program, before the row is written.
import { createHash, randomFillSync } from 'node:crypto';
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
  const hash = createHash('sha256');
  // Length before content: ("ab", "c") and ("a", "bc") must differ.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return uuidOf(hash.digest());
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
  return uuidOf(createHash('sha256').update(bytes).digest());
}

function uuidOf(digest: Buffer): string {
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return format(bytes.toString('hex'));
}

function format(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
