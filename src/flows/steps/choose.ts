// choose: a question with buttons; the title, its number or other words for it are understood, with and without dấu.
import { z } from 'zod';
import type { Finding } from '../problem.ts';
import { understandChoice } from '../understand-choice.ts';
import { foldText } from '../vietnamese-text.ts';
import { noReplyExit, noReplySchema } from './ask.ts';
import { choiceFields, choicePhrases, shownChoices, spokenChoices } from './choices.ts';
import { aboutCommands, aboutFindings } from './record-about.ts';
import { fallbackTemplates, fallbackTexts, prepareSpeech, prepareVoice, speechFields, spokenBy } from './speech.ts';
import {
  type Behaviour,
  defineStepKind,
  type FlowPlan,
  notUnderstood,
  type Reply,
  type StepScope,
  stepFields,
  stepIdSchema,
  targetSchema,
  textSchema,
  variableNameSchema,
} from './step-kind.ts';
import { timerCommand } from './timer.ts';

const optionSchema = z.strictObject({
  ...choiceFields,
  go: targetSchema.optional().describe('Đi đâu khi khách chọn; bỏ trống = bước tiếp theo'),
  value: z
    .union([z.string().max(200), z.number(), z.boolean()])
    .optional()
    .describe('Giá trị ghi nhớ thay cho chữ trên nút'),
});

const chooseSchema = z
  .strictObject({
    ...stepFields,
    choose: textSchema.describe('Câu hỏi, khách chọn một nút'),
    ...speechFields,
    options: z.array(optionSchema).min(1).max(13),
    save_as: variableNameSchema.optional(),
    retry: textSchema.optional().describe('Lời nhắc lại khi không hiểu khách chọn gì'),
    about: stepIdSchema.optional().describe('Bước survey hoặc offer mà lựa chọn này nói thêm (ý kiến, lý do)'),
    no_reply: noReplySchema.optional(),
  })
  .describe('choose: hỏi có nút để chọn');
type ChooseStep = z.infer<typeof chooseSchema>;

export const chooseKind = defineStepKind<ChooseStep>({
  key: 'choose',
  schema: chooseSchema,
  waits: true,
  exits: (step) => [
    ...step.options.map((option, index) =>
      option.go === undefined
        ? { name: `option_${index}`, to: step.next, path: ['next'], by: 'answer' as const }
        : { name: `option_${index}`, to: option.go, path: ['options', index, 'go'], by: 'answer' as const },
    ),
    ...noReplyExit(step.no_reply),
  ],
  spoken: (step) => [
    spokenBy(step, 'choose', step.choose, { choices: spokenChoices(step.options, (index) => ['options', index]) }),
  ],
  texts: (step) => [
    ...fallbackTexts(step),
    ...(step.retry === undefined ? [] : [{ path: ['retry'], text: step.retry }]),
  ],
  templates: fallbackTemplates,
  saves: (step) => (step.save_as === undefined ? [] : [{ path: ['save_as'], name: step.save_as }]),
  findings: (step, plan) => [...aboutFindings(step, plan), ...sameWordings(step)],
  behave: behaveChoose,
});

function behaveChoose(step: ChooseStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech(step, step.choose, plan);
  const voice = prepareVoice(step, plan);
  const retryText = plan.template(
    step.retry ?? 'Dạ em chưa rõ ý {address}, {address} chọn giúp em một mục bên dưới nhé.',
  );
  const phrases = choicePhrases(step.options);
  const choices = { zalo: shownChoices(step.options, 'zalo'), messenger: shownChoices(step.options, 'messenger') };
  const taps = (scope: StepScope) => ({ choices: choices[scope.facts.channel] });
  return {
    arrive: (scope) => ({
      commands: [speak(scope, taps(scope)), ...timerCommand(step.id, step.no_reply?.after, scope)],
    }),
    understand: (text, scope) => {
      const index = understandChoice(text, phrases, () => scope.guides.search(text).found !== null);
      if (index === null) return notUnderstood(step.id, voice.sayText(retryText(scope), scope, taps(scope)));
      return chosen(step, plan, index, scope);
    },
  };
}

function chosen(step: ChooseStep, plan: FlowPlan, index: number, scope: StepScope): Reply {
  const option = step.options[index];
  if (option === undefined) throw new RangeError(`Step ${step.id} has no option ${index}.`);
  return {
    exit: `option_${index}`,
    effect: {
      commands: aboutCommands(step.about, plan, scope, option.title),
      ...(step.save_as === undefined ? {} : { variables: { [step.save_as]: option.value ?? option.title } }),
    },
  };
}

function sameWordings(step: ChooseStep): Finding[] {
  const seen = new Map<string, number>();
  return step.options.flatMap((option, index) =>
    [option.title, ...option.also].flatMap((wording): Finding[] => {
      const owner = seen.get(foldText(wording));
      if (owner === undefined) seen.set(foldText(wording), index);
      if (owner === undefined || owner === index) return [];
      return [
        {
          code: 'same_wording',
          path: ['options', index],
          message: `"${wording}" có ở cả hai lựa chọn ${owner + 1} và ${index + 1}, em sẽ không biết khách chọn mục nào.`,
          fix: 'Đổi chữ ở một trong hai lựa chọn.',
        },
      ];
    }),
  );
}
