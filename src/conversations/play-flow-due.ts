// A step of a journey is due, or a member of staff asked for a flow: it begins, waits its turn, or is skipped with a
// reason. Everything that may have changed since it was decided is asked again here, under the lock of the person.
import { HOUR_MS, MINUTE_MS } from '../clock.ts';
import { earliestLoudTime } from '../flows/quiet-hours.ts';
import { mayAskSurvey } from '../surveys/may-ask-survey.ts';
import { allRuns } from './conversation.ts';
import { anchorHolds } from './date-anchor.ts';
import { reopen } from './move-conversation.ts';
import { beginRun, isListening, type StepTools } from './step-flow.ts';
import type { InternalBody } from './stored-event.ts';
import { note, type Turn } from './turn.ts';

type FlowDue = Extract<InternalBody, { kind: 'flow_due' }>;

/** Somebody is talking: come back later rather than talk across them. */
const WAIT_FOR_TURN_MS = HOUR_MS;
export const DATE_MOVED = 'Ngày hoặc trạng thái của gói đã đổi.';
/** After so long the date has lost its sense. */
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;
/** Whoever did something so lately is awake, and waits for what is about it. */
export const JUST_ACTED_MS = 10 * MINUTE_MS;

export function playFlowDue(turn: Turn, tools: StepTools, body: FlowDue): void {
  const fate = fateOf(turn, body);
  // The enrolment ended meanwhile, and its end told the ledger why.
  if (fate === 'gone') return;
  const obstacle = obstacleOf(turn, tools, body);
  if (obstacle !== null) return skip(turn, body, obstacle);
  const wait = fate === 'paused' ? 'Hành trình tạm dừng suốt ba ngày.' : waitsFor(turn, tools, body);
  if (wait !== null) {
    const isBusy = fate !== 'paused';
    const waited = turn.now.getTime() - turn.event.occurredAt.getTime();
    if (waited > GIVE_UP_AFTER_MS || (isBusy && body.busy === 'skip')) return skip(turn, body, wait);
    turn.postponedUntil = new Date(turn.now.getTime() + WAIT_FOR_TURN_MS);
    return;
  }
  if (!isAwake(turn, body) && waitForMorning(turn, tools)) return;
  const fatigue = surveyFatigue(turn, tools, body);
  if (fatigue !== null) {
    note(turn, { kind: 'survey_skipped', flow: body.flow, reason: fatigue, ...lineOf(body) });
    return skip(turn, body, fatigue);
  }
  begin(turn, tools, body);
}

function begin(turn: Turn, tools: StepTools, body: FlowDue): void {
  reopen(turn);
  const runId = beginRun(turn, tools, {
    flow: body.flow,
    at: body.at,
    startedBy: 'care',
    subscriptionId: body.subscriptionId ?? null,
    anchor: body.anchor ?? null,
    journey: body.journey ?? null,
    facts: body.facts ?? null,
  });
  if (runId === null) return skip(turn, body, `Không có kịch bản "${body.flow}".`);
  if (body.journey) note(turn, { kind: 'journey_step_started', flow: body.flow, ...lineOf(body) });
  finish(turn, body, { status: 'started', reason: null, runId });
}

/** Why a flow that asks for a score shall not ask now; null = it may, or it asks nothing. */
function surveyFatigue(
  { person, now }: Turn,
  { scripts, surveyGapMs, timeZone }: StepTools,
  body: FlowDue,
): string | null {
  const flow = scripts.active.get(body.flow)?.flow;
  const asks = flow !== undefined && [...flow.steps.values()].some((step) => step.kind === 'survey');
  if (!asks || surveyGapMs === undefined || person.surveys === undefined) return null;
  const caseId = body.facts?.case?.id?.toString() ?? null;
  return mayAskSurvey({ history: person.surveys, now, gapMs: surveyGapMs, caseId, isForced: body.force, timeZone });
}

/** What the row of the step says by now. */
function fateOf(turn: Turn, body: FlowDue): 'due' | 'paused' | 'gone' {
  const stepId = stepIdOf(body);
  if (stepId === null || turn.person.dueSteps === undefined) return 'due';
  return turn.person.dueSteps.get(stepId) ?? 'gone';
}

/** Why it shall not begin at all; null = it may. */
function obstacleOf(turn: Turn, tools: StepTools, body: FlowDue): string | null {
  const { customer, identity } = turn.person;
  if (customer.optedOutAt !== null) return 'Khách đã từ chối nhận tin.';
  // Where the chat is closed the outbox may still go another way: a template to the phone, an e-mail, a call.
  if (identity.unreachableReason !== null && !hasLadder(tools, body)) return identity.unreachableReason;
  return dateHasMoved(turn, body) ? DATE_MOVED : null;
}

function hasLadder({ scripts }: StepTools, { flow }: FlowDue): boolean {
  const ladder = scripts.active.get(flow)?.flow.ladder;
  return ladder !== undefined && (ladder.templates.length > 0 || ladder.email || ladder.task);
}

/** What it waits for, in words for the ledger should that never end; null = nothing. */
function waitsFor(turn: Turn, tools: StepTools, body: FlowDue): string | null {
  const { state } = turn.person.conversation;
  const isLedByPerson = state === 'waiting_for_agent' || state === 'with_agent';
  const hasAsked = body.busy !== 'interrupt' && hasCareAsked(turn, tools);
  if (!isLedByPerson && !hasAsked) return null;
  if (body.busy !== 'skip') return 'Hội thoại bận suốt ba ngày.';
  return isLedByPerson ? 'Nhân viên đang trò chuyện với khách.' : 'Khách đang ở trong một kịch bản chăm sóc khác.';
}

/** One question of ours at a time. What only waits for its date asks nothing. */
function hasCareAsked(turn: Turn, tools: StepTools): boolean {
  return allRuns(turn.person.conversation.runs).some((run) => run.startedBy === 'care' && isListening(tools, run));
}

function dateHasMoved(turn: Turn, body: FlowDue): boolean {
  if (!body.anchor) return false;
  const subscription = turn.person.subscriptions.find((one) => one.id === body.subscriptionId);
  return !anchorHolds(subscription, body.anchor);
}

function isAwake(turn: Turn, body: FlowDue): boolean {
  const { lastInteractionAt } = turn.person.identity;
  if (body.journey?.purpose !== 'service' || lastInteractionAt === null) return false;
  return turn.now.getTime() - lastInteractionAt.getTime() < JUST_ACTED_MS;
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

function skip(turn: Turn, body: FlowDue, reason: string): void {
  const kind = body.journey ? 'journey_step_skipped' : 'enrolment_skipped';
  note(turn, { kind, flow: body.flow, reason, ...lineOf(body) });
  finish(turn, body, { status: 'skipped', reason, runId: null });
}

function lineOf({ journey }: FlowDue) {
  if (!journey) return {};
  return { step: journey.step, data: { journey: journey.id, step: journey.step, occurrence: journey.occurrence } };
}

type Result = { status: 'started' | 'skipped'; reason: string | null; runId: string | null };

function finish(turn: Turn, body: FlowDue, result: Result): void {
  const id = stepIdOf(body);
  if (id !== null) turn.effects.enrolmentsDone.push({ id, channel: turn.person.identity.channel, ...result });
}

function stepIdOf(body: FlowDue): string | null {
  return body.journey?.stepId ?? body.enrolmentId ?? null;
}
