// Somebody asks for a flow to begin for a customer: a due date like any other, due now.
import type pg from 'pg';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { pushEvent } from '../inbound/push-event.ts';
import { requireFlow } from './require-flow.ts';

export type StartedFlow = { eventId: string; flow: string; channel: ChannelName; conversationId: string | null };
type Wanted = {
  flow: string;
  at?: string | undefined;
  subscription?: string | undefined;
  force?: boolean;
};

/**
 * In the caller's transaction, on the identity that was active last. Throws unknown_customer, unknown_flow,
 * unknown_subscription, no_channel_identity. Whether it is said is decided when its turn comes (opt-out, quiet hours).
 */
export async function startFlow(
  { clock, newId }: { clock: Clock; newId: NewId },
  client: pg.ClientBase,
  externalId: string,
  wanted: Wanted,
): Promise<StartedFlow> {
  const customerId = await findCustomer(client, externalId);
  await requireFlow(client, wanted.flow, 404);
  const subscriptionId = await findSubscription(client, customerId, wanted.subscription);
  const identity = await findIdentity(client, customerId, externalId);
  const body = {
    kind: 'flow_due' as const,
    flow: wanted.flow,
    ...(wanted.at === undefined ? {} : { at: wanted.at }),
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(wanted.force ? { force: true } : {}),
  };
  const eventId = newId();
  const channel = channelNameSchema.parse(identity.channel);
  await pushEvent(client, {
    id: eventId,
    identityId: identity.id,
    channel,
    accountId: identity.account_id,
    body,
    now: clock.now(),
  });
  return { eventId, flow: wanted.flow, channel, conversationId: identity.conversation_id };
}

async function findCustomer(client: pg.ClientBase, externalId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  const [row] = rows;
  if (row) return row.id;
  throw new HttpError(404, 'unknown_customer', `There is no customer "${externalId}".`);
}

async function findSubscription(
  client: pg.ClientBase,
  customerId: string,
  externalId: string | undefined,
): Promise<string | undefined> {
  if (externalId === undefined) return undefined;
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM subscriptions WHERE external_id = $1 AND customer_id = $2',
    [externalId, customerId],
  );
  const [row] = rows;
  if (row) return row.id;
  throw new HttpError(422, 'unknown_subscription', `This customer has no subscription "${externalId}".`);
}

type IdentityRow = { id: string; channel: string; account_id: string; conversation_id: string | null };

async function findIdentity(client: pg.ClientBase, customerId: string, externalId: string): Promise<IdentityRow> {
  const { rows } = await client.query<IdentityRow>(
    `SELECT i.id, i.channel, i.account_id, c.id AS conversation_id
     FROM channel_identities i LEFT JOIN conversations c ON c.identity_id = i.id
     WHERE i.customer_id = $1 AND i.channel IN ('zalo', 'messenger') AND i.external_id NOT LIKE 'phone:%'
     ORDER BY i.unreachable_reason IS NOT NULL, i.last_interaction_at DESC NULLS LAST, i.created_at DESC, i.id LIMIT 1`,
    [customerId],
  );
  const [row] = rows;
  if (row) return row;
  const message = `Customer "${externalId}" has no Zalo or Messenger id yet: send it with PUT /api/v1/customers/${encodeURIComponent(externalId)}.`;
  throw new HttpError(409, 'no_channel_identity', message);
}
