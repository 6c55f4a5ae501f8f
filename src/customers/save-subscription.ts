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
  /** Plans what hangs on the dates: enrolments move or are cancelled with them. */
  onSubscriptionSaved: (client: pg.PoolClient, saved: { subscriptionId: string }) => Promise<void>;
};

type Row = Omit<StoredSubscription, 'customer' | 'createdAt' | 'updatedAt'>;

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
  const row = merged(deps, before, externalId, customerId, fields);
  if (row.startedAt && row.expiresAt && row.expiresAt <= row.startedAt) {
    throw new HttpError(422, 'expires_before_start', 'expiresAt must be later than startedAt.');
  }
  const changed = before === null ? [] : namesOfChanges(before, row);
  if (before !== null && changed.length === 0) return 'unchanged';
  await upsert(client, row, deps.clock.now());
  await tellLedger(deps, client, before, row, changed);
  await deps.onSubscriptionSaved(client, { subscriptionId: row.id });
  return before === null ? 'created' : 'changed';
}

async function tellLedger(
  deps: SaveSubscriptionDeps,
  client: pg.ClientBase,
  before: StoredSubscription | null,
  row: Row,
  fields: string[],
): Promise<void> {
  const now = deps.clock.now();
  const { customerId, status, externalId: subscription } = row;
  const data = { subscription, isNew: before === null, fields, status };
  await writeTouchpoints(client, [
    { at: now, kind: 'subscription_saved', customerId, data },
    ...(await recordChanges(deps, client, before, row, now)),
  ]);
}

function merged(
  { newId, timeZone }: SaveSubscriptionDeps,
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
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
ON CONFLICT (external_id) DO UPDATE SET customer_id = excluded.customer_id, product = excluded.product, plan = excluded.plan,
  value = excluded.value, status = excluded.status, started_at = excluded.started_at, expires_at = excluded.expires_at,
  owner = excluded.owner, updated_at = excluded.updated_at`;

async function upsert(client: pg.ClientBase, row: Row, now: Date): Promise<void> {
  await client.query(UPSERT, [
    row.id,
    row.externalId,
    row.customerId,
    row.product,
    row.plan,
    row.value,
    row.status,
    row.startedAt,
    row.expiresAt,
    row.owner,
    now,
  ]);
  // A subscription that moves to another customer takes its plans along.
  await client.query(
    `WITH moved AS (UPDATE enrolments SET customer_id = $2 WHERE subject_id = $1 AND customer_id <> $2 RETURNING id)
     UPDATE enrolment_steps s SET customer_id = $2 FROM moved WHERE s.enrolment_id = moved.id`,
    [row.id, row.customerId],
  );
}
