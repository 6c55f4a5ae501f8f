// The secrets of one endpoint, sealed at rest: the newest first; the one before stays valid for a day, so that the
// receiver can change over without losing an event.
import { z } from 'zod';
import { openToken, sealToken, type TokenKey } from '../channels/zalo/token-crypto.ts';
import { DAY_MS } from '../clock.ts';

export type EndpointSecret = { secret: string; retiresAt: Date | null };

const SECRET_BYTES = 32;
const OVERLAP_MS = DAY_MS;

const stored = z.object({ secret: z.string(), retiresAt: z.iso.datetime().nullable() });

export function makeSecret(random: TokenKey['random']): string {
  return `whsec_${random(SECRET_BYTES).toString('base64')}`;
}

export function sealSecrets(key: TokenKey, endpointId: string, secrets: readonly EndpointSecret[]): Buffer[] {
  return secrets.map((one) => sealToken(key, placeOf(endpointId), JSON.stringify(one)));
}

/** Those that still hold; empty when SECRET_KEY is another than when they were kept. */
export function openSecrets(
  key: Pick<TokenKey, 'secretKey'>,
  endpointId: string,
  sealed: readonly Uint8Array[],
  now: Date,
): EndpointSecret[] {
  return sealed.flatMap((bytes) => {
    const text = openToken(key, placeOf(endpointId), bytes);
    if (text === null) return [];
    const { secret, retiresAt } = stored.parse(JSON.parse(text));
    const until = retiresAt === null ? null : new Date(retiresAt);
    return until === null || until > now ? [{ secret, retiresAt: until }] : [];
  });
}

/** A new one in front; the newest until now retires in a day, older ones at once. */
export function rotateSecrets(held: readonly EndpointSecret[], secret: string, now: Date): EndpointSecret[] {
  const before = held.find((one) => one.retiresAt === null);
  const retiring = before ? [{ secret: before.secret, retiresAt: new Date(now.getTime() + OVERLAP_MS) }] : [];
  return [{ secret, retiresAt: null }, ...retiring];
}

function placeOf(endpointId: string): string {
  return `webhook:${endpointId}`;
}
