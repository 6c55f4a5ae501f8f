// New subscriptions of an import by one statement: what `saveSubscription` does for one that begins active, many at once.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { type SubscriptionFields, subscriptionFields } from '../customers/subscription-schema.ts';
import { readMomentChange } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { GoodRow } from './build-row.ts';

type Deps = { clock: Clock; newId: NewId; timeZone: string };

const INSERT = `
WITH stored AS (
  INSERT INTO subscriptions (id, external_id, customer_id, product, plan, value, status, started_at, expires_at, owner, created_at, updated_at)
  SELECT t.id, t.external_id, c.id, t.product, t.plan, t.value, 'active', t.started_at, t.expires_at, t.owner, $2, $2
  FROM json_to_recordset($1::json) AS t(id uuid, change_id uuid, external_id text, customer text, product text, plan text,
    value bigint, started_at timestamptz, expires_at timestamptz, owner text)
  JOIN customers c ON c.external_id = t.customer ORDER BY t.external_id
  ON CONFLICT (external_id) DO NOTHING RETURNING id, external_id, customer_id
), told AS (
  INSERT INTO subscription_changes (id, subscription_id, customer_id, kind, before, after, at)
  SELECT t.change_id, s.id, s.customer_id, 'activated', NULL, t.state, t.activated_at
  FROM json_to_recordset($1::json) AS t(change_id uuid, external_id text, state jsonb, activated_at timestamptz)
  JOIN stored s ON s.external_id = t.external_id
)
SELECT external_id, customer_id FROM stored`;

/** Their customers exist. Answers the keys that are new now; those with more to them go row by row. */
export async function insertSubscriptions(
  deps: Deps,
  client: pg.ClientBase,
  rows: readonly GoodRow[],
): Promise<Set<string>> {
  const now = deps.clock.now();
  const records = new Map(rows.flatMap(({ key, body }) => recordOf(deps, now, key, subscriptionFields.parse(body))));
  if (records.size === 0) return new Set();
  const { rows: stored } = await client.query<{ external_id: string; customer_id: string }>(INSERT, [
    JSON.stringify([...records.values()]),
    now,
  ]);
  await writeTouchpoints(
    client,
    stored.flatMap(({ external_id, customer_id }) => {
      const record = records.get(external_id);
      return record ? touchpointsOf(record, customer_id, now) : [];
    }),
  );
  return new Set(stored.map((row) => row.external_id));
}

/** Empty for what is not plain: another state, no product, dates that contradict each other. */
function recordOf({ newId, timeZone }: Deps, now: Date, key: string, fields: SubscriptionFields) {
  const { customer, product, plan = null, value = null, status = 'active', owner = null } = fields;
  const startedAt = readMomentChange(fields.startedAt, timeZone) ?? null;
  const expiresAt = readMomentChange(fields.expiresAt, timeZone) ?? null;
  if (product === undefined || status !== 'active' || (startedAt && expiresAt && expiresAt <= startedAt)) return [];
  const record = {
    id: newId(),
    change_id: newId(),
    external_id: key,
    customer,
    product,
    plan,
    value,
    started_at: startedAt,
    expires_at: expiresAt,
    owner,
    state: { product, plan, value, status, startedAt, expiresAt },
    // One that began long ago is told with its own date, so that its care does not begin anew.
    activated_at: startedAt !== null && startedAt < now ? startedAt : now,
  };
  return [[key, record] as const];
}

type SubscriptionRecord = Extract<ReturnType<typeof recordOf>[number], readonly [string, unknown]>[1];

function touchpointsOf(record: SubscriptionRecord, customerId: string, now: Date): Touchpoint[] {
  const { external_id: subscription, state } = record;
  const { product, plan, status, startedAt, expiresAt } = state;
  return [
    { at: now, kind: 'subscription_saved', customerId, data: { subscription, isNew: true, fields: [], status } },
    {
      at: record.activated_at,
      kind: 'subscription_activated',
      customerId,
      data: { subscription, product, plan, from: null, to: status, startedAt, expiresAt },
    },
  ];
}
