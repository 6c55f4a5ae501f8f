// A message that was planned for later is taken back: it stays in the thread as not sent, with who took it back.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { changeStatus } from '../outbox/change-status.ts';
import type { StaffActor } from './staff-actor.ts';

const FIND = `
SELECT o.status, o.author FROM outbound_messages o WHERE o.id = $1 AND o.conversation_id = $2 FOR UPDATE`;

/** In the caller's transaction. Throws unknown_message, already_sent. */
export async function cancelPlanned(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  { conversationId, messageId, staff }: { conversationId: string; messageId: string; staff: StaffActor },
): Promise<{ id: string; status: string }> {
  const { rows } = await client.query<{ status: string; author: string }>(FIND, [messageId, conversationId]);
  const [row] = rows;
  if (row === undefined || row.author !== 'agent')
    throw new HttpError(404, 'unknown_message', 'There is no such message of staff in this conversation.');
  if (row.status !== 'queued')
    throw new HttpError(409, 'already_sent', 'Tin đã gửi hoặc đang gửi, không hủy được nữa.', { status: row.status });
  const reason = `${staff.name} đã hủy trước khi gửi.`;
  await changeStatus(client, clock.now(), [{ id: messageId, from: ['queued'], to: 'skipped', reason }]);
  return { id: messageId, status: 'skipped' };
}
