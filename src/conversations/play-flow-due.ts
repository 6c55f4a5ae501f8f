// A date came, or a member of staff asked for a flow: it begins, waits its turn, or is skipped with a reason.
import { HOUR_MS } from '../clock.ts';
import { entryAllows } from '../flows/compile-entries.ts';
import { earliestLoudTime } from '../outbox/quiet-hours.ts';
import { allRuns } from './conversation.ts';
import { anchorHolds } from './date-anchor.ts';
import { reopen } from './move-conversation.ts';
import { beginFlow, factsOf, isListening, type StepTools } from './step-flow.ts';
import type { InternalBody } from './stored-event.ts';
import { note, type Turn } from './turn.ts';

/** Somebody is talking: come back later rather than talk across them. */
const WAIT_FOR_TURN_MS = HOUR_MS;
export const DATE_MOVED = 'Ngày hoặc trạng thái của gói đã đổi.';
/** After so long the date has lost its sense. */
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

export function playFlowDue(turn: Turn, tools: StepTools, body: Extract<InternalBody, { kind: 'flow_due' }>): void {
  const { conversation, customer, identity } = turn.person;
  if (customer.optedOutAt !== null) return skip(turn, body, 'Khách đã từ chối nhận tin.');
  if (identity.unreachableReason !== null) return skip(turn, body, identity.unreachableReason);
  if (dateHasMoved(turn, body)) return skip(turn, body, DATE_MOVED);
  const isLedByPerson = conversation.state === 'waiting_for_agent' || conversation.state === 'with_agent';
  if (isLedByPerson || hasCareAsked(turn, tools)) {
    if (turn.now.getTime() - turn.event.occurredAt.getTime() > GIVE_UP_AFTER_MS) {
      return skip(turn, body, 'Hội thoại bận suốt ba ngày.');
    }
    turn.postponedUntil = new Date(turn.now.getTime() + WAIT_FOR_TURN_MS);
    return;
  }
  if (!ruleAllows(turn, tools, body)) return skip(turn, body, 'Điều kiện của kịch bản không còn đúng với khách này.');
  if (waitForMorning(turn, tools)) return;
  reopen(turn);
  const hasBegun = beginFlow(turn, tools, {
    flow: body.flow,
    at: body.at,
    startedBy: 'care',
    subscriptionId: body.subscriptionId ?? null,
    anchor: body.anchor ?? null,
  });
  if (!hasBegun) return skip(turn, body, `Không có kịch bản "${body.flow}".`);
  finish(turn, body, 'started', null);
}

/** The rule's own condition, asked at the moment of beginning: a plan may have changed since the date was noted. */
function ruleAllows(turn: Turn, tools: StepTools, body: Extract<InternalBody, { kind: 'flow_due' }>): boolean {
  const flow = tools.scripts.active.get(body.flow)?.flow;
  const entry = flow?.entries.find((one) => one.id === body.entry);
  if (!flow || !entry) return true;
  const facts = factsOf(turn, tools, { subscriptionId: body.subscriptionId ?? null });
  return entryAllows(entry, { facts, guides: tools.scripts.guides, variables: flow.defaults });
}

/** One question of ours at a time. What only waits for its date asks nothing. */
function hasCareAsked(turn: Turn, tools: StepTools): boolean {
  return allRuns(turn.person.conversation.runs).some((run) => run.startedBy === 'care' && isListening(tools, run));
}

function dateHasMoved(turn: Turn, body: Extract<InternalBody, { kind: 'flow_due' }>): boolean {
  if (!body.anchor) return false;
  const subscription = turn.person.subscriptions.find((one) => one.id === body.subscriptionId);
  return !anchorHolds(subscription, body.anchor);
}

/**
 * Puts off what would speak unasked in quiet hours; true when it did. Not only the message: a question that the customer
 * has not seen yet must not listen to what they write at night.
 */
export function waitForMorning(turn: Turn, tools: StepTools): boolean {
  const loudAt = tools.quietHours ? earliestLoudTime(turn.now, tools.quietHours) : turn.now;
  if (loudAt <= turn.now) return false;
  turn.postponedUntil = loudAt;
  return true;
}

function skip(turn: Turn, body: Extract<InternalBody, { kind: 'flow_due' }>, reason: string): void {
  note(turn, { kind: 'enrolment_skipped', flow: body.flow, reason });
  finish(turn, body, 'skipped', reason);
}

function finish(
  turn: Turn,
  body: Extract<InternalBody, { kind: 'flow_due' }>,
  status: 'started' | 'skipped',
  reason: string | null,
): void {
  if (body.enrolmentId) turn.effects.enrolmentsDone.push({ id: body.enrolmentId, status, reason });
}
