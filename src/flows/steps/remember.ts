// remember: puts values into variables: fixed ones, texts with placeholders, or "= sum".
import { z } from 'zod';
import type { FlowPlan } from './step-kind.ts';
import { defineStepKind, nextExit, type StepScope, stepFields, variableNameSchema } from './step-kind.ts';

const rememberSchema = z
  .strictObject({
    ...stepFields,
    remember: z
      .record(variableNameSchema, z.union([z.string().max(1_000), z.number(), z.boolean()]))
      .describe('Tên biến và giá trị; "= visits + 1" để tính'),
  })
  .describe('remember: ghi nhớ vào biến');
type RememberStep = z.infer<typeof rememberSchema>;
type Stored = string | number | boolean | null;

export const rememberKind = defineStepKind<RememberStep>({
  key: 'remember',
  schema: rememberSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  texts: (step) => fieldsOf(step).filter(({ text }) => !text.startsWith('=')),
  conditions: (step) =>
    fieldsOf(step)
      .filter(({ text }) => text.startsWith('='))
      .map(({ path, text }) => ({ path, text: text.slice(1).trim() })),
  saves: (step) => Object.keys(step.remember).map((name) => ({ path: ['remember', name], name })),
  behave: (step, plan) => {
    const fields = Object.entries(step.remember).map(([name, value]) => ({ name, read: prepareValue(value, plan) }));
    return {
      arrive: (scope) => ({
        commands: [],
        variables: Object.fromEntries(fields.map(({ name, read }) => [name, read(scope)])),
      }),
    };
  },
});

function fieldsOf(step: RememberStep): { path: string[]; text: string }[] {
  return Object.entries(step.remember).flatMap(([name, value]) =>
    typeof value === 'string' ? [{ path: ['remember', name], text: value }] : [],
  );
}

function prepareValue(value: string | number | boolean, plan: FlowPlan): (scope: StepScope) => Stored {
  if (typeof value !== 'string') return () => value;
  if (!value.startsWith('=')) return plan.template(value);
  const calculate = plan.condition(value.slice(1).trim());
  return (scope) => {
    const result = calculate(scope);
    return typeof result === 'object' ? (result?.join(', ') ?? null) : result;
  };
}
