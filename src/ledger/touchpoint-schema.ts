// A line of the ledger as REST and screens read it.
import { z } from 'zod';
import { pageQuery, pageSchema } from '../http/page.ts';
import { momentAnswer } from '../http/request-fields.ts';

/** What can stand in the ledger. Stored for ever; screens have a word for each. */
export const touchpointKinds = [
  'message_in',
  'message_out',
  'message_skipped',
  'message_failed',
  'message_uncertain',
  'message_parked',
  'message_delivered',
  'message_read',
  'message_edited',
  'reaction',
  'followed',
  'unfollowed',
  'opened_chat',
  'referred',
  'contact_shared',
  'feedback_given',
  'thread_control',
  'data_withdrawal_requested',
  'account_event',
  'unhandled_event',
  'flow_started',
  'flow_ended',
  'flow_failed',
  'guide_shown',
  'not_understood',
  'remembered',
  'survey_asked',
  'survey_answered',
  'survey_expired',
  'offer_sent',
  'offer_accepted',
  'offer_declined',
  'offer_later',
  'offer_expired',
  'case_opened',
  'training_booked',
  'training_cancelled',
  'opted_out',
  'opted_in',
  'consent_recorded',
  'handed_over',
  'taken_over',
  'handed_back',
  'resolved',
  'reopened',
  'assigned',
  'snoozed',
  'woken',
  'reply_queued',
  'note_added',
  'event_parked',
  'enrolment_started',
  'enrolment_skipped',
  'enrolment_ended',
  'journey_step_started',
  'journey_step_skipped',
  'journey_step_deferred',
  'journey_steps_cancelled',
  'journey_paused',
  'journey_resumed',
  'subscription_activated',
  'subscription_renewed',
  'subscription_upgraded',
  'subscription_ended',
  'offer_eligible',
  'offer_held_out',
  'offer_ignored',
  'case_closed',
  'task_opened',
  'task_done',
  'survey_skipped',
  'event_reported',
  'tip_shared',
  'fallback_taken',
  'identity_linked',
  'customers_parted',
  'data_exported',
  'order_recorded',
  'customer_saved',
  'customers_merged',
  'subscription_saved',
  'usage_recorded',
] as const;
export type TouchpointKind = (typeof touchpointKinds)[number];

export const touchpointAnswer = z.object({
  id: z.string().meta({ description: 'Grows with every line.' }),
  at: momentAnswer.meta({ description: 'When it happened, which may be before it was written down.' }),
  kind: z.string().meta({ examples: ['message_in', 'message_out', 'message_skipped', 'survey_answered'] }),
  channel: z.string().nullable(),
  conversationId: z.string().nullable(),
  text: z.string().nullable(),
  reason: z.string().nullable().meta({ description: 'Why, above all when something was not done.' }),
  flow: z.string().nullable(),
  version: z.int().nullable().meta({ description: 'Number of the flow version.' }),
  step: z.string().nullable(),
  cost: z.int().nullable().meta({ description: 'Đồng, where known.' }),
  message: z
    .object({ id: z.string(), status: z.string(), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'The outbound message and how far it has got by now.' }),
  data: z.record(z.string(), z.unknown()),
});
export type TouchpointAnswer = z.infer<typeof touchpointAnswer>;

export const touchpointPage = pageSchema(touchpointAnswer);

export const touchpointQuery = pageQuery.extend({
  kind: z
    .string()
    .regex(/^[a-z_]+(,[a-z_]+)*$/, 'is one kind or several with commas: message_in,message_out')
    .optional()
    .meta({ description: 'Only these kinds; several with commas.' }),
});
export type TouchpointQuery = z.infer<typeof touchpointQuery>;
