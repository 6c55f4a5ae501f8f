// What calls for one member of staff.
import { z } from 'zod';
import { momentAnswer } from '../http/request-fields.ts';

export const alertQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .meta({ description: 'The cursor of the answer before.' }),
});
export const alertAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: momentAnswer,
      kind: z.enum(['assigned', 'mention']),
      conversationId: z.uuid(),
      customer: z.string().nullable(),
      by: z.string().nullable(),
      text: z.string().nullable().meta({ description: 'Of the note.' }),
    }),
  ),
  cursor: z.string(),
});
export type Alerts = z.infer<typeof alertAnswer>;
