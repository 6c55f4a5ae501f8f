// Usage over REST: a batch in which every item stands for itself.
import { z } from 'zod';
import { idField, momentField, textField } from '../http/request-fields.ts';

export const MAX_USAGE_ITEMS = 1_000;

export const usageItem = z
  .strictObject({
    customer: idField.meta({ description: 'externalId of the customer.' }),
    metric: textField(100).meta({ description: 'What flows and rules call it.', examples: ['appointments_per_month'] }),
    value: z.number(),
    at: momentField,
    idempotencyKey: textField(200).meta({ description: 'Unique per item: sent again, it is not counted again.' }),
  })
  .meta({ description: 'The latest value (by `at`) of each metric is the one that rules read.' });
export type UsageItem = z.infer<typeof usageItem>;

// Described, not enforced here: one bad item must not cost the good ones their place.
const { $schema: _, ...itemShape } = z.toJSONSchema(usageItem, { io: 'input' });
const items = z
  .array(z.unknown().meta({ ...itemShape }))
  .min(1)
  .max(MAX_USAGE_ITEMS, `is at most ${MAX_USAGE_ITEMS} items; send several batches`);

export const usageBatch = z.union([items, z.strictObject({ items })]).meta({
  description: 'A list of items, or an object that holds the list as `items`.',
});
export type UsageBatch = z.infer<typeof usageBatch>;

export const usageAnswer = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  errors: z.int(),
  results: z
    .array(
      z.object({
        index: z.int(),
        status: z.enum(['accepted', 'duplicate', 'error']),
        error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }).optional(),
      }),
    )
    .meta({ description: 'One per item, in the order sent.' }),
});
export type UsageAnswer = z.infer<typeof usageAnswer>;
export type UsageResult = UsageAnswer['results'][number];
