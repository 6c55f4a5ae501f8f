// Events of integrators over REST: what happened in their own systems, for journeys to react to.
import { z } from 'zod';
import { batchBody } from '../http/batch-schema.ts';
import { idField, momentField, textField } from '../http/request-fields.ts';

const eventName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,59}$/, 'is lower snake_case, at most 60 characters')
  .meta({ examples: ['report_downloaded'] });
const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'names are lower snake_case, at most 60 characters');

export const eventItem = z.strictObject({
  customer: idField.meta({ description: 'externalId of the customer.' }),
  event: eventName,
  at: momentField.optional().meta({ description: 'When it happened; now when left out.' }),
  data: z
    .record(fieldName, z.union([textField(2000), z.number(), z.boolean()]))
    .refine((data) => Object.keys(data).length <= 50, 'has at most 50 fields')
    .optional()
    .meta({ description: 'Read by conditions of journeys.' }),
  idempotencyKey: textField(200).meta({ description: 'Unique per item: sent again, it is not told again.' }),
});

export const eventBatch = batchBody(eventItem);
