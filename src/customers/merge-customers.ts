// Two records turn out to be one person: everything moves to the one that the integrator knows, the other goes.
import type pg from 'pg';

/**
 * Every table that names a customer. The outbox comes before the ledger: whoever is just writing a ledger row for a
 * message holds that message's row, so that the ledger is moved only after that row is there to be seen.
 */
export const tablesOfCustomer = [
  'channel_identities',
  'conversations',
  'outbound_messages',
  'touchpoints',
  'subscriptions',
  'orders',
  'consents',
  'usage_events',
  'enrolments',
  'survey_answers',
  'offer_issues',
  'cases',
  'training_bookings',
  'tasks',
  'subscription_changes',
  'enrolment_steps',
  'journey_signals',
  'outgoing_events',
  'privacy_requests',
] as const;

const FILL = `
UPDATE customers s SET
  name = coalesce(s.name, g.name), form_of_address = coalesce(s.form_of_address, g.form_of_address),
  phone = coalesce(s.phone, g.phone), email = coalesce(s.email, g.email), industry = coalesce(s.industry, g.industry),
  role = coalesce(s.role, g.role), attributes = g.attributes || s.attributes,
  tags = s.tags || ARRAY(SELECT unnest(g.tags) EXCEPT SELECT unnest(s.tags)),
  -- 'vi' is what everybody begins with; another language was chosen by the person.
  language = CASE WHEN s.language = 'vi' THEN g.language ELSE s.language END,
  -- Whoever said no in either place has said no.
  opted_out_at = least(s.opted_out_at, g.opted_out_at), created_at = least(s.created_at, g.created_at), updated_at = $3
FROM customers g WHERE s.id = $1 AND g.id = $2`;

const MOVE_COUNTERS = `
INSERT INTO usage_counters (customer_id, metric, value, at)
SELECT $1, metric, value, at FROM usage_counters WHERE customer_id = $2
ON CONFLICT (customer_id, metric) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE usage_counters.at < excluded.at`;

const MOVE_MONTHS = `
INSERT INTO usage_months (customer_id, metric, month, total, events, last_value, last_at)
SELECT $1, metric, month, total, events, last_value, last_at FROM usage_months WHERE customer_id = $2
ON CONFLICT (customer_id, metric, month) DO UPDATE SET total = usage_months.total + excluded.total,
  events = usage_months.events + excluded.events, last_at = greatest(usage_months.last_at, excluded.last_at),
  last_value = CASE WHEN usage_months.last_at < excluded.last_at THEN excluded.last_value ELSE usage_months.last_value END`;

/** One person is on a journey of their own once: of two enrolments the one of the record that stays goes on. */
const END_SECOND_ENROLMENTS = `
WITH ended AS (
  UPDATE enrolments g SET status = 'left', reason = 'Hai hồ sơ khách là một.', ended_at = $3
  WHERE g.subject_kind = 'customer' AND g.subject_id = $2 AND g.status = 'active' AND EXISTS (
    SELECT 1 FROM enrolments s WHERE s.journey = g.journey AND s.subject_id = $1 AND s.status = 'active')
  RETURNING g.id)
UPDATE enrolment_steps s SET status = 'cancelled', reason = 'Hai hồ sơ khách là một.', decided_at = $3
FROM ended WHERE s.enrolment_id = ended.id AND s.status IN ('planned', 'due')`;

const MOVE_SUBJECT = `UPDATE enrolments SET subject_id = $1 WHERE subject_kind = 'customer' AND subject_id = $2`;

/** Moved by rules of their own, or kept as they are: what staff did stays written as it was done. */
export const otherTablesOfCustomer = ['usage_counters', 'usage_months', 'segment_members', 'audit_entries'] as const;

/** Moves everything of `goingId` to `stayingId` and fills only what is empty there; both must be locked with their identities. */
export async function mergeCustomers(
  client: pg.ClientBase,
  { stayingId, goingId, now }: { stayingId: string; goingId: string; now: Date },
): Promise<void> {
  await client.query(FILL, [stayingId, goingId, now]);
  await client.query(END_SECOND_ENROLMENTS, [stayingId, goingId, now]);
  await client.query(MOVE_SUBJECT, [stayingId, goingId]);
  for (const table of tablesOfCustomer) {
    await client.query(`UPDATE ${table} SET customer_id = $1 WHERE customer_id = $2`, [stayingId, goingId]);
  }
  await client.query(MOVE_COUNTERS, [stayingId, goingId]);
  await client.query(MOVE_MONTHS, [stayingId, goingId]);
  // Whether the one person fulfils a segment's condition is asked anew, because the merge is told to the ledger.
  for (const table of ['usage_counters', 'usage_months', 'segment_members']) {
    await client.query(`DELETE FROM ${table} WHERE customer_id = $1`, [goingId]);
  }
  await client.query('DELETE FROM customers WHERE id = $1', [goingId]);
}
