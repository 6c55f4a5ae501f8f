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

/** Moves everything of `goingId` to `stayingId` and fills only what is empty there; both must be locked with their identities. */
export async function mergeCustomers(
  client: pg.ClientBase,
  { stayingId, goingId, now }: { stayingId: string; goingId: string; now: Date },
): Promise<void> {
  await client.query(FILL, [stayingId, goingId, now]);
  for (const table of tablesOfCustomer) {
    await client.query(`UPDATE ${table} SET customer_id = $1 WHERE customer_id = $2`, [stayingId, goingId]);
  }
  await client.query(MOVE_COUNTERS, [stayingId, goingId]);
  await client.query('DELETE FROM usage_counters WHERE customer_id = $1', [goingId]);
  await client.query('DELETE FROM customers WHERE id = $1', [goingId]);
}
