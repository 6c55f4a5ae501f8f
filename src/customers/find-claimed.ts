// Whom a person on a channel says to be, and whether that is proven: by a link given to one customer, or by a phone number
// that exactly one known customer has.
import type pg from 'pg';
import { z } from 'zod';
import { codeOf, nameOfCode, readRef } from './link-code.ts';
import { normalisePhone } from './normalise-phone.ts';

export const linkClaim = z.discriminatedUnion('by', [
  z.object({ by: z.literal('phone'), phone: z.string() }),
  z.object({ by: z.literal('ref'), ref: z.string() }),
  z.object({ by: z.literal('code'), code: z.string() }),
]);
export type LinkClaim = z.infer<typeof linkClaim>;

export type Claimant = { identityId: string; customerId: string; externalId: string | null };

export type Claimed =
  /** `use` is the name of the link, which is spent by it. */
  | { found: 'customer'; customerId: string; use: string | null }
  | { found: 'dispute'; externalIds: string[] }
  | { found: 'nobody'; reason: string | null };

const REASONS = {
  forged: 'Mã liên kết không phải do chương trình cấp.',
  expired: 'Mã liên kết đã hết hạn.',
  used: 'Mã liên kết đã được người khác dùng.',
  taken: 'Kênh này đã thuộc về một khách khác.',
  gone: 'Khách của mã liên kết không còn.',
} as const;

export async function findClaimed(
  { linkKey, now }: { linkKey: Buffer; now: Date },
  client: pg.ClientBase,
  claimant: Claimant,
  claim: LinkClaim,
): Promise<Claimed> {
  if (claim.by === 'phone') return await findByPhone(client, claimant, claim.phone);
  if (claim.by === 'code') return await findByCode({ linkKey, now }, client, claimant, claim.code);
  const read = readRef(linkKey, claim.ref, now);
  if (read === null) return { found: 'nobody', reason: null };
  if (!read.ok) return { found: 'nobody', reason: REASONS[read.reason] };
  return await findByCode({ linkKey, now }, client, claimant, codeOf(read.content.nonce));
}

/** Two who have the same number are told apart by people, not by us. */
async function findByPhone(client: pg.ClientBase, claimant: Claimant, text: string): Promise<Claimed> {
  const phone = normalisePhone(text);
  if (phone === null) return { found: 'nobody', reason: null };
  const { rows } = await client.query<{ id: string; external_id: string }>(
    'SELECT id, external_id FROM customers WHERE phone = $1 AND external_id IS NOT NULL AND id <> $2 ORDER BY external_id',
    [phone, claimant.customerId],
  );
  const [first] = rows;
  if (!first) return { found: 'nobody', reason: null };
  if (rows.length === 1 && claimant.externalId === null) return { found: 'customer', customerId: first.id, use: null };
  const own = claimant.externalId === null ? [] : [claimant.externalId];
  return { found: 'dispute', externalIds: [...own, ...rows.map((row) => row.external_id)] };
}

const rememberedLink = z.object({ customerId: z.string(), expiresAt: z.coerce.date(), usedBy: z.string().optional() });

async function findByCode(
  { linkKey, now }: { linkKey: Buffer; now: Date },
  client: pg.ClientBase,
  claimant: Claimant,
  code: string,
): Promise<Claimed> {
  const use = nameOfCode(linkKey, code);
  const { rows } = await client.query<{ response: unknown }>(
    'SELECT response FROM idempotent_requests WHERE key = $1 FOR UPDATE',
    [use],
  );
  const link = rememberedLink.safeParse(rows[0]?.response);
  if (!link.success) return { found: 'nobody', reason: REASONS.forged };
  const { customerId, expiresAt, usedBy } = link.data;
  if (usedBy === claimant.identityId) return { found: 'nobody', reason: null };
  if (usedBy !== undefined) return { found: 'nobody', reason: REASONS.used };
  if (expiresAt <= now) return { found: 'nobody', reason: REASONS.expired };
  if (claimant.customerId !== customerId && claimant.externalId !== null)
    return { found: 'nobody', reason: REASONS.taken };
  const customers = await client.query('SELECT 1 FROM customers WHERE id = $1', [customerId]);
  if (customers.rows.length === 0) return { found: 'nobody', reason: REASONS.gone };
  return { found: 'customer', customerId, use };
}
