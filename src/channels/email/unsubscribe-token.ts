// The way out of an e-mail: a link that names one address of ours and one of theirs, signed, so that nobody can opt out
// somebody else. It never ends: an e-mail of years ago must still let its reader go.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export type MailPair = { accountId: string; address: string };

const pairSchema = z.tuple([z.string(), z.string()]);

export function unsubscribeUrl(
  { publicUrl, secretKey }: { publicUrl: string; secretKey: Buffer },
  pair: MailPair,
): string {
  const payload = Buffer.from(JSON.stringify([pair.accountId, pair.address])).toString('base64url');
  return `${publicUrl}/u/${payload}.${sign(secretKey, payload)}`;
}

/** null for whatever we did not sign. */
export function readUnsubscribeToken(secretKey: Buffer, token: string): MailPair | null {
  const [payload = '', signature = ''] = token.split('.');
  const expected = Buffer.from(sign(secretKey, payload));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [accountId, address] = pairSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return { accountId, address };
}

function sign(secretKey: Buffer, payload: string): string {
  return createHmac('sha256', secretKey).update(`unsubscribe:${payload}`).digest('base64url').slice(0, 32);
}
