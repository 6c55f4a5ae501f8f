// A case or a task opened beside a conversation: also for customers whom no other system knows yet.
import type pg from 'pg';
import { defaultOwner } from '../cases/default-owner.ts';
import { type Clock, DAY_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { readMoment } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { WorkDone, WorkFields } from './care-schema.ts';
import { unknownConversation } from './lock-conversation.ts';
import { requireColleague } from './read-colleagues.ts';

const OWNER = `coalesce($6, ${defaultOwner({ customerId: '$2::uuid', subscriptionId: 'NULL' })})`;
const OPEN = {
  case: `INSERT INTO cases (id, customer_id, conversation_id, reason, kind, status, detail, opened_at, due_at, owner)
    VALUES ($1, $2, $3, $4, 'other', 'open', '{}', $7, $5, ${OWNER}) RETURNING owner`,
  task: `INSERT INTO tasks (id, customer_id, conversation_id, title, kind, status, detail, created_at, due_at, owner)
    VALUES ($1, $2, $3, $4, 'follow_up', 'open', '{}', $7, $5, ${OWNER}) RETURNING owner`,
} as const;

/** In the caller's transaction. Throws unknown_conversation, unknown_staff, not_in_future. */
export async function openWork(
  { clock, newId, timeZone }: { clock: Clock; newId: NewId; timeZone: string },
  client: pg.ClientBase,
  { conversationId, fields, by }: { conversationId: string; fields: WorkFields; by: string },
): Promise<WorkDone> {
  const { customerId, channel } = await findThread(client, conversationId);
  const [id, now] = [newId(), clock.now()];
  const { kind, words } = fields;
  const dueAt = fields.dueAt === undefined ? new Date(now.getTime() + DAY_MS) : readMoment(fields.dueAt, timeZone);
  if (dueAt <= now) throw new HttpError(422, 'not_in_future', 'Hạn phải ở sau lúc này. Hãy chọn ngày giờ khác.');
  const owner = fields.ownerId ? (await requireColleague(client, fields.ownerId)).email : null;
  const values = [id, customerId, conversationId, words, dueAt, owner, now];
  const { rows } = await client.query<{ owner: string | null }>(OPEN[kind], values);
  const about = { at: now, customerId, conversationId, channel };
  const data = { dueAt: dueAt.toISOString(), by };
  await writeTouchpoints(client, [
    kind === 'case'
      ? { ...about, kind: 'case_opened', reason: words, data: { ...data, case: id, kind: 'other' } }
      : { ...about, kind: 'task_opened', text: words, data: { ...data, task: id, kind: 'follow_up', title: words } },
  ]);
  return { id, owner: rows[0]?.owner ?? null, dueAt: dueAt.toISOString() };
}

export async function findThread(
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<{ customerId: string; channel: string }> {
  const { rows } = await client.query<{ customer_id: string; channel: string }>(
    'SELECT c.customer_id, i.channel FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE c.id = $1',
    [id],
  );
  const [row] = rows;
  if (!row) throw unknownConversation(id);
  return { customerId: row.customer_id, channel: row.channel };
}
