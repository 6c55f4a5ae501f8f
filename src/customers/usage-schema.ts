// Usage over REST: a batch in which every item stands for itself.
import { z } from 'zod';
import { batchBody, MAX_BATCH_ITEMS } from '../http/batch-schema.ts';
import { idField, momentField, textField } from '../http/request-fields.ts';

export const MAX_USAGE_ITEMS = MAX_BATCH_ITEMS;

/** Sums of it over any month stay numbers. */
const LARGEST_VALUE = Number.MAX_SAFE_INTEGER;
const tooLarge = `must lie between -${LARGEST_VALUE} and ${LARGEST_VALUE}`;

export const usageItem = z
  .strictObject({
    customer: idField.meta({ description: 'externalId of the customer.' }),
    metric: textField(100).meta({ description: 'What flows and rules call it.', examples: ['appointments_per_month'] }),
    value: z.number().min(-LARGEST_VALUE, tooLarge).max(LARGEST_VALUE, tooLarge),
    at: momentField,
    idempotencyKey: textField(200).meta({ description: 'Unique per item: sent again, it is not counted again.' }),
  })
  .meta({ description: 'The latest value (by `at`) of each metric is the one that rules read.' });

export const usageBatch = batchBody(usageItem);
export type UsageBatch = z.infer<typeof usageBatch>;
