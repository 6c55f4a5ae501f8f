// Before a member of staff moves a conversation: nobody else moves it meanwhile, and what is already on its way is known.
import type pg from 'pg';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import { type ConversationState, conversationStateSchema } from '../conversations/conversation.ts';
import { HttpError } from '../errors.ts';

export type LockedConversation = {
  id: string;
  identityId: string;
  customerId: string;
  channel: ChannelName;
  accountId: string;
  state: ConversationState;
  owner: string | null;
  was: { team: string | null; staff: string | null };
  lastInteractionAt: Date | null;
  followedAt: Date | null;
  /** Moves by staff that wait to be worked, oldest first. */
  pendingMoves: { kind: string; owner: string | null }[];
};

type Row = {
  identity_id: string;
  customer_id: string;
  channel: string;
  account_id: string;
  state: string;
  owner: string | null;
  team_id: string | null;
  assignee_id: string | null;
  last_interaction_at: Date | null;
  followed_at: Date | null;
};

/** Takes the lock that workers take. Throws unknown_conversation. */
export async function lockConversation(client: pg.ClientBase, id: string): Promise<LockedConversation> {
  // Two statements: the second sees what the holder of the lock before us committed.
  await client.query(
    'SELECT 1 FROM channel_identities WHERE id = (SELECT identity_id FROM conversations WHERE id = $1) FOR UPDATE',
    [id],
  );
  const { rows } = await client.query<Row>(
    `SELECT c.identity_id, c.customer_id, i.channel, i.account_id, c.state, c.owner, c.team_id, c.assignee_id, i.last_interaction_at, i.followed_at
     FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE c.id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) throw unknownConversation(id);
  const moves = await client.query<{ kind: string; owner: string | null }>(
    `SELECT e.kind, e.payload ->> 'owner' AS owner FROM inbound_queue q JOIN inbound_events e ON e.id = q.event_id
     WHERE q.identity_id = $1 AND q.parked_at IS NULL AND e.kind IN ('take_over', 'hand_back', 'resolve') ORDER BY q.seq`,
    [row.identity_id],
  );
  return {
    id,
    identityId: row.identity_id,
    customerId: row.customer_id,
    channel: channelNameSchema.parse(row.channel),
    accountId: row.account_id,
    state: conversationStateSchema.parse(row.state),
    owner: row.owner,
    was: { team: row.team_id, staff: row.assignee_id },
    lastInteractionAt: row.last_interaction_at,
    followedAt: row.followed_at,
    pendingMoves: moves.rows,
  };
}

export function unknownConversation(id: string): HttpError {
  return new HttpError(404, 'unknown_conversation', `There is no conversation "${id}".`);
}
