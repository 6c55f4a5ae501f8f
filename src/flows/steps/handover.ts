// handover: one polite line, then a person takes the conversation. With `next` the run goes on there when it is handed back.
import { z } from 'zod';
import { fallbackTemplates, fallbackTexts, prepareSpeech, speechFields, spokenBy } from './speech.ts';
import { defineStepKind, stepFields, textSchema } from './step-kind.ts';

const handoverSchema = z
  .strictObject({
    ...stepFields,
    handover: textSchema.describe('Lý do, nhân viên đọc được'),
    text: textSchema.describe('Lời nói với khách trước khi chuyển'),
    ...speechFields,
  })
  .describe('handover: chuyển cho nhân viên');

export const handoverKind = defineStepKind<z.infer<typeof handoverSchema>>({
  key: 'handover',
  schema: handoverSchema,
  waits: (step) => step.next !== undefined,
  isFinal: (step) => step.next === undefined,
  exits: (step) => (step.next === undefined ? [] : [{ name: 'next', to: step.next, path: ['next'], by: 'answer' }]),
  spoken: (step) => [spokenBy(step, 'text', step.text)],
  texts: (step) => [...fallbackTexts(step), { path: ['handover'], text: step.handover }],
  templates: fallbackTemplates,
  behave: (step, plan) => {
    const speak = prepareSpeech({ ...step, purpose: step.purpose ?? 'answer' }, step.text, plan);
    const reason = plan.template(step.handover);
    return {
      arrive: (scope) => ({ commands: [speak(scope), { type: 'hand_over', step: step.id, reason: reason(scope) }] }),
      // Whatever is said from here on was meant for the person; the engine steps on with `resume`.
      understand: () => ({ stay: { commands: [] } }),
      resume: () => (step.next === undefined ? { stay: { commands: [] } } : { exit: 'next' }),
    };
  },
});
