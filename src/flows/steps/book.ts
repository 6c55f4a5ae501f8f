// book: offers the next free hours of a training session and books the one the customer takes.
import { z } from 'zod';
import { clockTimeSchema, durationMs, durationSchema } from '../duration.ts';
import { formatSlot } from '../local-time.ts';
import { prepareChoices, understandChoice } from '../understand-choice.ts';
import { noReplyExit, noReplySchema } from './ask.ts';
import { choiceWithTargetSchema } from './choices.ts';
import { slotsMeant } from './slots-meant.ts';
import { fallbackTemplates, fallbackTexts, prepareSpeech, prepareVoice, speechFields, spokenBy } from './speech.ts';
import {
  type Behaviour,
  defineStepKind,
  type FlowPlan,
  nextExit,
  notUnderstood,
  type Reply,
  type StepScope,
  stepFields,
  targetSchema,
  textSchema,
  variableNameSchema,
} from './step-kind.ts';
import { nowMs, timerCommand } from './timer.ts';
import { trainingSlots, weekdaySchema } from './training-slots.ts';

const bookSchema = z
  .strictObject({
    ...stepFields,
    book: textSchema.describe('Nội dung buổi đào tạo'),
    text: textSchema.describe('Lời mời chọn giờ'),
    ...speechFields,
    days: z.array(weekdaySchema).min(1).max(7),
    hours: z.array(clockTimeSchema).min(1).max(24),
    duration: durationSchema.default('60 minutes'),
    notice: durationSchema.default('12 hours').describe('Sớm nhất là sau bao lâu kể từ bây giờ'),
    within: durationSchema.default('14 days').describe('Trễ nhất là trong vòng bao lâu'),
    show: z.number().int().min(1).max(4).default(3).describe('Mỗi lần bày mấy giờ'),
    more: z.string().trim().min(1).max(20).default('Giờ khác').describe('Chữ trên nút xem thêm giờ'),
    later: choiceWithTargetSchema.optional().describe('Nút để khách chưa đặt'),
    meeting_url: z.string().max(1_000).optional().describe('Đường dẫn phòng học trực tuyến'),
    save_as: variableNameSchema.describe('Biến giữ giờ đã chọn'),
    none: targetSchema.describe('Đi đâu khi không còn giờ nào'),
    retry: textSchema.optional(),
    no_reply: noReplySchema.optional(),
  })
  .describe('book: đặt lịch đào tạo');
type BookStep = z.infer<typeof bookSchema>;

export const bookKind = defineStepKind<BookStep>({
  key: 'book',
  schema: bookSchema,
  waits: true,
  exits: (step) => [
    nextExit(step, 'answer'),
    { name: 'none', to: step.none, path: ['none'], by: 'now' },
    ...(step.later === undefined
      ? []
      : [{ name: 'later', to: step.later.go ?? step.next, path: ['later', 'go'], by: 'answer' as const }]),
    ...noReplyExit(step.no_reply),
  ],
  spoken: (step) => [spokenBy(step, 'text', step.text)],
  texts: (step) => [
    ...fallbackTexts(step),
    { path: ['book'], text: step.book },
    ...(step.meeting_url === undefined ? [] : [{ path: ['meeting_url'], text: step.meeting_url }]),
    ...(step.retry === undefined ? [] : [{ path: ['retry'], text: step.retry }]),
  ],
  templates: fallbackTemplates,
  saves: (step) => [{ path: ['save_as'], name: step.save_as }],
  behave: behaveBook,
});

const TAKEN =
  'Dạ giờ ấy bên em chưa có lịch ạ. {Address} chọn giúp em một giờ bên dưới, hoặc nhắn "gặp nhân viên" để xếp giờ riêng nhé.';

function behaveBook(step: BookStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech(step, step.text, plan);
  const voice = prepareVoice(step, plan);
  const retryText = plan.template(step.retry ?? 'Dạ {address} chọn giúp em một giờ bên dưới nhé.');
  const takenText = plan.template(TAKEN);
  const book = prepareBooking(step, plan);
  const offer = (scope: StepScope, shown: number[]) => ({ choices: titlesOf(step, shown, scope).map(asChoice) });
  return {
    arrive: (scope) => {
      const shown = allSlots(step, scope).slice(0, step.show);
      if (shown.length === 0) return { commands: [], exit: 'none' };
      const timer = timerCommand(step.id, step.no_reply?.after, scope);
      return { commands: [speak(scope, offer(scope, shown)), ...timer], notes: notesOf(shown) };
    },
    understand: (text, scope) => {
      const shown = shownSlots(scope);
      const decision = decide(step, text, shown, scope);
      if (decision === 'later') return { exit: 'later', effect: { commands: [] } };
      if (decision === 'unknown')
        return notUnderstood(step.id, voice.sayText(retryText(scope), scope, offer(scope, shown)));
      if (decision === 'taken')
        return { stay: { commands: [voice.sayText(takenText(scope), scope, offer(scope, shown))] } };
      if (decision.length === 1 && decision[0] !== undefined) return book(decision[0], scope);
      const page = decision.slice(0, step.show);
      return { stay: { commands: [speak(scope, offer(scope, page))], notes: notesOf(page) } };
    },
    resume: (scope) => {
      const shown = allSlots(step, scope).slice(0, step.show);
      return { stay: { commands: [speak(scope, offer(scope, shown))], notes: notesOf(shown) } };
    },
  };
}

/** One slot: booked. Several: shown next. */
function decide(
  step: BookStep,
  text: string,
  shown: number[],
  scope: StepScope,
): number[] | 'later' | 'unknown' | 'taken' {
  const titles = titlesOf(step, shown, scope);
  const laterWords = step.later === undefined ? [] : step.later.also;
  const wordings = titles.map((title) => (title === step.later?.title ? [title, ...laterWords] : [title]));
  const index = understandChoice(text, prepareChoices(wordings));
  const free = allSlots(step, scope);
  if (index === null) {
    const meant = slotsMeant(text, free, nowMs(scope), scope.facts.timeZone);
    if (meant === null) return 'unknown';
    if (meant.slots.length === 0) return 'taken';
    return meant.isExact ? meant.slots : twice(meant.slots);
  }
  const slot = shown[index];
  // A slot that has gone by while the customer thought is offered anew.
  if (slot !== undefined) return free.includes(slot) ? [slot] : twice(free);
  if (titles[index] === step.later?.title) return 'later';
  const after = free.filter((candidate) => candidate > (shown.at(-1) ?? 0));
  return twice(after.length === 0 ? free : after);
}

/** A list to choose from, never taken for a decision. */
function twice(slots: number[]): number[] | 'unknown' {
  const only = slots[0];
  if (only === undefined) return 'unknown';
  return slots.length === 1 ? [only, only] : slots;
}

function prepareBooking(step: BookStep, plan: FlowPlan): (slot: number, scope: StepScope) => Reply {
  const topic = plan.template(step.book);
  const meetingUrl = step.meeting_url === undefined ? () => '' : plan.template(step.meeting_url);
  return (slot, scope) => {
    const startsAt = new Date(slot).toISOString();
    const durationMinutes = Math.round(durationMs(step.duration) / 60_000);
    const url = meetingUrl(scope) || null;
    return {
      exit: 'next',
      effect: {
        commands: [
          { type: 'book_training', step: step.id, topic: topic(scope), startsAt, durationMinutes, meetingUrl: url },
        ],
        variables: { [step.save_as]: startsAt },
      },
    };
  };
}

function allSlots(step: BookStep, scope: StepScope): number[] {
  return trainingSlots(step, nowMs(scope), scope.facts.timeZone);
}

function shownSlots({ notes }: StepScope): number[] {
  return Array.isArray(notes.slots) ? notes.slots.map((iso) => Date.parse(iso)) : [];
}

function notesOf(slots: number[]): { slots: string[] } {
  return { slots: slots.map((slot) => new Date(slot).toISOString()) };
}

/** Slots, "more", "later", in the order of the buttons. */
function titlesOf(step: BookStep, shown: number[], { facts }: StepScope): string[] {
  const slots = [...new Set(shown)].map((slot) => formatSlot(slot, facts.timeZone));
  return [...slots, step.more, ...(step.later === undefined ? [] : [step.later.title])];
}

function asChoice(title: string): { title: string; payload: string } {
  return { title, payload: title };
}
