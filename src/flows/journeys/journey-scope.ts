// What a journey's conditions read: the facts of the subject it is for, and what happened since the enrolment began.

import { factsScope } from '../condition.ts';
import type { FlowFacts } from '../flow-run.ts';
import type { RunScope } from '../run-scope.ts';
import type { Subject } from './care-state.ts';

/** The subject's facts at this moment; `since` is empty for one who is not enrolled yet. */
export function journeyScope(subject: Subject, now: Date, since: Readonly<Record<string, number>> = {}): RunScope {
  return factsScope({ ...withDaysLeft(subject.facts, now), since });
}

function withDaysLeft(facts: FlowFacts, now: Date): FlowFacts {
  const { subscription } = facts;
  const at = { ...facts, now: now.toISOString() };
  if (subscription === null || subscription.expires_at === null) return at;
  const left = Math.ceil((Date.parse(subscription.expires_at) - now.getTime()) / 86_400_000);
  return Number.isNaN(left) ? at : { ...at, subscription: { ...subscription, days_left: left } };
}
