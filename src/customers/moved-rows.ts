// Rows that change their customer, and the usage that two records share; for merging and for parting again.
import type pg from 'pg';
import { z } from 'zod';

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
  'notes',
  'tasks',
  'subscription_changes',
  'enrolment_steps',
  'journey_signals',
  'outgoing_events',
  'privacy_requests',
] as const;
export type TableOfCustomer = (typeof tablesOfCustomer)[number];

/** Moved by rules of their own, or kept as they are: what staff did stays written as it was done. */
export const otherTablesOfCustomer = [
  'usage_counters',
  'usage_months',
  'segment_members',
  'audit_entries',
  'failed_plans',
] as const;

const keyOf = (table: TableOfCustomer) => (table === 'usage_events' ? 'idempotency_key' : 'id');

/** Answers the keys of the rows that moved. */
export async function moveRows(
  client: pg.ClientBase,
  table: TableOfCustomer,
  { from, to }: { from: string; to: string },
): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    `UPDATE ${table} SET customer_id = $1 WHERE customer_id = $2 RETURNING ${keyOf(table)}::text AS key`,
    [to, from],
  );
  return rows.map((row) => row.key);
}

/** Only those named that still belong to `from`; answers how many. */
export async function moveRowsBack(
  client: pg.ClientBase,
  table: TableOfCustomer,
  { from, to, keys }: { from: string; to: string; keys: readonly string[] },
): Promise<number> {
  if (keys.length === 0) return 0;
  const key = keyOf(table);
  const type = table === 'touchpoints' || table === 'journey_signals' ? 'bigint' : key === 'id' ? 'uuid' : 'text';
  const { rowCount } = await client.query(
    `UPDATE ${table} SET customer_id = $1 WHERE customer_id = $2 AND ${key} = ANY($3::${type}[])`,
    [to, from, keys],
  );
  return rowCount ?? 0;
}

// Two enrolments of one customer in one journey become one; whichever the staying one has goes on.
const LEAVE_DOUBLES = `
UPDATE enrolments e SET status = 'left', reason = 'Hai hồ sơ đã gộp làm một.', ended_at = $3
WHERE e.subject_kind = 'customer' AND e.subject_id = $2 AND e.status = 'active' AND EXISTS (
  SELECT 1 FROM enrolments o WHERE o.subject_id = $1 AND o.journey = e.journey AND o.status = 'active')`;

/** Enrolments that are about the customer as such, not about a subscription, order or case. */
export async function moveOwnEnrolments(
  client: pg.ClientBase,
  { from, to, now }: { from: string; to: string; now: Date },
): Promise<void> {
  await client.query(LEAVE_DOUBLES, [to, from, now]);
  await client.query(
    `UPDATE enrolments SET subject_id = $1 WHERE subject_kind = 'customer' AND subject_id = $2 AND customer_id = $1`,
    [to, from],
  );
}

export const keptUsage = z.object({ counters: z.array(z.unknown()), months: z.array(z.unknown()) });
export type KeptUsage = z.infer<typeof keptUsage>;

export async function readKeptUsage(client: pg.ClientBase, customerId: string): Promise<KeptUsage> {
  const { rows } = await client.query(
    `SELECT coalesce((SELECT jsonb_agg(to_jsonb(u)) FROM usage_counters u WHERE customer_id = $1), '[]') AS counters,
       coalesce((SELECT jsonb_agg(to_jsonb(m)) FROM usage_months m WHERE customer_id = $1), '[]') AS months`,
    [customerId],
  );
  return keptUsage.parse(rows[0]);
}

const JOIN_COUNTERS = `
INSERT INTO usage_counters (customer_id, metric, value, at)
SELECT $1, metric, value, at FROM usage_counters WHERE customer_id = $2
ON CONFLICT (customer_id, metric) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE usage_counters.at < excluded.at`;

const JOIN_MONTHS = `
INSERT INTO usage_months (customer_id, metric, month, total, events, last_value, last_at)
SELECT $1, metric, month, total, events, last_value, last_at FROM usage_months WHERE customer_id = $2
ON CONFLICT (customer_id, metric, month) DO UPDATE SET total = usage_months.total + excluded.total,
  events = usage_months.events + excluded.events, last_at = greatest(usage_months.last_at, excluded.last_at),
  last_value = CASE WHEN usage_months.last_at < excluded.last_at THEN excluded.last_value ELSE usage_months.last_value END`;

/** Of each metric the newest value holds; months add up. */
export async function joinUsage(client: pg.ClientBase, stayingId: string, goingId: string): Promise<void> {
  await client.query(JOIN_COUNTERS, [stayingId, goingId]);
  await client.query(JOIN_MONTHS, [stayingId, goingId]);
}

// A value that is still the one which came with the other goes back with it; one reported since is the staying one's own.
const PART_COUNTERS = `
WITH g AS (SELECT * FROM jsonb_populate_recordset(null::usage_counters, $2)),
s AS (SELECT * FROM jsonb_populate_recordset(null::usage_counters, $3)),
gone AS (
  DELETE FROM usage_counters u USING g WHERE u.customer_id = $1 AND u.metric = g.metric AND u.at = g.at AND u.value = g.value
    AND NOT EXISTS (SELECT 1 FROM s WHERE s.metric = g.metric)
), old AS (
  UPDATE usage_counters u SET value = s.value, at = s.at FROM g JOIN s ON s.metric = g.metric
  WHERE u.customer_id = $1 AND u.metric = g.metric AND u.at = g.at AND u.value = g.value
)
INSERT INTO usage_counters SELECT * FROM g`;

const PART_MONTHS = `
WITH g AS (SELECT * FROM jsonb_populate_recordset(null::usage_months, $2)),
s AS (SELECT * FROM jsonb_populate_recordset(null::usage_months, $3)),
less AS (
  UPDATE usage_months m SET total = m.total - g.total, events = m.events - g.events,
    last_value = CASE WHEN m.last_at = g.last_at THEN coalesce(s.last_value, m.last_value) ELSE m.last_value END,
    last_at = CASE WHEN m.last_at = g.last_at THEN coalesce(s.last_at, m.last_at) ELSE m.last_at END
  FROM g LEFT JOIN s ON s.metric = g.metric AND s.month = g.month
  WHERE m.customer_id = $1 AND m.metric = g.metric AND m.month = g.month
)
INSERT INTO usage_months SELECT * FROM g`;

/** Each has again what was theirs; what was reported since stays with the staying one. */
export async function partUsage(
  client: pg.ClientBase,
  stayingId: string,
  kept: { staying: KeptUsage; going: KeptUsage },
): Promise<void> {
  const { staying, going } = kept;
  await client.query(PART_COUNTERS, [stayingId, JSON.stringify(going.counters), JSON.stringify(staying.counters)]);
  await client.query(PART_MONTHS, [stayingId, JSON.stringify(going.months), JSON.stringify(staying.months)]);
  await client.query('DELETE FROM usage_months WHERE customer_id = $1 AND events <= 0', [stayingId]);
}
