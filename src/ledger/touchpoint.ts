// The touchpoint ledger: one row per thing that happened, or was decided against, with its reason.

export type TouchpointKind =
  | 'message_in'
  | 'message_out'
  | 'message_skipped'
  | 'message_failed'
  | 'message_uncertain'
  | 'message_parked'
  | 'message_delivered'
  | 'message_read'
  | 'message_echoed'
  | 'message_edited'
  | 'reaction'
  | 'followed'
  | 'unfollowed'
  | 'opened_chat'
  | 'referred'
  | 'contact_shared'
  | 'feedback_given'
  | 'thread_control'
  | 'data_withdrawal_requested'
  | 'account_event'
  | 'unhandled_event'
  | 'flow_started'
  | 'flow_ended'
  | 'flow_failed'
  | 'guide_shown'
  | 'not_understood'
  | 'remembered'
  | 'survey_asked'
  | 'survey_answered'
  | 'survey_expired'
  | 'offer_sent'
  | 'offer_accepted'
  | 'offer_declined'
  | 'offer_later'
  | 'offer_expired'
  | 'case_opened'
  | 'training_booked'
  | 'opted_out'
  | 'opted_in'
  | 'consent_recorded'
  | 'handed_over'
  | 'taken_over'
  | 'handed_back'
  | 'resolved'
  | 'reopened'
  | 'assigned'
  | 'snoozed'
  | 'woken'
  | 'reply_queued'
  | 'note_added'
  | 'event_parked'
  | 'enrolment_planned'
  | 'enrolment_started'
  | 'enrolment_cancelled'
  | 'enrolment_skipped'
  | 'enrolment_ended'
  | 'journey_step_started'
  | 'journey_step_skipped'
  | 'journey_step_deferred'
  | 'journey_steps_cancelled'
  | 'journey_paused'
  | 'journey_resumed'
  | 'subscription_activated'
  | 'subscription_renewed'
  | 'subscription_upgraded'
  | 'subscription_ended'
  | 'offer_eligible'
  | 'offer_held_out'
  | 'offer_ignored'
  | 'case_closed'
  | 'task_opened'
  | 'task_done'
  | 'survey_skipped'
  | 'event_reported'
  | 'tip_shared'
  | 'fallback_taken'
  | 'identity_linked'
  | 'customers_parted'
  | 'data_exported'
  | 'order_recorded'
  | 'customer_saved'
  | 'customers_merged'
  | 'subscription_saved'
  | 'usage_recorded';

/** `at` is when it happened; ids are null where the thing has none. */
export type Touchpoint = {
  at: Date;
  kind: TouchpointKind;
  customerId: string | null;
  conversationId?: string | null;
  channel?: string | null;
  text?: string | null;
  reason?: string | null;
  flow?: string | null;
  flowVersionId?: string | null;
  step?: string | null;
  inboundEventId?: string | null;
  outboundMessageId?: string | null;
  costAmount?: number | null;
  data?: Record<string, unknown> | null;
};
