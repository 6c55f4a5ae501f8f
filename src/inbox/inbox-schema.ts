// The inbox over REST: queues of conversations that people lead or shall lead, and what one of them looks like.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { conversationStateSchema } from '../conversations/conversation.ts';
import { momentAnswer, textField } from '../http/request-fields.ts';

export const queueNames = z.enum([
  'waiting',
  'mine',
  'mentions',
  'unassigned',
  'team',
  'snoozed',
  'resolved',
  'all',
  'trouble',
]);
export type QueueName = z.infer<typeof queueNames>;

export const queueQuery = z.object({
  queue: queueNames.default('waiting').meta({
    description:
      'waiting: a person is called for; mine, team; mentions: notes that call you and that you have not looked at, whatever the state; unassigned: open without an owner; all: open; trouble: messages whose fate is unknown.',
  }),
  q: textField(100).optional().meta({ description: 'Beginnings of name, phone, e-mail or id; dấu do not matter.' }),
  channel: channelNameSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  cursor: z
    .string()
    .regex(/^[\w-]{1,200}$/, 'must be the nextCursor of an earlier answer')
    .optional(),
});
export type QueueQuery = z.infer<typeof queueQuery>;

const named = z.object({ id: z.uuid(), name: z.string() });

export const inboxRow = z.object({
  id: z.uuid(),
  channel: channelNameSchema,
  state: conversationStateSchema,
  customer: z.object({
    id: z.uuid(),
    externalId: z.string().nullable(),
    name: z.string().nullable(),
    avatarUrl: z.string().nullable(),
  }),
  reason: z.string().nullable().meta({ description: 'Why a person was called.' }),
  owner: z.string().nullable().meta({ description: 'Who leads it, in words; also those outside the program.' }),
  assignee: named.nullable(),
  team: named.nullable(),
  lastMessage: z
    .object({ text: z.string().nullable(), at: momentAnswer, from: z.enum(['customer', 'bot', 'staff']) })
    .nullable(),
  unread: z.int().meta({ description: 'Messages of the customer since the last of ours; counted up to 20.' }),
  waitingSince: momentAnswer.nullable(),
  replyDueAt: momentAnswer.nullable(),
  resolveDueAt: momentAnswer.nullable(),
  snoozedUntil: momentAnswer.nullable(),
  resolvedAt: momentAnswer.nullable(),
  windowClosesAt: momentAnswer.nullable().meta({ description: 'For what a person types; null = closed or unknown.' }),
  isOverdue: z.boolean(),
  isDueSoon: z.boolean().meta({ description: 'Within the warning time of the setting "sla".' }),
});
export type InboxRow = z.infer<typeof inboxRow>;

export const inboxPage = z.object({
  items: z.array(inboxRow),
  nextCursor: z.string().nullable().meta({ description: 'null = this was the last page.' }),
});

export const inboxCounts = z.object({
  waiting: z.int(),
  mine: z.int(),
  unassigned: z.int(),
  team: z.int(),
  snoozed: z.int(),
  all: z.int(),
  trouble: z.int(),
  mentions: z.int().meta({ description: 'Conversations with notes that call you and that you have not looked at.' }),
  overdue: z.int().meta({ description: 'Of those in "all".' }),
  oldestWaitingSince: momentAnswer.nullable(),
});
export type InboxCounts = z.infer<typeof inboxCounts>;
