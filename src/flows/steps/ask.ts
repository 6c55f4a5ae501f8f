// ask: a question that the customer answers in own words: text, a number, a phone number, an e-mail, a picture.
import { z } from 'zod';
import { durationMs, durationSchema } from '../duration.ts';
import { type ReadAnswer, readAnswer } from './read-answer.ts';
import { aboutCommands, aboutFindings } from './record-about.ts';
import { correctScore } from './score-correction.ts';
import { fallbackTemplates, fallbackTexts, prepareSpeech, prepareVoice, speechFields, spokenBy } from './speech.ts';
import {
  type Behaviour,
  defineStepKind,
  type Exit,
  type FlowPlan,
  nextExit,
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

export const noReplySchema = z
  .strictObject({ after: durationSchema, go: targetSchema })
  .describe('Khách im lặng quá lâu: chờ bao lâu rồi đi đâu');

const askSchema = z
  .strictObject({
    ...stepFields,
    ask: textSchema.describe('Câu hỏi, khách trả lời bằng lời của mình'),
    ...speechFields,
    answer: z.enum(['text', 'number', 'phone', 'email', 'photo']).default('text').describe('Loại câu trả lời mong đợi'),
    save_as: variableNameSchema,
    min: z.number().optional().describe('Số nhỏ nhất, hoặc số ký tự ít nhất'),
    max: z.number().optional().describe('Số lớn nhất, hoặc số ký tự nhiều nhất'),
    retry: textSchema.optional().describe('Lời hỏi lại khi câu trả lời chưa đúng'),
    about: stepIdSchema.optional().describe('Bước survey hoặc offer mà câu trả lời này nói thêm (ý kiến, lý do)'),
    no_reply: noReplySchema.optional(),
  })
  .describe('ask: hỏi một câu mở');
type AskStep = z.infer<typeof askSchema>;

const defaultRetry: Record<AskStep['answer'], string> = {
  text: 'Dạ {address} viết thêm giúp em một chút nhé.',
  number: 'Dạ {address} nhắn giúp em một con số nhé.',
  phone: 'Dạ số điện thoại này hình như chưa đúng, {address} nhắn lại giúp em nhé. Ví dụ: 0912 345 678.',
  email: 'Dạ địa chỉ e-mail này hình như chưa đúng, {address} nhắn lại giúp em nhé.',
  photo: 'Dạ {address} gửi giúp em một tấm ảnh nhé.',
};
const maxWrongAnswers = 2;

export const askKind = defineStepKind<AskStep>({
  key: 'ask',
  schema: askSchema,
  waits: true,
  exits: (step) => [nextExit(step, 'answer'), ...noReplyExit(step.no_reply)],
  spoken: (step) => [spokenBy(step, 'ask', step.ask)],
  texts: (step) => [
    ...fallbackTexts(step),
    ...(step.retry === undefined ? [] : [{ path: ['retry'], text: step.retry }]),
  ],
  templates: fallbackTemplates,
  saves: (step) => [{ path: ['save_as'], name: step.save_as }],
  findings: aboutFindings,
  behave: behaveAsk,
});

export function noReplyExit(field: z.infer<typeof noReplySchema> | undefined): Exit[] {
  if (field === undefined) return [];
  return [{ name: 'time', to: field.go, path: ['no_reply', 'go'], by: 'time', afterMs: durationMs(field.after) }];
}

function behaveAsk(step: AskStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech(step, step.ask, plan);
  const voice = prepareVoice(step, plan);
  const retryText = plan.template(step.retry ?? defaultRetry[step.answer]);
  const retry = (scope: StepScope) => voice.sayText(retryText(scope), scope);
  const accept = (value: string | number, scope: StepScope): Reply => ({
    exit: 'next',
    effect: {
      commands: aboutCommands(step.about, plan, scope, String(value)),
      variables: { [step.save_as]: value },
    },
  });
  return {
    arrive: (scope) => ({ commands: [speak(scope), ...timerCommand(step.id, step.no_reply?.after, scope)] }),
    understand: (text, scope) => {
      const corrected = step.answer === 'text' ? correctScore(step, plan, text, scope) : null;
      if (corrected !== null) return corrected;
      const answer = readAnswer(step, text);
      return answer.ok ? accept(answer.value, scope) : refuse(step, answer, scope, retry);
    },
    receive: (kind, scope) =>
      step.answer === 'photo' && ['image', 'video', 'file'].includes(kind)
        ? accept(kind, scope)
        : { stay: { commands: [] } },
  };
}

/** A near miss is asked again by ourselves twice; then, and for anything else, others may know what was meant. */
function refuse(
  step: AskStep,
  answer: Extract<ReadAnswer, { ok: false }>,
  scope: StepScope,
  retry: (scope: StepScope) => ReturnType<ReturnType<typeof prepareVoice>['sayText']>,
): Reply {
  const wrong = Number(scope.notes.wrong ?? 0);
  if (!answer.isNear || wrong >= maxWrongAnswers) return notUnderstood(step.id, retry(scope));
  return { stay: { commands: [retry(scope)], notes: { ...scope.notes, wrong: wrong + 1 } } };
}
