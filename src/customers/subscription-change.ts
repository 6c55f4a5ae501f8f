// What a change of a subscription meant: begun, renewed, a bigger or smaller plan, ended. Pure.
import { DAY_MS } from '../clock.ts';

export type SubscriptionState = {
  product: string;
  plan: string | null;
  /** Whole đồng for the whole term. */
  value: string | null;
  status: string;
  startedAt: Date | null;
  expiresAt: Date | null;
};

export type ChangeKind =
  | 'activated'
  | 'renewed'
  | 'upgraded'
  | 'downgraded'
  | 'date_moved'
  | 'paused'
  | 'resumed'
  | 'cancelled'
  | 'refunded'
  | 'expired';

/** What the history of the subscription says. */
export type ChangeHistory = {
  hasBeenActive: boolean;
  /** Its end by this very date was already told. */
  hasExpired: boolean;
};

/** The place of a plan in the catalogue: more is bigger; null = not in it. */
export type PlanRank = (product: string, plan: string) => number | null;

/** A shorter step moves the date; a longer one is another term. */
const RENEWAL_MS = 14 * DAY_MS;
const ENDED = ['cancelled', 'refunded', 'expired'];

export function isEnded(status: string): boolean {
  return ENDED.includes(status);
}

export function isRunning(status: string): boolean {
  return status === 'active' || status === 'trial';
}

/** In the order in which they should be told; empty when nothing that counts has changed. */
export function changesOf(
  before: SubscriptionState | null,
  after: SubscriptionState,
  history: ChangeHistory,
  planRank: PlanRank,
): ChangeKind[] {
  if (before === null) return after.status === 'active' ? ['activated'] : statusChange(null, after);
  if (after.status === 'active' && (before.status === 'trial' || !history.hasBeenActive)) return ['activated'];
  const isRenewed = isRenewal(before, after, history);
  return [
    ...(isRenewed ? (['renewed'] as const) : dateChange(before, after)),
    ...planChange(before, after, isRenewed, planRank),
    ...(isRenewed ? [] : statusChange(before, after)),
  ];
}

/**
 * A later end is a renewal when it is a term further on, or when the subscription had ended. A pause that is made good by
 * a later end, and a longer trial, are not.
 */
function isRenewal(before: SubscriptionState, after: SubscriptionState, { hasExpired }: ChangeHistory): boolean {
  if (after.status !== 'active' || before.status === 'paused') return false;
  const movedMs = (after.expiresAt?.getTime() ?? 0) - (before.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
  return movedMs >= RENEWAL_MS || (movedMs > 0 && (hasExpired || isEnded(before.status)));
}

function dateChange(before: SubscriptionState, after: SubscriptionState): ChangeKind[] {
  const isMoved = before.expiresAt?.getTime() !== after.expiresAt?.getTime();
  return isMoved && !isEnded(after.status) ? ['date_moved'] : [];
}

function planChange(
  before: SubscriptionState,
  after: SubscriptionState,
  isRenewed: boolean,
  planRank: PlanRank,
): ChangeKind[] {
  if (isEnded(after.status) || (before.product === after.product && before.plan === after.plan)) return [];
  const difference =
    rankDifference(before, after, planRank) ??
    pricePerDay(after, isRenewed ? before : null) - pricePerDay(before, null);
  if (Number.isNaN(difference) || difference === 0) return [];
  return [difference > 0 ? 'upgraded' : 'downgraded'];
}

function rankDifference(before: SubscriptionState, after: SubscriptionState, planRank: PlanRank): number | null {
  if (before.product !== after.product || before.plan === null || after.plan === null) return null;
  const [from, to] = [planRank(before.product, before.plan), planRank(after.product, after.plan)];
  return from === null || to === null || from === to ? null : to - from;
}

/** NaN when the dates or the value do not say. A renewed term begins where the one before ended. */
function pricePerDay(state: SubscriptionState, termBefore: SubscriptionState | null): number {
  const from = termBefore?.expiresAt ?? state.startedAt;
  if (state.value === null || from === null || state.expiresAt === null) return Number.NaN;
  const days = (state.expiresAt.getTime() - from.getTime()) / DAY_MS;
  return days > 0 ? Number(state.value) / days : Number.NaN;
}

function statusChange(before: SubscriptionState | null, after: SubscriptionState): ChangeKind[] {
  if (before?.status === after.status) return [];
  switch (after.status) {
    case 'paused':
    case 'cancelled':
    case 'refunded':
    case 'expired':
      return [after.status];
    case 'active':
    case 'trial':
      return before !== null && !isRunning(before.status) ? ['resumed'] : [];
    default:
      return [];
  }
}
