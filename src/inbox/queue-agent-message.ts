// What an integrator sends in the name of a member of staff: words of staff like those typed in the inbox.
import type pg from 'pg';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import { type Clock, DAY_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { type Message, textOfMessage } from '../flows/message-schema.ts';
import type { NewId } from '../ids.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';
import { queueStaffWords } from './queue-staff-words.ts';

export type AgentMessageDeps = {
  clock: Clock;
  newId: NewId;
  windowRules: WindowRules;
  /** Cuts a message into parts that the channel accepts one by one. */
  splitMessage: (channel: string) => (message: Message) => Message[];
};
export type QueuedAgentMessage = { conversationId: string; messages: { id: string; status: string; text: string }[] };

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
  const expiresAt = new Date(now.getTime() + DAY_MS);
  const parts = deps.splitMessage(conversation.channel)(whole);
  const words = parts.map((content) => ({ content, purpose: 'answer' as const, sendAt: now, expiresAt }));
  const by = { email: author, id: null };
  const queued = await queueStaffWords({ newId: deps.newId, now }, client, conversation, { by, words });
  const messages = queued.map((one) => ({ id: one.id, status: 'queued', text: textOfMessage(one.content) }));
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
