// cancel_training: calls off the customer's next training, whoever booked it; the hour is free again, staff are told why.
import { z } from 'zod';
import { defineStepKind, nextExit, stepFields, textSchema } from './step-kind.ts';

const cancelTrainingSchema = z
  .strictObject({
    ...stepFields,
    cancel_training: textSchema
      .max(300, 'Lý do dài tối đa 300 ký tự.')
      .describe('Lý do bỏ buổi đào tạo, nhân viên đọc được'),
  })
  .describe('cancel_training: bỏ buổi đào tạo sắp tới của khách');

export const cancelTrainingKind = defineStepKind<z.infer<typeof cancelTrainingSchema>>({
  key: 'cancel_training',
  schema: cancelTrainingSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  texts: (step) => [{ path: ['cancel_training'], text: step.cancel_training }],
  behave: (step, plan) => {
    const reason = plan.template(step.cancel_training);
    return {
      arrive: (scope) => ({
        commands: scope.facts.training ? [{ type: 'cancel_training', step: step.id, reason: reason(scope) }] : [],
      }),
    };
  },
});
