// What signed-in staff do with a conversation, over REST.
import { z } from 'zod';
import { momentField, textField } from '../http/request-fields.ts';
import { MOST_ATTACHMENTS } from './attachment-schema.ts';

const shortText = (most: number) => textField(most);

export const replyFields = z
  .strictObject({
    text: textField(10_000).optional().meta({ description: 'As long as need be: cut into what the channel takes.' }),
    seenStaffMessageId: z.uuid().nullable().meta({
      description: 'newestStaffMessageId of the timeline that was read; 409 newer_reply when there is a newer one.',
    }),
    sendAt: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'Later, inside the window. Now when left out.' }),
    templateId: shortText(100).optional().meta({ description: 'Our name of an approved template, instead of text.' }),
    parameters: z.record(z.string().max(100), z.string().max(1_000)).optional(),
    attachmentIds: z
      .array(z.uuid())
      .max(MOST_ATTACHMENTS)
      .optional()
      .meta({ description: 'Files that were sent up before, in the order in which they shall go.' }),
  })
  .refine((fields) => hasWords(fields) !== (fields.templateId !== undefined), {
    path: ['text'],
    error: 'send text or attachments, or else templateId',
  });

function hasWords({ text, attachmentIds = [] }: { text?: string | undefined; attachmentIds?: string[] | undefined }) {
  return text !== undefined || attachmentIds.length > 0;
}
export type ReplyFields = z.infer<typeof replyFields>;

export const replyAnswer = z.object({
  conversationId: z.string(),
  newestStaffMessageId: z.string().nullable(),
  messages: z.array(z.object({ id: z.string(), status: z.string(), text: z.string() })),
});
export type ReplyAnswer = z.infer<typeof replyAnswer>;

export const takeFields = z
  .strictObject({ force: z.boolean().default(false).meta({ description: 'Also from a colleague who holds it.' }) })
  .nullish();
export const assignFields = z.strictObject({ staffId: z.uuid().nullable(), teamId: z.uuid().nullable().default(null) });
export const snoozeFields = z.strictObject({ until: momentField.nullable().meta({ description: 'null = back now.' }) });
export const resolveStaffFields = z
  .strictObject({ survey: z.boolean().default(false).meta({ description: 'Ask how it was, once for each time.' }) })
  .nullish();
export const handBackStaffFields = z
  .strictObject({
    how: z.enum(['resume', 'step', 'end']).default('resume').meta({
      description: 'resume: ask the pending question again; step: go to `flow` (at step `at`); end: end the flow.',
    }),
    flow: textField(100).optional(),
    at: textField(100).optional(),
  })
  .refine((fields) => (fields.how === 'step') === (fields.flow !== undefined), {
    path: ['flow'],
    error: 'goes together with how = step',
  });
