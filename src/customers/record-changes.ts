// What a change of a subscription meant, kept as history and told to the ledger, from which journeys begin.
import type pg from 'pg';
import { hashId, type NewId } from '../ids.ts';
import type { Touchpoint, TouchpointKind } from '../ledger/touchpoint.ts';
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

const HISTORY = `
SELECT coalesce(bool_or(kind IN ('activated', 'renewed', 'resumed')), false) AS was_active,
  coalesce(bool_or(id = $2), false) AS has_expired
FROM subscription_changes WHERE subscription_id = $1`;

/** In the transaction that saves it. Answers ledger rows, in the order in which they should stand. */
export async function recordChanges(
  { newId, planRank }: ChangeDeps,
  client: pg.ClientBase,
  before: ChangedSubscription | null,
  after: ChangedSubscription,
  now: Date,
): Promise<Touchpoint[]> {
  const history = before === null ? { hasBeenActive: false, hasExpired: false } : await readHistory(client, before);
  const kinds = changesOf(before, after, history, planRank);
  const wasEnded = before !== null && (isEnded(before.status) || history.hasExpired);
  const touchpoints: Touchpoint[] = [];
  for (const kind of kinds) {
    const at = kind === 'activated' ? activatedAt(before, after, now) : now;
    const id = kind === 'expired' ? expiryId(after) : newId();
    if (!(await store(client, { id, kind, before, after, at }))) continue;
    const told = ledgerKinds[kind];
    // An end is told once, however many reasons for it come later.
    if (told === undefined || (told === 'subscription_ended' && wasEnded)) continue;
    touchpoints.push({
      at,
      kind: told,
      customerId: after.customerId,
      reason: reasons[kind] ?? null,
      data: dataOf(kind, before, after),
    });
  }
  return touchpoints;
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

async function readHistory(client: pg.ClientBase, before: ChangedSubscription): Promise<ChangeHistory> {
  const { rows } = await client.query<{ was_active: boolean; has_expired: boolean }>(HISTORY, [
    before.id,
    expiryId(before),
  ]);
  const [row] = rows;
  // Those that were stored before there was a history have been active when they are no trial.
  const hasBeenActive = row?.was_active === true || before.status === 'active' || isEnded(before.status);
  return { hasBeenActive, hasExpired: row?.has_expired === true };
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

async function store(client: pg.ClientBase, { id, kind, before, after, at }: Change): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO subscription_changes (id, subscription_id, customer_id, kind, before, after, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [
      id,
      after.id,
      after.customerId,
      kind,
      before && JSON.stringify(stateOf(before)),
      JSON.stringify(stateOf(after)),
      at,
    ],
  );
  return rowCount === 1;
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
