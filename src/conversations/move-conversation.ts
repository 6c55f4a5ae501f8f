// Who leads: the moves between bot and people. Each leaves a line in the ledger.
import { type ConversationState, mayMove } from './conversation.ts';
import { note, type Turn } from './turn.ts';

/** A person answers from now on, in our inbox or in the provider's own; what the bot had queued is not said. */
export function takeOver(turn: Turn, owner: string, reason: string): void {
  const { conversation } = turn.person;
  turn.effects.outbox.push({ change: 'skip_queued', which: 'flow', reason: 'Nhân viên đã tiếp nhận hội thoại.' });
  if (conversation.state === 'with_agent' && conversation.owner === owner) return;
  move(turn, 'with_agent');
  conversation.owner = owner;
  conversation.takenOverAt = turn.now;
  conversation.waitingSince = null;
  note(turn, { kind: 'taken_over', reason, data: { owner } });
}

/** The bot stops and a person is called; what this turn has said so far is the last thing the bot says. */
export function handOver(turn: Turn, reason: string, step: string | null): void {
  const { conversation } = turn.person;
  for (const message of turn.effects.messages) message.purpose = 'confirmation';
  if (conversation.state !== 'bot' && conversation.state !== 'resolved') return;
  move(turn, 'waiting_for_agent');
  conversation.waitingSince = turn.now;
  conversation.misunderstandings = 0;
  note(turn, { kind: 'handed_over', reason, step });
}

/** Back to the bot. What came meanwhile stays in the thread and is not played to the script. */
export function handBack(turn: Turn, by: string): void {
  const { conversation } = turn.person;
  move(turn, 'bot');
  conversation.owner = null;
  conversation.waitingSince = null;
  conversation.misunderstandings = 0;
  note(turn, { kind: 'handed_back', data: { by } });
}

export function resolveConversation(turn: Turn, by: string): void {
  const { conversation } = turn.person;
  move(turn, 'resolved');
  conversation.owner = null;
  conversation.waitingSince = null;
  conversation.resolvedAt = turn.now;
  note(turn, { kind: 'resolved', data: { by } });
}

/** A resolved thread begins anew with the bot when the customer writes, or when care has something to say. */
export function reopen(turn: Turn): void {
  if (turn.person.conversation.state !== 'resolved') return;
  move(turn, 'bot');
  note(turn, { kind: 'reopened' });
}

function move(turn: Turn, to: ConversationState): void {
  const { conversation } = turn.person;
  if (!mayMove(conversation.state, to)) throw new Error(`No move from ${conversation.state} to ${to}.`);
  conversation.state = to;
}
