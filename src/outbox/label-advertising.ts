// [QC] at the start, the way out at the end. Decree 91/2020/ND-CP (articles 15 and 16) demands it of SMS and e-mail and
// does not name chats: by default e-mails and approved templates carry it, chats do not (ADVERTISING_LABEL).
import { ADVERTISING_LABEL, isLabelled } from '../flows/approved-template.ts';
import type { Message } from '../flows/message-schema.ts';

export const WAY_OUT = 'Nhắn DỪNG để ngừng nhận tin.';

/** Words that are labelled already stay as they are. */
export function labelText(text: string, wayOut = WAY_OUT): string {
  if (isLabelled(text)) return text;
  const start = text.startsWith(ADVERTISING_LABEL) ? text : `${ADVERTISING_LABEL} ${text}`;
  return `${start}\n\n${wayOut}`;
}

/** Only words can be labelled; pictures and forms go with the words beside them. */
export function labelMessage(message: Message): Message {
  return message.kind === 'text' ? { ...message, text: labelText(message.text) } : message;
}

export function labelSubject(subject: string): string {
  return /^\[(QC|AD)\]/.test(subject) ? subject : `${ADVERTISING_LABEL} ${subject}`;
}
