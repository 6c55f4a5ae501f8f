// Searching over REST.
import { z } from 'zod';
import { momentAnswer, textField } from '../http/request-fields.ts';

export const searchQuery = z.object({
  q: textField(100).optional().meta({
    description: 'Words with or without dấu; each may be a beginning. Without it: the newest customers.',
  }),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the nextCursor of an earlier answer')
    .optional()
    .meta({ description: 'Older messages; customers are not repeated.' }),
});
export type SearchQuery = z.infer<typeof searchQuery>;

export const searchAnswer = z.object({
  customers: z.array(
    z.object({
      id: z.uuid(),
      externalId: z.string().nullable(),
      name: z.string().nullable(),
      phone: z.string().nullable(),
      email: z.string().nullable(),
      conversations: z.array(z.object({ id: z.uuid(), channel: z.string(), state: z.string() })),
    }),
  ),
  messages: z
    .array(
      z.object({
        messageId: z.string().meta({ description: 'Its id in the timeline, to be asked for as around.' }),
        conversationId: z.uuid(),
        customer: z.object({ id: z.uuid(), name: z.string().nullable() }),
        text: z.string(),
        at: momentAnswer,
        from: z.enum(['customer', 'us']),
      }),
    )
    .meta({ description: 'What customers and staff said, newest first; the bot repeats itself and is left out.' }),
  nextCursor: z.string().nullable().meta({ description: 'There are older messages.' }),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;
