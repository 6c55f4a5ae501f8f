// The page of one customer over REST: everything is there, staff change it by our own id, and two people in one record
// are parted and joined again without losing a row.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { customerPage } from '../../src/customers/page-schema.ts';
import { createHarness, type Harness, PAGE, START, seedChatter } from '../api/api-harness.ts';

let api: Harness;
let lan: Awaited<ReturnType<typeof seedChatter>>;
beforeAll(async () => {
  api = await createHarness();
  lan = await seedChatter(api, 'zalo', '7001', { name: 'Nguyễn Thị Lan' });
});
afterAll(() => api.close());

const page = async (id = lan.customerId) => {
  const { status, body } = await api.call('GET', `/api/v1/customers/by-id/${id}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return customerPage.parse(body);
};
const count = async (table: string, customerId: string) =>
  Number((await api.rows(`SELECT count(*) AS n FROM ${table} WHERE customer_id = $1`, [customerId]))[0]?.n);

test('whoever only ever chatted has a page; staff fill it in, the ledger and the audit say who', async () => {
  expect(await page()).toMatchObject({ externalId: null, identities: [{ channel: 'zalo', state: 'bot' }] });
  const change = { industry: 'spa', role: 'owner', attributes: { sinh_nhat: '1990-12-01' }, tags: ['vip'] };
  const changed = await api.call('PATCH', `/api/v1/customers/by-id/${lan.customerId}`, { body: change });
  expect(changed).toMatchObject({ status: 200, body: { ...change, name: 'Nguyễn Thị Lan' } });
  const ledger = await api.call('GET', `/api/v1/customers/by-id/${lan.customerId}/touchpoints`);
  expect(ledger.body).toMatchObject({ items: [{ kind: 'customer_saved' }] });
  const audit = await api.rows('SELECT actor, customer_id FROM audit_entries ORDER BY id DESC LIMIT 1');
  expect(audit).toEqual([{ actor: 'api_key:environment', customer_id: lan.customerId }]);
  const wrong = await api.call('PATCH', `/api/v1/customers/by-id/${lan.customerId}`, { body: { phone: 'x' } });
  expect(wrong.status).toBe(400);
});

test('a no is written down with how they said so, and holds at once', async () => {
  const said = { purpose: 'all', granted: false, reason: 'khách gọi điện' };
  const { status, body } = await api.call('POST', `/api/v1/customers/by-id/${lan.customerId}/consents`, { body: said });
  expect(status, JSON.stringify(body)).toBe(200);
  const { optedOutAt, consents } = await page();
  expect(optedOutAt).toBe(START.toISOString());
  expect(consents).toMatchObject([
    { purpose: 'all', granted: false, holds: true, source: 'api_key:environment: khách gọi điện' },
  ]);
});

test('one identity becomes a person of its own and comes back whole', async () => {
  const chi = await seedChatter(api, 'messenger', PAGE, { name: 'Chị Chi' });
  await api.rows(
    `INSERT INTO orders (id, external_id, customer_id, kind, amount, at, created_at) VALUES ($1, 'O-1', $2, 'order', 5, $3, $3)`,
    [api.newId(), lan.customerId, START],
  );
  await api.rows(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, text) VALUES ($1, 'message_in', $2, $3, 'em ơi')`,
    [START, chi.customerId, chi.conversationId],
  );
  const path = `/api/v1/customers/by-id/${lan.customerId}`;
  const preview = await api.call('GET', `${path}/merges/preview?otherId=${chi.customerId}`);
  expect(preview.body).toMatchObject({
    going: { name: 'Chị Chi' },
    moves: { touchpoints: 1, conversations: 1 },
    fills: {},
  });
  expect((await api.call('POST', `${path}/split`, { body: { identityId: lan.identityId } })).status).toBe(409);
  expect((await api.call('POST', `${path}/merges`, { body: { otherId: chi.customerId } })).status).toBe(200);
  const before = await count('touchpoints', lan.customerId);
  const split = await api.call('POST', `${path}/split`, { body: { identityId: chi.identityId } });
  expect(split).toMatchObject({
    status: 200,
    body: { moved: { channel_identities: 1, conversations: 1, touchpoints: 1 } },
  });
  const { id } = z.object({ id: z.uuid() }).parse(split.body);
  expect(await page(id)).toMatchObject({
    identities: [{ channel: 'messenger' }],
    orders: [],
    splits: [{ otherId: lan.customerId }],
  });
  expect(await page()).toMatchObject({ orders: [{ externalId: 'O-1' }], splits: [{ otherId: id, isThere: true }] });
  expect((await page(id)).optedOutAt).not.toBeNull();
  expect((await api.call('POST', `${path}/merges`, { body: { otherId: id } })).status).toBe(200);
  expect(await count('conversations', lan.customerId)).toBe(2);
  // Two lines of the split, one of the merge.
  expect(await count('touchpoints', lan.customerId)).toBe(before + 3);
  const whole = await page();
  expect(whole.splits).toMatchObject([{ otherId: id, isThere: false }]);
  expect(whole.merges.map(({ goingId }) => goingId)).toContain(id);
});

test('of a busy life every part is on the page', async () => {
  const { customerId, conversationId } = await seedChatter(api, 'zalo', '7002', { name: 'Bận Rộn' });
  await api.call('PUT', '/api/v1/customers/KH-9', { body: { identities: { zalo: '7002' } } });
  for (const plan of ['S', 'M'])
    await api.call('PUT', '/api/v1/subscriptions/S-9', {
      body: { customer: 'KH-9', product: 'spa', plan, status: 'active', expiresAt: '2027-01-01', value: 500_000 },
    });
  await api.call('POST', '/api/v1/usage', {
    body: [{ customer: 'KH-9', metric: 'lich_hen', value: 7, at: '2026-11-02', idempotencyKey: 'u' }],
  });
  await api.call('POST', '/api/v1/cases', { body: { customer: 'KH-9', reason: 'Lỗi in hoá đơn' } });
  await api.call('POST', '/api/v1/tasks', { body: { customer: 'KH-9', title: 'Gọi lại' } });
  await api.rows(
    `INSERT INTO training_bookings (id, customer_id, conversation_id, topic, starts_at, duration_minutes, created_at) VALUES ($1, $2, $3, 'Đặt lịch', $4, 30, $4)`,
    [api.newId(), customerId, conversationId, START],
  );
  const enrolment = api.newId();
  await api.rows(
    `INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status) VALUES ($1, 'renewal', $2, 'customer', $2, $3, $3, 'active')`,
    [enrolment, customerId, START],
  );
  await api.rows(
    `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status, reason) VALUES ($1, $2, $3, 'renewal', 'truoc_30', $4, 'planned', NULL)`,
    [api.newId(), enrolment, customerId, START],
  );
  expect(await page(customerId)).toMatchObject({
    externalId: 'KH-9',
    subscriptions: [
      {
        externalId: 'S-9',
        plan: 'M',
        value: 500_000,
        changes: [{ kind: 'activated', before: null, after: { plan: 'S' } }],
      },
    ],
    usage: [{ metric: 'lich_hen', months: [{ month: '2026-11', total: 7, events: 1 }] }],
    cases: [{ words: 'Lỗi in hoá đơn', status: 'open' }],
    tasks: [{ words: 'Gọi lại' }],
    bookings: [{ topic: 'Đặt lịch' }],
    enrolments: [{ journey: 'renewal', steps: [{ step: 'truoc_30', status: 'planned' }] }],
  });
});
