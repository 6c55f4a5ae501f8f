// opt_in: the customer wants our messages again.
import { z } from 'zod';
import { prepareSpeech, speechFields, spokenBy } from './speech.ts';
import { defineStepKind, nextExit, stepFields, textSchema } from './step-kind.ts';

const optInSchema = z
  .strictObject({
    ...stepFields,
    opt_in: textSchema.describe('Lời xác nhận'),
    zalo: speechFields.zalo,
    messenger: speechFields.messenger,
  })
  .describe('opt_in: nhận tin trở lại');

export const optInKind = defineStepKind<z.infer<typeof optInSchema>>({
  key: 'opt_in',
  schema: optInSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  spoken: (step) => [spokenBy(step, 'opt_in', step.opt_in)],
  behave: (step, plan) => {
    const speak = prepareSpeech({ ...step, purpose: 'confirmation' }, step.opt_in, plan);
    return { arrive: (scope) => ({ commands: [{ type: 'opt_in', step: step.id }, speak(scope)] }) };
  },
});
