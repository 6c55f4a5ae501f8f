// guide: shows how-to topics as choices, finds the topic of a free question, or shows one topic.
import { z } from 'zod';
import { channelLimits } from '../channel-limits.ts';
import type { Guide } from '../guides/guide.ts';
import { isWholly, readSaying } from '../match-phrase.ts';
import { noReplyExit, noReplySchema } from './ask.ts';
import {
  fallbackTemplates,
  fallbackTexts,
  prepareSpeech,
  prepareVoice,
  speechFields,
  spokenBy,
  type Voice,
} from './speech.ts';
import {
  type Behaviour,
  defineStepKind,
  type Effect,
  type Exit,
  type FlowPlan,
  nextExit,
  notUnderstood,
  type StepScope,
  stepFields,
  targetSchema,
  textSchema,
  variableNameSchema,
} from './step-kind.ts';
import { timerCommand } from './timer.ts';

const guideIdSchema = z.string().min(1).max(80);

const listFields = {
  guide: z.literal('list').describe('Bày các chủ đề hướng dẫn thành nút'),
  text: textSchema.describe('Lời mời chọn chủ đề'),
  ...speechFields,
  topics: z.array(guideIdSchema).max(13).optional().describe('Mã các chủ đề; bỏ trống = lấy theo sản phẩm của khách'),
  question: textSchema.optional().describe('Câu hỏi vừa rồi của khách, để gợi ý chủ đề gần nhất'),
  show: z.number().int().min(2).max(13).default(4).describe('Số chủ đề bày ra'),
  page: variableNameSchema.optional().describe('Biến đếm số lần đã bày: lần sau bày các chủ đề tiếp theo'),
  more: z.array(z.string().min(1).max(100)).max(20).optional().describe('Khách nhắn những câu này thì bày chủ đề tiếp'),
  save_as: variableNameSchema.optional().describe('Biến giữ nguyên lời khách hỏi ở bước này'),
  not_found: targetSchema.optional().describe('Đi đâu khi khách hỏi điều không có trong hướng dẫn'),
  no_reply: noReplySchema.optional(),
};
const searchFields = {
  guide: z.literal('search').describe('Tìm chủ đề hợp với câu hỏi rồi trả lời'),
  question: textSchema.describe('Câu hỏi, thường là "{question}"'),
  purpose: speechFields.purpose,
  if_closed: speechFields.if_closed,
  not_found: targetSchema.describe('Đi đâu khi không tìm thấy'),
};
const showFields = {
  guide: z.literal('show').describe('Gửi một chủ đề'),
  topic: guideIdSchema.describe('Mã của chủ đề, hoặc chỗ điền như "{feature.guide}"'),
  not_found: targetSchema.optional().describe('Đi đâu khi không có chủ đề ấy; bỏ trống = bước tiếp theo'),
  purpose: speechFields.purpose,
  if_closed: speechFields.if_closed,
};

const guideSchema = z
  .discriminatedUnion('guide', [
    z.strictObject({ ...stepFields, ...listFields }),
    z.strictObject({ ...stepFields, ...searchFields }),
    z.strictObject({ ...stepFields, ...showFields }),
  ])
  .describe('guide: hướng dẫn sử dụng');
type GuideStep = z.infer<typeof guideSchema>;
type ListStep = Extract<GuideStep, { guide: 'list' }>;

export const guideKind = defineStepKind<GuideStep>({
  key: 'guide',
  schema: guideSchema,
  waits: (step) => step.guide === 'list',
  exits: guideExits,
  spoken: (step) => (step.guide === 'list' ? [spokenBy(step, 'text', step.text)] : []),
  texts: (step) => [
    ...fallbackTexts(step),
    ...('question' in step && step.question !== undefined ? [{ path: ['question'], text: step.question }] : []),
    ...(step.guide === 'show' ? [{ path: ['topic'], text: step.topic }] : []),
  ],
  templates: fallbackTemplates,
  saves: (step) =>
    step.guide !== 'list'
      ? []
      : (['page', 'save_as'] as const).flatMap((key) =>
          step[key] === undefined ? [] : [{ path: [key], name: step[key] }],
        ),
  guides: (step) => {
    // What is filled in at the moment of speaking cannot be looked up here.
    if (step.guide === 'show') return step.topic.includes('{') ? [] : [{ path: ['topic'], id: step.topic }];
    return step.guide === 'list' ? (step.topics ?? []).map((id, index) => ({ path: ['topics', index], id })) : [];
  },
  behave: (step, plan) => (step.guide === 'list' ? behaveList(step, plan) : behaveAnswer(step, plan)),
});

function guideExits(step: GuideStep): Exit[] {
  const notFound = { name: 'not_found', to: step.not_found, path: ['not_found'] };
  if (step.guide === 'show')
    return step.not_found === undefined ? [nextExit(step)] : [nextExit(step), { ...notFound, by: 'now' }];
  if (step.guide === 'search') return [nextExit(step), { ...notFound, by: 'now' }];
  const elsewhere: Exit[] = step.not_found === undefined ? [] : [{ ...notFound, by: 'answer' }];
  return [nextExit(step, 'answer'), ...elsewhere, ...noReplyExit(step.no_reply)];
}

function behaveAnswer(step: Exclude<GuideStep, { guide: 'list' }>, plan: FlowPlan): Behaviour {
  const voice = prepareVoice(step, plan);
  const wanted = plan.template(step.guide === 'show' ? step.topic : step.question);
  const missing = step.not_found === undefined ? 'next' : 'not_found';
  return {
    arrive: (scope) => {
      const guide = step.guide === 'show' ? scope.guides.byId(wanted(scope).trim()) : findGuide(wanted(scope), scope);
      const found = step.guide === 'show' ? 'asked' : 'searched';
      return guide === null ? { commands: [], exit: missing } : showGuide(step.id, guide, found, voice, scope);
    },
  };
}

function behaveList(step: ListStep, plan: FlowPlan): Behaviour {
  const speak = prepareSpeech(step, step.text, plan);
  const voice = prepareVoice(step, plan);
  const question = step.question === undefined ? () => '' : plan.template(step.question);
  const retryText = plan.template(
    'Dạ em chưa tìm thấy hướng dẫn về việc này. {Address} chọn một chủ đề, hoặc hỏi lại em bằng cách khác nhé.',
  );
  const taps = (topics: readonly Guide[], scope: StepScope) => ({
    choices: topics.map(({ title, shortTitle }) => ({
      title: scope.facts.channel === 'messenger' ? shortTitle : title,
      payload: title,
    })),
  });
  const more = (step.more ?? []).map(readSaying);
  const arrive = (scope: StepScope): Effect => {
    const topics = topicsFor(step, question(scope), scope);
    return {
      commands: [speak(scope, taps(topics, scope)), ...timerCommand(step.id, step.no_reply?.after, scope)],
      notes: { shown: topics.map(({ id }) => id) },
      ...(step.page === undefined ? {} : { variables: { [step.page]: pageOf(step, scope) + 1 } }),
    };
  };
  return {
    arrive,
    understand: (text, scope) => {
      const shown = shownTopics(scope) ?? topicsFor(step, question(scope), scope);
      const guide = numberedTopic(text, shown) ?? findGuide(text, scope);
      const asked = step.save_as === undefined ? {} : { variables: { [step.save_as]: text.trim() } };
      if (guide !== null)
        return { exit: 'next', effect: { ...showGuide(step.id, guide, 'asked', voice, scope), ...asked } };
      if (more.some((phrase) => isWholly(readSaying(text), phrase))) return { stay: arrive(scope) };
      if (step.not_found !== undefined) return { exit: 'not_found', effect: { commands: [], ...asked } };
      return notUnderstood(step.id, voice.sayText(retryText(scope), scope, taps(shown, scope)));
    },
  };
}

/** A title as it stands, else the topic that a search is sure of. */
function findGuide(question: string, { guides }: StepScope): Guide | null {
  return question.trim() === '' ? null : (guides.byTitle(question) ?? guides.search(question).found);
}

function topicsFor(step: ListStep, question: string, scope: StepScope): Guide[] {
  const { guides, facts } = scope;
  const count = Math.min(step.show, channelLimits[facts.channel].choices);
  const chosen = (step.topics ?? []).flatMap((id) => guides.byId(id) ?? []);
  const suggested = question === '' ? [] : guides.search(question).suggestions;
  const rest = chosen.length > 0 && suggested.length === 0 ? chosen : byNeed(scope);
  const topics = [...new Set([...suggested, ...rest])];
  // After the last ones the first come again.
  const from = (pageOf(step, scope) % Math.max(1, Math.ceil(topics.length / count))) * count;
  return topics.slice(from, from + count);
}

function pageOf({ page }: ListStep, { variables }: StepScope): number {
  const times = page === undefined ? 0 : variables[page];
  return typeof times === 'number' ? times : 0;
}

/** What was shown when the run came here: its numbers are what "2" means. Null in a run older than this note. */
function shownTopics({ notes, guides }: StepScope): Guide[] | null {
  return Array.isArray(notes.shown) ? notes.shown.flatMap((id) => guides.byId(id) ?? []) : null;
}

/** What a beginner needs first; of topics that come equally early, those of the customer's product. */
function byNeed({ guides, facts }: StepScope): Guide[] {
  const own = facts.subscription?.product;
  const nearness = ({ product }: Guide) => (product === own ? 0 : product === 'common' ? 1 : 2);
  const place = ({ rank }: Guide) => rank ?? Number.MAX_SAFE_INTEGER;
  return guides.guides.toSorted((a, b) => place(a) - place(b) || nearness(a) - nearness(b));
}

function numberedTopic(text: string, topics: Guide[]): Guide | null {
  const number = /^\s*(\d{1,2})\s*\.?\s*$/.exec(text)?.[1];
  return number === undefined ? null : (topics[Number(number) - 1] ?? null);
}

function showGuide(step: string, guide: Guide, found: 'asked' | 'searched', voice: Voice, scope: StepScope): Effect {
  const links = guide.videoUrl === null ? [] : [{ kind: 'url' as const, title: 'Xem video', url: guide.videoUrl }];
  const text = `${guide.title}\n\n${plainText(guide.body)}`;
  const isShort = text.length <= channelLimits[scope.facts.channel].textWithLinks;
  const said =
    isShort || links.length === 0
      ? [voice.sayText(text, scope, { links })]
      : [voice.sayText(text, scope), voice.sayText('Video hướng dẫn đây ạ:', scope, { links })];
  return { commands: [{ type: 'show_guide', step, guideId: guide.id, found }, ...said] };
}

/** Neither channel shows Markdown. */
function plainText(markdown: string): string {
  return markdown
    .replace(/^#{1,6} +/gmu, '')
    .replace(/\*\*|__|`/gu, '')
    .replace(/^[*-] /gmu, '• ')
    .trim();
}
