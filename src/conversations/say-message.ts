// What a script says becomes messages of the outbox, each part of a long one on its own; with the ladder that is taken
// when the channel's window turns out to be closed at the time of sending.
import type { FlowCommand, Rung } from '../flows/flow-run.ts';
import { type Message, textOfMessage } from '../flows/message-schema.ts';
import { hashId } from '../ids.ts';
import type { StoredRung } from '../outbox/fallback.ts';
import { labelMessage } from '../outbox/label-advertising.ts';
import { isUnasked, type MessagePurpose } from '../outbox/outbound-message.ts';
import type { Run } from './conversation.ts';
import type { Turn } from './turn.ts';

export type SayTools = {
  splitMessage: (message: Message) => Message[];
  /** Whether advertising is labelled in chats as well; absent = it is not. */
  labelsChat?: boolean;
  /** Who looks on: tests of flows. */
  watch?: Watch;
};
/** Told of every step that a script comes to and of all it does; `flow`: null = no script, the program itself. */
export type Watch = {
  steps: (flow: string, path: readonly string[]) => void;
  command: (flow: string | null, command: FlowCommand) => void;
};
type Say = Extract<FlowCommand, { type: 'say' }>;

export function sayMessage(turn: Turn, tools: SayTools, run: Run, command: Say): void {
  tools.watch?.command(run.flow, command);
  const purpose = purposeOf(turn, command.purpose);
  const fallback = mayFallBack(turn, run, command, purpose)
    ? { fallback: (command.ifClosed ?? []).map((rung) => storedRung(rung, run, command)) }
    : {};
  const message = purpose === 'advertising' && tools.labelsChat ? labelMessage(command.message) : command.message;
  for (const [index, part] of tools.splitMessage(message).entries()) {
    turn.effects.messages.push({
      id: nextMessageId(turn),
      message: part,
      purpose,
      author: 'flow',
      flow: run.flow,
      flowVersionId: run.flowVersionId,
      runId: run.id,
      step: command.step,
      ...(index === 0 ? fallback : {}),
    });
  }
}

function nextMessageId(turn: Turn): string {
  return hashId('message', turn.event.id, String(turn.effects.messages.length));
}

/** A line of the program itself, when no script has words for the moment. */
export function sayPlainly(turn: Turn, tools: SayTools, text: string): void {
  const whole: Message = { kind: 'text', text, choices: [], links: [] };
  tools.watch?.command(null, { type: 'say', step: '', message: whole });
  for (const message of tools.splitMessage(whole)) {
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

/** One step takes one ladder: of several bubbles the first one with words carries it. */
function mayFallBack(turn: Turn, run: Run, { step, ifClosed, message }: Say, purpose: MessagePurpose): boolean {
  if (!isUnasked(purpose) || ifClosed === undefined || ifClosed.length === 0) return false;
  // A picture says nothing by e-mail; the words that come with it do.
  if (message.kind === 'image' || message.kind === 'file') return false;
  return !turn.effects.messages.some((said) => said.runId === run.id && said.step === step && said.fallback);
}

function storedRung(rung: Rung, run: Run, { step, message }: Say): StoredRung {
  switch (rung.do) {
    case 'template':
      return rung;
    case 'email': {
      const text = rung.text ?? wordsOf(message);
      return { do: 'email', subject: rung.subject ?? firstSentence(text), text };
    }
    case 'task':
      return { do: 'task', flow: run.flow, title: `Liên hệ khách: chưa gửi được tin "${step}" của "${run.flow}"` };
  }
}

function wordsOf(message: Message): string {
  const links = message.kind === 'text' ? message.links : [];
  const lines = links.map((link) => `${link.title}: ${link.kind === 'url' ? link.url : link.phone}`);
  return [textOfMessage(message), ...lines].join('\n\n');
}

const LONGEST_SUBJECT = 80;

function firstSentence(text: string): string {
  const [sentence = text] = text.trim().split(/(?<=[.!?…])\s|\n/u);
  return sentence.length <= LONGEST_SUBJECT ? sentence : `${sentence.slice(0, LONGEST_SUBJECT - 1).trimEnd()}…`;
}
