// What the bot does with words: rules that hold in every step, then the running script, then the doors of other
// scripts, then the guides. Who is not understood twice in a row gets a person.

import type { FlowInput } from '../flows/flow-run.ts';
import { entriesMatching } from '../flows/match-entry.ts';
import { handOver } from './move-conversation.ts';
import { beginFlow, type StepTools, settle, tryStep } from './step-flow.ts';
import { note, type Turn } from './turn.ts';

const MISUNDERSTANDINGS_BEFORE_HANDOVER = 2;

/** Answers a text or a tap. Rules valid everywhere were tried before (`applyGlobalRule`). */
export function answerText(turn: Turn, tools: StepTools, text: string, isFirstContact: boolean): void {
  const { conversation } = turn.person;
  const run = conversation.runs.active;
  const stepped = run ? tryStep(turn, tools, run, { type: 'text', text }) : null;
  const isUnderstood = stepped !== null && !stepped.commands.some((command) => command.type === 'not_understood');
  if (run && stepped && isUnderstood) {
    conversation.misunderstandings = 0;
    settle(turn, tools, run, stepped);
    return;
  }
  if (beginByWords(turn, tools, text, 'anytime') || beginGuide(turn, tools, text)) {
    conversation.misunderstandings = 0;
    return;
  }
  if (isFirstContact && beginOnEvent(turn, tools, 'first_contact')) return;
  conversation.misunderstandings += 1;
  if (conversation.misunderstandings >= MISUNDERSTANDINGS_BEFORE_HANDOVER) return callPerson(turn, tools);
  if (run && stepped) settle(turn, tools, run, stepped);
  else if (!beginFlow(turn, tools, { flow: 'not-understood', startedBy: 'customer' })) apologise(turn, tools);
}

/** Opt-out, a person, a complaint, the language: obeyed in every step and whoever leads. True when one applied. */
export function applyGlobalRule(turn: Turn, tools: StepTools, text: string): boolean {
  return beginByWords(turn, tools, text, 'anywhere');
}

export function answerInput(turn: Turn, tools: StepTools, input: FlowInput): boolean {
  const run = turn.person.conversation.runs.active;
  if (!run) return false;
  const stepped = tryStep(turn, tools, run, input);
  if (!stepped || stepped.commands.some((command) => command.type === 'not_understood')) return false;
  turn.person.conversation.misunderstandings = 0;
  settle(turn, tools, run, stepped);
  return true;
}

/** Begins the flow whose entry names this happening (follow, first_contact), unless it began too recently. */
export function beginOnEvent(turn: Turn, tools: StepTools, on: 'follow' | 'first_contact'): boolean {
  const [match] = entriesMatching(flowsOf(tools), { on, ...momentOf(turn) });
  if (!match) return false;
  return beginFlow(turn, tools, { flow: match.flow, at: match.at, startedBy: 'customer' });
}

function beginByWords(turn: Turn, tools: StepTools, text: string, where: 'anywhere' | 'anytime'): boolean {
  const [match] = entriesMatching(flowsOf(tools), { on: 'says', text, where, ...momentOf(turn) });
  if (!match) return false;
  const variables = match.variables ?? {};
  return beginFlow(turn, tools, { flow: match.flow, at: match.at, variables, startedBy: 'customer' });
}

function beginGuide(turn: Turn, tools: StepTools, text: string): boolean {
  if (tools.scripts.guides.search(text).found === null) return false;
  return beginFlow(turn, tools, { flow: 'how-to', at: 'answer', variables: { question: text }, startedBy: 'customer' });
}

/** The hand-over flow says the polite line; without one the conversation is handed over all the same. */
function callPerson(turn: Turn, tools: StepTools): void {
  if (!beginFlow(turn, tools, { flow: 'handover', startedBy: 'customer' })) apologise(turn, tools);
  handOver(turn, 'Hai câu liền bot không hiểu.', null);
}

function apologise(turn: Turn, tools: StepTools): void {
  const text =
    'Dạ em chưa hiểu ý mình ạ. Anh/chị nhắn rõ hơn giúp em, hoặc nhắn "gặp nhân viên" để được hỗ trợ trực tiếp nhé.';
  note(turn, { kind: 'not_understood' });
  for (const message of tools.splitMessage({ kind: 'text', text, choices: [], links: [] })) {
    turn.effects.messages.push({
      idempotencyKey: `${turn.event.id}:${turn.effects.messages.length}`,
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

function flowsOf(tools: StepTools) {
  return [...tools.scripts.active.values()].map((published) => published.flow);
}

function momentOf(turn: Turn) {
  return {
    channel: turn.person.identity.channel,
    now: turn.now,
    lastStarted: turn.person.conversation.flowsStarted,
  };
}
