// Batches over REST: every item stands for itself, and the answer says for each what became of it.
import { z } from 'zod';

export const MAX_BATCH_ITEMS = 1_000;
/** A thousand customers with everything that may be said about them. */
export const BATCH_BODY_LIMIT = 4 * 1024 * 1024;

/** Items are described, not enforced here: one bad item must not cost the good ones their place. */
export function batchBody(item: z.ZodType) {
  const { $schema: _, ...shape } = z.toJSONSchema(item, { io: 'input' });
  const items = z
    .array(z.unknown().meta({ ...shape }))
    .min(1)
    .max(MAX_BATCH_ITEMS, `is at most ${MAX_BATCH_ITEMS} items; send several batches`);
  return z.union([items, z.strictObject({ items })]).meta({
    description: 'A list of items, or an object that holds the list as `items`.',
  });
}
export type BatchBody = unknown[] | { items: unknown[] };

export const itemError = z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() });

export const batchAnswer = z.object({
  created: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  errors: z.int(),
  results: z
    .array(
      z.object({
        index: z.int(),
        status: z.enum(['created', 'changed', 'unchanged', 'error']),
        error: itemError.optional(),
      }),
    )
    .meta({ description: 'One per item, in the order sent.' }),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;
export type BatchResult = BatchAnswer['results'][number];
export type Saved = 'created' | 'changed' | 'unchanged';

/** What a batch of reports (usage, events) is answered: unlike records, a report is never changed. */
export const reportAnswer = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  errors: z.int(),
  results: z
    .array(
      z.object({ index: z.int(), status: z.enum(['accepted', 'duplicate', 'error']), error: itemError.optional() }),
    )
    .meta({ description: 'One per item, in the order sent.' }),
});
export type ReportAnswer = z.infer<typeof reportAnswer>;
export type ReportResult = ReportAnswer['results'][number];
