// The form that every kind of step has: one file per kind in this folder, each made with `defineStepKind`.
// A kind says what may be written in the file, where a run can go from it, what checks should look at, and what it does.
import { z } from 'zod';
import type { Evaluator } from '../evaluate-expression.ts';
import type { FlowCommand } from '../flow-run.ts';
import type { Finding, SourcePath } from '../problem.ts';
import type { RunScope, Variables } from '../run-scope.ts';
import type { TextRenderer } from '../template.ts';
import { type IfClosedField, ifClosedSchema, type PurposeField } from './closed-window.ts';
import type { SurveyMetric } from './survey-words.ts';

export const stepIdSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,39}$/,
    'Tên bước chỉ gồm chữ thường không dấu, số và "_", bắt đầu bằng chữ, dài tối đa 40 ký tự.',
  )
  .describe('Tên của bước, duy nhất trong file: chữ thường không dấu, số, "_"');
export const flowIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'Tên kịch bản chỉ gồm chữ thường không dấu, số và "-", bắt đầu bằng chữ.')
  .describe('Tên của kịch bản, trùng với tên file: chữ thường không dấu, số, "-"');
export const targetSchema = z
  .string()
  .regex(
    /^([a-z][a-z0-9_]{0,39}|flow:[a-z][a-z0-9-]{0,39}(\/[a-z][a-z0-9_]{0,39})?)$/,
    'Nơi đến phải là tên một bước (không dấu, không dấu cách), "end", "flow:tên-kịch-bản" hoặc "flow:tên-kịch-bản/tên_bước".',
  )
  .describe('Nơi đến: tên một bước, "end", "flow:tên-kịch-bản" hoặc "flow:tên-kịch-bản/tên_bước"');
export const textSchema = z.string().trim().min(1, 'Nội dung không được để trống.').max(4_000, 'Nội dung quá dài.');
export const conditionSchema = z.string().min(1).max(1_000).describe('Điều kiện, ví dụ: subscription.days_left <= 7');
export const variableNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Tên biến chỉ gồm chữ thường không dấu, số và "_".')
  .describe('Tên biến đã khai báo ở "variables"');

/** Fields of every step. */
export const stepFields = {
  id: stepIdSchema,
  note: z.string().optional().describe('Ghi chú cho người soạn, khách không thấy'),
  next: targetSchema.optional().describe('Bước tiếp theo; bỏ trống = bước ngay bên dưới'),
};

/** Scratch of the step that a run stands at; forgotten when it moves on. Plain JSON. */
export type Notes = Record<string, string | number | string[]>;
export type StepScope = RunScope & { notes: Notes };

/** What happens when a run arrives at a step, answers it, or waits too long. */
export type Effect = {
  commands: FlowCommand[];
  variables?: Variables;
  notes?: Notes;
  /** Steps that do not wait: which exit to take; "next" when absent. */
  exit?: string;
};

/** `of`: it answers that earlier step anew, and the run goes on from there. */
export type Reply = { exit: string; effect?: Effect; of?: string } | { stay: Effect };

export type Exit = {
  name: string;
  /** Target as written; undefined = the step below. */
  to: string | undefined;
  /** Where the target stands, from the step. */
  path: SourcePath;
  by: 'now' | 'answer' | 'time';
  /** For `time`: the longest time it can take; Infinity when only the run knows. */
  afterMs?: number;
};

/** A message as the checks see it. */
export type Spoken = {
  key: string;
  text: string;
  zalo?: string | undefined;
  messenger?: string | undefined;
  choices: { title: string; short?: string | undefined; path: SourcePath }[];
  links: { title: string; path: SourcePath }[];
  hasFallback: boolean;
  /** Put together from several fields, which `texts` lists one by one. */
  isComposed?: boolean;
};

export type Behaviour = {
  arrive(scope: StepScope): Effect;
  understand?(text: string, scope: StepScope): Reply;
  receive?(attachmentKind: string, scope: StepScope): Reply;
  /** When the step's timer ran out; by default the exit "time". */
  expire?(scope: StepScope): Reply;
  /** After an agent hands back; by default what `arrive` says is said again, and its timer starts anew. */
  resume?(scope: StepScope): Reply;
};

/** What a step may know about the rest of its flow. */
export type FlowPlan = {
  variables: ReadonlySet<string>;
  /** The flow's own settings, for steps that say nothing else. */
  ifClosed: IfClosedField | undefined;
  purpose: PurposeField | undefined;
  template(text: string): TextRenderer;
  condition(source: string): Evaluator;
  survey(stepId: string): SurveyMark | null;
  offer(stepId: string): OfferMark | null;
};
/** A template of the catalogue that a ladder names; `parameters` as written, with placeholders. */
export type UsedTemplate = { path: SourcePath; id: string; parameters: Readonly<Record<string, string>> };
/** `exitFor`: the way that a score takes. */
export type SurveyMark = { metric: SurveyMetric; variable: string; exitFor(score: number): string };
export type OfferMark = { code: string };

export type StepDefinition<S> = {
  /** The key that names the kind in a file: say, ask … */
  key: string;
  schema: z.ZodType<S>;
  /** Does a run stop here until something comes? */
  waits: boolean | ((step: S) => boolean);
  /** Does a run end here? */
  isFinal?(step: S): boolean;
  exits(step: S): Exit[];
  spoken?(step: S): Spoken[];
  /** Other texts with placeholders. */
  texts?(step: S): { path: SourcePath; text: string }[];
  conditions?(step: S): { path: SourcePath; text: string }[];
  saves?(step: S): { path: SourcePath; name: string }[];
  /** Things only this kind can check; paths from the step. */
  findings?(step: S, plan: FlowPlan): Finding[];
  survey?(step: S): SurveyMark;
  offer?(step: S): OfferMark;
  guides?(step: S): { path: SourcePath; id: string }[];
  templates?(step: S): UsedTemplate[];
  behave(step: S, plan: FlowPlan): Behaviour;
};

/** A step of one file, its kind's knowledge bound to its data. */
export type PreparedStep = {
  id: string;
  kind: string;
  waits: boolean;
  isFinal: boolean;
  exits: Exit[];
  spoken: Spoken[];
  texts: { path: SourcePath; text: string }[];
  conditions: { path: SourcePath; text: string }[];
  saves: { path: SourcePath; name: string }[];
  guides: { path: SourcePath; id: string }[];
  templates: UsedTemplate[];
  /** Its own ladder; null = the flow's. */
  ifClosed: IfClosedField | null;
  survey: SurveyMark | null;
  offer: OfferMark | null;
  findings(plan: FlowPlan): Finding[];
  behave(plan: FlowPlan): Behaviour;
};

export type StepKind = {
  key: string;
  schema: z.ZodType;
  /** Checks raw data of this kind. */
  read(raw: unknown): { ok: true; step: PreparedStep } | { ok: false; issues: z.core.$ZodIssue[] };
};

/** Closes over the step's type, so that the rest of the code handles all kinds alike. */
export function defineStepKind<S extends { id: string }>(definition: StepDefinition<S>): StepKind {
  return {
    key: definition.key,
    schema: definition.schema,
    read(raw) {
      const parsed = definition.schema.safeParse(raw, { reportInput: true });
      return parsed.success
        ? { ok: true, step: prepareStep(definition, parsed.data) }
        : { ok: false, issues: parsed.error.issues };
    },
  };
}

function prepareStep<S extends { id: string }>(definition: StepDefinition<S>, step: S): PreparedStep {
  return {
    id: step.id,
    kind: definition.key,
    waits: typeof definition.waits === 'function' ? definition.waits(step) : definition.waits,
    isFinal: definition.isFinal?.(step) ?? false,
    exits: definition.exits(step),
    spoken: definition.spoken?.(step) ?? [],
    texts: definition.texts?.(step) ?? [],
    conditions: definition.conditions?.(step) ?? [],
    saves: definition.saves?.(step) ?? [],
    guides: definition.guides?.(step) ?? [],
    templates: definition.templates?.(step) ?? [],
    ifClosed: 'if_closed' in step ? (ifClosedSchema.safeParse(step.if_closed).data ?? null) : null,
    survey: definition.survey?.(step) ?? null,
    offer: definition.offer?.(step) ?? null,
    findings: (plan) => definition.findings?.(step, plan) ?? [],
    behave: (plan) => definition.behave(step, plan),
  };
}

/** The exit that most kinds have. */
export function nextExit(step: { next?: string | undefined }, by: Exit['by'] = 'now'): Exit {
  return { name: 'next', to: step.next, path: ['next'], by };
}

/** "I cannot make sense of this": the engine asks elsewhere before it repeats `retry`. */
export function notUnderstood(step: string, retry?: FlowCommand): Reply {
  const message = retry?.type === 'say' ? { retry: retry.message } : {};
  return { stay: { commands: [{ type: 'not_understood', step, ...message }] } };
}
