// Subscriptions that a file changes, by a few statements: what `writeSubscription` does for one that is known, many at
// once, with the same history and the same lines in the ledger.
import type pg from 'pg';
import { findSubscriptions } from '../customers/read-subscription.ts';
import {
  changeOfSubscription,
  endsTooEarly,
  type SaveSubscriptionDeps,
  storeSubscriptions,
} from '../customers/save-subscription.ts';
import { subscriptionFields } from '../customers/subscription-schema.ts';
import type { GoodRow } from './build-row.ts';
import { lockNames } from './lock-names.ts';

/** Their customers exist. Answers the keys that are done; what contradicts itself is left to whoever saves one. */
export async function changeSubscriptions(
  deps: SaveSubscriptionDeps,
  client: pg.PoolClient,
  rows: readonly GoodRow[],
): Promise<Set<string>> {
  const keys = rows.map(({ key }) => key);
  await lockNames(client, 'subscription:', keys);
  const customers = await customerIds(client, rows);
  const stored = new Map((await findSubscriptions(client, keys, { lock: true })).map((one) => [one.externalId, one]));
  const changes = rows.flatMap(({ key, body }) => {
    const fields = subscriptionFields.parse(body);
    const [before, customerId] = [stored.get(key), customers.get(fields.customer)];
    if (!before || customerId === undefined) return [];
    const change = changeOfSubscription(deps, before, key, customerId, fields);
    return endsTooEarly(change) ? [] : [change];
  });
  const real = changes.filter(({ fields }) => fields.length > 0);
  if (real.length > 0) await storeSubscriptions(deps, client, real);
  return new Set(changes.map(({ row }) => row.externalId));
}

async function customerIds(client: pg.ClientBase, rows: readonly GoodRow[]): Promise<Map<string, string>> {
  const { rows: found } = await client.query<{ id: string; external_id: string }>(
    'SELECT id, external_id FROM customers WHERE external_id = ANY($1)',
    [[...new Set(rows.map(({ body }) => String(body.customer)))]],
  );
  return new Map(found.map((row) => [row.external_id, row.id]));
}
