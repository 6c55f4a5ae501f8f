// Who decides about a customer's offers and orders does so alone, in whatever process.
import type pg from 'pg';

/** Until the transaction ends; always in the order of the ids, so that two who lock many do not wait for each other. */
export async function lockOffers(client: pg.ClientBase, customerIds: readonly string[]): Promise<void> {
  const names = [...new Set(customerIds)].toSorted().map((id) => `offers:${id}`);
  if (names.length === 0) return;
  await client.query({
    name: 'lock-offers',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name',
    values: [names],
  });
}
