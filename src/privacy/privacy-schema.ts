// Rights, retention and proof over REST.
import { z } from 'zod';
import { consentFields } from '../customers/customer-schema.ts';
import { idField, momentAnswer, momentField, textField } from '../http/request-fields.ts';
import { requestKinds } from './deadlines.ts';

export const requestAnswer = z.object({
  id: z.uuid(),
  kind: z.enum(requestKinds),
  customer: z
    .string()
    .nullable()
    .meta({ description: 'externalId; null for a breach, and for whoever only ever chatted.' }),
  customerId: z.string().nullable(),
  source: z.string(),
  detail: z.string().nullable(),
  status: z.string().meta({ description: 'received, answered, done, refused.' }),
  receivedAt: momentAnswer,
  answerDueAt: momentAnswer.meta({ description: 'The first answer is due.' }),
  actDueAt: momentAnswer.meta({ description: 'It must be done.' }),
  extendedAt: momentAnswer.nullable(),
  answeredAt: momentAnswer.nullable(),
  doneAt: momentAnswer.nullable(),
  outcome: z.string().nullable(),
  law: z.string(),
  warning: z.number().nullable().meta({ description: '0.5, 0.8 or 1 of the time is used up; null = less, or closed.' }),
  isLate: z.boolean(),
});
export type RequestAnswer = z.infer<typeof requestAnswer>;

export const requestQuery = z.object({ which: z.enum(['open', 'due', 'late', 'all']).default('open') });

export const requestList = z.object({
  items: z.array(requestAnswer),
  customers: z.object({
    count: z.int().meta({ description: 'Distinct people whose data is kept.' }),
    warning: z
      .string()
      .nullable()
      .meta({ description: 'At 80,000 and at 100,000: exemptions for small businesses end.' }),
  }),
});

export const requestFields = z.strictObject({
  kind: z.enum(requestKinds),
  customer: idField.nullish().meta({ description: 'externalId; leave it out for a breach.' }),
  source: textField(100)
    .default('api')
    .meta({ examples: ['e-mail', 'hotline'] }),
  detail: textField(2000).nullish(),
  receivedAt: momentField
    .optional()
    .meta({ description: 'When it reached you, or when a breach was found; now when left out.' }),
});
export type RequestFields = z.infer<typeof requestFields>;

/** By our own id; a breach is about nobody in particular, and has its own page. */
export const customerRequestFields = requestFields.pick({ kind: true, source: true, detail: true });
export const customerRequests = z.object({ items: z.array(requestAnswer) });

export const closeFields = z.strictObject({
  status: z.enum(['done', 'refused']).default('done'),
  outcome: textField(500).meta({ description: 'What was done, or why not; without personal data.' }),
});

export const requestParams = z.object({ id: z.uuid() });

export const erasureReceipt = z.object({
  receipt: z.uuid(),
  erasedAt: momentAnswer,
  rows: z.record(z.string(), z.int()).meta({ description: 'Rows per table: proof without a person in it.' }),
});

export const consentHistory = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      purpose: z.string(),
      channel: z.string(),
      granted: z.boolean(),
      source: z.string(),
      wording: z.string().nullable(),
      wordingVersion: z.string().nullable().meta({ description: 'SHA-256 of the wording, to see which text it was.' }),
      at: momentAnswer,
      holds: z.boolean().meta({ description: 'The newest word of its purpose and channel.' }),
    }),
  ),
});
export type ConsentHistory = z.infer<typeof consentHistory>;

export const consentsBody = z.strictObject({ consents: z.array(consentFields).min(1).max(50) });

export const retentionPreview = z.object({
  classes: z.array(
    z.object({
      class: z.string(),
      days: z.int(),
      reason: z.string(),
      rows: z.record(z.string(), z.int()).meta({ description: 'Rows per table that the next round would take.' }),
    }),
  ),
});
export type RetentionPreview = z.infer<typeof retentionPreview>;

/** Streamed as it is read: the shape is told, not asked. */
export const exportDocument = z
  .object({
    format: z.literal('ganbo-customer-export-1'),
    exportedAt: momentAnswer,
    leftOut: z.record(z.string(), z.string()).meta({ description: 'Table → why it is not there.' }),
    tables: z
      .record(z.string(), z.array(z.record(z.string(), z.unknown())))
      .meta({ description: 'Every row by the names of the database.' }),
    files: z.array(
      z.object({
        id: z.uuid(),
        path: z.string().nullable(),
        contentType: z.string().nullable(),
        byteSize: z.int().nullable(),
        base64: z.string().nullable(),
        note: z.string().optional(),
      }),
    ),
  })
  .meta({ description: 'The document.' });
