// Notes, drafts, presence and canned replies over REST.
import { z } from 'zod';
import { momentAnswer, textField } from '../http/request-fields.ts';

export const noteFields = z.strictObject({
  text: textField(5_000),
  mentions: z.array(z.uuid()).max(50).default([]).meta({ description: 'Members of staff who are called by it.' }),
});
export const noteAnswer = z.object({ id: z.string(), at: momentAnswer });

export const draftFields = z.strictObject({
  text: z.string().max(10_000).meta({ description: 'Empty = thrown away.' }),
});
export const draftAnswer = z.object({ text: z.string().nullable() });

export const presenceFields = z.strictObject({
  typing: z.boolean().default(false),
  leaving: z.boolean().default(false).meta({ description: 'The thread was closed.' }),
});
export const presenceAnswer = z.object({
  people: z
    .array(z.object({ id: z.uuid(), name: z.string(), typing: z.boolean() }))
    .meta({ description: 'The others.' }),
  seen: z.int().meta({ description: 'Notes that called you and are seen with this.' }),
});

const shortcut = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u, 'is made of letters, digits, _ and -');
export const cannedFields = z.strictObject({
  shortcut: shortcut.meta({ description: 'Typed after "/".', examples: ['chao'] }),
  title: textField(100),
  text: textField(2_000).meta({
    description: 'May read {customer.name}, {address}, {subscription.expires_at | date} ….',
  }),
  teamId: z.uuid().nullable().default(null).meta({ description: 'null = for everybody.' }),
});
export type CannedFields = z.infer<typeof cannedFields>;
export const cannedChange = cannedFields.partial();
export const cannedParams = z.object({ id: z.uuid() });
export const cannedQuery = z.object({
  conversationId: z
    .uuid()
    .optional()
    .meta({ description: 'Then `rendered` is the text as this customer would read it.' }),
});
export const cannedAnswer = z.object({
  id: z.uuid(),
  shortcut: z.string(),
  title: z.string(),
  text: z.string(),
  rendered: z.string().nullable(),
  teamId: z.uuid().nullable(),
  updatedBy: z.string(),
  updatedAt: momentAnswer,
});
export type CannedAnswer = z.infer<typeof cannedAnswer>;
export const cannedList = z.object({ items: z.array(cannedAnswer) });
export const goneAnswer = z.object({ id: z.string() });
