// The last guard before Meta's policy: whatever asked for this send, a tag goes out only where it may.
import type { Message } from '../../flows/message-schema.ts';
import type { SendPermit } from '../messaging-window.ts';

/** null when the permit fits the message; otherwise what is wrong, as a code. */
export function checkPermit(message: Message, permit: SendPermit): string | null {
  const { mode, messagingType, tag } = permit;
  if ((messagingType === 'MESSAGE_TAG') !== (tag !== undefined)) return 'tag_without_type';
  if ((messagingType === 'UTILITY') !== (mode === 'template')) return 'utility_without_template';
  if ((mode === 'template') !== (message.kind === 'template')) return 'template_outside_template';
  switch (mode) {
    case 'free':
      return tag === undefined ? null : 'tag_inside_window';
    case 'template':
      return null;
    case 'human_agent':
      return tag === 'HUMAN_AGENT' && isTypedText(message) ? null : 'human_agent_not_typed';
    case 'feedback':
      return tag === 'CUSTOMER_FEEDBACK' && message.kind === 'feedback' ? null : 'feedback_tag_elsewhere';
    case 'charged':
      return 'no_charged_messages';
  }
}

/** People type words; choices and buttons are made by programs. */
function isTypedText(message: Message): boolean {
  return message.kind === 'text' && message.choices.length === 0 && message.links.length === 0;
}
