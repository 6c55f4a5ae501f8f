// Is this webhook really from Zalo? mac = plain SHA-256 of app id + raw body + timestamp + OA secret key, joined without
// separators (zaloplatform/zalo-java-sdk, MacUtils; not an HMAC). Fails closed: anything odd is "no".
import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookHeaders } from '../channel.ts';
import { isJsonObject, readJson } from './read-json.ts';

export type SignatureKeys = { appId: string; oaSecretKey: string };

const MAC = /^\s*(?:mac\s*=\s*)?([0-9a-f]{64})\s*$/i;
const HEADER = 'x-zevent-signature';

/**
 * True when the header's mac fits the bytes as received. Never throws.
 *
 * The digest has no separators, so bytes could be moved between its parts; that is harmless because the app id comes from
 * the settings and the timestamp only from the strictly parsed body. A body without a timestamp is checked with an empty
 * one: nothing can be moved into it, and a body that is no JSON at all then ends in 400 instead of 401.
 */
export function isZaloSignatureValid(keys: SignatureKeys, raw: Uint8Array, headers: WebhookHeaders): boolean {
  if (keys.oaSecretKey === '' || keys.appId === '') return false;
  const claimed = readMac(headers[HEADER]);
  if (claimed === null) return false;
  const timestamp = readSignedTimestamp(keys.appId, raw);
  if (timestamp === null) return false;
  return timingSafeEqual(digest(keys, raw, timestamp), claimed);
}

/** The header value that Zalo would send for this body; the sandbox and tests sign with it. */
export function signZaloBody(keys: SignatureKeys, raw: Uint8Array): string {
  const timestamp = readSignedTimestamp(keys.appId, raw) ?? '';
  return `mac=${digest(keys, raw, timestamp).toString('hex')}`;
}

function digest(keys: SignatureKeys, raw: Uint8Array, timestamp: string): Buffer {
  return createHash('sha256').update(keys.appId).update(raw).update(timestamp).update(keys.oaSecretKey).digest();
}

function readMac(header: string | string[] | undefined): Buffer | null {
  // Two headers are two opinions: refuse rather than choose.
  if (typeof header !== 'string' || header.length > 200) return null;
  const hex = MAC.exec(header)?.[1];
  return hex === undefined ? null : Buffer.from(hex, 'hex');
}

/** The timestamp's own digits; '' when the body has none; null when the body names another app. */
function readSignedTimestamp(appId: string, raw: Uint8Array): string | null {
  const json = readJson(raw);
  if (!json.ok || !isJsonObject(json.value)) return '';
  const { app_id: bodyAppId, timestamp } = json.value;
  if (bodyAppId !== undefined && bodyAppId !== appId) return null;
  if (timestamp === undefined || timestamp === null) return '';
  return typeof timestamp === 'string' ? timestamp : null;
}
