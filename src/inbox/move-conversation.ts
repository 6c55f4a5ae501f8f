// Staff take over, hand back and resolve: each is an event that goes through the same door as a customer's message.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { OTHER_APP, PROVIDER_INBOX } from '../conversations/play-event.ts';
import type { InternalBody } from '../conversations/stored-event.ts';
import { HttpError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { pushEvent } from '../inbound/push-event.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';
import { requireFlow } from './require-flow.ts';

export type MoveDeps = { clock: Clock; newId: NewId };
export type StaffMove = Extract<InternalBody, { kind: 'take_over' | 'hand_back' | 'resolve' }>;

/** In the caller's transaction. Throws unknown_conversation, taken_by_other, not_taken_over, unknown_flow. */
export async function moveConversation(
  { clock, newId }: MoveDeps,
  client: pg.ClientBase,
  id: string,
  move: StaffMove,
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  const conversation = await lockConversation(client, id);
  if (move.kind === 'take_over' && !force) refuseOtherOwner(conversation, move.owner);
  if (move.kind === 'hand_back') {
    refuseNotTaken(conversation);
    if (move.flow !== undefined) await requireFlow(client, move.flow);
  }
  const { identityId, channel, accountId } = conversation;
  await pushEvent(client, { id: newId(), identityId, channel, accountId, body: move, now: clock.now() });
}

/** Two people never answer at once: a colleague's conversation is taken only on purpose. */
function refuseOtherOwner(conversation: LockedConversation, owner: string): void {
  const last = conversation.pendingMoves.at(-1);
  const holder = last ? last.owner : conversation.state === 'with_agent' ? conversation.owner : null;
  // Whoever answers outside this program has no name that could be asked.
  if (holder === null || [owner, PROVIDER_INBOX, OTHER_APP].includes(holder)) return;
  const message = `"${holder}" holds this conversation; send "force": true to take it from them.`;
  throw new HttpError(409, 'taken_by_other', message, { owner: holder });
}

function refuseNotTaken({ state, pendingMoves }: LockedConversation): void {
  // A take-over that is still on its way counts.
  if (state === 'with_agent' || state === 'waiting_for_agent' || pendingMoves.length > 0) return;
  const message = `The conversation is in state "${state}": nobody has taken it over, so there is nothing to hand back.`;
  throw new HttpError(409, 'not_taken_over', message, { state });
}
