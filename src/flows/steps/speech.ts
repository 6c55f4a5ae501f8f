// What steps that speak have in common: a text, other words per channel, a purpose, and the ladder for a closed window.
import type { FlowCommand, IfClosed, Rung } from '../flow-run.ts';
import type { Choice, Link, Message } from '../message-schema.ts';
import type { SourcePath } from '../problem.ts';
import type { RunScope } from '../run-scope.ts';
import {
  type IfClosedField,
  ifClosedSchema,
  type PurposeField,
  purposeSchema,
  type RungField,
  rungsOf,
} from './closed-window.ts';
import { type FlowPlan, type Spoken, textSchema, type UsedTemplate } from './step-kind.ts';

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

/** Approved templates a step may fall back to, with what it fills in. */
export function fallbackTemplates(step: Pick<SpeechFields, 'if_closed'>): UsedTemplate[] {
  return rungsOf(step.if_closed).flatMap(({ rung, path }) =>
    typeof rung === 'object' && 'template' in rung
      ? [{ path: ['if_closed', ...path, 'template'], id: rung.template, parameters: rung.with }]
      : [],
  );
}

/** Placeholders in the texts of a ladder. */
export function fallbackTexts(step: Pick<SpeechFields, 'if_closed'>): { path: SourcePath; text: string }[] {
  return rungsOf(step.if_closed).flatMap(({ rung, path }) => {
    if (typeof rung === 'string') return [];
    const [key, texts] = 'template' in rung ? (['with', rung.with] as const) : (['email', rung.email] as const);
    return Object.entries(texts).flatMap(([name, text]) =>
      text === undefined ? [] : [{ path: ['if_closed', ...path, key, name], text }],
    );
  });
}

function prepareFallback(field: IfClosedField | undefined, plan: FlowPlan): (scope: RunScope) => IfClosed | undefined {
  if (field === undefined) return () => undefined;
  const rungs = rungsOf(field).map(({ rung }) => prepareRung(rung, plan));
  return (scope) => rungs.map((prepare) => prepare(scope));
}

function prepareRung(rung: RungField, plan: FlowPlan): (scope: RunScope) => Rung {
  if (rung === 'task') return () => ({ do: 'task' });
  if (rung === 'email') return () => ({ do: 'email', subject: null, text: null });
  if ('email' in rung) {
    const { subject, text } = rung.email;
    const render = {
      subject: subject === undefined ? () => null : plan.template(subject),
      text: text === undefined ? () => null : plan.template(text),
    };
    return (scope) => ({ do: 'email', subject: render.subject(scope), text: render.text(scope) });
  }
  const parameters = Object.entries(rung.with).map(([name, text]) => [name, plan.template(text)] as const);
  return (scope) => ({
    do: 'template',
    template: rung.template,
    parameters: Object.fromEntries(parameters.map(([name, render]) => [name, render(scope).trim()])),
  });
}
