// The thread of one customer over REST: every channel, newest first.
import { z } from 'zod';
import { momentAnswer } from '../http/request-fields.ts';

/** Of a message of ours, a line of the ledger, a note. */
export const timelineItemId = /^(o:[\da-f-]{36}|t:\d{1,18}|n:[\da-f-]{36})$/;

function placeField(name: string) {
  return z
    .string()
    .regex(/^[\w-]{1,200}$/, `must be the ${name} of an earlier answer`)
    .optional();
}

export const timelineQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: placeField('nextBefore').meta({ description: 'What is older.' }),
  after: placeField('nextAfter').meta({ description: 'What is newer, the nearest of it.' }),
  around: z
    .string()
    .regex(timelineItemId, 'must be the id of an item, as the timeline and the search give it')
    .optional()
    .meta({ description: 'The item with this id and what stands on both sides of it.' }),
});
export type TimelineQuery = z.infer<typeof timelineQuery>;

export const timelineItem = z.object({
  id: z.string(),
  at: momentAnswer,
  kind: z.enum(['in', 'out', 'note', 'event', 'skipped']),
  event: z.string().nullable().meta({ description: "The ledger's kind, for events." }),
  conversationId: z.string().nullable(),
  text: z.string().nullable(),
  from: z.object({ type: z.enum(['customer', 'bot', 'staff', 'system']), name: z.string().nullable() }),
  status: z
    .string()
    .nullable()
    .meta({ description: 'queued, sending, sent, delivered, read, failed, skipped, uncertain, parked.' }),
  reason: z.string().nullable(),
  sendAt: momentAnswer.nullable().meta({ description: 'When a message that waits is due.' }),
  media: z.array(
    z.object({
      kind: z.string(),
      url: z.string().nullable().meta({ description: 'Ours once it was copied, else the channel’s.' }),
      path: z.string().nullable(),
      name: z.string().nullable(),
    }),
  ),
  mentions: z.array(z.string()),
  channel: z.string().nullable(),
  flow: z.string().nullable(),
  flowTitle: z.string().nullable(),
  step: z.string().nullable(),
});
export type TimelineItem = z.infer<typeof timelineItem>;

export const timelinePage = z.object({
  items: z.array(timelineItem),
  nextBefore: z.string().nullable().meta({ description: 'null = this was the beginning.' }),
  nextAfter: z.string().nullable().meta({ description: 'null = this was the end.' }),
  newestStaffMessageId: z.string().nullable().meta({ description: 'Send it back as seenStaffMessageId with a reply.' }),
});
