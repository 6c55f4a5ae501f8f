// A line of the ledger as REST and screens read it.
import { z } from 'zod';
import { pageQuery, pageSchema } from '../http/page.ts';
import { momentAnswer } from '../http/request-fields.ts';

export const touchpointAnswer = z.object({
  id: z.string().meta({ description: 'Grows with every line.' }),
  at: momentAnswer.meta({ description: 'When it happened, which may be before it was written down.' }),
  kind: z.string().meta({ examples: ['message_in', 'message_out', 'message_skipped', 'survey_answered'] }),
  channel: z.string().nullable(),
  conversationId: z.string().nullable(),
  text: z.string().nullable(),
  reason: z.string().nullable().meta({ description: 'Why, above all when something was not done.' }),
  flow: z.string().nullable(),
  version: z.int().nullable().meta({ description: 'Number of the flow version.' }),
  step: z.string().nullable(),
  cost: z.int().nullable().meta({ description: 'Đồng, where known.' }),
  message: z
    .object({ id: z.string(), status: z.string(), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'The outbound message and how far it has got by now.' }),
  data: z.record(z.string(), z.unknown()),
});
export type TouchpointAnswer = z.infer<typeof touchpointAnswer>;

export const touchpointPage = pageSchema(touchpointAnswer);

export const touchpointQuery = pageQuery.extend({
  kind: z
    .string()
    .regex(/^[a-z_]+(,[a-z_]+)*$/, 'is one kind or several with commas: message_in,message_out')
    .optional()
    .meta({ description: 'Only these kinds; several with commas.' }),
});
export type TouchpointQuery = z.infer<typeof touchpointQuery>;
