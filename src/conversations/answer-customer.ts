// What the bot does with words: rules that hold in every step, then the running script, then the doors of other
// scripts, then the guides. Who is not understood twice in a row gets a person.

import type { CompiledStep } from '../flows/compile-flow.ts';
import type { FlowInput } from '../flows/flow-run.ts';
import { type EntryOccasion, matchEntry } from '../flows/match-entry.ts';
import { guidesFor } from '../flows/run-scope.ts';
import { isOnlyEmoji } from '../flows/vietnamese-text.ts';
import { acceptSetAside, answerLate } from './late-answer.ts';
import { handOver } from './move-conversation.ts';
import { sayMessage, sayPlainly } from './say-message.ts';
import { beginFlow, factsOf, isUnderstood, type StepTools, settle, tryStep } from './step-flow.ts';
import { note, type Turn } from './turn.ts';

const MISUNDERSTANDINGS_BEFORE_HANDOVER = 2;
/** While a person leads, only these are still the program's to obey. */
const HOLDS_WHOEVER_LEADS = new Set(['opt_out', 'opt_in']);

const DONT_UNDERSTAND =
  'Dạ em chưa hiểu ý mình ạ. Anh/chị nhắn rõ hơn giúp em, hoặc nhắn "gặp nhân viên" để được hỗ trợ trực tiếp nhé.';
const COMES_SOON = 'Dạ em chưa hiểu ý mình ạ. Em chuyển cho nhân viên hỗ trợ ngay, anh/chị chờ em một chút nhé.';

/**
 * Answers a text or a tap. `words`: what a tap sends, then what the customer saw on it; one and the same for a text. Rules
 * valid everywhere were tried before (`applyGlobalRule`).
 */
export function answerWords(turn: Turn, tools: StepTools, words: readonly string[]): void {
  const { conversation } = turn.person;
  const { active: run } = conversation.runs;
  if (words.some((text) => understand(turn, tools, text))) {
    conversation.misunderstandings = 0;
    return;
  }
  if (turn.isFirstContact && beginOnEvent(turn, tools, 'first_contact')) return;
  // "👍" is a nod, as a sticker is.
  if (words.every(isOnlyEmoji)) return;
  conversation.misunderstandings += 1;
  if (conversation.misunderstandings >= MISUNDERSTANDINGS_BEFORE_HANDOVER) {
    note(turn, { kind: 'not_understood' });
    return callPerson(turn, tools, 'Hai câu liền bot không hiểu.');
  }
  const stepped = run ? tryStep(turn, tools, run, { type: 'text', text: words[0] ?? '' }) : null;
  const retry = stepped?.commands.find((command) => command.type === 'not_understood')?.retry;
  if (run && stepped && retry) {
    settle(turn, tools, run, stepped);
    return sayMessage(turn, tools, run, { type: 'say', step: run.step, message: retry });
  }
  note(turn, { kind: 'not_understood' });
  if (!beginFlow(turn, tools, { flow: 'not-understood', startedBy: 'customer' }))
    sayPlainly(turn, tools, DONT_UNDERSTAND);
}

/** The script that listens, then what was asked before, then the doors of other scripts, then the guides. */
function understand(turn: Turn, tools: StepTools, text: string): boolean {
  if (acceptSetAside(turn, tools, text)) return true;
  const run = turn.person.conversation.runs.active;
  const stepped = run ? tryStep(turn, tools, run, { type: 'text', text }) : null;
  if (run && stepped && isUnderstood(stepped)) {
    settle(turn, tools, run, stepped);
    return true;
  }
  return (
    answerLate(turn, tools, text) || beginByEntry(turn, tools, { kind: 'says', text }) || beginGuide(turn, tools, text)
  );
}

/** Whether these words refuse everything unasked: obeyed also where nothing may be said. */
export function isOptOut(tools: StepTools, text: string): boolean {
  return globalStepOf(tools, text) === 'opt_out';
}

/** Whether these words want our messages again. */
export function isOptIn(tools: StepTools, text: string): boolean {
  return globalStepOf(tools, text) === 'opt_in';
}

/** The kind of step that a rule valid everywhere would begin with. */
function globalStepOf(tools: StepTools, text: string): string | undefined {
  const flows = [...tools.scripts.active.values()].map((published) => published.flow);
  const match = matchEntry(flows, { kind: 'says', text, only: 'anywhere' });
  const flow = match === null ? undefined : tools.scripts.active.get(match.flow)?.flow;
  return flow?.steps.get(match?.at ?? flow.firstStep)?.kind;
}

/** Opt-out, a person, a complaint, the language: obeyed in every step. True when one applied. */
export function applyGlobalRule(turn: Turn, tools: StepTools, text: string): boolean {
  const isLedByPerson = turn.person.conversation.state !== 'bot';
  return beginByEntry(turn, tools, { kind: 'says', text, only: 'anywhere' }, (step) =>
    isLedByPerson ? step !== undefined && HOLDS_WHOEVER_LEADS.has(step.kind) : true,
  );
}

export function answerInput(turn: Turn, tools: StepTools, input: FlowInput): boolean {
  const run = turn.person.conversation.runs.active;
  if (!run) return false;
  const stepped = tryStep(turn, tools, run, input);
  if (!stepped || !isUnderstood(stepped)) return false;
  turn.person.conversation.misunderstandings = 0;
  settle(turn, tools, run, stepped);
  return true;
}

/** Begins the flow whose entry names this happening (follow, first_contact). */
export function beginOnEvent(turn: Turn, tools: StepTools, on: 'follow' | 'first_contact'): boolean {
  return beginByEntry(turn, tools, { kind: on });
}

/** Answers a hello that was not written, where a script answers one. */
export function greet(turn: Turn, tools: StepTools): void {
  beginByEntry(turn, tools, { kind: 'says', text: 'xin chào' });
}

function beginByEntry(
  turn: Turn,
  tools: StepTools,
  occasion: EntryOccasion,
  mayBegin: (first: CompiledStep | undefined) => boolean = () => true,
): boolean {
  const flows = [...tools.scripts.active.values()].map((published) => published.flow);
  // Read only by an entry that fits and has a condition: most words fit none.
  const context = {
    get facts() {
      return factsOf(turn, tools, null);
    },
    guides: tools.scripts.guides,
  };
  const match = matchEntry(flows, occasion, context);
  if (match === null || beganTooRecently(turn, tools, match.flow)) return false;
  const { flow, at, variables } = match;
  const compiled = tools.scripts.active.get(flow)?.flow;
  if (!mayBegin(compiled?.steps.get(at ?? compiled.firstStep))) return false;
  return beginFlow(turn, tools, { flow, at: at ?? undefined, variables, startedBy: 'customer' });
}

/** Nobody is greeted twice in a week because they followed again. */
function beganTooRecently(turn: Turn, tools: StepTools, flow: string): boolean {
  const againAfterMs = tools.scripts.active.get(flow)?.flow.againAfterMs ?? null;
  const last = turn.person.conversation.flowsStarted[flow];
  return againAfterMs !== null && last !== undefined && turn.now.getTime() - Date.parse(last) < againAfterMs;
}

function beginGuide(turn: Turn, tools: StepTools, text: string): boolean {
  const guides = guidesFor(factsOf(turn, tools, null), tools.scripts.guides);
  if (guides.search(text).found === null) return false;
  return beginFlow(turn, tools, { flow: 'how-to', at: 'answer', variables: { question: text }, startedBy: 'customer' });
}

/** The hand-over flow says the polite line; without one the conversation is handed over all the same. */
export function callPerson(turn: Turn, tools: StepTools, reason: string): void {
  tools.watch?.command(null, { type: 'hand_over', step: '', reason });
  handOver(turn, reason, null);
  if (beginFlow(turn, tools, { flow: 'handover', startedBy: 'customer' })) return;
  sayPlainly(turn, tools, COMES_SOON);
  handOver(turn, reason, null);
}
