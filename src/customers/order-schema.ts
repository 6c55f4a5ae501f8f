// An order or refund over REST: what may be sent, what is answered.
import { z } from 'zod';
import { dongField, idField, momentAnswer, momentField, textField } from '../http/request-fields.ts';

const orderLine = z.strictObject({
  name: textField(200),
  product: textField(100).optional(),
  quantity: z.number().positive().optional(),
  amount: dongField.optional(),
});

export const orderFields = z.strictObject({
  id: idField.meta({ description: 'Id of the order in your system; sent again, it is the same order.' }),
  customer: idField.meta({ description: 'externalId of the customer; unknown ones are refused (422).' }),
  kind: z.enum(['order', 'refund']).default('order'),
  amount: dongField.meta({ description: 'Whole đồng, never negative: a refund has its own kind.' }),
  at: momentField.optional().meta({ description: 'When it was made; now when left out.' }),
  offerCode: textField(100).nullish().meta({ description: 'The code of the offer that it accepts.' }),
  items: z.array(orderLine).max(200).optional(),
  subscription: idField
    .nullish()
    .meta({ description: "externalId of the subscription that it pays for; the customer's own." }),
  refundOf: idField.nullish().meta({
    description: 'For a refund: the id of the order that it pays back, never more than what is left of it.',
  }),
});
export type OrderFields = z.infer<typeof orderFields>;

export const orderAnswer = z.object({
  id: z.string(),
  customer: z.string(),
  kind: z.string(),
  amount: z.number(),
  at: momentAnswer,
  offerCode: z.string().nullable(),
  items: z.array(z.unknown()),
  subscription: z.string().nullable(),
  refundOf: z.string().nullable(),
  result: z.enum(['recorded', 'changed', 'unchanged']),
  offerAccepted: z
    .object({ code: z.string(), flow: z.string().nullable(), sentAt: momentAnswer.nullable() })
    .nullable()
    .meta({ description: 'The offer, sent to this customer and still open, that this call closed as accepted.' }),
});
export type OrderAnswer = z.infer<typeof orderAnswer>;
