// What the server answers about conversations: its own shapes under the names that this app uses.
import { z } from 'zod';

export { conversationCard as conversationAnswer } from '../../inbox/context-schema.ts';
export {
  type InboxCounts as Counts,
  type InboxRow as Row,
  inboxCounts,
  inboxPage,
  inboxRow,
  type QueueName,
  queueNames,
} from '../../inbox/inbox-schema.ts';
export { type CannedAnswer as CannedReply, cannedList } from '../../inbox/notes-schema.ts';
export { replyAnswer as sentAnswer } from '../../inbox/reply-schema.ts';
export { type TimelineItem, timelinePage } from '../../inbox/timeline-schema.ts';

/** In the order in which they are worked. */
export const queues = [
  'waiting',
  'mine',
  'mentions',
  'unassigned',
  'team',
  'snoozed',
  'trouble',
  'resolved',
  'all',
] as const;

/** Details of 409 newer_reply. */
export const newerReply = z.object({
  by: z.string().nullable(),
  text: z.string().nullable(),
  newestStaffMessageId: z.string().nullable(),
});
