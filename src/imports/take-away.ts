// What an import created goes again, unless something else hangs on it by now: then it stays, and its row says what.
import type pg from 'pg';
import { saveSubscription } from '../customers/save-subscription.ts';
import { subscriptionFields } from '../customers/subscription-schema.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { ApplyDeps } from './apply-batch.ts';
import type { ImportKind } from './import-kinds.ts';
import type { Values } from './stored-states.ts';

export type Created = { key: string; id: string; values: Values };
type Work = { importId: string; kind: ImportKind };

/** null = it is gone, or ended; else why it stays. */
export async function takeAway(
  deps: ApplyDeps,
  client: pg.PoolClient,
  work: Work,
  created: Created,
): Promise<string | null> {
  switch (work.kind) {
    case 'customers':
      return await removeCustomer(client, created.id);
    case 'subscriptions':
      return await removeSubscription(deps, client, work, created);
    case 'orders':
      return await removeOrder(deps, client, work, created);
    case 'usage':
      return await removeUsage(deps, client, created);
  }
}

const HANGING: Record<string, string> = {
  subscriptions: 'hợp đồng',
  orders: 'đơn hàng',
  usage_events: 'lượng dùng',
  channel_identities: 'định danh trên kênh chat',
  conversations: 'hội thoại',
  outbound_messages: 'tin đã gửi',
  offer_issues: 'ưu đãi',
  survey_answers: 'khảo sát',
  cases: 'phiếu xử lý',
  tasks: 'việc của nhân viên',
  training_bookings: 'lịch đào tạo',
  privacy_requests: 'yêu cầu về dữ liệu',
};

const HANGS = Object.entries(HANGING)
  .map(([table, title]) => `SELECT '${title}' AS title WHERE EXISTS (SELECT 1 FROM ${table} WHERE customer_id = $1)`)
  .join(' UNION ALL ');

const STARTED = `
SELECT 1 FROM enrolments e JOIN enrolment_steps s ON s.enrolment_id = e.id
WHERE e.subject_id = $1 AND s.status NOT IN ('planned', 'cancelled') LIMIT 1`;

async function removeCustomer(client: pg.ClientBase, id: string): Promise<string | null> {
  await client.query('SELECT 1 FROM customers WHERE id = $1 FOR UPDATE', [id]);
  const { rows } = await client.query<{ title: string }>(HANGS, [id]);
  if (rows.length > 0) return `Khách này đã có ${rows.map(({ title }) => title).join(', ')}, nên giữ lại.`;
  if ((await client.query(STARTED, [id])).rows.length > 0) return 'Khách này đã được chăm sóc, nên giữ lại.';
  for (const table of [
    'enrolment_steps',
    'enrolments',
    'segment_members',
    'journey_signals',
    'consents',
    'usage_months',
  ]) {
    await client.query(`DELETE FROM ${table} WHERE customer_id = $1`, [id]);
  }
  await client.query('DELETE FROM usage_counters WHERE customer_id = $1', [id]);
  await client.query('DELETE FROM customers WHERE id = $1', [id]);
  return null;
}

const CANCEL = `
WITH ended AS (
  UPDATE enrolments SET status = 'cancelled', reason = 'import_undone', ended_at = $2
  WHERE subject_id = $1 AND status = 'active' RETURNING id
)
UPDATE enrolment_steps s SET status = 'cancelled', reason = 'import_undone', decided_at = $2
FROM ended WHERE s.enrolment_id = ended.id AND s.status = 'planned'`;

/** What was said because of it stays known: then it ends instead of vanishing. */
async function removeSubscription(
  deps: ApplyDeps,
  client: pg.PoolClient,
  work: Work,
  { key, id, values }: Created,
): Promise<string | null> {
  const used = await client.query(
    `SELECT 1 WHERE EXISTS (SELECT 1 FROM orders WHERE subscription_id = $1) OR EXISTS (SELECT 1 FROM offer_issues WHERE subscription_id = $1)
       OR EXISTS (SELECT 1 FROM tasks WHERE subscription_id = $1) OR EXISTS (${STARTED})`,
    [id],
  );
  if (used.rows.length > 0) {
    const ended = subscriptionFields.parse({ customer: values.customer, status: 'cancelled' });
    await saveSubscription(deps, client, key, ended);
    return 'Đã có đơn hàng, ưu đãi hoặc tin đi theo hợp đồng này: chuyển sang đã hủy thay vì xóa.';
  }
  await client.query(CANCEL, [id, deps.clock.now()]);
  await tell(deps, client, work, { customer: values.customer, key });
  await client.query('DELETE FROM subscription_changes WHERE subscription_id = $1', [id]);
  await client.query('DELETE FROM subscriptions WHERE id = $1', [id]);
  return null;
}

async function removeOrder(
  deps: ApplyDeps,
  client: pg.ClientBase,
  work: Work,
  { key, id, values }: Created,
): Promise<string | null> {
  const used = await client.query(
    `SELECT 1 FROM orders WHERE id = $1 AND (offer_issue_id IS NOT NULL OR EXISTS (SELECT 1 FROM orders r WHERE r.refund_of = $2))`,
    [id, key],
  );
  if (used.rows.length > 0) return 'Đơn này đã gắn với ưu đãi hoặc đã có hoàn tiền, nên giữ lại.';
  if ((await client.query(STARTED, [id])).rows.length > 0) return 'Đơn này đã có tin chăm sóc gửi theo, nên giữ lại.';
  await client.query(CANCEL, [id, deps.clock.now()]);
  await tell(deps, client, work, { customer: values.customer, key });
  await client.query('DELETE FROM orders WHERE id = $1', [id]);
  return null;
}

/** Journeys look at the customer again; the ledger keeps that something was taken back. */
async function tell(
  { clock }: ApplyDeps,
  client: pg.ClientBase,
  { importId, kind }: Work,
  { customer, key }: { customer: unknown; key: string },
): Promise<void> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [customer]);
  const data = { isNew: false, fields: [], undone: { import: importId, kind, key } };
  await writeTouchpoints(
    client,
    rows.map(({ id }) => ({ at: clock.now(), kind: 'customer_saved', customerId: id, data })),
  );
}

// The counters follow the events that are left.
const REMOVE_USAGE = `
WITH gone AS (
  DELETE FROM usage_events WHERE idempotency_key = $1 RETURNING customer_id, metric, at
), left_over AS (
  SELECT u.customer_id, u.metric, u.value, u.at FROM usage_events u JOIN gone USING (customer_id, metric)
  WHERE u.idempotency_key <> $1
), latest AS (
  SELECT DISTINCT ON (customer_id, metric) * FROM left_over ORDER BY customer_id, metric, at DESC
), months AS (
  SELECT g.customer_id, g.metric, date_trunc('month', g.at AT TIME ZONE $2)::date AS month FROM gone g
), summed AS (
  SELECT m.customer_id, m.metric, m.month, sum(l.value) AS total, count(*)::int AS events,
    (array_agg(l.value ORDER BY l.at DESC))[1] AS last_value, max(l.at) AS last_at
  FROM months m JOIN left_over l ON l.customer_id = m.customer_id AND l.metric = m.metric
    AND date_trunc('month', l.at AT TIME ZONE $2)::date = m.month
  GROUP BY 1, 2, 3
), counted AS (
  UPDATE usage_counters c SET value = l.value, at = l.at FROM latest l WHERE c.customer_id = l.customer_id AND c.metric = l.metric
), uncounted AS (
  DELETE FROM usage_counters c USING gone g WHERE c.customer_id = g.customer_id AND c.metric = g.metric
    AND NOT EXISTS (SELECT 1 FROM latest l WHERE l.metric = g.metric)
), told AS (
  UPDATE usage_months u SET total = s.total, events = s.events, last_value = s.last_value, last_at = s.last_at
  FROM summed s WHERE u.customer_id = s.customer_id AND u.metric = s.metric AND u.month = s.month
), untold AS (
  DELETE FROM usage_months u USING months m WHERE u.customer_id = m.customer_id AND u.metric = m.metric AND u.month = m.month
    AND NOT EXISTS (SELECT 1 FROM summed)
)
SELECT customer_id, metric FROM gone`;

async function removeUsage(deps: ApplyDeps, client: pg.ClientBase, { key }: Created): Promise<string | null> {
  const { rows } = await client.query<{ customer_id: string; metric: string }>(REMOVE_USAGE, [key, deps.timeZone]);
  await writeTouchpoints(
    client,
    rows.map(({ customer_id, metric }) => ({
      at: deps.clock.now(),
      kind: 'usage_recorded',
      customerId: customer_id,
      data: { metrics: [metric], items: -1 },
    })),
  );
  return null;
}
