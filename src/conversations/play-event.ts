// One event of one person, from what happened to what shall change. Pure: the same input gives the same draft.
import type { InboundBody } from '../channels/inbound-event-schema.ts';
import { findCode } from '../customers/link-code.ts';
import { UNSAID } from '../offers/note-delivery.ts';
import {
  answerInput,
  answerWords,
  applyGlobalRule,
  beginOnEvent,
  callPerson,
  greet,
  isOptIn,
  isOptOut,
} from './answer-customer.ts';
import { allRuns, type Run } from './conversation.ts';
import { runHolds } from './date-anchor.ts';
import { handBack, reopen, resolveConversation, takeOver } from './move-conversation.ts';
import { noteEvent } from './note-event.ts';
import { optOut, wasTakenBack } from './opt-out.ts';
import { DATE_MOVED, playFlowDue, waitForMorning } from './play-flow-due.ts';
import { sayPlainly } from './say-message.ts';
import { sayOutOfHours } from './say-out-of-hours.ts';
import { beginFlow, isListening, removeRun, type StepTools, settle, tryStep, wakeRun } from './step-flow.ts';
import { type InternalBody, type QueuedEvent, readStoredBody } from './stored-event.ts';
import { beginTurn, note, type Turn } from './turn.ts';
import type { Person } from './work.ts';

/** Owner of a conversation that somebody answers outside this program. */
export const PROVIDER_INBOX = 'provider_inbox';
export const OTHER_APP = 'other_app';

export function playEvent(tools: StepTools, person: Person, event: QueuedEvent, now: Date): Turn {
  const body = event.body ?? readStoredBody(event.payload);
  const turn = beginTurn(person, event, body, now);
  turn.isCustomerAct = isCustomerAct(body.kind);
  noteEvent(turn);
  // Another app leads this thread: keep what happened, say nothing. A "no" is obeyed all the same.
  if (body.standby && body.kind !== 'echo') {
    if (wordsOf(body).some((text) => isOptOut(tools, text))) optOut(turn, `${person.identity.channel}:standby`);
    return turn;
  }
  play(turn, tools, body);
  sayOutOfHours(turn, tools, person.conversation.state);
  return turn;
}

function isCustomerAct(kind: string): boolean {
  return ['message', 'edit', 'follow', 'opened_chat', 'contact_shared', 'hand_back'].includes(kind);
}

function play(turn: Turn, tools: StepTools, body: InboundBody | InternalBody): void {
  switch (body.kind) {
    case 'message':
      return playMessage(turn, tools, body);
    case 'follow':
      // Who has turned away since is not welcomed.
      if (isBotLeading(turn) && turn.person.identity.unfollowedAt === null) beginOnEvent(turn, tools, 'follow');
      return;
    case 'opened_chat':
      return playOpenedChat(turn, tools);
    case 'unfollow':
      if (turn.person.identity.unreachableReason === null) return;
      turn.effects.outbox.push({ change: 'skip_queued', which: 'unasked', reason: 'Khách đã bỏ quan tâm OA.' });
      return;
    case 'contact_shared':
      if (isBotLeading(turn) && body.phone) answerInput(turn, tools, { type: 'text', text: body.phone });
      return;
    case 'echo':
      return playEcho(turn, body);
    case 'receipt':
      return playReceipt(turn, body);
    case 'thread_control':
      if (body.action === 'taken_from_us') takeOver(turn, OTHER_APP, 'Ứng dụng khác đã tiếp nhận hội thoại.');
      if (body.action === 'passed_to_us' && turn.person.conversation.owner === OTHER_APP) handBack(turn, OTHER_APP);
      return;
    case 'data_withdrawal':
      return playDataWithdrawal(turn, tools);
    case 'timer':
      return playTimer(turn, tools, body);
    case 'flow_due':
      return playFlowDue(turn, tools, body);
    case 'take_over':
      return takeOver(turn, body.owner, 'Nhân viên bấm tiếp nhận.');
    case 'hand_back':
      return playHandBack(turn, tools, body);
    case 'resolve':
      return playResolve(turn, tools, body.by);
    case 'subscription_changed':
      return playSubscriptionChanged(turn, tools, body.subscriptionId);
    case 'edit':
      // What was said before was answered already; only a "no" that it became is obeyed.
      if (isOptOut(tools, body.text)) applyGlobalRule(turn, tools, body.text);
      return;
    case 'reaction':
    case 'referral':
    case 'feedback':
    case 'account':
    case 'unhandled':
      return;
  }
}

/** True whatever becomes of it: staff and the ledger are told when it was none of ours. */
const CODE_TAKEN = 'Dạ em đã nhận mã liên kết của mình. Em cảm ơn anh/chị ạ!';

function playMessage(turn: Turn, tools: StepTools, body: Extract<InboundBody, { kind: 'message' }>): void {
  // Whoever a script has spoken to answers that script: they are not greeted as if nothing had been said.
  turn.isFirstContact =
    turn.person.identity.lastInboundAt === null && Object.keys(turn.person.conversation.flowsStarted).length === 0;
  turn.person.identity.lastInboundAt = turn.event.receivedAt;
  reopen(turn);
  const words = wordsOf(body);
  if (words.some((text) => findCode(text) !== null) && isBotLeading(turn)) return sayPlainly(turn, tools, CODE_TAKEN);
  if (wasTakenBack(turn) && words.some((text) => isOptIn(tools, text))) return;
  if (words.some((text) => applyGlobalRule(turn, tools, text))) return;
  if (!isBotLeading(turn)) return;
  if (turn.person.isFlooded) return callPerson(turn, tools, 'Khách nhắn dồn dập, bot đáp không kịp.');
  if (words.length > 0) return answerWords(turn, tools, words);
  const [attachment] = body.attachments;
  if (attachment && answerInput(turn, tools, { type: 'attachment', kind: attachment.kind })) return;
  if (turn.isFirstContact) beginOnEvent(turn, tools, 'first_contact');
}

/** Messenger shows Get Started again to whoever deleted the thread: who wrote before has said hello. */
function playOpenedChat(turn: Turn, tools: StepTools): void {
  const hasWritten = turn.person.identity.lastInboundAt !== null;
  if (hasWritten) reopen(turn);
  if (!isBotLeading(turn) || beginOnEvent(turn, tools, 'first_contact')) return;
  if (hasWritten) greet(turn, tools);
}

/** With a place or a card Zalo sends its name as text: nobody said that. */
const NAMED_BY_CHANNEL = new Set(['location', 'contact_card', 'sticker']);

/**
 * What the customer tapped (its payload, by our own custom the title) and what they read on it or said: buttons that another
 * tool made send names of its own. Empty when they sent no words.
 */
function wordsOf(body: InboundBody | InternalBody): string[] {
  if (body.kind === 'edit') return [body.text];
  if (body.kind !== 'message') return [];
  const { attachments, payload, text } = body;
  if (attachments.some(({ kind }) => NAMED_BY_CHANNEL.has(kind))) return [];
  return [...new Set([payload, text].flatMap((words) => words?.trim() || []))];
}

function playEcho(turn: Turn, body: Extract<InboundBody, { kind: 'echo' }>): void {
  if (body.author === 'person') {
    takeOver(turn, PROVIDER_INBOX, 'Nhân viên trả lời ngoài chương trình.');
    return;
  }
  turn.effects.outbox.push({
    change: 'echo',
    messageId: body.messageId,
    outboundMessageId: body.outboundMessageId ?? null,
    text: body.text,
  });
}

function playReceipt(turn: Turn, body: Extract<InboundBody, { kind: 'receipt' }>): void {
  turn.effects.outbox.push({
    change: 'receipt',
    receipt: body.receipt,
    messageIds: body.messageIds,
    watermark: body.watermark ? new Date(body.watermark) : null,
    at: turn.event.occurredAt,
    outboundMessageId: body.outboundMessageId ?? null,
  });
}

/** The provider passed on a request to delete: nothing unasked leaves any more, and staff get a case with a deadline. */
function playDataWithdrawal(turn: Turn, tools: StepTools): void {
  const source = `${turn.person.identity.channel}:data_withdrawal`;
  optOut(turn, source);
  turn.effects.privacyRequests.push({ kind: 'delete', source });
  const reason = 'Khách yêu cầu xoá dữ liệu cá nhân.';
  const opened = { id: tools.newId(), kind: 'data_withdrawal' };
  turn.effects.cases.push({ ...opened, reason, dueInHours: 20 * 24, detail: {} });
  note(turn, { kind: 'case_opened', reason, data: { case: opened.id, kind: opened.kind } });
}

function playTimer(turn: Turn, tools: StepTools, body: Extract<InternalBody, { kind: 'timer' }>): void {
  const { conversation } = turn.person;
  const run = allRuns(conversation.runs).find((candidate) => candidate.id === body.runId);
  // The run ended, or a person took over, while the timer was on its way.
  if (!run || (!isBotLeading(turn) && conversation.state !== 'resolved')) return;
  if (body.key.endsWith(UNSAID)) return endUnsaid(turn, tools, run, body.key);
  const stepped = tryStep(turn, tools, run, { type: 'timer', key: body.key });
  if (!stepped) return;
  const speaks = stepped.commands.some(({ type }) => type === 'say' || type === 'go_to_flow');
  if (speaks && waitForMorning(turn, tools)) return;
  if (speaks) reopen(turn);
  settle(turn, tools, run, stepped);
  wakeRun(turn, tools, run);
}

/** What was not said is not listened for; a run that has gone on meanwhile goes on. */
function endUnsaid(turn: Turn, tools: StepTools, run: Run, key: string): void {
  if (key === `${run.step}${UNSAID}`) removeRun(turn, tools, run, 'not_said');
}

/** Done with by a person: questions are forgotten, dates are kept. */
function playResolve(turn: Turn, tools: StepTools, by: string): void {
  for (const run of allRuns(turn.person.conversation.runs)) {
    if (isListening(tools, run)) removeRun(turn, tools, run, 'ended_by_staff');
  }
  resolveConversation(turn, by);
}

function playSubscriptionChanged(turn: Turn, tools: StepTools, subscriptionId: string): void {
  const { conversation, subscriptions } = turn.person;
  const subscription = subscriptions.find((one) => one.id === subscriptionId);
  for (const run of allRuns(conversation.runs)) {
    if (run.subscriptionId !== subscriptionId || runHolds(subscription, run)) continue;
    turn.effects.outbox.push({ change: 'skip_queued', which: 'run', runId: run.id, reason: DATE_MOVED });
    removeRun(turn, tools, run, 'date_moved');
  }
}

function playHandBack(turn: Turn, tools: StepTools, body: Extract<InternalBody, { kind: 'hand_back' }>): void {
  handBack(turn, body.by);
  if (body.how === 'start_flow' && body.flow !== undefined) {
    beginFlow(turn, tools, { flow: body.flow, at: body.at, startedBy: 'customer' });
    return;
  }
  if (body.how === 'end') {
    for (const run of allRuns(turn.person.conversation.runs)) {
      if (isListening(tools, run)) removeRun(turn, tools, run, 'ended_by_staff');
    }
    return;
  }
  const run = turn.person.conversation.runs.active;
  if (!run) return;
  const stepped = tryStep(turn, tools, run, { type: 'resume' });
  if (stepped) settle(turn, tools, run, stepped);
}

function isBotLeading(turn: Turn): boolean {
  return turn.person.conversation.state === 'bot';
}
