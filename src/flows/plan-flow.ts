// What the steps of a flow know about each other: variables, settings, which step is a survey or an offer.
import { compileExpression, type Evaluator } from './evaluate-expression.ts';
import { parseExpression } from './expression.ts';
import type { FlowHead } from './flow-schema.ts';
import type { FlowFile } from './read-flow.ts';
import type { Variables } from './run-scope.ts';
import type { FlowPlan } from './steps/step-kind.ts';
import { compileTemplate, type TextRenderer } from './template.ts';

/** Variables of a flow: declared ones, those of surveys, those that entry rules fill. */
export function variableNames(flow: FlowFile): Set<string> {
  const ofSurveys = flow.steps.flatMap((step) => (step.survey === null ? [] : [step.survey.variable]));
  return new Set([...Object.keys(flow.head.variables), ...ofSurveys]);
}

/** Values at the start, and which ones stay with the customer. */
export function variableDefaults(head: FlowHead): { defaults: Variables; kept: ReadonlySet<string> } {
  const defaults: Variables = {};
  const kept = new Set<string>();
  for (const [name, field] of Object.entries(head.variables)) {
    const { default: value, keep } = typeof field === 'string' ? { default: undefined, keep: false } : field;
    defaults[name] = value ?? null;
    if (keep) kept.add(name);
  }
  return { defaults, kept };
}

export function planFlow(flow: FlowFile): FlowPlan {
  const variables = variableNames(flow);
  const steps = new Map(flow.steps.map((step) => [step.id, step]));
  const texts = new Map<string, TextRenderer>();
  return {
    variables,
    ifClosed: flow.head.settings.if_closed,
    purpose: flow.head.settings.purpose,
    template: (text) => {
      const known = texts.get(text);
      if (known !== undefined) return known;
      const made = compileTemplate(text, variables);
      texts.set(text, made);
      return made;
    },
    condition: (source) => compileCondition(source, variables),
    survey: (id) => steps.get(id)?.survey ?? null,
    offer: (id) => steps.get(id)?.offer ?? null,
  };
}

/** A condition that cannot be parsed reads as nothing; validateFlows has reported it. */
export function compileCondition(source: string, variables: ReadonlySet<string>): Evaluator {
  const parsed = parseExpression(source);
  return parsed.ok ? compileExpression(parsed.expression, variables) : () => null;
}
