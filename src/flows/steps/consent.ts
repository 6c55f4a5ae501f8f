// consent: asks whether advertising is welcome. Only a plain yes is one: silence, "ok để xem" or a smile are not.
import { z } from 'zod';
import { isWholly, readSaying } from '../match-phrase.ts';
import { understandChoice } from '../understand-choice.ts';
import { noReplyExit, noReplySchema } from './ask.ts';
import { choicePhrases, choiceWithTargetSchema, shownChoices, spokenChoices } from './choices.ts';
import { fallbackTemplates, fallbackTexts, prepareSpeech, prepareVoice, speechFields, spokenBy } from './speech.ts';
import {
  type Behaviour,
  defineStepKind,
  type FlowPlan,
  nextExit,
  notUnderstood,
  type StepScope,
  stepFields,
  textSchema,
} from './step-kind.ts';
import { timerCommand } from './timer.ts';

const consentSchema = z
  .strictObject({
    ...stepFields,
    consent: z.literal('advertising').describe('Mục đích mà khách được hỏi'),
    question: textSchema
      .optional()
      .describe('Câu hỏi nguyên văn, được lưu làm bằng chứng: nội dung, hình thức, tần suất'),
    withdrawn: textSchema.optional().describe('Thay cho "question": khách tự nói ngừng, chỉ xác nhận lại'),
    ...speechFields,
    yes: choiceWithTargetSchema.prefault({ title: 'Đồng ý', also: ['tôi đồng ý', 'em đồng ý', 'có đồng ý'] }),
    no: choiceWithTargetSchema.prefault({ title: 'Không, cảm ơn', also: ['không', 'không đồng ý', 'thôi', 'từ chối'] }),
    retry: textSchema.optional().describe('Lời nhắc lại khi chưa rõ khách có đồng ý không'),
    no_reply: noReplySchema.optional(),
  })
  .describe('consent: hỏi khách có đồng ý nhận quảng cáo không');
type ConsentStep = z.infer<typeof consentSchema>;

const RETRY = 'Dạ {address} chọn giúp em "Đồng ý" hoặc "Không, cảm ơn" nhé. Chưa chọn thì em chưa gửi quảng cáo.';

export const consentKind = defineStepKind<ConsentStep>({
  key: 'consent',
  schema: consentSchema,
  waits: (step) => step.question !== undefined,
  exits: (step) =>
    step.question === undefined
      ? [nextExit(step)]
      : [
          { name: 'yes', to: step.yes.go ?? step.next, path: ['yes'], by: 'answer' },
          { name: 'no', to: step.no.go ?? step.next, path: ['no'], by: 'answer' },
          ...noReplyExit(step.no_reply),
        ],
  spoken: (step) => [
    spokenBy(
      step,
      step.question === undefined ? 'withdrawn' : 'question',
      textOf(step),
      step.question === undefined
        ? {}
        : { choices: spokenChoices([step.yes, step.no], (index) => [index === 0 ? 'yes' : 'no', 'title']) },
    ),
  ],
  texts: (step) => [
    ...fallbackTexts(step),
    ...(step.retry === undefined ? [] : [{ path: ['retry'], text: step.retry }]),
  ],
  templates: fallbackTemplates,
  findings: (step) =>
    (step.question === undefined) === (step.withdrawn === undefined)
      ? [
          {
            code: 'consent_question',
            path: ['consent'],
            message:
              'Bước này cần đúng một trong hai: "question:" (hỏi khách) hoặc "withdrawn:" (xác nhận khách đã ngừng).',
            fix: 'Giữ lại một trong hai dòng.',
          },
        ]
      : [],
  behave: (step, plan) => (step.question === undefined ? withdraw(step, plan) : askConsent(step, plan)),
});

function textOf(step: ConsentStep): string {
  return step.question ?? step.withdrawn ?? '…';
}

function withdraw(step: ConsentStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech({ ...step, purpose: 'confirmation' }, textOf(step), plan);
  const answer = {
    type: 'record_consent',
    step: step.id,
    purpose: step.consent,
    granted: false,
    wording: null,
  } as const;
  return { arrive: (scope) => ({ commands: [answer, speak(scope)] }) };
}

function askConsent(step: ConsentStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech(step, textOf(step), plan);
  const voice = prepareVoice(step, plan);
  const retryText = plan.template(step.retry ?? RETRY);
  const options = [step.yes, step.no];
  const phrases = choicePhrases(options);
  const choices = { zalo: shownChoices(options, 'zalo'), messenger: shownChoices(options, 'messenger') };
  const taps = (scope: StepScope) => ({ choices: choices[scope.facts.channel] });
  const answered = (granted: boolean, { notes }: StepScope) => ({
    exit: granted ? 'yes' : 'no',
    effect: {
      commands: [
        {
          type: 'record_consent',
          step: step.id,
          purpose: step.consent,
          granted,
          wording: `${notes.asked ?? textOf(step)} [${granted ? step.yes.title : step.no.title}]`,
        } as const,
      ],
    },
  });
  return {
    arrive: (scope) => {
      const said = speak(scope, taps(scope));
      const asked = said.type === 'say' && said.message.kind === 'text' ? said.message.text : textOf(step);
      return { commands: [said, ...timerCommand(step.id, step.no_reply?.after, scope)], notes: { asked } };
    },
    understand: (text, scope) => {
      const said = readSaying(text);
      if (phrases[0]?.some((phrase) => isWholly(said, phrase))) return answered(true, scope);
      // A no may be said in passing; a yes may not.
      if (understandChoice(text, phrases) === 1) return answered(false, scope);
      return notUnderstood(step.id, voice.sayText(retryText(scope), scope, taps(scope)));
    },
  };
}
