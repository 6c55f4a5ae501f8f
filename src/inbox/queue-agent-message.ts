// What a member of staff types goes through the same mouth as everything else: rows of the outbox.
import type pg from 'pg';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import { type Clock, DAY_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { type Message, textOfMessage } from '../flows/message-schema.ts';
import type { NewId } from '../ids.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';

export type AgentMessageDeps = {
  clock: Clock;
  newId: NewId;
  windowRules: WindowRules;
  /** Cuts a message into parts that the channel accepts one by one. */
  splitMessage: (channel: string) => (message: Message) => Message[];
};
export type QueuedAgentMessage = { conversationId: string; messages: { id: string; status: string; text: string }[] };

const QUEUE = `
INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content,
  purpose, author, staff_id, status, available_at, expires_at, created_at)
SELECT t.id, $2, $3, $4, $5, $6, t.content, 'answer', 'agent', $7, 'queued', $8, $9, $8
FROM json_to_recordset($1::json) AS t(n int, id uuid, content jsonb) ORDER BY t.n`;

/** In the caller's transaction. Throws unknown_conversation, not_taken_over, window_closed. */
export async function queueAgentMessage(
  deps: AgentMessageDeps,
  client: pg.ClientBase,
  id: string,
  { text, author }: { text: string; author: string },
): Promise<QueuedAgentMessage> {
  const conversation = await lockConversation(client, id);
  const now = deps.clock.now();
  refuseUnled(conversation);
  refuseClosedWindow(deps, conversation, now);
  const whole: Message = { kind: 'text', text, choices: [], links: [] };
  const parts = deps
    .splitMessage(conversation.channel)(whole)
    .map((content, n) => ({ n, id: deps.newId(), content }));
  const { identityId, customerId, channel, accountId } = conversation;
  const expiresAt = new Date(now.getTime() + DAY_MS);
  const values = [JSON.stringify(parts), id, identityId, customerId, channel, accountId, author, now, expiresAt];
  await client.query(QUEUE, values);
  const messages = parts.map((part) => ({ id: part.id, status: 'queued', text: textOfMessage(part.content) }));
  return { conversationId: id, messages };
}

function refuseUnled({ state }: LockedConversation): void {
  if (state === 'with_agent') return;
  const message = `The conversation is in state "${state}": take it over first, so that the bot is silent while you write.`;
  throw new HttpError(409, 'not_taken_over', message, { state });
}

/** Said at once, while the person who typed it is still looking. The outbox asks again when it sends. */
function refuseClosedWindow({ windowRules }: AgentMessageDeps, conversation: LockedConversation, now: Date): void {
  const { channel, lastInteractionAt, followedAt } = conversation;
  const answer = askWindow(
    { channel, now, lastInteractionAt, followedAt, messageKind: 'text', purpose: 'answer', writtenBy: 'person' },
    windowRules,
  );
  if (!answer.allowed) throw new HttpError(409, 'window_closed', answer.reason);
}
