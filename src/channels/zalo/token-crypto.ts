// Tokens at rest: AES-256-GCM, bound to the account and the field, so that a stored value cannot be moved elsewhere.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

export type TokenKey = { secretKey: Buffer; random: (size: number) => Buffer };

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Names the key without telling it: stored beside each row. */
export function keyIdOf(secretKey: Buffer): string {
  return createHash('sha256').update('ganbo token key').update(secretKey).digest('hex').slice(0, 16);
}

/** version (1) + iv (12) + tag (16) + ciphertext; `place` says whose token this is, e.g. "zalo:<oa>:access". */
export function sealToken({ secretKey, random }: TokenKey, place: string, token: string): Buffer {
  const iv = random(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secretKey, iv).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), sealed]);
}

/** Null when it was sealed with another key or for another place, or was damaged. */
export function openToken(
  { secretKey }: Pick<TokenKey, 'secretKey'>,
  place: string,
  sealed: Uint8Array,
): string | null {
  const bytes = Buffer.from(sealed);
  if (bytes.length < 1 + IV_BYTES + TAG_BYTES || bytes[0] !== VERSION) return null;
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', secretKey, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    return decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}
