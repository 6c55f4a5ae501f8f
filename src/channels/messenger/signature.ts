// Is it really Meta who speaks? The signature of a POST and the handshake of a GET.
// Only SHA-256 over the bytes as received counts: Meta escapes before signing, so a parsed and re-written body fails.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookHeaders } from '../channel.ts';

const SIGNATURE_FORM = /^sha256=[0-9a-f]{64}$/;

/** The header value that Meta sends for these bytes: "sha256=" and 64 lower-case hex digits. */
export function signBody(raw: Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`;
}

/** Constant time; false for a missing, doubled or malformed header and for an empty secret. Never throws. */
export function isSignatureValid(raw: Buffer, headers: WebhookHeaders, appSecret: string): boolean {
  const given = headers['x-hub-signature-256'];
  if (appSecret === '' || typeof given !== 'string' || !SIGNATURE_FORM.test(given)) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(signBody(raw, appSecret)));
}

export type HandshakeAnswer = { status: 200; body: string } | { status: 403 };

/** Answers Meta's GET: the challenge as it came, to be sent as text/plain, when mode and token are right. */
export function answerHandshake(query: Record<string, unknown>, verifyToken: string): HandshakeAnswer {
  // Flat keys: a query parser that nests at dots would hide them.
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  const isRightToken = typeof token === 'string' && verifyToken !== '' && isSameText(token, verifyToken);
  if (query['hub.mode'] !== 'subscribe' || !isRightToken) return { status: 403 };
  if (typeof challenge !== 'string' || challenge === '' || challenge.length > 1000) return { status: 403 };
  return { status: 200, body: challenge };
}

function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
