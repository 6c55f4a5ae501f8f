// open_case: leaves work for a person, with a reason and a deadline; the customer sees nothing.
import { z } from 'zod';
import { durationMs, durationSchema } from '../duration.ts';
import { defineStepKind, nextExit, stepFields, textSchema } from './step-kind.ts';

const openCaseSchema = z
  .strictObject({
    ...stepFields,
    open_case: textSchema.describe('Lý do, nhân viên đọc được'),
    kind: z
      .enum(['complaint', 'offer', 'other'])
      .optional()
      .describe('Loại: complaint = phàn nàn, offer = ưu đãi, other'),
    due: durationSchema.default('24 hours').describe('Phải xử lý xong trong bao lâu'),
    detail: z
      .record(z.string().regex(/^[\p{L}_][\p{L}\p{N}_ ]{0,39}$/u), textSchema)
      .default({})
      .describe('Chi tiết kèm theo'),
  })
  .describe('open_case: mở một việc cho nhân viên');

export const openCaseKind = defineStepKind<z.infer<typeof openCaseSchema>>({
  key: 'open_case',
  schema: openCaseSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  texts: (step) => [
    { path: ['open_case'], text: step.open_case },
    ...Object.entries(step.detail).map(([name, text]) => ({ path: ['detail', name], text })),
  ],
  behave: (step, plan) => {
    const reason = plan.template(step.open_case);
    const detail = Object.entries(step.detail).map(([name, text]) => [name, plan.template(text)] as const);
    const dueInHours = durationMs(step.due) / 3_600_000;
    return {
      arrive: (scope) => ({
        commands: [
          {
            type: 'open_case',
            step: step.id,
            reason: reason(scope),
            ...(step.kind === undefined ? {} : { kind: step.kind }),
            dueInHours,
            detail: Object.fromEntries(detail.map(([name, render]) => [name, render(scope)])),
          },
        ],
      }),
    };
  },
});
