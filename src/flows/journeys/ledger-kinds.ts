// What can happen to a customer, by the names of the ledger: what journeys may begin with (`event:`) and count (`since.`).
// Events that another system reports have names of their own and are written the same way.

/** Passed on to journeys in the transaction that wrote them (migration care_over_weeks); a test holds the two together. */
export const signalKinds = [
  'followed',
  'unfollowed',
  'opted_out',
  'opted_in',
  'consent_recorded',
  'customer_saved',
  'customers_merged',
  'subscription_saved',
  'subscription_activated',
  'subscription_renewed',
  'subscription_upgraded',
  'subscription_ended',
  'order_recorded',
  'usage_recorded',
  'guide_shown',
  'training_booked',
  'remembered',
  'survey_answered',
  'survey_expired',
  'offer_accepted',
  'offer_declined',
  'offer_expired',
  'case_opened',
  'case_closed',
  'task_done',
  'resolved',
  'event_reported',
] as const;

/** Of which kind of thing a signal speaks; the others are about the customer. */
export const subjectOfKind: Readonly<Record<string, 'subscription' | 'order' | 'case'>> = {
  subscription_saved: 'subscription',
  subscription_activated: 'subscription',
  subscription_renewed: 'subscription',
  subscription_upgraded: 'subscription',
  subscription_ended: 'subscription',
  order_recorded: 'order',
  case_opened: 'case',
  case_closed: 'case',
};
