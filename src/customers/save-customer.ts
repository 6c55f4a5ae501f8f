// PUT of a customer: finds or makes the person, joins what belongs together, changes what was sent, tells the ledger.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { Saved } from '../http/batch-schema.ts';
import type { NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { changeCustomer } from './change-customer.ts';
import type { CustomerAnswer, CustomerFields } from './customer-schema.ts';
import { type LockedPeople, lockPeople, type NamedIdentity } from './lock-people.ts';
import { mergeCustomers } from './merge-customers.ts';
import { readCustomer } from './read-customer.ts';
import { recordConsents } from './record-consents.ts';

/** Our own account on each channel; null = the channel is off. */
export type ChannelAccounts = { zalo: string | null; messenger: string | null };

export type SaveCustomerDeps = {
  clock: Clock;
  newId: NewId;
  timeZone: string;
  accounts: ChannelAccounts;
  /** Somebody who was erased comes back: told before the transaction ends, so that their no holds at once. */
  onPeopleSaved?: (client: pg.ClientBase, customerIds: readonly string[], now: Date) => Promise<unknown>;
  identityIdOf: (channel: string, accountId: string, peerId: string) => string;
};

/** In the caller's transaction. Throws identity_taken, channel_not_configured, consent_in_future. */
export async function saveCustomer(
  deps: SaveCustomerDeps,
  client: pg.ClientBase,
  externalId: string,
  fields: CustomerFields,
): Promise<CustomerAnswer> {
  await writeCustomer(deps, client, externalId, fields);
  const saved = await readCustomer(client, externalId);
  if (!saved) throw new Error('A customer vanished while its row was locked.');
  return saved;
}

/** The same without reading the customer back: for batches and imports. */
export async function writeCustomer(
  deps: SaveCustomerDeps,
  client: pg.ClientBase,
  externalId: string,
  fields: CustomerFields,
): Promise<Saved> {
  const now = deps.clock.now();
  const identities = identitiesOf(deps, fields.identities ?? {});
  const people = await lockPeople(client, externalId, identities, now);
  refuseTaken(people, externalId, identities);
  const { customerId, isNew, mergedIds } = await settleOwner(deps, client, externalId, people, now);
  const attached = await attachIdentities(client, customerId, people);
  const changed = await changeCustomer(client, customerId, fields, now);
  const consents = await recordConsents(deps, client, customerId, fields.consents ?? []);
  await deps.onPeopleSaved?.(client, [customerId], now);
  const row = (more: Pick<Touchpoint, 'kind' | 'data'>): Touchpoint => ({ at: now, customerId, ...more });
  await writeTouchpoints(client, [
    ...mergedIds.map((id) => row({ kind: 'customers_merged', data: { mergedCustomerId: id } })),
    ...(isNew || changed.length + attached > 0
      ? [row({ kind: 'customer_saved', data: { isNew, fields: changed, identitiesAttached: attached } })]
      : []),
    ...consents,
  ]);
  if (isNew) return 'created';
  return changed.length + attached + mergedIds.length + consents.length > 0 ? 'changed' : 'unchanged';
}

function identitiesOf(deps: SaveCustomerDeps, given: NonNullable<CustomerFields['identities']>): NamedIdentity[] {
  return (['zalo', 'messenger'] as const).flatMap((channel) => {
    const peerId = given[channel];
    if (peerId === undefined) return [];
    const accountId = deps.accounts[channel];
    if (accountId === null) {
      const message = `Channel ${channel} is not configured here, so an id on it says nothing; leave it out or configure the channel.`;
      throw new HttpError(422, 'channel_not_configured', message, { channel });
    }
    return [{ id: deps.identityIdOf(channel, accountId, peerId), channel, accountId, peerId }];
  });
}

function refuseTaken(people: LockedPeople, externalId: string, identities: readonly NamedIdentity[]): void {
  for (const identity of identities) {
    const owner = people.owners.get(identity.id)?.externalId ?? null;
    if (owner === null || owner === externalId) continue;
    throw new HttpError(
      409,
      'identity_taken',
      `The ${identity.channel} id "${identity.peerId}" belongs to customer "${owner}". Send it with that customer, or mend the record there first.`,
      { channel: identity.channel, peerId: identity.peerId, customer: owner },
    );
  }
}

/** The one customer that all of it belongs to from now on: the known one, else somebody who already chats, else a new one. */
async function settleOwner(
  { newId }: SaveCustomerDeps,
  client: pg.ClientBase,
  externalId: string,
  people: LockedPeople,
  now: Date,
): Promise<{ customerId: string; isNew: boolean; mergedIds: string[] }> {
  const strangers = new Set(
    [...people.owners.values()].flatMap((owner) => (owner?.externalId === null ? [owner.id] : [])),
  );
  if (people.named) {
    return {
      customerId: people.named.id,
      isNew: false,
      mergedIds: await mergeAll(newId, client, people.named.id, strangers, now),
    };
  }
  const [first] = strangers;
  if (first === undefined) {
    const customerId = newId();
    await client.query('INSERT INTO customers (id, external_id, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
      customerId,
      externalId,
      now,
    ]);
    return { customerId, isNew: true, mergedIds: [] };
  }
  strangers.delete(first);
  await client.query('UPDATE customers SET external_id = $2, updated_at = $3 WHERE id = $1', [first, externalId, now]);
  return { customerId: first, isNew: true, mergedIds: await mergeAll(newId, client, first, strangers, now) };
}

async function mergeAll(
  newId: NewId,
  client: pg.ClientBase,
  stayingId: string,
  goingIds: Set<string>,
  now: Date,
): Promise<string[]> {
  for (const goingId of goingIds) {
    await mergeCustomers(client, { id: newId(), stayingId, goingId, by: 'PUT identities', now });
  }
  return [...goingIds];
}

/** Answers how many of the identities named were not this customer's before. */
async function attachIdentities(client: pg.ClientBase, customerId: string, people: LockedPeople): Promise<number> {
  const ids = [...people.owners].flatMap(([identity, owner]) => (owner?.id === customerId ? [] : [identity]));
  if (ids.length === 0) return 0;
  await client.query('UPDATE channel_identities SET customer_id = $1 WHERE id = ANY($2::uuid[])', [customerId, ids]);
  return ids.length;
}
