// The card beside a thread: what a person should know before they answer, each part with its own line.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/clock.ts';
import { makeCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

const spa = {
  id: 'spa',
  title: 'Phần mềm spa',
  also: [],
  plans: [{ id: 'co-ban', title: 'Cơ bản', also: [], price: 3_588_000, rank: 1 }],
  features: [
    {
      id: 'lich-hen',
      title: 'tạo lịch hẹn',
      metric: 'appointments',
      guide: 'tao-lich-hen',
      benefit: 'không trùng giờ',
    },
  ],
};
const companions = [{ product: 'may-xong', title: 'Máy xông mặt', benefit: 'đi cùng liệu trình' }];

let inbox: InboxStage;
let lan: StaffActor;
beforeAll(async () => {
  inbox = await openInbox(makeCatalogue({ products: { products: [spa], industries: { spa: { companions } } } }));
  lan = await inbox.staff('Lan');
});
afterAll(() => inbox.close());

type Chat = Awaited<ReturnType<InboxStage['chatter']>>;
const contextOf = async (chat: Chat) =>
  (await inbox.call(lan, 'GET', `/inbox/conversations/${chat.conversationId}`)).body.context;

test('plan, expiry, what they use of it, scores, what is open, companions, consent', async () => {
  const chat = await inbox.chatter('card');
  const { customerId: id } = chat;
  const later = new Date(START.getTime() + 7 * DAY_MS);
  await inbox.rows(`UPDATE customers SET industry = 'spa', role = 'chủ tiệm' WHERE id = $1`, [id]);
  await inbox.rows(
    `INSERT INTO subscriptions (id, external_id, customer_id, product, plan, status, expires_at, created_at, updated_at) VALUES ($1, 'S', $2, 'spa', 'co-ban', 'active', $3, $4, $4)`,
    [inbox.newId(), id, later, START],
  );
  await inbox.rows(`INSERT INTO usage_counters (customer_id, metric, value, at) VALUES ($1, 'appointments', 12, $2)`, [
    id,
    START,
  ]);
  await inbox.rows(
    `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, asked_at, answered_at) VALUES ($1, $2, $3, $1, 'f', 's', 'csat', 'answered', 4, $4, $4)`,
    [inbox.newId(), id, chat.conversationId, START],
  );
  await inbox.rows(
    `INSERT INTO offer_issues (id, code, customer_id, state, benefit, deadline_at, sent_at) VALUES ($1, 'TRIAN', $2, 'sent', 'Giảm 10%', $3, $4)`,
    [inbox.newId(), id, later, START],
  );
  await inbox.rows(
    `INSERT INTO cases (id, customer_id, reason, status, opened_at, due_at) VALUES ($1, $2, 'Máy in hỏng', 'open', $3, $4)`,
    [inbox.newId(), id, START, later],
  );
  await inbox.rows(
    `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at) VALUES ($1, $2, 'advertising', '*', true, 'chat', $3)`,
    [inbox.newId(), id, START],
  );
  expect(await contextOf(chat)).toMatchObject({
    planTitle: 'Cơ bản',
    productTitle: 'Phần mềm spa',
    expiresAt: later.toISOString(),
    usage: { appointments: 12 },
    features: [{ id: 'lich-hen', title: 'tạo lịch hẹn', metric: 'appointments' }],
    lastScores: [{ metric: 'csat', score: 4 }],
    openOffers: [{ code: 'TRIAN', benefit: 'Giảm 10%', deadlineAt: later.toISOString() }],
    openCases: [{ reason: 'Máy in hỏng' }],
    companions,
    consent: { optedOutAt: null, advertising: true },
    customer: { industry: 'spa', role: 'chủ tiệm' },
  });
});

test('the care checklist is live', async () => {
  const chat = await inbox.chatter('list');
  const done = async () => {
    const context = await contextOf(chat);
    const list = typeof context === 'object' && context !== null && 'checklist' in context ? context.checklist : [];
    return Array.isArray(list) ? list.filter(({ isDone }) => isDone).map((item) => item.id) : [];
  };
  expect(await done()).toEqual([]);
  for (const kind of ['guide_shown', 'offer_sent', 'survey_answered'])
    await inbox.rows('INSERT INTO touchpoints (at, kind, customer_id) VALUES ($1, $2, $3)', [
      START,
      kind,
      chat.customerId,
    ]);
  await inbox.rows(`UPDATE customers SET industry = 'spa', role = 'chủ' WHERE id = $1`, [chat.customerId]);
  expect(await done()).toEqual(['guide', 'profile', 'offer', 'score']);
});

test.each([
  ['zalo', 1, { mode: 'free', cost: 0 }],
  ['zalo', 72, { mode: 'charged', cost: 55 }],
  ['zalo', 200, { mode: null, closesAt: null }],
  ['messenger', 30, { mode: 'human_agent', cost: 0 }],
  ['messenger', 200, { mode: null }],
] as const)('on %s %i hours after the last word: window and price', async (channel, hours, window) => {
  const lastInteractionAt = new Date(START.getTime() - hours * HOUR_MS);
  const chat = await inbox.chatter(`window-${channel}-${hours}`, { channel, lastInteractionAt });
  expect(await contextOf(chat)).toMatchObject({ window });
});
