// go: on to another step, or to another flow at its start or at a step.
import { z } from 'zod';
import { defineStepKind, stepFields, targetSchema } from './step-kind.ts';

const goSchema = z
  .strictObject({ id: stepFields.id, note: stepFields.note, go: targetSchema })
  .describe('go: đi đến bước hoặc kịch bản khác');

export const goKind = defineStepKind<z.infer<typeof goSchema>>({
  key: 'go',
  schema: goSchema,
  waits: false,
  exits: (step) => [{ name: 'next', to: step.go, path: ['go'], by: 'now' }],
  behave: () => ({ arrive: () => ({ commands: [] }) }),
});
