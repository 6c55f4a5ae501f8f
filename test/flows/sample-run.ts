// What tests of flows share: facts of a made-up customer, two small guides, and building a flow from a few lines.
import type { TemplateRegistry } from '../../src/flows/approved-template.ts';
import { type CompiledFlow, compileFlow } from '../../src/flows/compile-flow.ts';
import type { Guide } from '../../src/flows/guides/guide.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import type { Problem } from '../../src/flows/problem.ts';
import { type FlowFile, readFlow } from '../../src/flows/read-flow.ts';
import type { RunScope } from '../../src/flows/run-scope.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';
import { validateFlows } from '../../src/flows/validate-flow.ts';

/** One approved Zalo template that wants nothing filled in. */
const templates: TemplateRegistry = new Map([
  [
    'gia_han_v1',
    {
      id: 'gia_han_v1',
      channel: 'zalo',
      via: 'zbs',
      providerId: '1',
      approval: 'approved',
      price: 300,
      language: 'vi',
      parameters: {},
      text: 'Gói của mình sắp hết hạn.',
    },
  ],
]);

export const tuesdayMorning = '2026-11-24T09:00:00+07:00';
export const facts = sampleFacts('zalo', tuesdayMorning, {
  customer: { industry: 'Spa', tags: ['vip'], attributes: { size: 3 } },
  subscription: { plan: 'Cơ bản', value: 1_299_000, expires_at: '2026-12-01T09:00:00+07:00' },
  usage: { 'appointments.month': 120, branches: 5 },
});

const guide = (id: string, title: string, body: string): Guide => ({
  id,
  title,
  shortTitle: title.slice(0, 20),
  product: 'spa',
  rank: null,
  keywords: [title],
  questions: [title],
  summary: title,
  body,
  videoUrl: null,
});
export const guides = createGuideLibrary([
  guide('tao-lich-hen', 'Tạo lịch hẹn', '## Cách làm\n- Bấm **Lịch hẹn**.'),
  guide('them-khach-hang', 'Thêm khách hàng', 'Bấm Khách hàng, rồi bấm Thêm.'),
]);

export const scope: RunScope = { facts, guides, variables: { score: 2, ly_do: 'đắt quá' } };

const head = (steps: string, rest: string) => `id: thu
title: Thử
entry: [{ on: follow }]
${rest}
steps:
${steps}`;

/** Reads steps written as YAML under a small head; `rest` adds or replaces lines of the head. */
export function readSteps(steps: string, rest = ''): { flow: FlowFile | null; problems: Problem[] } {
  return readFlow('thu.flow.yaml', head(steps, rest));
}

/** All problems of a small flow, of form and of sense. */
export function problemsOf(steps: string, rest = '', others: FlowFile[] = []): Problem[] {
  const { flow, problems } = readSteps(steps, rest);
  const sense = flow === null ? [] : validateFlows([flow, ...others], { guides, templates });
  return [...problems, ...sense.filter(({ file }) => file === 'thu.flow.yaml')];
}

/** Throws with all problems when the steps have any error. */
export function compileSteps(steps: string, rest = ''): CompiledFlow {
  const errors = problemsOf(steps, rest).filter(({ severity }) => severity === 'error');
  const { flow } = readSteps(steps, rest);
  if (flow === null || errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  return compileFlow(flow);
}
