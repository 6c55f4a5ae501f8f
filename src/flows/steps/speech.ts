// What steps that speak have in common: a text, other words per channel, a purpose, and what to do when the window is closed.
import type { FlowCommand, IfClosed } from '../flow-run.ts';
import type { Choice, Link, Message } from '../message-schema.ts';
import type { RunScope } from '../run-scope.ts';
import { type IfClosedField, ifClosedSchema, type PurposeField, purposeSchema } from './closed-window.ts';
import { type FlowPlan, type Spoken, textSchema } from './step-kind.ts';

export const speechFields = {
  zalo: textSchema.optional().describe('Lời khác khi nói trên Zalo'),
  messenger: textSchema.optional().describe('Lời khác khi nói trên Messenger'),
  purpose: purposeSchema.optional(),
  if_closed: ifClosedSchema.optional(),
};

type SpeechFields = {
  id: string;
  zalo?: string | undefined;
  messenger?: string | undefined;
  purpose?: PurposeField | undefined;
  if_closed?: IfClosedField | undefined;
};

type Taps = { choices?: Choice[]; links?: Link[] };
/** Says finished messages with the step's purpose and fallback. */
export type Voice = {
  say(message: Message, scope: RunScope): FlowCommand;
  sayText(text: string, scope: RunScope, taps?: Taps): FlowCommand;
};

export function prepareVoice(step: SpeechFields, plan: FlowPlan): Voice {
  const purpose = step.purpose ?? plan.purpose;
  const fallback = prepareFallback(step.if_closed ?? plan.ifClosed, plan);
  const say: Voice['say'] = (message, scope) => {
    const ifClosed = fallback(scope);
    return {
      type: 'say',
      step: step.id,
      message,
      ...(purpose === undefined ? {} : { purpose }),
      ...(ifClosed === undefined ? {} : { ifClosed }),
    };
  };
  const sayText: Voice['sayText'] = (text, scope, { choices = [], links = [] } = {}) =>
    say({ kind: 'text', text: text.trim() || '…', choices, links }, scope);
  return { say, sayText };
}

/** Prepares a step's own text, in the words of each channel; called with choices and links at the time of speaking. */
export function prepareSpeech(
  step: SpeechFields,
  text: string,
  plan: FlowPlan,
): (scope: RunScope, taps?: Taps) => FlowCommand {
  const voice = prepareVoice(step, plan);
  const words = { zalo: plan.template(step.zalo ?? text), messenger: plan.template(step.messenger ?? text) };
  return (scope, taps) => voice.sayText(words[scope.facts.channel](scope), scope, taps);
}

/** What the checks look at. `key` is where the main text stands. */
export function spokenBy(
  step: SpeechFields,
  key: string,
  text: string,
  taps: { choices?: Spoken['choices']; links?: Spoken['links'] } = {},
): Spoken {
  return {
    key,
    text,
    zalo: step.zalo,
    messenger: step.messenger,
    choices: taps.choices ?? [],
    links: taps.links ?? [],
    hasFallback: step.if_closed !== undefined,
  };
}

/** Approved templates a step may fall back to. */
export function fallbackTemplates(step: SpeechFields): { path: string[]; id: string }[] {
  return typeof step.if_closed === 'object' ? [{ path: ['if_closed', 'template'], id: step.if_closed.template }] : [];
}

/** Placeholders in a fallback's parameters. */
export function fallbackTexts(step: SpeechFields): { path: string[]; text: string }[] {
  if (typeof step.if_closed !== 'object') return [];
  return Object.entries(step.if_closed.parameters).map(([name, text]) => ({
    path: ['if_closed', 'parameters', name],
    text,
  }));
}

function prepareFallback(field: IfClosedField | undefined, plan: FlowPlan): (scope: RunScope) => IfClosed | undefined {
  if (field === undefined) return () => undefined;
  if (typeof field === 'string') return () => ({ do: field });
  const parameters = Object.entries(field.parameters).map(([name, text]) => [name, plan.template(text)] as const);
  return (scope) => ({
    do: 'template',
    message: {
      kind: 'template',
      templateId: field.template,
      language: 'vi',
      parameters: Object.fromEntries(parameters.map(([name, render]) => [name, render(scope)])),
    },
  });
}
