// Personal data that was lost, changed or seen by strangers, over REST: what the notice to the authority must say.
import { z } from 'zod';
import { idField, momentAnswer, momentField, textField } from '../http/request-fields.ts';

const channelField = z.enum(['zalo', 'messenger']);

/** Whose data: all that is said must hold; nothing said = everybody. */
export const scopeFields = z
  .strictObject({
    channel: channelField.optional().meta({ description: 'People who chat there.' }),
    from: momentField.optional().meta({ description: 'People about whom something was recorded since then.' }),
    to: momentField.optional().meta({ description: '… and before then.' }),
    customers: z.array(idField).min(1).max(10_000).optional().meta({ description: 'These externalIds only.' }),
  })
  .meta({ description: 'Whose data is concerned; empty = every customer.', examples: [{ channel: 'zalo' }] });
export type ScopeFields = z.infer<typeof scopeFields>;

/** As it is kept: our own ids, which lead to nobody once somebody is erased. */
export const storedScope = z.object({
  channel: channelField.optional(),
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  customerIds: z.array(z.uuid()).optional(),
});
export type StoredScope = z.infer<typeof storedScope>;

const words = textField(5_000);
const notice = {
  happenedAt: momentField.nullable().meta({ description: 'When it happened, where that is known.' }),
  dataKinds: words.meta({ examples: ['họ tên, số điện thoại, nội dung chat'] }),
  consequences: words.meta({ description: 'What may follow for the people concerned.' }),
  measures: words.meta({ description: 'What was done and will be done about it.' }),
  contact: words.meta({ description: 'Who answers questions: name, telephone, e-mail.' }),
  scope: scopeFields,
};

export const incidentFields = z.strictObject({
  description: words.meta({ description: 'What happened.' }),
  discoveredAt: momentField
    .optional()
    .meta({ description: 'When it was found: the clock of the law starts here; now when left out.' }),
  ...z.strictObject(notice).partial().shape,
});
export type IncidentFields = z.infer<typeof incidentFields>;

export const incidentChanges = z
  .strictObject({
    description: words,
    discoveredAt: momentField,
    ...notice,
    notifiedAt: momentField.meta({ description: 'When the authority was told: the clock stops.' }),
    closedAt: momentField.meta({ description: 'Nothing changes any more afterwards.' }),
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'say what changes');
export type IncidentChanges = z.infer<typeof incidentChanges>;

export const incidentAnswer = z.object({
  id: z.uuid(),
  description: z.string(),
  dataKinds: z.string(),
  consequences: z.string(),
  measures: z.string(),
  contact: z.string(),
  discoveredAt: momentAnswer,
  happenedAt: momentAnswer.nullable(),
  scope: z.object({
    channel: z.string().nullable(),
    from: momentAnswer.nullable(),
    to: momentAnswer.nullable(),
    customers: z.int().nullable().meta({ description: 'How many were named; null = not by name.' }),
  }),
  customerCount: z.int().nullable().meta({ description: 'People concerned, counted when the scope was last set.' }),
  notifyDueAt: momentAnswer.meta({ description: 'By then the authority must be told.' }),
  hoursLeft: z.number().meta({ description: 'Until then; below 0 when it is late.' }),
  warning: z.number().nullable().meta({ description: '0.5, 0.8 or 1 of the time is used up; null = less, or told.' }),
  isLate: z.boolean(),
  law: z.string(),
  notifiedAt: momentAnswer.nullable(),
  closedAt: momentAnswer.nullable(),
  createdBy: z.string(),
  createdAt: momentAnswer,
  updatedAt: momentAnswer,
});
export type IncidentAnswer = z.infer<typeof incidentAnswer>;

export const incidentList = z.object({ items: z.array(incidentAnswer) });
export const incidentParams = z.object({ id: z.uuid() });

export const affectedQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.uuid().optional().meta({ description: 'The nextCursor of the page before.' }),
});

export const affectedPage = z.object({
  count: z.int().meta({ description: 'People concerned, counted now.' }),
  items: z.array(
    z.object({
      id: z.uuid(),
      customer: z.string().nullable().meta({ description: 'externalId; null for whoever only ever chatted.' }),
      name: z.string().nullable(),
      phone: z.string().nullable(),
      email: z.string().nullable(),
    }),
  ),
  nextCursor: z.uuid().nullable(),
});
export type AffectedPage = z.infer<typeof affectedPage>;

export const incidentNotice = z.object({
  text: z.string().meta({ description: 'The notice to print, in Vietnamese.' }),
  missing: z.array(z.string()).meta({ description: 'Fields that are still to be filled in.' }),
});
export type IncidentNotice = z.infer<typeof incidentNotice>;
