// Dates that make flows due: for every date rule of every published flow, one enrolment per subscription and date.
// When the date moves, what was planned moves with it; when the subscription ends, it is cancelled.
import type pg from 'pg';
import { SAME_OCCASION_MS } from '../conversations/date-anchor.ts';
import type { Scripts } from '../flow-library/published-flow.ts';
import { type DateEntry, dueOfEntry } from '../flows/compile-entries.ts';
import type { NewId } from '../ids.ts';

export type PlanDeps = { scripts: Scripts; now: Date; newId: NewId; timeZone: string };

type Row = { id: string; customer_id: string; status: string; started_at: Date | null; expires_at: Date | null };
type Started = { flow: string; entry: string; subscription_id: string; anchor_at: Date };

/** Plans for the subscriptions named, in the caller's transaction. */
export async function planEnrolments(client: pg.ClientBase, deps: PlanDeps, subscriptionIds: string[]): Promise<void> {
  const { rows } = await client.query<Row>(
    'SELECT id, customer_id, status, started_at, expires_at FROM subscriptions WHERE id = ANY($1::uuid[]) FOR UPDATE',
    [subscriptionIds],
  );
  const started = await client.query<Started>(
    `SELECT flow, entry, subscription_id, anchor_at FROM enrolments WHERE subscription_id = ANY($1::uuid[]) AND status IN ('started', 'due')`,
    [subscriptionIds],
  );
  const wanted = rows.flatMap((row) => wantedOf(row, deps, started.rows));
  await client.query(CANCEL, [subscriptionIds, JSON.stringify(wanted)]);
  await client.query(INSERT, [JSON.stringify(wanted)]);
}

const CANCEL = `
UPDATE enrolments e SET status = 'cancelled', reason = 'Ngày hoặc trạng thái của gói đã đổi.'
WHERE e.subscription_id = ANY($1::uuid[]) AND e.status = 'planned' AND NOT EXISTS (
  SELECT 1 FROM json_to_recordset($2::json) AS t(flow text, entry text, subscription_id uuid, anchor_at timestamptz)
  WHERE t.flow = e.flow AND t.entry = e.entry AND t.subscription_id = e.subscription_id AND t.anchor_at = e.anchor_at)`;

const INSERT = `
INSERT INTO enrolments (id, flow, entry, customer_id, subscription_id, anchor_at, due_at, status)
SELECT id, flow, entry, customer_id, subscription_id, anchor_at, due_at, 'planned'
FROM json_to_recordset($1::json) AS t(id uuid, flow text, entry text, customer_id uuid, subscription_id uuid, anchor_at timestamptz, due_at timestamptz)
ON CONFLICT (flow, entry, subscription_id, anchor_at) DO UPDATE SET status = 'planned', due_at = excluded.due_at, reason = NULL
WHERE enrolments.status IN ('planned', 'cancelled')`;

function wantedOf(row: Row, deps: PlanDeps, started: Started[]) {
  if (!['active', 'trial'].includes(row.status)) return [];
  return dateEntries(deps.scripts).flatMap(({ flow, entry }) => {
    const anchor = entry.of === 'subscription.started_at' ? row.started_at : row.expires_at;
    if (anchor === null || hadOccasion(started, flow, entry.id, row.id, anchor)) return [];
    const { dueMs, untilMs } = dueOfEntry(entry, anchor, deps.timeZone);
    if (untilMs < deps.now.getTime()) return [];
    const due = { due_at: new Date(dueMs), anchor_at: anchor };
    return [{ id: deps.newId(), flow, entry: entry.id, customer_id: row.customer_id, subscription_id: row.id, ...due }];
  });
}

export function dateEntries(scripts: Scripts): { flow: string; entry: DateEntry }[] {
  return [...scripts.active].flatMap(([flow, published]) =>
    published.flow.entries.flatMap((entry) => (entry.on === 'date' ? [{ flow, entry }] : [])),
  );
}

function hadOccasion(started: Started[], flow: string, entry: string, subscriptionId: string, anchor: Date): boolean {
  return started.some(
    (one) =>
      one.flow === flow &&
      one.entry === entry &&
      one.subscription_id === subscriptionId &&
      Math.abs(one.anchor_at.getTime() - anchor.getTime()) < SAME_OCCASION_MS,
  );
}
