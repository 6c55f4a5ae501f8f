// What a supervisor sees: who is there with how much, what waits longest, and how today went.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { conversationStateSchema } from '../conversations/conversation.ts';
import { roles } from '../http/api-access.ts';
import { momentAnswer } from '../http/request-fields.ts';

const named = z.object({ id: z.uuid(), name: z.string() });
const minutes = z.number().nullable().meta({ description: 'Open minutes, the middle one; null = none today.' });

const load = {
  open: z.int().meta({ description: 'With people or waiting for them, not put aside.' }),
  waiting: z.int(),
  overdue: z.int(),
  oldestWaitingSince: momentAnswer.nullable(),
};

export const supervision = z.object({
  asOf: momentAnswer,
  people: z.array(
    named.extend({
      role: z.enum(roles),
      team: named.nullable(),
      presence: z.enum(['online', 'away', 'offline']),
      lastSeenAt: momentAnswer.nullable(),
      capacity: z.int().nullable(),
      ...load,
      repliesToday: z.int(),
      firstReplyMinutes: minutes,
    }),
  ),
  teams: z.array(z.object({ team: named.nullable(), ...load })),
  queues: z.object({ ...load, unassigned: z.int(), snoozed: z.int() }),
  today: z.object({
    handedOver: z.int(),
    firstReplied: z.int(),
    firstReplyMinutes: minutes,
    inTime: z.int().meta({ description: 'Of firstReplied: within the promise of the setting "sla".' }),
    resolved: z.int(),
    resolveMinutes: minutes,
  }),
});
export type Supervision = z.infer<typeof supervision>;

export const supervisedRows = z.enum([
  'open',
  'waiting',
  'unassigned',
  'overdue',
  'snoozed',
  'handed_over_today',
  'first_replied_today',
  'resolved_today',
]);
export type SupervisedRows = z.infer<typeof supervisedRows>;

export const supervisedQuery = z.object({
  of: supervisedRows,
  staff: z.uuid().optional(),
  team: z.union([z.uuid(), z.literal('none')]).optional(),
});
export type SupervisedQuery = z.infer<typeof supervisedQuery>;

export const supervisedRow = z.object({
  id: z.uuid(),
  channel: channelNameSchema,
  state: conversationStateSchema,
  customer: z.string().nullable(),
  assignee: named.nullable(),
  team: named.nullable(),
  waitingSince: momentAnswer.nullable(),
  dueAt: momentAnswer.nullable(),
  isOverdue: z.boolean(),
});
export type SupervisedRow = z.infer<typeof supervisedRow>;
export const supervisedList = z.object({
  items: z.array(supervisedRow),
  isMore: z.boolean().meta({ description: 'Only the first 200 are shown.' }),
});
