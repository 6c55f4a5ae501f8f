// tip: shares the one useful thing chosen for this customer (`{tip.title}`, `{tip.text}`), and notes that they had it,
// so that nobody is sent the same thing twice. With nothing left to share it passes in silence.
import { z } from 'zod';
import { fallbackTemplates, fallbackTexts, prepareSpeech, speechFields, spokenBy } from './speech.ts';
import { defineStepKind, nextExit, stepFields, textSchema } from './step-kind.ts';

const tipSchema = z
  .strictObject({
    ...stepFields,
    tip: textSchema.describe('Lời gửi kèm điều hữu ích, ví dụ "{tip.title}: {tip.text}"'),
    ...speechFields,
  })
  .describe('tip: gửi một điều hữu ích chưa gửi bao giờ');

export const tipKind = defineStepKind<z.infer<typeof tipSchema>>({
  key: 'tip',
  schema: tipSchema,
  waits: false,
  exits: (step) => [nextExit(step)],
  spoken: (step) => [spokenBy(step, 'tip', step.tip)],
  texts: fallbackTexts,
  templates: fallbackTemplates,
  behave: (step, plan) => {
    const speak = prepareSpeech(step, step.tip, plan);
    return {
      arrive: (scope) => {
        const shared = scope.facts.tip;
        if (!shared) return { commands: [] };
        return { commands: [speak(scope), { type: 'share_tip', step: step.id, tip: shared.id }] };
      },
    };
  },
});
