// What a script says becomes messages of the outbox, each part of a long one on its own; and where the channel's window
// is closed by now, what the script asked for instead: an approved template, or somebody who calls.
import { askWindow } from '../channels/messaging-window.ts';
import type { FlowCommand } from '../flows/flow-run.ts';
import type { Message } from '../flows/message-schema.ts';
import { hashId } from '../ids.ts';
import { isUnasked, type MessagePurpose } from '../outbox/outbound-message.ts';
import type { Run } from './conversation.ts';
import { note, type Turn } from './turn.ts';

export type SayTools = { splitMessage: (message: Message) => Message[] };
type Say = Extract<FlowCommand, { type: 'say' }>;

const TASK_DUE_HOURS = 24;

export function sayMessage(turn: Turn, tools: SayTools, run: Run, command: Say): void {
  const purpose = purposeOf(turn, command.purpose);
  const message = fitToWindow(turn, run, command, purpose);
  for (const part of tools.splitMessage(message)) {
    turn.effects.messages.push({
      id: nextMessageId(turn),
      message: part,
      purpose,
      author: 'flow',
      flow: run.flow,
      flowVersionId: run.flowVersionId,
      runId: run.id,
      step: command.step,
    });
  }
}

function nextMessageId(turn: Turn): string {
  return hashId('message', turn.event.id, String(turn.effects.messages.length));
}

/** A line of the program itself, when no script has words for the moment. */
export function sayPlainly(turn: Turn, tools: SayTools, text: string): void {
  for (const message of tools.splitMessage({ kind: 'text', text, choices: [], links: [] })) {
    turn.effects.messages.push({
      id: nextMessageId(turn),
      message,
      purpose: 'answer',
      author: 'system',
      flow: null,
      flowVersionId: null,
      runId: null,
      step: null,
    });
  }
}

/** Whoever just acted gets an answer, whatever the script says; nobody who did not act gets one. */
function purposeOf(turn: Turn, declared: MessagePurpose | undefined): MessagePurpose {
  if (turn.isCustomerAct) return declared === 'confirmation' ? 'confirmation' : 'answer';
  return declared !== undefined && isUnasked(declared) ? declared : 'care';
}

/** The outbox asks the window again when it sends, and skips with a reason what was closed by then. */
function fitToWindow(turn: Turn, run: Run, { message, ifClosed, step }: Say, purpose: MessagePurpose): Message {
  if (ifClosed === undefined || ifClosed.do === 'skip') return message;
  const { channel, lastInteractionAt, followedAt } = turn.person.identity;
  const window = askWindow({
    channel,
    now: turn.now,
    lastInteractionAt,
    followedAt,
    messageKind: message.kind,
    purpose,
    writtenBy: 'program',
  });
  if (window.allowed) return message;
  if (ifClosed.do === 'template') return ifClosed.message;
  const reason = `Chưa gửi được tin của kịch bản "${run.flow}", hãy liên hệ khách bằng cách khác. ${window.reason}`;
  turn.effects.cases.push({ reason, dueInHours: TASK_DUE_HOURS, detail: { step } });
  note(turn, { kind: 'case_opened', flow: run.flow, flowVersionId: run.flowVersionId, step, reason });
  return message;
}
