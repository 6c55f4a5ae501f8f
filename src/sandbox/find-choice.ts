// Which button a tap means: the newest bubble that still shows it.
import type { Person, ShownChoice, ShownMessage } from './sandbox-schema.ts';

export type FoundChoice = { message: ShownMessage; choice: ShownChoice };

/** By title or payload; Messenger chips count only while nothing was said after them. null = not on the screen. */
export function findChoice(person: Person, wanted: string, messageId?: string): FoundChoice | null {
  const visible = person.messages.filter((message) => !message.isHidden);
  const last = visible.at(-1);
  for (const message of visible.toReversed()) {
    if (message.from === 'person' || (messageId !== undefined && message.id !== messageId)) continue;
    const chips = message === last ? message.quickReplies : [];
    const all = [...chips, ...message.choices, ...message.items.flatMap((item) => item.choices)];
    const choice =
      all.find((each) => each.payload === wanted && wanted !== '') ?? all.find((each) => each.title === wanted);
    if (choice !== undefined) return { message, choice };
  }
  return null;
}
