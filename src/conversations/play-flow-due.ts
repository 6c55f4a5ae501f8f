// A date came, or a member of staff asked for a flow: it begins, waits its turn, or is skipped with a reason.
import { HOUR_MS } from '../clock.ts';
import { entryAllows } from '../flows/compile-entries.ts';
import { beginFlow, factsOf, type StepTools } from './step-flow.ts';
import type { InternalBody } from './stored-event.ts';
import { note, type Turn } from './turn.ts';

/** Somebody is talking: come back later rather than talk across them. */
const WAIT_FOR_TURN_MS = HOUR_MS;
/** After so long the date has lost its sense. */
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

export function playFlowDue(turn: Turn, tools: StepTools, body: Extract<InternalBody, { kind: 'flow_due' }>): void {
  const { conversation, customer, identity } = turn.person;
  if (customer.optedOutAt !== null) return skip(turn, body, 'Khách đã từ chối nhận tin.');
  if (identity.unreachableReason !== null) return skip(turn, body, identity.unreachableReason);
  const isBusy =
    conversation.state === 'waiting_for_agent' || conversation.state === 'with_agent' || isCareUnderWay(turn);
  if (isBusy) {
    if (turn.now.getTime() - turn.event.occurredAt.getTime() > GIVE_UP_AFTER_MS) {
      return skip(turn, body, 'Hội thoại bận suốt ba ngày.');
    }
    turn.postponedUntil = new Date(turn.now.getTime() + WAIT_FOR_TURN_MS);
    return;
  }
  if (!ruleAllows(turn, tools, body)) return skip(turn, body, 'Điều kiện của kịch bản không còn đúng với khách này.');
  const hasBegun = beginFlow(turn, tools, {
    flow: body.flow,
    at: body.at,
    startedBy: 'care',
    subscriptionId: body.subscriptionId ?? null,
  });
  if (!hasBegun) return skip(turn, body, `Không có kịch bản "${body.flow}".`);
  if (conversation.state === 'resolved') conversation.state = 'bot';
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

function isCareUnderWay(turn: Turn): boolean {
  const { active, suspended } = turn.person.conversation.runs;
  return active?.startedBy === 'care' || suspended !== null;
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
