// Whose conversation it is: to oneself, a colleague, a team, or nobody. Who is given one that a person leads, leads it.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { lockConversation } from './lock-conversation.ts';
import { requireColleague, requireTeam } from './read-colleagues.ts';
import { refuseMoving } from './take-conversation.ts';

type Line = { id: string; customer_id: string; channel: string };
/** Whose it was until now: streams tell those who saw it, and see it no more. */
export type Whose = { team: string | null; staff: string | null };
type Assigned = { staffId: string | null; teamId?: string | null; by: string; was: Whose; now: Date };

/** For the ledger: who got it, from whom. */
export function assignedLine(
  { id, customer_id, channel }: Line,
  { staffId, teamId = null, by, was, now }: Assigned,
): Touchpoint {
  const data = { staff: staffId, team: teamId, by, was };
  return { at: now, kind: 'assigned', customerId: customer_id, conversationId: id, channel, data };
}

const ASSIGN = `
UPDATE conversations SET assignee_id = $2, team_id = $3, owner = CASE WHEN state = 'with_agent' THEN $4 ELSE owner END, updated_at = $5
WHERE id = $1`;

/** In the caller's transaction. Throws unknown_conversation, unknown_staff, unknown_team, not_open, being_moved. */
export async function assignConversation(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  id: string,
  { staffId, teamId, by }: { staffId: string | null; teamId: string | null; by: string },
): Promise<void> {
  const conversation = await lockConversation(client, id);
  refuseMoving(conversation.pendingMoves);
  const { state, owner, customerId, channel, was } = conversation;
  if (state !== 'waiting_for_agent' && state !== 'with_agent') {
    throw new HttpError(409, 'not_open', `The conversation is in state "${state}": take it first.`, { state });
  }
  const staff = staffId === null ? null : await requireColleague(client, staffId);
  if (teamId !== null) await requireTeam(client, teamId);
  const now = clock.now();
  // Nobody in particular: whoever led it goes on until somebody else does.
  await client.query(ASSIGN, [id, staffId, teamId, staff?.email ?? owner, now]);
  await writeTouchpoints(client, [
    assignedLine({ id, customer_id: customerId, channel }, { staffId, teamId, by, was, now }),
  ]);
}
