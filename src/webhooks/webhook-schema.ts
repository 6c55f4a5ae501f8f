// Endpoints of other systems over REST: what may be sent, what is answered.
import { z } from 'zod';
import { pageSchema } from '../http/page.ts';
import { momentAnswer, momentField } from '../http/request-fields.ts';

export const webhookEvent = z.enum([
  'offer.accepted',
  'case.opened',
  'survey.answered',
  'subscription.renewed',
  'customer.opted_out',
]);

export const endpointFields = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(2000)
    .meta({
      description: 'https. Connected to only when its name leads to public addresses; redirects are not followed.',
      examples: ['https://crm.example.com/hooks/ganbo'],
    }),
  events: z
    .array(webhookEvent)
    .min(1, 'must name at least one event; leave it out for all')
    .max(20)
    .optional()
    .meta({ description: 'All events when left out.' }),
});
export type EndpointFields = z.infer<typeof endpointFields>;

export const endpointAnswer = z.object({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  isEnabled: z.boolean(),
  disabledReason: z.string().nullable(),
  failingSince: momentAnswer.nullable(),
  createdAt: momentAnswer,
  waiting: z.int().meta({ description: 'Deliveries still to be made.' }),
});
export type EndpointAnswer = z.infer<typeof endpointAnswer>;

export const endpointList = z.object({ items: z.array(endpointAnswer) });

export const endpointWithSecret = endpointAnswer.extend({
  secret: z.string().nullable().meta({
    description: 'whsec_…, to verify signatures with. Shown this once; null when the call is a repeat.',
  }),
});

export const endpointParams = z.object({ id: z.uuid() });

export const deliveryStatus = z.enum(['waiting', 'delivered', 'failed']);

export const deliveryAnswer = z.object({
  id: z.string(),
  eventId: z.uuid().meta({ description: 'Sent as `webhook-id`: the same at every attempt.' }),
  type: z.string(),
  at: momentAnswer.meta({ description: 'When it happened.' }),
  status: deliveryStatus,
  attempts: z.int(),
  nextAttemptAt: momentAnswer.nullable(),
  lastStatus: z.int().nullable().meta({ description: 'HTTP status of the last answer.' }),
  lastError: z.string().nullable(),
  lastAttemptAt: momentAnswer.nullable(),
  deliveredAt: momentAnswer.nullable(),
});
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

export const deliveryPage = pageSchema(deliveryAnswer);

/** Deliveries are numbered by ids that grow with time, not by numbers. */
export const deliveryQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'How many at most, 1–200.' }),
  cursor: z.uuid('must be the nextCursor of an earlier answer').optional(),
  status: deliveryStatus.optional(),
});
export type DeliveryQuery = z.infer<typeof deliveryQuery>;

export const replayFields = z
  .union([
    z.strictObject({ delivery: z.uuid() }),
    z.strictObject({ from: momentField, to: momentField.optional(), onlyFailed: z.boolean().default(true) }),
  ])
  .meta({
    description:
      'One delivery, or all events of a time range (also those that happened before this endpoint listened; `onlyFailed: false` repeats what was delivered).',
  });
export type ReplayFields = z.infer<typeof replayFields>;

export const replayAnswer = z.object({ deliveries: z.int().meta({ description: 'How many will be sent again.' }) });

export const testAnswer = z.object({ delivery: z.uuid(), eventId: z.uuid() });
export type TestAnswer = z.infer<typeof testAnswer>;
