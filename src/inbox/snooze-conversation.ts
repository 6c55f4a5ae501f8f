// Put aside until a moment. It comes back by itself: at that moment, or as soon as the customer writes.
import type pg from 'pg';
import { type Clock, DAY_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { lockConversation } from './lock-conversation.ts';
import { refuseMoving } from './take-conversation.ts';

const LONGEST_MS = 90 * DAY_MS;

/** In the caller's transaction; null = back now. Throws unknown_conversation, not_open, not_in_future, being_moved. */
export async function snoozeConversation(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  id: string,
  { until, by }: { until: Date | null; by: string },
): Promise<void> {
  const now = clock.now();
  if (until !== null && (until <= now || until.getTime() > now.getTime() + LONGEST_MS)) {
    throw new HttpError(422, 'not_in_future', 'Name a moment between now and 90 days from now.');
  }
  const { state, customerId, channel, pendingMoves } = await lockConversation(client, id);
  refuseMoving(pendingMoves);
  if (state !== 'waiting_for_agent' && state !== 'with_agent') {
    throw new HttpError(409, 'not_open', `The conversation is in state "${state}": there is nothing to put aside.`);
  }
  await client.query('UPDATE conversations SET snoozed_until = $2, updated_at = $3 WHERE id = $1', [id, until, now]);
  const data = { until: until?.toISOString() ?? null, by };
  await writeTouchpoints(client, [
    { at: now, kind: until === null ? 'woken' : 'snoozed', customerId, conversationId: id, channel, data },
  ]);
}

// The line in the ledger knows when it was put aside; whoever wrote since is waiting again.
const WAKE = `
WITH awake AS (
  SELECT c.id, c.customer_id, i.channel, c.snoozed_until <= $1 AS is_time
  FROM conversations c JOIN channel_identities i ON i.id = c.identity_id
  WHERE c.snoozed_until IS NOT NULL AND (c.snoozed_until <= $1 OR i.last_inbound_at > (
    SELECT k.at FROM touchpoints k WHERE k.customer_id = c.customer_id AND k.conversation_id = c.id AND k.kind = 'snoozed'
    ORDER BY k.id DESC LIMIT 1))
  ORDER BY c.snoozed_until LIMIT 200 FOR UPDATE OF c SKIP LOCKED
), done AS (
  UPDATE conversations c SET snoozed_until = NULL, updated_at = $1 FROM awake a WHERE c.id = a.id
)
INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, reason)
SELECT $1, 'woken', customer_id, id, channel, CASE WHEN is_time THEN 'Đến giờ hẹn.' ELSE 'Khách nhắn lại.' END FROM awake`;

/** Answers how many came back. */
export async function wakeConversations(db: Database, now: Date): Promise<number> {
  const { rowCount } = await db.queueTransaction('wake-conversations', (client) =>
    client.query({ name: 'wake-conversations', text: WAKE, values: [now] }),
  );
  return rowCount ?? 0;
}
