// Two people turn out to share one record: one identity becomes a customer of its own, with what was said and done there.
// What belongs to the business relation (subscriptions, orders, consents, usage) stays. Merging the two back undoes it.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { lockTogether } from './lock-people.ts';
import type { SplitAnswer } from './page-schema.ts';
import { unknownCustomer } from './routes.ts';

type Wish = { customerId: string; identityId: string; by: string };

// In the order of merges.
const byIdentity = { channel_identities: 'id', conversations: 'identity_id', outbound_messages: 'identity_id' };
const byConversation = {
  touchpoints: 'true',
  survey_answers: 'true',
  // What a journey or a subscription brought is about the business relation, whoever was told.
  offer_issues: 'subscription_id IS NULL AND enrolment_id IS NULL',
  cases: 'true',
  training_bookings: 'true',
  notes: 'true',
  tasks: 'subscription_id IS NULL AND enrolment_step_id IS NULL',
};
const moves = [
  ...Object.entries(byIdentity).map(([table, column]) => ({ table, of: 'identity' as const, where: `${column} = $3` })),
  ...Object.entries(byConversation).map(([table, only]) => ({
    ...{ table, of: 'conversation' as const, where: `conversation_id = $3 AND ${only}` },
  })),
];

// Whoever said no while they were one may have been either: both keep it.
const MAKE = `
INSERT INTO customers (id, language, opted_out_at, created_at, updated_at)
SELECT $1, language, opted_out_at, $3, $3 FROM customers WHERE id = $2`;

/** In the caller's transaction. Throws unknown_customer, unknown_identity, only_identity. */
export async function splitCustomer(
  { clock, newId }: { clock: Clock; newId: NewId },
  client: pg.ClientBase,
  { customerId, identityId, by }: Wish,
): Promise<SplitAnswer> {
  const [present] = await lockTogether(client, [customerId]);
  if (present === undefined) throw unknownCustomer(customerId);
  const conversationId = await findThread(client, customerId, identityId);
  const [id, now] = [newId(), clock.now()];
  await client.query(MAKE, [id, customerId, now]);
  const moved: Record<string, number> = {};
  for (const { table, of, where } of moves) {
    const text = `UPDATE ${table} SET customer_id = $1 WHERE customer_id = $2 AND ${where}`;
    const { rowCount } = await client.query(text, [id, customerId, of === 'identity' ? identityId : conversationId]);
    if (rowCount) moved[table] = rowCount;
  }
  const data = { split: id, stayingId: customerId, identity: identityId, by };
  await writeTouchpoints(
    client,
    [customerId, id].map((one) => ({ at: now, kind: 'customers_parted', customerId: one, data })),
  );
  return { id, moved };
}

async function findThread(client: pg.ClientBase, customerId: string, identityId: string): Promise<string | null> {
  const { rows } = await client.query<{ id: string; conversation_id: string | null }>(
    'SELECT i.id, v.id AS conversation_id FROM channel_identities i LEFT JOIN conversations v ON v.identity_id = i.id WHERE i.customer_id = $1',
    [customerId],
  );
  const found = rows.find(({ id }) => id === identityId);
  if (!found)
    throw new HttpError(
      422,
      'unknown_identity',
      'Tài khoản chat này không thuộc về khách hàng này nữa. Tải lại trang.',
    );
  if (rows.length < 2)
    throw new HttpError(409, 'only_identity', 'Khách chỉ có một tài khoản chat, không có gì để tách.');
  return found.conversation_id;
}
