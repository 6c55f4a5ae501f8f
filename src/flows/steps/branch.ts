// branch: goes where the first true condition says, else where `else` says.
import { z } from 'zod';
import { isTrue } from '../evaluate-expression.ts';
import { conditionSchema, defineStepKind, type Exit, stepFields, targetSchema } from './step-kind.ts';

const branchSchema = z
  .strictObject({
    id: stepFields.id,
    note: stepFields.note,
    branch: z
      .array(z.strictObject({ if: conditionSchema, go: targetSchema }))
      .min(1)
      .max(30),
    else: targetSchema.optional().describe('Đi đâu khi không điều kiện nào đúng; bắt buộc'),
  })
  .describe('branch: rẽ nhánh theo điều kiện');
type BranchStep = z.infer<typeof branchSchema>;

export const branchKind = defineStepKind<BranchStep>({
  key: 'branch',
  schema: branchSchema,
  waits: false,
  exits: (step) => [
    ...step.branch.map(
      ({ go }, index): Exit => ({ name: `branch_${index}`, to: go, path: ['branch', index, 'go'], by: 'now' }),
    ),
    { name: 'else', to: step.else, path: ['else'], by: 'now' },
  ],
  conditions: (step) => step.branch.map((item, index) => ({ path: ['branch', index, 'if'], text: item.if })),
  findings: (step) =>
    step.else === undefined
      ? [
          {
            code: 'missing_else',
            path: ['branch'],
            message: 'Bước rẽ nhánh thiếu "else": khi không điều kiện nào đúng, khách sẽ đi đâu?',
            fix: 'Thêm dòng "else: tên_bước" ngang hàng với "branch".',
          },
        ]
      : [],
  behave: (step, plan) => {
    const conditions = step.branch.map((item) => plan.condition(item.if));
    return {
      arrive: (scope) => {
        const index = conditions.findIndex((condition) => isTrue(condition(scope)));
        return { commands: [], exit: index === -1 ? 'else' : `branch_${index}` };
      },
    };
  },
});
