// A task over REST: something that a member of staff is to do for a customer.
import { z } from 'zod';
import { idField, momentAnswer, momentField, staffField, textField } from '../http/request-fields.ts';
import { detailField, workAnswer, workPage, workQuery } from './work-fields.ts';

/** Those that the program opens and the shipped files name; marketers and integrators may have others. */
export const taskKinds = [
  'welcome_call',
  'renewal_call',
  'follow_up',
  'care',
  'unreachable',
  'check_identity',
  'privacy_request',
  'other',
] as const;

export const taskFields = z.strictObject({
  customer: idField.meta({ description: 'externalId of the customer; unknown ones are refused (422).' }),
  title: textField(300),
  kind: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'is lower snake_case: welcome_call, renewal_call, follow_up, …')
    .default('other'),
  subscription: idField.nullish().meta({ description: 'externalId of the subscription that it is about.' }),
  owner: staffField.nullish().meta({ description: 'Left out: whoever looks after the subscription.' }),
  dueAt: momentField.optional().meta({ description: 'In 24 hours when left out.' }),
  detail: detailField.optional(),
});
export type TaskFields = z.infer<typeof taskFields>;

export const endFields = z.strictObject({
  by: staffField,
  outcome: textField(1000).nullish().meta({ description: 'What came of it.' }),
});
export type EndFields = z.infer<typeof endFields>;

export const taskAnswer = z.object({
  ...workAnswer,
  title: z.string(),
  subscription: z.string().nullable(),
  journey: z.string().nullable().meta({ description: 'The journey that made it.' }),
  createdAt: momentAnswer,
  doneAt: momentAnswer.nullable(),
  doneBy: z.string().nullable(),
});
export type TaskAnswer = z.infer<typeof taskAnswer>;

export const taskQuery = workQuery(z.enum(['open', 'done', 'cancelled']));
export const taskPage = workPage(taskAnswer);
