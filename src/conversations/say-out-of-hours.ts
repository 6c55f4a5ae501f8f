// Called for while nobody is there: the line of the hand-over says when somebody will be. One message, for after it the bot
// says nothing.
import type { ConversationState } from './conversation.ts';
import { type SayTools, sayPlainly } from './say-message.ts';
import type { Turn } from './turn.ts';

export type OutOfHoursTools = SayTools & {
  /** What whoever calls a person now is told; null = somebody is there. Absent = somebody always is. */
  outOfHours?: (now: Date) => string | null;
};

/** `before`: who led when the turn began; only the turn that called a person says it. */
export function sayOutOfHours(turn: Turn, tools: OutOfHoursTools, before: ConversationState): void {
  if (before === 'waiting_for_agent' || turn.person.conversation.state !== 'waiting_for_agent') return;
  const words = tools.outOfHours?.(turn.now) ?? null;
  if (words === null) return;
  const { messages } = turn.effects;
  const last = messages.at(-1);
  const [joined, ...rest] = last?.message.kind === 'text' ? tools.splitMessage(withWords(last.message, words)) : [];
  if (last && joined && rest.length === 0) last.message = joined;
  else sayPlainly(turn, tools, words);
  for (const message of messages) message.purpose = 'confirmation';
}

function withWords<Text extends { text: string }>(message: Text, words: string): Text {
  return { ...message, text: `${message.text}\n${words}` };
}
