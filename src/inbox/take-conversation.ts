// A member of staff takes a conversation. It takes effect with this very commit: what the bot had queued is skipped in the
// same transaction, under the lock that turns take, so that no message of the bot begins after it.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { OTHER_APP, PROVIDER_INBOX } from '../conversations/play-event.ts';
import { HttpError } from '../errors.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { applyOutboxChanges } from '../outbox/apply-outbox-changes.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';
import type { StaffActor } from './staff-actor.ts';

export type TakeDeps = { clock: Clock };

const TAKE = `
UPDATE conversations SET state = 'with_agent', owner = $2, assignee_id = $3, team_id = coalesce(team_id, $4), taken_over_at = $5,
  waiting_since = NULL, snoozed_until = NULL, updated_at = $5 WHERE id = $1`;

/** In the caller's transaction. Throws unknown_conversation, being_moved, taken_by_other. */
export async function takeConversation(
  deps: TakeDeps,
  client: pg.ClientBase,
  id: string,
  { staff, force }: { staff: StaffActor; force: boolean },
): Promise<void> {
  await takeLocked(deps, client, await lockConversation(client, id), { staff, force });
}

/** The same for a conversation whose lock the caller holds. */
export async function takeLocked(
  { clock }: TakeDeps,
  client: pg.ClientBase,
  conversation: LockedConversation,
  { staff, force }: { staff: StaffActor; force: boolean },
): Promise<void> {
  const { id, identityId, customerId, channel, state, owner, pendingMoves, was } = conversation;
  refuseMoving(pendingMoves);
  const isLed = state === 'with_agent';
  if (isLed && owner === staff.email) return;
  if (isLed && !force) refuseHolder(owner);
  const now = clock.now();
  await client.query(TAKE, [id, staff.email, staff.id, staff.teamId, now]);
  const whose = { identityId, customerId, conversationId: id, channel };
  const reason = 'Nhân viên đã tiếp nhận hội thoại.';
  await applyOutboxChanges(client, now, [{ ...whose, change: 'skip_queued', which: 'flow', reason }]);
  const data = { owner: staff.email, staff: staff.id, was };
  await writeTouchpoints(client, [
    { at: now, kind: 'taken_over', customerId, conversationId: id, channel, reason: 'Nhân viên bấm tiếp nhận.', data },
  ]);
}

/** A move that waits to be worked would come after this one and undo it. */
export function refuseMoving(pendingMoves: LockedConversation['pendingMoves']): void {
  if (pendingMoves.length === 0) return;
  throw new HttpError(409, 'being_moved', 'A colleague is moving this conversation at this moment; try again.');
}

/** Whoever answers outside this program has no name that could be asked. */
function refuseHolder(holder: string | null): void {
  if (holder === null || holder === PROVIDER_INBOX || holder === OTHER_APP) return;
  const message = `"${holder}" holds this conversation; send "force": true to take it from them.`;
  throw new HttpError(409, 'taken_by_other', message, { owner: holder });
}
