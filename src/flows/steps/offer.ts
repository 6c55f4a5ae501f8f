// offer: benefit first, then gift, price and deadline; accepted, declined, put off, or expired, each recorded once.
import { z } from 'zod';
import { durationMs } from '../duration.ts';
import type { FlowCommand } from '../flow-run.ts';
import { formatDate, formatDateTime } from '../local-time.ts';
import { prepareChoices, understandChoice } from '../understand-choice.ts';
import { noReplyExit, noReplySchema } from './ask.ts';
import { choiceWithTargetSchema, shownChoices, spokenChoices } from './choices.ts';
import { fallbackTemplates, fallbackTexts, prepareVoice, speechFields } from './speech.ts';
import {
  type Behaviour,
  conditionSchema,
  defineStepKind,
  type Exit,
  type FlowPlan,
  notUnderstood,
  type Spoken,
  type StepScope,
  stepFields,
  targetSchema,
  textSchema,
} from './step-kind.ts';
import { nowMs, timerAt } from './timer.ts';

const answerNames = ['accept', 'later', 'decline'] as const;
type AnswerName = (typeof answerNames)[number];
const { zalo: _zalo, messenger: _messenger, ...voiceFields } = speechFields;

const offerSchema = z
  .strictObject({
    ...stepFields,
    offer: z
      .string()
      .regex(/^[A-Z0-9][A-Z0-9_-]{1,39}$/, 'Mã ưu đãi gồm chữ hoa, số, "-" và "_".')
      .describe('Mã ưu đãi, ví dụ GIAHAN-TANG2THANG'),
    benefit: textSchema.describe('Lợi ích của khách, luôn được nói trước tiên'),
    text: textSchema.optional().describe('Nói thêm sau lợi ích'),
    gift: textSchema.optional().describe('Quà tặng'),
    price: textSchema.optional().describe('Giá, nói sau cùng'),
    deadline: conditionSchema.optional().describe('Hạn chót: một ngày, ví dụ subscription.expires_at'),
    accept: choiceWithTargetSchema,
    later: choiceWithTargetSchema.optional(),
    decline: choiceWithTargetSchema.optional(),
    expired: targetSchema.default('end').describe('Đi đâu khi quá hạn chót'),
    no_reply: noReplySchema.optional().describe('Im lặng bao lâu thì coi như bỏ qua, trước cả hạn chót'),
    retry: textSchema.optional(),
    ...voiceFields,
  })
  .describe('offer: đưa ra một ưu đãi');
type OfferStep = z.infer<typeof offerSchema>;

const usualWords: Record<AnswerName, string[]> = {
  accept: [
    'đồng ý',
    'nhận ưu đãi',
    'chốt',
    'ok',
    'có',
    'lấy luôn',
    'nhất trí',
    'đăng ký',
    'ừ được',
    'được luôn',
    'làm luôn đi',
  ],
  later: [
    ...['để sau', 'sau', 'lúc khác', 'nhắc lại sau', 'để suy nghĩ', 'suy nghĩ thêm', 'chưa quyết', 'từ từ', 'để coi'],
    ...['để xem', 'để tính', 'để hỏi', 'hỏi chồng', 'hỏi vợ', 'hỏi ông xã', 'hỏi bà xã', 'hỏi sếp', 'bàn lại'],
  ],
  decline: [
    'không',
    'không cần',
    'không cần đâu',
    'thôi',
    'không quan tâm',
    'từ chối',
    'không gia hạn',
    'không muốn',
    'không có nhu cầu',
    // "có rồi" is no "có".
    ...['có rồi', 'đã có', 'đang có', 'có sẵn', 'mua rồi', 'dùng rồi', 'đăng ký rồi', 'dùng bên khác'],
  ],
};

export const offerKind = defineStepKind<OfferStep>({
  key: 'offer',
  schema: offerSchema,
  waits: true,
  exits: (step) => [
    ...answersOf(step).map(({ name, go }): Exit => {
      const path = go === undefined ? ['next'] : [name, 'go'];
      return { name, to: go ?? step.next, path, by: 'answer' };
    }),
    ...(step.deadline === undefined
      ? []
      : [
          { name: 'time', to: step.expired, path: ['expired'], by: 'time' as const, afterMs: Number.POSITIVE_INFINITY },
        ]),
    ...noReplyExit(step.no_reply).map((exit) => ({ ...exit, name: 'silent' })),
  ],
  spoken: (step) => [spokenOffer(step)],
  texts: (step) => [
    ...fallbackTexts(step),
    ...(['benefit', 'text', 'gift', 'price', 'retry'] as const).flatMap((key) => {
      const text = step[key];
      return text === undefined ? [] : [{ path: [key], text }];
    }),
  ],
  conditions: (step) => (step.deadline === undefined ? [] : [{ path: ['deadline'], text: step.deadline }]),
  templates: fallbackTemplates,
  offer: (step) => ({ code: step.offer }),
  behave: behaveOffer,
});

function answersOf(step: OfferStep) {
  return answerNames.flatMap((name) => {
    const answer = step[name];
    return answer === undefined ? [] : [{ name, ...answer }];
  });
}

function spokenOffer(step: OfferStep): Spoken {
  const answers = answersOf(step);
  return {
    key: 'benefit',
    text: [step.benefit, step.text, step.gift, step.price].filter((part) => part !== undefined).join('\n\n'),
    choices: spokenChoices(answers, (index) => [answers[index]?.name ?? 'accept', 'title']),
    links: [],
    hasFallback: step.if_closed !== undefined,
    isComposed: true,
  };
}

function behaveOffer(step: OfferStep, plan: FlowPlan): Behaviour {
  const voice = prepareVoice(step, plan);
  const answers = answersOf(step);
  const phrases = prepareChoices(answers.map(({ name, title, also }) => [title, ...also, ...usualWords[name]]));
  const understood = [...phrases, prepareChoices([doneAlready(step.accept)])[0] ?? []];
  const compose = prepareOfferText(step, plan);
  const retryText = plan.template(step.retry ?? 'Dạ {address} chọn giúp em một mục bên dưới nhé.');
  const taps = (scope: StepScope) => ({ choices: shownChoices(answers, scope.facts.channel) });
  return {
    arrive: (scope) => {
      const { text, sent, deadlineMs } = compose(scope);
      const silentMs = step.no_reply === undefined ? null : nowMs(scope) + durationMs(step.no_reply.after);
      const ends = [deadlineMs, silentMs].filter((ms) => ms !== null && ms > nowMs(scope));
      const timer = ends.length === 0 ? [] : [timerAt(step.id, Math.min(...ends.map(Number)))];
      return { commands: [voice.sayText(text, scope, taps(scope)), sent, ...timer] };
    },
    understand: (text, scope) => {
      const index = understandChoice(text, understood, () => scope.guides.search(text).found !== null);
      const answer = index === null ? undefined : answers[index];
      if (answer === undefined) return notUnderstood(step.id, voice.sayText(retryText(scope), scope, taps(scope)));
      const state = ({ accept: 'accepted', later: 'later', decline: 'declined' } as const)[answer.name];
      return {
        exit: answer.name,
        effect: { commands: [{ type: 'record_offer', step: step.id, code: step.offer, state }] },
      };
    },
    // Whichever came first: the deadline, or the end of our patience.
    expire: (scope) => {
      const { deadlineMs } = compose(scope);
      const isOver = step.no_reply === undefined || (deadlineMs !== null && deadlineMs <= nowMs(scope));
      const state = isOver ? 'expired' : 'ignored';
      return {
        exit: isOver ? 'time' : 'silent',
        effect: { commands: [{ type: 'record_offer', step: step.id, code: step.offer, state }] },
      };
    },
  };
}

/** "gia hạn rồi", "mới gia hạn": who has done it already accepts nothing. "ok rồi" and "đồng ý rồi" are a yes. */
function doneAlready({ title, also }: OfferStep['accept']): string[] {
  return [title, ...also].flatMap((deed) => [
    `${deed} rồi`,
    ...['đã', 'mới', 'vừa', 'vừa mới'].flatMap((since) => [`${since} ${deed}`, `${since} ${deed} rồi`]),
  ]);
}

function prepareOfferText(step: OfferStep, plan: FlowPlan) {
  const render = (text: string | undefined) => (text === undefined ? () => '' : plan.template(text));
  const parts = {
    benefit: render(step.benefit),
    text: render(step.text),
    gift: render(step.gift),
    price: render(step.price),
  };
  const deadline = step.deadline === undefined ? null : plan.condition(step.deadline);
  return (scope: StepScope): { text: string; sent: FlowCommand; deadlineMs: number | null } => {
    const benefit = parts.benefit(scope);
    const gift = parts.gift(scope);
    const parsed = deadline === null ? Number.NaN : Date.parse(String(deadline(scope)));
    const deadlineMs = Number.isNaN(parsed) ? null : parsed;
    const until = deadlineMs === null ? '' : `⏰ Ưu đãi đến ${lastMoment(deadlineMs, scope.facts.timeZone)}.`;
    const lines = [benefit, parts.text(scope), gift === '' ? '' : `🎁 ${gift}`, parts.price(scope), until];
    return {
      text: lines.filter((line) => line !== '').join('\n\n'),
      sent: {
        type: 'record_offer',
        step: step.id,
        code: step.offer,
        state: 'sent',
        benefit,
        ...(gift === '' ? {} : { gift }),
        ...(deadlineMs === null ? {} : { deadlineAt: new Date(deadlineMs).toISOString() }),
      },
      deadlineMs,
    };
  };
}

/** Promises no minute more than the deadline gives: midnight is the end of the day before. */
function lastMoment(deadlineMs: number, timeZone: string): string {
  const dayBefore = formatDate(deadlineMs - 1, timeZone);
  return dayBefore === formatDate(deadlineMs, timeZone)
    ? formatDateTime(deadlineMs, timeZone)
    : `hết ngày ${dayBefore}`;
}
