// A person on a channel proves to be a known customer: both become one. What is not proven is told to the ledger, what is
// in dispute is given to staff. Nobody is ever joined by a guess.
import type pg from 'pg';
import type { NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { type Claimant, type Claimed, findClaimed, type LinkClaim } from './find-claimed.ts';
import { tryLockTogether } from './lock-people.ts';
import { mergeCustomers } from './merge-customers.ts';
import { openIdentityTask } from './open-identity-task.ts';

export type LinkDeps = { newId: NewId; linkKey: Buffer };
export type LinkWish = { identityId: string; claim: LinkClaim; now: Date };

/**
 * In a transaction that holds the identity. 'busy' = somebody else holds one of the two now, and nothing was done: try
 * again shortly. It never waits for them, because they may wait for us.
 */
export async function linkIdentity(
  { newId, linkKey }: LinkDeps,
  client: pg.ClientBase,
  { identityId, claim, now }: LinkWish,
): Promise<'done' | 'busy'> {
  const claimant = await findClaimant(client, identityId);
  if (claimant === null) return 'done';
  const claimed = await findClaimed({ linkKey, now }, client, claimant, claim);
  const tell = (row: Pick<Touchpoint, 'kind' | 'reason' | 'data'> & { customerId?: string }) =>
    writeTouchpoints(client, [{ at: now, customerId: claimant.customerId, ...row }]);
  switch (claimed.found) {
    case 'nobody':
      if (claimed.reason !== null) {
        const data = { name: 'identity_link', by: claim.by };
        await tell({ kind: 'unhandled_event', reason: claimed.reason, data });
      }
      return 'done';
    case 'dispute':
      await openIdentityTask({ newId }, client, { claimant, externalIds: claimed.externalIds, now });
      return 'done';
    case 'customer':
      return await join({ newId }, client, { claimant, claimed, by: claim.by, now });
  }
}

type Joining = {
  claimant: Claimant;
  claimed: Extract<Claimed, { found: 'customer' }>;
  by: LinkClaim['by'];
  now: Date;
};

async function join(
  { newId }: { newId: NewId },
  client: pg.ClientBase,
  { claimant, claimed, by, now }: Joining,
): Promise<'done' | 'busy'> {
  const [stayingId, goingId] = [claimed.customerId, claimant.customerId];
  const isOne = stayingId === goingId;
  if (!isOne && !(await tryLockTogether(client, [stayingId, goingId]))) return 'busy';
  if (claimed.use !== null) {
    await client.query(
      `UPDATE idempotent_requests SET response = response || jsonb_build_object('usedBy', $2::text) WHERE key = $1`,
      [claimed.use, claimant.identityId],
    );
  }
  if (isOne) return 'done';
  const merge = newId();
  await mergeCustomers(client, { id: merge, stayingId, goingId, by: `identity_link:${by}`, now });
  await writeTouchpoints(client, [
    { at: now, kind: 'customers_merged', customerId: stayingId, data: { mergedCustomerId: goingId, merge } },
    {
      at: now,
      kind: 'identity_linked',
      customerId: stayingId,
      data: { identity: claimant.identityId, by, merge },
    },
  ]);
  return 'done';
}

async function findClaimant(client: pg.ClientBase, identityId: string): Promise<Claimant | null> {
  const { rows } = await client.query<{ id: string; external_id: string | null }>(
    'SELECT c.id, c.external_id FROM channel_identities i JOIN customers c ON c.id = i.customer_id WHERE i.id = $1',
    [identityId],
  );
  const [row] = rows;
  return row ? { identityId, customerId: row.id, externalId: row.external_id } : null;
}
