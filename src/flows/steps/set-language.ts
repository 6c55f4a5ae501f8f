// set_language: notes in which language the customer wants to be spoken to.
import { z } from 'zod';
import { defineStepKind, nextExit, stepFields } from './step-kind.ts';

const setLanguageSchema = z
  .strictObject({ ...stepFields, set_language: z.enum(['vi', 'en']).describe('vi = tiếng Việt, en = tiếng Anh') })
  .describe('set_language: đổi ngôn ngữ của khách');

export const setLanguageKind = defineStepKind<z.infer<typeof setLanguageSchema>>({
  key: 'set_language',
  schema: setLanguageSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  behave: (step) => ({
    arrive: () => ({ commands: [{ type: 'set_language', step: step.id, language: step.set_language }] }),
  }),
});
