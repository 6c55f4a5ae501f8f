// A case over REST: something to be mended for a customer, and what was done about it.
import { z } from 'zod';
import { idField, momentAnswer, momentField, staffField, textField } from '../http/request-fields.ts';
import { detailField, workAnswer, workPage, workQuery } from './work-fields.ts';

export const caseKind = z.enum(['low_score', 'complaint', 'data_withdrawal', 'offer', 'other']);

export const caseFields = z.strictObject({
  customer: idField.meta({ description: 'externalId of the customer; unknown ones are refused (422).' }),
  reason: textField(1000).meta({ description: 'What is wrong, for staff.' }),
  kind: caseKind.default('other'),
  owner: staffField.nullish().meta({ description: 'Left out: whoever looks after the subscription.' }),
  dueAt: momentField.optional().meta({ description: 'In 24 hours when left out.' }),
  detail: detailField.optional(),
});
export type CaseFields = z.infer<typeof caseFields>;

export const closeFields = z.strictObject({
  outcome: textField(1000).meta({
    description: 'What was done, in words that the customer may read: flows say them.',
    examples: ['đã gọi hướng dẫn lại phần đặt lịch'],
  }),
  by: staffField,
});
export type CloseFields = z.infer<typeof closeFields>;

export const reopenFields = z.strictObject({
  reason: textField(1000).meta({ description: 'Why it is not mended after all.' }),
  by: staffField,
});
export type ReopenFields = z.infer<typeof reopenFields>;

export const caseAnswer = z.object({
  ...workAnswer,
  reason: z.string(),
  openedAt: momentAnswer,
  closedAt: momentAnswer.nullable(),
  closedBy: z.string().nullable(),
  isRecovered: z.boolean().nullable().meta({ description: 'Asked again afterwards: are they content now?' }),
});
export type CaseAnswer = z.infer<typeof caseAnswer>;

export const caseQuery = workQuery(z.enum(['open', 'closed']));
export const casePage = workPage(caseAnswer);
