// Subscriptions were saved: what already runs because of it is told to look again. What is planned hears of it from the
// ledger, as of everything else.
import type pg from 'pg';
import type { NewId } from '../ids.ts';
import { pushEvent } from '../inbound/push-event.ts';

type Running = { id: string; identity_id: string; channel: string; account_id: string };

/** A run names its subscription in the snapshot of its conversation. */
const RUNNING = `
SELECT s.id, c.identity_id, i.channel, i.account_id
FROM subscriptions s JOIN conversations c ON c.customer_id = s.customer_id JOIN channel_identities i ON i.id = c.identity_id
WHERE s.id = ANY($1::uuid[]) AND position(s.id::text IN c.snapshot::text) > 0 ORDER BY s.id, c.identity_id`;

/** In the transaction that saved them. */
export async function followSubscriptions(
  client: pg.ClientBase,
  deps: { now: Date; newId: NewId },
  { subscriptionIds }: { subscriptionIds: readonly string[] },
): Promise<void> {
  const { rows } = await client.query<Running>(RUNNING, [subscriptionIds]);
  for (const row of rows) {
    await pushEvent(client, {
      id: deps.newId(),
      identityId: row.identity_id,
      channel: row.channel,
      accountId: row.account_id,
      now: deps.now,
      body: { kind: 'subscription_changed', subscriptionId: row.id },
    });
  }
}
