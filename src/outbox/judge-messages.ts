// What becomes of each message that is due: it leaves, waits, takes the next rung of its ladder, or is skipped. Pure; what
// was let go a moment ago counts for what comes after it (cap and budget).
import type { SendPermit } from '../channels/messaging-window.ts';
import type { Candidate } from './candidate.ts';
import { type Descent, descendLadder, type LadderFacts, type LadderWorld, OVER_LIMIT } from './descend-ladder.ts';
import { maySend, type SendDecision, type SendRules } from './may-send.ts';
import { isUnasked } from './outbound-message.ts';
import type { Budget } from './spending.ts';

export type JudgeTools = {
  now: Date;
  rules: SendRules;
  budget: Budget;
  /** Customer → when they were advertised to lately; changed by what is let go. */
  advertised: Map<string, Date[]>;
};

export type Verdict =
  | { one: Candidate; verdict: 'send'; permit: SendPermit }
  | { one: Candidate; verdict: 'defer'; decision: Extract<SendDecision, { verdict: 'defer' }> }
  | { one: Candidate; verdict: 'skip'; reason: string }
  /** May take its ladder. */
  | { one: Candidate; verdict: 'closed'; reason: string };

export function judgeMessage(one: Candidate, tools: JudgeTools): Verdict {
  const { now, rules, budget, advertised } = tools;
  const decision = maySend({ ...one, advertisedAt: advertised.get(one.customerId) ?? [] }, now, rules);
  if (decision.verdict === 'defer') return { one, verdict: 'defer', decision };
  if (decision.verdict === 'skip') return { one, verdict: 'skip', reason: decision.reason };
  if (decision.verdict === 'closed') return closed(one, decision.reason);
  if (one.refusedBefore !== null) return closed(one, one.refusedBefore);
  const cost = isUnasked(one.purpose) && one.author !== 'agent' ? decision.permit.costAmount : 0;
  if (!budget.canSpend(cost)) return closed(one, OVER_LIMIT);
  budget.spend(cost);
  if (one.purpose === 'advertising') advertised.set(one.customerId, [...(advertised.get(one.customerId) ?? []), now]);
  return { one, verdict: 'send', permit: decision.permit };
}

function closed(one: Candidate, reason: string): Verdict {
  return { one, verdict: one.fallback.length > 0 ? 'closed' : 'skip', reason };
}

export type LadderTools = JudgeTools & { facts: LadderFacts; world: Omit<LadderWorld, 'rules' | 'canSpend'> };
export type Descended = { one: Candidate; descent: Descent; why: string; verdict: Verdict };

/** Goes down until something holds; `descent` is what is to be kept of it, `verdict` what becomes of the row. */
export function takeLadder(one: Candidate, why: string, tools: LadderTools): Descended {
  const { facts, world, rules, budget } = tools;
  const descent = descendLadder(one, why, facts, { ...world, rules, canSpend: budget.canSpend });
  const { way } = descent;
  if (way === null) return { one, descent, why, verdict: { one, verdict: 'skip', reason: why } };
  if (way.way !== 'replace') {
    const to = way.way === 'task' ? 'đã giao nhân viên liên hệ' : `chuyển sang ${way.channel}`;
    return { one, descent, why, verdict: { one, verdict: 'skip', reason: `${why} (${to})` } };
  }
  const replaced = { ...one, message: way.message, fallback: descent.rest, refusedBefore: null };
  const verdict = judgeMessage(replaced, tools);
  if (verdict.verdict !== 'closed') return { one, descent, why, verdict };
  const deeper = takeLadder(replaced, verdict.reason, tools);
  const tried = [...descent.tried, ...deeper.descent.tried];
  return { ...deeper, one, descent: { ...deeper.descent, tried } };
}
