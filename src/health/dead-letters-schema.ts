// What got stuck, as REST and the screen read it: events that no try could work, messages whose fate nobody knows,
// webhooks that never arrived, flow files that did not pass.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { pageQuery } from '../http/page.ts';
import { momentAnswer, textField } from '../http/request-fields.ts';

const person = z
  .object({
    conversationId: z.uuid().nullable(),
    externalId: z.string().nullable(),
    name: z.string().nullable(),
    peerId: z.string().meta({ description: 'Their id on the channel.' }),
  })
  .nullable();

export const deadCounts = z.object({
  events: z.int(),
  messages: z.int(),
  deliveries: z.int(),
  flows: z.int(),
});
export type DeadCounts = z.infer<typeof deadCounts>;

/** Events are numbered by their place in the queue; what goes out is not. */
export const deadQuery = pageQuery.extend({
  cursor: z.guid('must be the nextCursor of an earlier answer').optional(),
});
export type DeadQuery = z.infer<typeof deadQuery>;

export const parkedEvent = z.object({
  id: z.string().meta({ description: 'Its place in the queue.' }),
  eventId: z.uuid(),
  kind: z.string(),
  channel: z.string(),
  person,
  at: momentAnswer,
  parkedAt: momentAnswer,
  tries: z.int(),
  reason: z.string().nullable(),
  payload: z.string().meta({ description: 'What came in, as text.' }),
  wroteSince: z.boolean().meta({ description: 'The customer was heard of again after it.' }),
});
export type ParkedEvent = z.infer<typeof parkedEvent>;

export const stuckMessage = z.object({
  id: z.uuid(),
  status: z.enum(['parked', 'uncertain']),
  channel: channelNameSchema,
  person,
  text: z.string().nullable(),
  author: z.string(),
  sentBy: z.string().nullable().meta({ description: 'Member of staff, when a person wrote it.' }),
  reason: z.string().nullable(),
  tries: z.int(),
  at: momentAnswer.meta({ description: 'When it was tried last.' }),
});
export type StuckMessage = z.infer<typeof stuckMessage>;

export const failedDelivery = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  address: z.string().meta({ description: 'Host and path; what follows may be a secret.' }),
  isEnabled: z.boolean(),
  type: z.string(),
  at: momentAnswer,
  tries: z.int(),
  lastStatus: z.int().nullable(),
  reason: z.string().nullable(),
});
export type FailedDelivery = z.infer<typeof failedDelivery>;

export const flowProblem = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  step: z.string().nullable(),
  message: z.string(),
  fix: z.string(),
});

const nextCursor = z.string().nullable();
export const parkedEventPage = z.object({ items: z.array(parkedEvent), nextCursor });
export const stuckMessagePage = z.object({ items: z.array(stuckMessage), nextCursor });
export const failedDeliveryPage = z.object({ items: z.array(failedDelivery), nextCursor });
export const flowProblemList = z.object({ items: z.array(flowProblem) });

const queueIds = z
  .array(z.string().regex(/^\d{1,18}$/))
  .min(1)
  .max(200);
const uuids = z.array(z.uuid()).min(1).max(200);
export const replayEventsFields = z.strictObject({ ids: queueIds });
export const discardEventsFields = z.strictObject({ ids: queueIds, reason: textField(300) });
export const replayDeliveriesFields = z.strictObject({ ids: uuids });
export const discardDeliveriesFields = z.strictObject({ ids: uuids, reason: textField(300) });
export const settleFields = z.strictObject({
  ids: uuids,
  how: z.enum(['arrived', 'not_arrived', 'send_again']).meta({
    description:
      'What a person saw in the chat on the channel. arrived: it is there. not_arrived: it is not, and stays unsaid. send_again: it is not, and shall be said; only for parked ones, whose search is over.',
  }),
});
export type SettleHow = z.infer<typeof settleFields>['how'];
export const repairAnswer = z.object({
  done: z.int(),
  left: z.int().meta({ description: 'Not stuck any more, or not for this: somebody else was first.' }),
});
export type RepairAnswer = z.infer<typeof repairAnswer>;
