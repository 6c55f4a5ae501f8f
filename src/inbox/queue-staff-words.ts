// What a member of staff says goes through the same mouth as everything else: rows of the outbox. The conversation keeps
// which was the newest, so that nobody answers without having read it.
import type pg from 'pg';
import type { Message } from '../flows/message-schema.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { LockedConversation } from './lock-conversation.ts';

export type StaffWords = {
  content: Message;
  purpose: 'answer' | 'confirmation' | 'care';
  sendAt: Date;
  /** Past it, it is not worth saying. */
  expiresAt: Date;
};
export type QueuedWords = StaffWords & { id: string };

const QUEUE = `
INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content,
  purpose, author, staff_id, status, available_at, expires_at, created_at)
SELECT t.id, $2, $3, $4, $5, $6, t.content, t.purpose, 'agent', $7, 'queued', t.send_at, t.expires_at, $8
FROM json_to_recordset($1::json) AS t(n int, id uuid, content jsonb, purpose text, send_at timestamptz, expires_at timestamptz) ORDER BY t.n`;

const REPLIED = `
UPDATE conversations SET last_staff_message_id = $2, first_replied_at = coalesce(first_replied_at, $3), reply_due_at = NULL,
  updated_at = $3 WHERE id = $1`;

/** In the caller's transaction, under the conversation's lock. */
export async function queueStaffWords(
  { newId, now }: { newId: NewId; now: Date },
  client: pg.ClientBase,
  conversation: LockedConversation,
  { by, words }: { by: { email: string; id: string | null }; words: readonly StaffWords[] },
): Promise<QueuedWords[]> {
  const { id, identityId, customerId, channel, accountId } = conversation;
  const queued = words.map((one) => ({ ...one, id: newId() }));
  const rows = queued.map(({ id: messageId, content, purpose, sendAt, expiresAt }, n) => ({
    ...{ n, id: messageId, content, purpose },
    ...{ send_at: sendAt, expires_at: expiresAt },
  }));
  const address = [id, identityId, customerId, channel, accountId, by.email];
  await client.query(QUEUE, [JSON.stringify(rows), ...address, now]);
  await client.query(REPLIED, [id, queued.at(-1)?.id ?? null, now]);
  const later = queued.find(({ sendAt }) => sendAt > now);
  const data = { staff: by.id, sendAt: later?.sendAt.toISOString() ?? null, messages: queued.length };
  await writeTouchpoints(client, [{ at: now, kind: 'reply_queued', customerId, conversationId: id, channel, data }]);
  return queued;
}
