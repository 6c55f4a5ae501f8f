// What cases and tasks have in common over REST: whose they are, by when, and how lists are asked for.
import { z } from 'zod';
import { isIdOfPlace, isMomentOfPlace, pageSchema } from '../http/page.ts';
import { idField, momentAnswer, momentField, staffField, textField } from '../http/request-fields.ts';

export const detailField = z
  .record(textField(60), z.union([textField(1000), z.number()]))
  .refine((detail) => Object.keys(detail).length <= 30, 'has at most 30 fields');

export const workParams = z.object({ id: z.uuid() });

function isPlaceOfWork(cursor: string): boolean {
  const [dueAt = '', id = '', ...rest] = cursor.split('_');
  return rest.length === 0 && isMomentOfPlace(dueAt) && isIdOfPlace(id);
}

/** Work is not numbered: a page ends at the deadline and id of its last row. */
export function workQuery<T extends z.ZodType>(status: T) {
  return z.object({
    status: status.optional(),
    kind: textField(60).optional(),
    owner: textField(100)
      .optional()
      .meta({ description: 'Name of the member of staff; "none" = nobody yet, "team" = anybody of your own.' }),
    customer: idField.optional().meta({ description: 'externalId of a customer.' }),
    dueBefore: momentField.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'How many at most, 1–200.' }),
    cursor: z.string().refine(isPlaceOfWork, 'must be the nextCursor of an earlier answer').optional(),
  });
}
export type WorkQuery = z.infer<ReturnType<typeof workQuery<z.ZodType<string>>>>;

export function workPage<T extends z.ZodType>(item: T) {
  return pageSchema(item);
}

export const changeFields = z
  .strictObject({
    owner: staffField.nullish().meta({ description: 'null = nobody.' }),
    dueAt: momentField.optional(),
  })
  .refine(({ owner, dueAt }) => owner !== undefined || dueAt !== undefined, 'names owner, dueAt or both')
  .meta({ description: 'Fields left out stay as they are.' });
export type ChangeFields = z.infer<typeof changeFields>;

/** Fields of every answer. */
export const workAnswer = {
  id: z.uuid(),
  customer: z.string().nullable().meta({ description: 'externalId; null when only known from chatting.' }),
  customerId: z.uuid(),
  customerName: z.string().nullable(),
  conversationId: z.uuid().nullable(),
  kind: z.string(),
  status: z.string(),
  owner: z.string().nullable(),
  dueAt: momentAnswer,
  detail: z.record(z.string(), z.unknown()),
  outcome: z.string().nullable(),
};
