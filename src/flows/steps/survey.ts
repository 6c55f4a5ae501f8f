// survey: asks for one score (CSAT 1–5, NPS 0–10, CES 1–7), records asked, answered or expired, and branches by score.
import { z } from 'zod';
import { channelLimits } from '../channel-limits.ts';
import { durationMs, durationSchema } from '../duration.ts';
import type { FlowCommand } from '../flow-run.ts';
import type { Finding } from '../problem.ts';
import { fallbackTemplates, fallbackTexts, prepareSpeech, prepareVoice, speechFields, spokenBy } from './speech.ts';
import {
  type Behaviour,
  defineStepKind,
  type Exit,
  type FlowPlan,
  notUnderstood,
  type Reply,
  type StepScope,
  stepFields,
  targetSchema,
  textSchema,
  variableNameSchema,
} from './step-kind.ts';
import { readScore, scoreRange, scoreTitles } from './survey-words.ts';
import { timerCommand } from './timer.ts';

const surveySchema = z
  .strictObject({
    ...stepFields,
    survey: z.enum(['csat', 'nps', 'ces']).describe('csat = hài lòng 1–5, nps = giới thiệu 0–10, ces = dễ dùng 1–7'),
    text: textSchema.describe('Câu hỏi'),
    ...speechFields,
    save_as: variableNameSchema.optional().describe('Biến giữ số điểm; bỏ trống = csat, nps hoặc ces'),
    retry: textSchema.optional(),
    scores: z
      .array(
        z.strictObject({
          score: z
            .string()
            .regex(/^\d{1,2}(\s*-\s*\d{1,2})?$/, 'Viết một điểm "1" hoặc một khoảng "1-2", trong dấu nháy.')
            .describe('Điểm "5" hoặc khoảng điểm "1-2"'),
          go: targetSchema,
        }),
      )
      .max(11)
      .default([])
      .describe('Rẽ theo điểm; điểm không nhắc đến thì đi bước tiếp theo'),
    expires: durationSchema.default('3 days').describe('Quá hạn này thì không hỏi nữa'),
    expired: targetSchema.default('end').describe('Đi đâu khi khách không trả lời'),
  })
  .describe('survey: khảo sát bằng điểm số');
type SurveyStep = z.infer<typeof surveySchema>;

export const surveyKind = defineStepKind<SurveyStep>({
  key: 'survey',
  schema: surveySchema,
  waits: true,
  exits: (step) => [
    { name: 'next', to: step.next, path: ['next'], by: 'answer' },
    ...step.scores.map(
      ({ go }, index): Exit => ({ name: `score_${index}`, to: go, path: ['scores', index, 'go'], by: 'answer' }),
    ),
    { name: 'time', to: step.expired, path: ['expired'], by: 'time', afterMs: durationMs(step.expires) },
  ],
  spoken: (step) => [spokenBy(step, 'text', step.text)],
  texts: (step) => [
    ...fallbackTexts(step),
    ...(step.retry === undefined ? [] : [{ path: ['retry'], text: step.retry }]),
  ],
  templates: fallbackTemplates,
  saves: (step) => (step.save_as === undefined ? [] : [{ path: ['save_as'], name: step.save_as }]),
  survey: (step) => ({
    metric: step.survey,
    variable: step.save_as ?? step.survey,
    exitFor: (score) => exitFor(step, score),
  }),
  findings: (step) => scoreFindings(step),
  behave: behaveSurvey,
});

const defaultRetry: Record<SurveyStep['survey'], string> = {
  csat: 'Dạ {address} chọn giúp em một mức, hoặc nhắn một số từ 1 (rất tệ) đến 5 (rất hài lòng) nhé.',
  nps: 'Dạ {address} nhắn giúp em một số từ 0 (chắc chắn không) đến 10 (chắc chắn có) nhé.',
  ces: 'Dạ {address} nhắn giúp em một số từ 1 (rất khó) đến 7 (rất dễ) nhé.',
};

function behaveSurvey(step: SurveyStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech(step, step.text, plan);
  const voice = prepareVoice(step, plan);
  const retryText = plan.template(step.retry ?? defaultRetry[step.survey]);
  const titles = scoreTitles[step.survey].map(({ title }) => ({ title, payload: title }));
  const taps = ({ facts }: StepScope) => ({
    choices: titles.length <= channelLimits[facts.channel].choices ? titles : [],
  });
  const record = (rest: {
    status: 'asked' | 'answered' | 'expired';
    score?: number;
    comment?: string;
  }): FlowCommand => ({
    type: 'record_survey',
    step: step.id,
    metric: step.survey,
    ...rest,
  });
  return {
    arrive: (scope) => ({
      commands: [speak(scope, taps(scope)), record({ status: 'asked' }), ...timerCommand(step.id, step.expires, scope)],
    }),
    understand: (text, scope): Reply => {
      const answer = readScore(step.survey, text);
      const retry = voice.sayText(retryText(scope), scope, taps(scope));
      if (!answer.ok) return answer.isNear ? { stay: { commands: [retry] } } : notUnderstood(step.id, retry);
      const comment = answer.comment === null ? {} : { comment: answer.comment.slice(0, 1_000) };
      return {
        exit: exitFor(step, answer.score),
        effect: {
          commands: [record({ status: 'answered', score: answer.score, ...comment })],
          variables: { [step.save_as ?? step.survey]: answer.score },
        },
      };
    },
    expire: () => ({ exit: 'time', effect: { commands: [record({ status: 'expired' })] } }),
  };
}

function exitFor(step: SurveyStep, score: number): string {
  const index = step.scores.findIndex((item) => {
    const [low, high] = rangeOf(item.score);
    return score >= low && score <= high;
  });
  return index === -1 ? 'next' : `score_${index}`;
}

function rangeOf(text: string): [number, number] {
  const [low = Number.NaN, high = low] = text.split('-').map(Number);
  return [low, high];
}

function scoreFindings(step: SurveyStep): Finding[] {
  const { min, max } = scoreRange[step.survey];
  return step.scores.flatMap((item, index): Finding[] => {
    const [low, high] = rangeOf(item.score);
    if (low <= high && low >= min && high <= max) return [];
    return [
      {
        code: 'bad_score',
        path: ['scores', index, 'score'],
        message: `Khoảng điểm "${item.score}" không nằm trong thang ${step.survey.toUpperCase()} từ ${min} đến ${max}.`,
        fix: `Viết một điểm hoặc một khoảng tăng dần trong ${min}–${max}, ví dụ "${min}-${min + 1}".`,
      },
    ];
  });
}
