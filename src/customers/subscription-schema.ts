// A subscription over REST: what may be sent, what is answered.
import { z } from 'zod';
import { dongField, idField, momentAnswer, momentField, textField } from '../http/request-fields.ts';

export const subscriptionStatus = z.enum(['active', 'trial', 'cancelled', 'refunded', 'expired', 'paused']);

export const subscriptionFields = z
  .strictObject({
    customer: idField.meta({ description: 'externalId of the customer; unknown ones are refused (422).' }),
    product: textField(100)
      .optional()
      .meta({ description: 'Needed the first time.', examples: ['spa'] }),
    plan: textField(100).nullish(),
    value: dongField.nullish().meta({ description: 'Whole đồng for the whole term.' }),
    startedAt: momentField.nullish(),
    expiresAt: momentField.nullish(),
    status: subscriptionStatus.optional().meta({ description: 'active when left out the first time.' }),
    owner: textField(100).nullish().meta({ description: 'Member of staff who looks after it.' }),
  })
  .meta({ description: 'Fields left out stay as they are; null clears a field.' });
export type SubscriptionFields = z.infer<typeof subscriptionFields>;

export const subscriptionAnswer = z.object({
  id: z.uuid(),
  externalId: z.string(),
  customer: z.string().nullable(),
  product: z.string(),
  plan: z.string().nullable(),
  value: z.number().nullable(),
  startedAt: momentAnswer.nullable(),
  expiresAt: momentAnswer.nullable(),
  status: z.string(),
  owner: z.string().nullable(),
  createdAt: momentAnswer,
  updatedAt: momentAnswer,
});
export type SubscriptionAnswer = z.infer<typeof subscriptionAnswer>;
