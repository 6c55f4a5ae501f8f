// What ladders ask about the customers whose messages may not leave: phone, e-mail, and whose those are. One statement.
import type pg from 'pg';
import { z } from 'zod';
import { identityIdOf } from '../ids.ts';
import type { Candidate } from './candidate.ts';
import type { LadderFacts } from './descend-ladder.ts';

const CUSTOMERS = `
SELECT c.id, c.phone, lower(c.email) AS email,
  (SELECT k.granted FROM consents k WHERE k.customer_id = c.id AND (k.purpose = 'advertising' OR (k.purpose = 'all' AND NOT k.granted))
    AND k.channel IN ('email', '*') ORDER BY k.at DESC, k.granted LIMIT 1) AS email_consent
FROM customers c WHERE c.id = ANY($1::uuid[])`;

const IDENTITIES = `
SELECT id, customer_id, unreachable_reason FROM channel_identities WHERE id = ANY($1::uuid[])`;

type CustomerRow = { id: string; phone: string | null; email: string | null; email_consent: boolean | null };
type IdentityRow = { id: string; customer_id: string | null; unreachable_reason: string | null };
type Accounts = { zalo: string | null; email: string | null };

const address = z.email();

/** Customer id → what is known. An address that is none counts as not known. */
export async function readLadderFacts(
  client: pg.ClientBase,
  accounts: Accounts,
  candidates: readonly Candidate[],
): Promise<Map<string, LadderFacts>> {
  if (candidates.length === 0) return new Map();
  const ids = [...new Set(candidates.map((one) => one.customerId))];
  const customers = await client.query<CustomerRow>(CUSTOMERS, [ids]);
  const wanted = customers.rows.flatMap((row) => [emailIdentity(row, accounts), phoneIdentity(row, accounts)]);
  const identities = await client.query<IdentityRow>(IDENTITIES, [wanted.filter((id) => id !== null)]);
  const known = new Map(identities.rows.map((row) => [row.id, row]));
  return new Map(customers.rows.map((row) => [row.id, factsOf(row, accounts, known)]));
}

function factsOf(row: CustomerRow, accounts: Accounts, known: ReadonlyMap<string, IdentityRow>): LadderFacts {
  const obstacle = (id: string | null, other: string) => {
    const identity = id === null ? undefined : known.get(id);
    if (identity === undefined) return null;
    return identity.customer_id === row.id ? identity.unreachable_reason : other;
  };
  return {
    phone: row.phone,
    email: address.safeParse(row.email).data ?? null,
    phoneObstacle: obstacle(phoneIdentity(row, accounts), 'Số điện thoại này thuộc về một khách khác.'),
    phoneRefusal: known.get(phoneIdentity(row, accounts) ?? '')?.unreachable_reason ?? null,
    emailObstacle: obstacle(emailIdentity(row, accounts), 'Địa chỉ e-mail này thuộc về một khách khác.'),
    hasEmailConsent: row.email_consent === true,
  };
}

function emailIdentity({ email }: CustomerRow, { email: account }: Accounts): string | null {
  return email === null || account === null ? null : identityIdOf('email', account, email);
}

function phoneIdentity({ phone }: CustomerRow, { zalo }: Accounts): string | null {
  return phone === null || zalo === null ? null : identityIdOf('zalo', zalo, `phone:${phone}`);
}
