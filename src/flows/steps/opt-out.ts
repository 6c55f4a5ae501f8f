// opt_out: one confirmation, then nothing unasked any more.
import { z } from 'zod';
import { prepareSpeech, speechFields, spokenBy } from './speech.ts';
import { defineStepKind, stepFields, textSchema } from './step-kind.ts';

const optOutSchema = z
  .strictObject({
    id: stepFields.id,
    note: stepFields.note,
    opt_out: textSchema.describe('Lời xác nhận duy nhất'),
    zalo: speechFields.zalo,
    messenger: speechFields.messenger,
  })
  .describe('opt_out: ngừng nhận tin');

export const optOutKind = defineStepKind<z.infer<typeof optOutSchema>>({
  key: 'opt_out',
  schema: optOutSchema,
  waits: false,
  isFinal: () => true,
  exits: () => [],
  spoken: (step) => [spokenBy(step, 'opt_out', step.opt_out)],
  behave: (step, plan) => {
    const speak = prepareSpeech({ ...step, purpose: 'confirmation' }, step.opt_out, plan);
    return { arrive: (scope) => ({ commands: [speak(scope), { type: 'opt_out', step: step.id }] }) };
  },
});
