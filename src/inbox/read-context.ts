// The card beside a thread: one round trip to the database, then what the catalogue and the channel's window add.
import type pg from 'pg';
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import type { Clock } from '../clock.ts';
import { usageObject } from '../customers/read-usage.ts';
import { titlesOfScripts } from '../flow-library/titles-of-scripts.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { scriptQuestion } from './begin-flow.ts';
import { type ContextAnswer, contextAnswer } from './context-schema.ts';

export type ContextDeps = {
  db: { pool: pg.Pool };
  clock: Clock;
  windowRules: WindowRules;
  timeZone: string;
  scripts: () => Pick<Scripts, 'catalogue' | 'journeys' | 'versions' | 'active'>;
};

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', ${ISO})`;
const list = (select: string) => `coalesce((${select}), '[]')`;

const READ = `
SELECT jsonb_build_object(
  'channel', i.channel, 'lastInteractionAt', ${iso('i.last_interaction_at')}, 'followedAt', ${iso('i.followed_at')},
  'flowVersionId', c.flow_version_id, 'step', c.step,
  'asked', (SELECT k.text FROM touchpoints k WHERE c.run_id IS NOT NULL AND k.customer_id = c.customer_id AND k.conversation_id = c.id
    AND k.kind = 'message_out' AND k.flow_version_id = c.flow_version_id ORDER BY k.id DESC LIMIT 1),
  'customer', jsonb_build_object('phone', cu.phone, 'email', cu.email, 'industry', cu.industry, 'role', cu.role,
    'tags', coalesce(cu.tags, '{}'), 'formOfAddress', cu.form_of_address, 'language', cu.language),
  'optedOutAt', ${iso('cu.opted_out_at')},
  'advertising', (SELECT k.granted FROM consents k WHERE k.customer_id = cu.id AND (k.purpose = 'advertising' OR (k.purpose = 'all' AND NOT k.granted))
    AND k.channel IN (i.channel, '*') ORDER BY k.at DESC, k.id DESC LIMIT 1),
  'subscriptions', ${list(`SELECT jsonb_agg(jsonb_build_object('externalId', s.external_id, 'product', s.product, 'plan', s.plan, 'status', s.status,
      'value', s.value, 'expiresAt', ${iso('s.expires_at')}) ORDER BY s.status NOT IN ('active', 'trial'), s.expires_at NULLS LAST, s.id)
    FROM subscriptions s WHERE s.customer_id = cu.id`)},
  'lastScores', ${list(`SELECT jsonb_agg(jsonb_build_object('metric', a.metric, 'score', a.score, 'comment', a.comment, 'at', ${iso('a.answered_at')}) ORDER BY a.metric)
    FROM (SELECT DISTINCT ON (metric) * FROM survey_answers WHERE customer_id = cu.id AND status = 'answered' AND score IS NOT NULL
      AND answered_at IS NOT NULL ORDER BY metric, answered_at DESC) a`)},
  'openOffers', ${list(`SELECT jsonb_agg(jsonb_build_object('id', o.id, 'code', o.code, 'state', o.state, 'benefit', o.benefit, 'deadlineAt', ${iso('o.deadline_at')}) ORDER BY o.sent_at, o.id)
    FROM offer_issues o WHERE o.customer_id = cu.id AND o.state IN ('eligible', 'sent', 'later')`)},
  'openCases', ${list(`SELECT jsonb_agg(jsonb_build_object('id', w.id, 'kind', w.kind, 'reason', w.reason, 'owner', w.owner, 'dueAt', ${iso('w.due_at')}) ORDER BY w.due_at, w.id)
    FROM cases w WHERE w.customer_id = cu.id AND w.status = 'open'`)},
  'openTasks', ${list(`SELECT jsonb_agg(jsonb_build_object('id', w.id, 'kind', w.kind, 'title', w.title, 'owner', w.owner, 'dueAt', ${iso('w.due_at')}) ORDER BY w.due_at, w.id)
    FROM tasks w WHERE w.customer_id = cu.id AND w.status = 'open'`)},
  'usage', coalesce(${usageObject('cu.id', { now: '$2::timestamptz', timeZone: '$3::text' })}, '{}'),
  'otherChannels', ${list(`SELECT jsonb_agg(jsonb_build_object('conversationId', oc.id, 'channel', oi.channel, 'state', oc.state) ORDER BY oi.channel, oi.id)
    FROM channel_identities oi LEFT JOIN conversations oc ON oc.identity_id = oi.id WHERE oi.customer_id = cu.id AND oi.id <> i.id`)},
  'welcomeCall', EXISTS (SELECT 1 FROM tasks w WHERE w.customer_id = cu.id AND w.kind = 'welcome_call' AND w.status = 'done'),
  'kinds', ${list(`SELECT jsonb_agg(DISTINCT k.kind) FROM touchpoints k WHERE k.customer_id = cu.id
    AND k.kind IN ('guide_shown', 'training_booked', 'offer_sent', 'survey_answered')`)},
  'renewalTouched', EXISTS (SELECT 1 FROM enrolment_steps e WHERE e.customer_id = cu.id AND e.journey LIKE 'renewal%' AND e.status = 'started')
) AS card
FROM conversations c JOIN channel_identities i ON i.id = c.identity_id JOIN customers cu ON cu.id = c.customer_id WHERE c.id = $1`;

const moment = z.string().nullable();
const cardSchema = contextAnswer
  .pick({
    subscriptions: true,
    lastScores: true,
    openOffers: true,
    openCases: true,
    openTasks: true,
    usage: true,
    otherChannels: true,
    customer: true,
  })
  .extend({
    channel: channelNameSchema,
    lastInteractionAt: moment,
    followedAt: moment,
    flowVersionId: z.string().nullable(),
    step: z.string().nullable(),
    asked: z.string().nullable(),
    optedOutAt: moment,
    advertising: z.boolean().nullable(),
    welcomeCall: z.boolean(),
    kinds: z.array(z.string()),
    renewalTouched: z.boolean(),
  });
type Card = z.infer<typeof cardSchema>;

/** null when there is no such conversation. */
export async function readContext(deps: ContextDeps, id: string): Promise<ContextAnswer | null> {
  const values = [id, deps.clock.now(), deps.timeZone];
  const { rows } = await deps.db.pool.query<{ card: unknown }>({ name: 'inbox-context', text: READ, values });
  if (rows[0] === undefined) return null;
  const card = cardSchema.parse(rows[0].card);
  const { subscriptions, lastScores, openOffers, openCases, openTasks, usage, otherChannels, customer } = card;
  const [main] = subscriptions;
  const { industry } = customer;
  return {
    plan: main?.plan ?? null,
    product: main?.product ?? null,
    ...titlesOf(deps, main),
    subscriptionStatus: main?.status ?? null,
    expiresAt: main?.expiresAt ?? null,
    ...{ subscriptions, lastScores, openOffers, openCases, openTasks, usage, otherChannels, customer },
    flow: flowOf(deps, card),
    companions: industry === null ? [] : [...deps.scripts().catalogue.companions(industry)],
    consent: { optedOutAt: card.optedOutAt, advertising: card.advertising },
    window: windowOf(deps, card),
    scriptWindow: scriptWindowOf(deps, card),
    checklist: checklistOf(card),
  };
}

function titlesOf({ scripts }: ContextDeps, main: Card['subscriptions'][number] | undefined) {
  const titles = titlesOfScripts(scripts());
  const product = main?.product ?? '';
  return {
    productTitle: titles.product(product),
    planTitle: main?.plan ? titles.plan(product, main.plan) : null,
    features: scripts()
      .catalogue.features(product)
      .map(({ id, title, metric }) => ({ id, title, metric })),
  };
}

function flowOf({ scripts }: ContextDeps, { flowVersionId, step, asked }: Card): ContextAnswer['flow'] {
  if (flowVersionId === null) return null;
  const { versions, active } = scripts();
  const known = versions.get(flowVersionId) ?? [...active.values()].find((one) => one.versionId === flowVersionId);
  return { id: known?.flow.id ?? '', title: known?.flow.title ?? '', step, asked };
}

function heardOf({ channel, lastInteractionAt, followedAt }: Card) {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return { channel, lastInteractionAt: date(lastInteractionAt), followedAt: date(followedAt) };
}

function scriptWindowOf({ clock, windowRules }: ContextDeps, card: Card): ContextAnswer['scriptWindow'] {
  const { allowed: isOpen, reason } = askWindow(scriptQuestion(heardOf(card), clock.now()), windowRules);
  return { isOpen, reason };
}

function windowOf({ clock, windowRules }: ContextDeps, card: Card): ContextAnswer['window'] {
  const talk = { messageKind: 'text', purpose: 'answer', writtenBy: 'person' } as const;
  const answer = askWindow({ ...heardOf(card), now: clock.now(), ...talk }, windowRules);
  if (!answer.allowed) return { mode: null, closesAt: null, cost: 0, reason: answer.reason };
  const { permit, closesAt, reason } = answer;
  return { mode: permit.mode, closesAt: closesAt?.toISOString() ?? null, cost: permit.costAmount, reason };
}

/** The agent's list of the second article, as far as records can tell. */
function checklistOf({ kinds, welcomeCall, usage, customer, renewalTouched }: Card): ContextAnswer['checklist'] {
  return [
    { id: 'welcome_call', title: 'Gọi chào mừng sau kích hoạt', isDone: welcomeCall },
    {
      id: 'guide',
      title: 'Đã gửi hướng dẫn hoặc đặt lịch đào tạo',
      isDone: kinds.includes('guide_shown') || kinds.includes('training_booked'),
    },
    { id: 'usage', title: 'Đã ghi nhận khách dùng tính năng', isDone: Object.keys(usage).length > 0 },
    {
      id: 'profile',
      title: 'Biết ngành và vai trò của khách',
      isDone: customer.industry !== null && customer.role !== null,
    },
    { id: 'offer', title: 'Đã gợi ý gói lớn hơn hoặc sản phẩm đi kèm', isDone: kinds.includes('offer_sent') },
    { id: 'score', title: 'Đã hỏi khách hài lòng không', isDone: kinds.includes('survey_answered') },
    { id: 'renewal', title: 'Đã liên hệ trước ngày hết hạn', isDone: renewalTouched },
  ];
}
