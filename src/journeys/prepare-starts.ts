// A step that may start: its offer is asked for, and it becomes an event of the conversation or a task for staff.
import type pg from 'pg';
import type { JourneyMark, RunFacts } from '../conversations/conversation.ts';
import type { NewInternalBody } from '../conversations/stored-event.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { JourneyStepAction } from '../flows/journeys/journey.ts';
import { journeyScope } from '../flows/journeys/journey-scope.ts';
import type { OfferAnswer, OfferCandidate } from '../offers/consider-offer.ts';
import type { Start } from './choose-steps.ts';
import { type Decided, NO_CHANNEL } from './save-decisions.ts';

/** Whether this customer may have the offer now; in the caller's transaction. */
export type ConsiderOffer = (client: pg.ClientBase, candidate: OfferCandidate) => Promise<OfferAnswer>;

export async function prepareStarts(
  client: pg.ClientBase,
  considerOffer: ConsiderOffer,
  now: Date,
  starts: readonly Start[],
): Promise<Decided[]> {
  const decided: Decided[] = [];
  for (const start of starts) {
    const { action } = start.step;
    const code = action.do === 'flow' ? action.offer : null;
    const offer = code === null ? { facts: null } : await askOffer(client, considerOffer, now, start, code);
    if ('refused' in offer) decided.push({ decision: 'skip', row: start.row, reason: offer.refused });
    else decided.push(startOf(start, now, offer.facts));
  }
  return decided;
}

async function askOffer(
  client: pg.ClientBase,
  considerOffer: ConsiderOffer,
  now: Date,
  { care, enrolment, subject }: Start,
  code: string,
): Promise<{ refused: string } | { facts: NonNullable<FlowFacts['offer']> }> {
  // Nobody hears of an offer that cannot be said.
  if (care.customer.identity_id === null) return { refused: NO_CHANNEL };
  const { facts } = journeyScope(subject, now, enrolment.since);
  const answer = await considerOffer(client, {
    customerId: care.state.customerId,
    subscriptionId: subscriptionIdOf(subject),
    code,
    facts,
    journey: enrolment.journey,
    enrolmentId: enrolment.id,
    now,
  });
  if ('skip' in answer) return { refused: answer.skip };
  if ('heldOut' in answer) return { refused: answer.heldOut };
  return { facts: answer.offer };
}

function startOf(start: Start, now: Date, offer: FlowFacts['offer']): Decided {
  const { row, published, step, subject, enrolment, care } = start;
  const { purpose } = published.journey;
  const decision = { row, purpose, versionId: published.versionId };
  const subscriptionId = subscriptionIdOf(subject);
  if (step.action.do === 'task') {
    const title = step.action.titleOf(journeyScope(subject, now, enrolment.since)).slice(0, 200);
    const dueAt = new Date(now.getTime() + step.action.dueMs);
    return { decision: 'task', ...decision, kind: step.action.kind, title, dueAt, subscriptionId };
  }
  const { identity_id: identityId, channel, account_id: accountId } = care.customer;
  if (identityId === null || channel === null || accountId === null) {
    return { decision: 'unreachable', ...decision, reason: NO_CHANNEL, subscriptionId };
  }
  const body = bodyOf(start, step.action, { now, offer, subscriptionId });
  return { decision: 'push', ...decision, identity: { identityId, channel, accountId }, body };
}

function bodyOf(
  { row, published: { journey }, enrolment, subject }: Start,
  action: Extract<JourneyStepAction, { do: 'flow' }>,
  { now, offer, subscriptionId }: { now: Date; offer: FlowFacts['offer']; subscriptionId: string | null },
): NewInternalBody {
  const mark: JourneyMark = {
    id: journey.id,
    step: row.step,
    occurrence: row.occurrence,
    enrolmentId: enrolment.id,
    stepId: row.id,
    purpose: journey.purpose,
  };
  const { trigger } = journey;
  const of = trigger.on === 'date' && !trigger.isYearly ? trigger.field : null;
  const isDated = of === 'subscription.expires_at' || of === 'subscription.started_at';
  return {
    kind: 'flow_due',
    flow: action.flow,
    ...(action.at === null ? {} : { at: action.at }),
    journey: mark,
    busy: journey.busy,
    facts: runFactsOf({ ...journeyScope(subject, now, enrolment.since).facts, ...(offer ? { offer } : {}) }),
    ...(subscriptionId === null ? {} : { subscriptionId }),
    ...(isDated && subscriptionId !== null ? { anchor: { of, at: enrolment.anchorAt.toISOString() } } : {}),
  };
}

/** The parts that a conversation does not know by itself. */
const KEPT = [
  'order',
  'case',
  'feature',
  'features',
  'companion',
  'product',
  'plan',
  'offer',
  'tip',
  'survey',
] as const;

function runFactsOf(facts: FlowFacts): RunFacts {
  const parts = KEPT.flatMap((name) => {
    const part = facts[name];
    return part === undefined || part === null ? [] : [[name, { ...part }]];
  });
  const { orders = 0, spent = 0 } = facts.customer;
  return { ...Object.fromEntries(parts), customer: { orders, spent } };
}

function subscriptionIdOf(subject: Start['subject']): string | null {
  return subject.kind === 'subscription' ? subject.id : null;
}
