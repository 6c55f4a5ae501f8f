// open_task: gives staff something to do for this customer, with a deadline; the customer sees nothing.
import { z } from 'zod';
import { durationMs, durationSchema } from '../duration.ts';
import { defineStepKind, nextExit, stepFields, textSchema } from './step-kind.ts';

const openTaskSchema = z
  .strictObject({
    ...stepFields,
    open_task: textSchema.max(300, 'Tên việc dài tối đa 300 ký tự.').describe('Việc phải làm, nhân viên đọc được'),
    kind: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Loại việc chỉ gồm chữ thường không dấu, số và "_".')
      .default('follow_up')
      .describe('Loại việc: welcome_call, renewal_call, follow_up …'),
    due: durationSchema.default('24 hours').describe('Phải làm xong trong bao lâu'),
    detail: z
      .record(z.string().regex(/^[\p{L}_][\p{L}\p{N}_ ]{0,39}$/u), textSchema)
      .default({})
      .describe('Chi tiết kèm theo'),
  })
  .describe('open_task: giao một việc cho nhân viên phụ trách gói của khách');

export const openTaskKind = defineStepKind<z.infer<typeof openTaskSchema>>({
  key: 'open_task',
  schema: openTaskSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  texts: (step) => [
    { path: ['open_task'], text: step.open_task },
    ...Object.entries(step.detail).map(([name, text]) => ({ path: ['detail', name], text })),
  ],
  behave: (step, plan) => {
    const title = plan.template(step.open_task);
    const detail = Object.entries(step.detail).map(([name, text]) => [name, plan.template(text)] as const);
    const dueInHours = durationMs(step.due) / 3_600_000;
    return {
      arrive: (scope) => ({
        commands: [
          {
            type: 'open_task',
            step: step.id,
            title: title(scope),
            kind: step.kind,
            dueInHours,
            detail: Object.fromEntries(detail.map(([name, render]) => [name, render(scope)])),
          },
        ],
      }),
    };
  },
});
