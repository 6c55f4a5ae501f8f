// What a change of a subscription meant, kept as history and told to the ledger, from which journeys begin.
import type pg from 'pg';
import { hashId, type NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import type { TouchpointKind } from '../ledger/touchpoint-schema.ts';
import {
  type ChangeHistory,
  type ChangeKind,
  changesOf,
  isEnded,
  type PlanRank,
  type SubscriptionState,
} from './subscription-change.ts';

export type ChangeDeps = { newId: NewId; planRank: PlanRank };
export type ChangedSubscription = SubscriptionState & { id: string; externalId: string; customerId: string };

/** One subscription as it was and as it is; null = it is new. */
export type ChangedPair = { before: ChangedSubscription | null; after: ChangedSubscription };

const HISTORY = `
SELECT t.id, coalesce(bool_or(k.kind IN ('activated', 'renewed', 'resumed')), false) AS was_active,
  coalesce(bool_or(k.id = t.expiry), false) AS has_expired
FROM unnest($1::uuid[], $2::uuid[]) AS t(id, expiry) LEFT JOIN subscription_changes k ON k.subscription_id = t.id
GROUP BY t.id`;

/** In the transaction that saves them. Answers the ledger rows of each by its id, in the order in which they should stand. */
export async function recordChanges(
  deps: ChangeDeps,
  client: pg.ClientBase,
  pairs: readonly ChangedPair[],
  now: Date,
): Promise<Map<string, Touchpoint[]>> {
  const histories = await readHistories(
    client,
    pairs.flatMap(({ before }) => (before === null ? [] : [before])),
  );
  const found = pairs.map((pair) => ({ pair, changes: changesIn(deps, pair, histories, now) }));
  const stored = await store(
    client,
    found.flatMap(({ changes }) => changes),
  );
  return new Map(
    found.map(({ pair, changes }) => {
      const kept = changes.filter(({ id }) => stored.has(id));
      return [pair.after.id, touchpointsOf(pair, kept, histories.get(pair.after.id))];
    }),
  );
}

function changesIn(
  { newId, planRank }: ChangeDeps,
  { before, after }: ChangedPair,
  histories: ReadonlyMap<string, ChangeHistory>,
  now: Date,
): Change[] {
  const history = histories.get(after.id) ?? { hasBeenActive: false, hasExpired: false };
  return changesOf(before, after, history, planRank).map((kind) => ({
    id: kind === 'expired' ? expiryId(after) : newId(),
    kind,
    before,
    after,
    at: kind === 'activated' ? activatedAt(before, after, now) : now,
  }));
}

/** An end is told once, however many reasons for it come later. */
function touchpointsOf(
  { before, after }: ChangedPair,
  changes: readonly Change[],
  history: ChangeHistory | undefined,
): Touchpoint[] {
  const wasEnded = before !== null && (isEnded(before.status) || history?.hasExpired === true);
  return changes.flatMap(({ kind, at }): Touchpoint[] => {
    const told = ledgerKinds[kind];
    if (told === undefined || (told === 'subscription_ended' && wasEnded)) return [];
    const { customerId } = after;
    return [{ at, kind: told, customerId, reason: reasons[kind] ?? null, data: dataOf(kind, before, after) }];
  });
}

/** One per subscription and date, however often it is noticed. */
export function expiryId({ id, expiresAt }: { id: string; expiresAt: Date | null }): string {
  return hashId('subscription expired', id, expiresAt?.toISOString() ?? '');
}

const ledgerKinds: Partial<Record<ChangeKind, TouchpointKind>> = {
  activated: 'subscription_activated',
  renewed: 'subscription_renewed',
  upgraded: 'subscription_upgraded',
  cancelled: 'subscription_ended',
  refunded: 'subscription_ended',
  expired: 'subscription_ended',
};

const reasons: Partial<Record<ChangeKind, string>> = {
  cancelled: 'Khách huỷ gói.',
  refunded: 'Gói đã hoàn tiền.',
  expired: 'Gói hết hạn.',
};

async function readHistories(
  client: pg.ClientBase,
  before: readonly ChangedSubscription[],
): Promise<Map<string, ChangeHistory>> {
  if (before.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; was_active: boolean; has_expired: boolean }>(HISTORY, [
    before.map(({ id }) => id),
    before.map(expiryId),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    before.map(({ id, status }) => {
      const row = byId.get(id);
      // Those that were stored before there was a history have been active when they are no trial.
      const hasBeenActive = row?.was_active === true || status === 'active' || isEnded(status);
      return [id, { hasBeenActive, hasExpired: row?.has_expired === true }];
    }),
  );
}

/** A subscription that is told late began when it says; its care must not begin anew. */
function activatedAt(before: ChangedSubscription | null, after: ChangedSubscription, now: Date): Date {
  const isTold = before === null || before.startedAt?.getTime() !== after.startedAt?.getTime();
  return isTold && after.startedAt !== null && after.startedAt < now ? after.startedAt : now;
}

type Change = {
  id: string;
  kind: ChangeKind;
  before: ChangedSubscription | null;
  after: ChangedSubscription;
  at: Date;
};

const STORE = `
INSERT INTO subscription_changes (id, subscription_id, customer_id, kind, before, after, at)
SELECT id, subscription_id, customer_id, kind, before, after, at FROM json_to_recordset($1::json) AS t(id uuid,
  subscription_id uuid, customer_id uuid, kind text, before jsonb, after jsonb, at timestamptz)
ON CONFLICT (id) DO NOTHING RETURNING id`;

/** Answers which are new. */
async function store(client: pg.ClientBase, changes: readonly Change[]): Promise<Set<string>> {
  if (changes.length === 0) return new Set();
  const rows = changes.map(({ id, kind, before, after, at }) => ({
    id,
    subscription_id: after.id,
    customer_id: after.customerId,
    kind,
    before: before && stateOf(before),
    after: stateOf(after),
    at,
  }));
  const stored = await client.query<{ id: string }>(STORE, [JSON.stringify(rows)]);
  return new Set(stored.rows.map((row) => row.id));
}

function stateOf({ product, plan, value, status, startedAt, expiresAt }: SubscriptionState) {
  return { product, plan, value: value === null ? null : Number(value), status, startedAt, expiresAt };
}

/** `from` and `to`: plans of an upgrade, ends of a renewal, states otherwise. */
function dataOf(kind: ChangeKind, before: ChangedSubscription | null, after: ChangedSubscription) {
  const [from, to] =
    kind === 'upgraded'
      ? [before?.plan, after.plan]
      : kind === 'renewed'
        ? [before?.expiresAt, after.expiresAt]
        : [before?.status, after.status];
  const { externalId: subscription, product, plan, startedAt, expiresAt } = after;
  return { subscription, product, plan, from: from ?? null, to: to ?? null, startedAt, expiresAt };
}
