// Secrets that a browser or a link carries: 256 random bits, of which only a hash is kept.
import { createHash } from 'node:crypto';

const TOKEN_BYTES = 32;

export function newToken(random: (size: number) => Buffer): string {
  return random(TOKEN_BYTES).toString('base64url');
}

/** So much chance needs no salt, and the hash can be looked up; guessing learns nothing from time. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
