// Whether the date that made a flow due still stands: renewed early, refunded or moved, what hangs on it ends with it.
import { sameOccasionMs } from '../flows/journeys/find-anchor.ts';
import type { Anchor, Run } from './conversation.ts';
import type { KnownSubscription } from './work.ts';

/** Of these a customer wants to hear nothing more; an expired one may still be renewed. */
const GONE = new Set(['cancelled', 'refunded', 'paused']);

/** Whether a run that is about this subscription still has its sense. */
export function runHolds(subscription: KnownSubscription | undefined, run: Pick<Run, 'anchor' | 'journey'>): boolean {
  if (run.anchor) return anchorHolds(subscription, run.anchor);
  return run.journey === null || (subscription !== undefined && !GONE.has(subscription.status));
}

export function anchorHolds(subscription: KnownSubscription | undefined, anchor: Anchor): boolean {
  if (!subscription || GONE.has(subscription.status)) return false;
  const date = anchor.of === 'subscription.started_at' ? subscription.startedAt : subscription.expiresAt;
  return date !== null && Math.abs(date.getTime() - Date.parse(anchor.at)) < sameOccasionMs;
}
