// PUT of a subscription: what was sent is set; whoever plans by its dates is told in the same transaction.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import type { Saved } from '../http/batch-schema.ts';
import { readMomentChange } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { requireCustomerId } from './read-customer.ts';
import { answerOfSubscription, findSubscription, type StoredSubscription } from './read-subscription.ts';
import { type ChangeDeps, recordChanges } from './record-changes.ts';
import type { SubscriptionAnswer, SubscriptionFields } from './subscription-schema.ts';

export type SaveSubscriptionDeps = ChangeDeps & {
  clock: Clock;
  newId: NewId;
  timeZone: string;
  /** What already runs because of them looks again, in the same transaction. */
  onSubscriptionsSaved: (client: pg.PoolClient, subscriptionIds: readonly string[]) => Promise<void>;
};

type Row = Omit<StoredSubscription, 'customer' | 'createdAt' | 'updatedAt'>;
/** As it was, as it shall be, and the names of the fields that differ. */
export type SubscriptionChange = { before: StoredSubscription | null; row: Row; fields: string[] };

/** In the caller's transaction. Throws unknown_customer, product_missing, expires_before_start. */
export async function saveSubscription(
  deps: SaveSubscriptionDeps,
  client: pg.PoolClient,
  externalId: string,
  fields: SubscriptionFields,
): Promise<SubscriptionAnswer> {
  await writeSubscription(deps, client, externalId, fields);
  const saved = await findSubscription(client, externalId);
  if (!saved) throw new Error('A subscription vanished while its row was locked.');
  return answerOfSubscription(saved);
}

/** The same without reading the subscription back: for batches and imports. */
export async function writeSubscription(
  deps: SaveSubscriptionDeps,
  client: pg.PoolClient,
  externalId: string,
  fields: SubscriptionFields,
): Promise<Saved> {
  await lockName(client, `subscription:${externalId}`);
  const customerId = await requireCustomerId(client, fields.customer);
  const before = await findSubscription(client, externalId, { lock: true });
  const change = changeOfSubscription(deps, before, externalId, customerId, fields);
  if (endsTooEarly(change)) {
    throw new HttpError(422, 'expires_before_start', 'expiresAt must be later than startedAt.');
  }
  if (before !== null && change.fields.length === 0) return 'unchanged';
  await storeSubscriptions(deps, client, [change]);
  return before === null ? 'created' : 'changed';
}

export function endsTooEarly({ row: { startedAt, expiresAt } }: SubscriptionChange): boolean {
  return startedAt !== null && expiresAt !== null && expiresAt <= startedAt;
}

/** What was sent over what is stored; throws product_missing. Pure but for the id of a new one. */
export function changeOfSubscription(
  deps: Pick<SaveSubscriptionDeps, 'newId' | 'timeZone'>,
  before: StoredSubscription | null,
  externalId: string,
  customerId: string,
  fields: SubscriptionFields,
): SubscriptionChange {
  const row = merged(deps, before, externalId, customerId, fields);
  return { before, row, fields: before === null ? [] : namesOfChanges(before, row) };
}

/** Any number by the same few statements: their rows, their history, the ledger, and whoever plans by them. */
export async function storeSubscriptions(
  deps: SaveSubscriptionDeps,
  client: pg.PoolClient,
  changes: readonly SubscriptionChange[],
): Promise<void> {
  const now = deps.clock.now();
  await upsert(
    client,
    changes.map(({ row }) => row),
    now,
  );
  const pairs = changes.map(({ before, row }) => ({ before, after: row }));
  const told = await recordChanges(deps, client, pairs, now);
  await writeTouchpoints(
    client,
    changes.flatMap(({ before, row, fields }) => {
      const { customerId, status, externalId: subscription } = row;
      const data = { subscription, isNew: before === null, fields, status };
      return [{ at: now, kind: 'subscription_saved' as const, customerId, data }, ...(told.get(row.id) ?? [])];
    }),
  );
  await deps.onSubscriptionsSaved(
    client,
    changes.map(({ row }) => row.id),
  );
}

function merged(
  { newId, timeZone }: Pick<SaveSubscriptionDeps, 'newId' | 'timeZone'>,
  before: StoredSubscription | null,
  externalId: string,
  customerId: string,
  fields: SubscriptionFields,
): Row {
  const product = fields.product ?? before?.product;
  if (product === undefined) {
    throw new HttpError(422, 'product_missing', `Subscription "${externalId}" is new: send its product as well.`);
  }
  const value = fields.value === undefined ? undefined : (fields.value?.toString() ?? null);
  return {
    id: before?.id ?? newId(),
    externalId,
    customerId,
    product,
    plan: given(fields.plan, before?.plan),
    value: given(value, before?.value),
    status: fields.status ?? before?.status ?? 'active',
    startedAt: given(readMomentChange(fields.startedAt, timeZone), before?.startedAt),
    expiresAt: given(readMomentChange(fields.expiresAt, timeZone), before?.expiresAt),
    owner: given(fields.owner, before?.owner),
  };
}

/** undefined = leave as it was; null = clear. */
function given<T>(sent: T | null | undefined, before: T | null | undefined): T | null {
  return sent === undefined ? (before ?? null) : sent;
}

function namesOfChanges(before: StoredSubscription, after: Row): string[] {
  const names = ['customerId', 'product', 'plan', 'value', 'status', 'startedAt', 'expiresAt', 'owner'] as const;
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

const UPSERT = `
INSERT INTO subscriptions (id, external_id, customer_id, product, plan, value, status, started_at, expires_at, owner, created_at, updated_at)
SELECT id, "externalId", "customerId", product, plan, value, status, "startedAt", "expiresAt", owner, $2, $2
FROM json_to_recordset($1::json) AS t(id uuid, "externalId" text, "customerId" uuid, product text, plan text, value bigint,
  status text, "startedAt" timestamptz, "expiresAt" timestamptz, owner text)
ON CONFLICT (external_id) DO UPDATE SET customer_id = excluded.customer_id, product = excluded.product, plan = excluded.plan,
  value = excluded.value, status = excluded.status, started_at = excluded.started_at, expires_at = excluded.expires_at,
  owner = excluded.owner, updated_at = excluded.updated_at`;

/** A subscription that moves to another customer takes its plans along. */
const MOVE_PLANS = `
WITH moved AS (
  UPDATE enrolments e SET customer_id = t.customer FROM unnest($1::uuid[], $2::uuid[]) AS t(subject, customer)
  WHERE e.subject_id = t.subject AND e.customer_id <> t.customer RETURNING e.id, e.customer_id)
UPDATE enrolment_steps s SET customer_id = moved.customer_id FROM moved WHERE s.enrolment_id = moved.id`;

async function upsert(client: pg.ClientBase, rows: readonly Row[], now: Date): Promise<void> {
  await client.query(UPSERT, [JSON.stringify(rows), now]);
  await client.query(MOVE_PLANS, [rows.map(({ id }) => id), rows.map(({ customerId }) => customerId)]);
}
