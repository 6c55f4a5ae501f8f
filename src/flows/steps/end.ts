// end: the flow is over, perhaps with a last word.
import { z } from 'zod';
import { fallbackTemplates, fallbackTexts, prepareSpeech, speechFields, spokenBy } from './speech.ts';
import { defineStepKind, stepFields, textSchema } from './step-kind.ts';

const endSchema = z
  .strictObject({
    id: stepFields.id,
    note: stepFields.note,
    end: z.union([z.literal(true), textSchema]).describe('Lời chào kết, hoặc true nếu không nói gì'),
    ...speechFields,
  })
  .describe('end: kết thúc kịch bản');
type EndStep = z.infer<typeof endSchema>;

export const endKind = defineStepKind<EndStep>({
  key: 'end',
  schema: endSchema,
  waits: false,
  isFinal: () => true,
  exits: () => [],
  spoken: (step) => (step.end === true ? [] : [spokenBy(step, 'end', step.end)]),
  texts: fallbackTexts,
  templates: fallbackTemplates,
  behave: (step, plan) => {
    const speak = step.end === true ? null : prepareSpeech(step, step.end, plan);
    return {
      arrive: (scope) => ({ commands: [...(speak === null ? [] : [speak(scope)]), { type: 'end', step: step.id }] }),
    };
  },
});
