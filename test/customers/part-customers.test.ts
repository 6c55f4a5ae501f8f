// Merging by hand, and parting again: each has what was theirs, new things stay, nothing is lost or doubled.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, type Harness, seedChatter } from '../api/api-harness.ts';

const open: Harness[] = [];
let api: Harness;
beforeEach(async () => {
  api = await createHarness();
  open.push(api);
});
afterAll(() => Promise.all(open.map((one) => one.close())));

const must = async (method: 'GET' | 'PUT' | 'POST', path: string, body?: object) => {
  const answer = await api.call(method, `/api/v1/${path}`, body === undefined ? {} : { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const merge = (body: object, into = 'KH-1') => api.call('POST', `/api/v1/customers/${into}/merges`, { body });
const undo = (id: unknown) => api.call('POST', `/api/v1/merges/${id}/undo`);
const usage = (customer: string, value: number, at: string, key: string) =>
  must('POST', 'usage', [{ customer, metric: 'visits', value, at, idempotencyKey: key }]);

async function twoPeople() {
  await must('PUT', 'customers/KH-1', { name: 'Lan', tags: ['vip'], attributes: { a: 1 } });
  await must('PUT', 'customers/KH-2', {
    name: 'Lan Anh',
    email: 'lan@example.com',
    tags: ['spa'],
    attributes: { a: 2, b: 'x' },
    identities: { zalo: '7001' },
    consents: [{ purpose: 'advertising', granted: true }],
  });
  await must('PUT', 'subscriptions/S-1', { customer: 'KH-1', product: 'spa' });
  await must('PUT', 'subscriptions/S-2', { customer: 'KH-2', product: 'spa' });
  await must('POST', 'orders', { id: 'O-2', customer: 'KH-2', amount: 5 });
  await usage('KH-1', 1, '2026-11-01', 'u1');
  await usage('KH-2', 10, '2026-11-05', 'u2');
}

it('one becomes the other, and both are again what they were', async () => {
  await twoPeople();
  const before = [await must('GET', 'customers/KH-1'), await must('GET', 'customers/KH-2')];
  const merged = await merge({ other: 'KH-2' });
  expect(merged.body).toMatchObject({
    staying: { externalId: 'KH-1' },
    going: { externalId: 'KH-2' },
    by: 'api_key:environment',
    undoneAt: null,
    moved: { subscriptions: 1, orders: 1, channel_identities: 1, consents: 1, usage_events: 1 },
  });
  expect(await must('GET', 'customers/KH-1')).toMatchObject({
    name: 'Lan',
    email: 'lan@example.com',
    tags: ['vip', 'spa'],
    attributes: { a: 1, b: 'x' },
    identities: { zalo: '7001' },
  });
  expect((await api.call('GET', '/api/v1/customers/KH-2')).status).toBe(404);
  expect((await must('GET', 'customers/KH-1/merges')).items).toMatchObject([{ id: merged.body.id }]);

  const parted = await undo(merged.body.id);
  expect(parted.body).toMatchObject({ movedBack: { subscriptions: 1, orders: 1, channel_identities: 1 }, stayed: 0 });
  const after = [await must('GET', 'customers/KH-1'), await must('GET', 'customers/KH-2')];
  const timeless = (customer: Record<string, unknown>) => ({ ...customer, updatedAt: null });
  expect(after.map(timeless)).toEqual(before.map(timeless));
  expect(
    await api.rows(
      `SELECT c.external_id AS who, u.value, m.total, m.events, m.last_value FROM usage_counters u
       JOIN customers c ON c.id = u.customer_id JOIN usage_months m ON m.customer_id = c.id ORDER BY 1`,
    ),
  ).toEqual([
    { who: 'KH-1', value: 1, total: 1, events: 1, last_value: 1 },
    { who: 'KH-2', value: 10, total: 10, events: 1, last_value: 10 },
  ]);
  const told = await api.rows(
    `SELECT t.kind, c.external_id AS who FROM touchpoints t JOIN customers c ON c.id = t.customer_id
     WHERE kind IN ('customers_merged', 'customers_parted') ORDER BY t.id`,
  );
  expect(told).toEqual([
    { kind: 'customers_merged', who: 'KH-1' },
    { kind: 'customers_parted', who: 'KH-1' },
    { kind: 'customers_parted', who: 'KH-2' },
  ]);
});

it('what came since stays with the one that stayed, and what changed hands is left alone', async () => {
  await twoPeople();
  const { body } = await merge({ other: 'KH-2' });
  await must('POST', 'orders', { id: 'O-3', customer: 'KH-1', amount: 7 });
  await usage('KH-1', 4, '2026-11-08', 'u3');
  await must('PUT', 'customers/KH-3', {});
  await must('PUT', 'subscriptions/S-2', { customer: 'KH-3' });
  await must('PUT', 'customers/KH-1', {
    email: 'new@example.com',
    attributes: { b: 'y', c: 3 },
    tags: ['vip', 'spa', 'new'],
  });
  await must('PUT', 'customers/KH-1', { consents: [{ purpose: 'all', granted: false }] });
  const parted = await undo(body.id);
  expect(parted.body.stayed).toBeGreaterThan(0);
  expect(parted.body.movedBack).not.toHaveProperty('subscriptions');
  const owners = await api.rows(
    `SELECT o.external_id AS what, c.external_id AS who FROM (SELECT external_id, customer_id FROM orders UNION ALL
       SELECT external_id, customer_id FROM subscriptions) o JOIN customers c ON c.id = o.customer_id ORDER BY 1`,
  );
  expect(owners).toEqual([
    { what: 'O-2', who: 'KH-2' },
    { what: 'O-3', who: 'KH-1' },
    { what: 'S-1', who: 'KH-1' },
    { what: 'S-2', who: 'KH-3' },
  ]);
  expect(await must('GET', 'customers/KH-1')).toMatchObject({
    email: 'new@example.com',
    tags: ['vip', 'new'],
    attributes: { a: 1, b: 'y', c: 3 },
  });
  // Whoever of them said no: both keep it.
  expect((await must('GET', 'customers/KH-2')).optedOutAt).not.toBeNull();
  expect((await must('GET', 'customers/KH-1')).optedOutAt).not.toBeNull();
  const months = await api.rows(
    `SELECT c.external_id AS who, total, events, last_value FROM usage_months m JOIN customers c ON c.id = m.customer_id ORDER BY 1`,
  );
  expect(months).toEqual([
    { who: 'KH-1', total: 5, events: 2, last_value: 4 },
    { who: 'KH-2', total: 10, events: 1, last_value: 10 },
  ]);
});

it('somebody only known from chatting is merged by our own id, and chats on as before after parting', async () => {
  await must('PUT', 'customers/KH-1', { name: 'Lan' });
  const chatter = await seedChatter(api, 'messenger', '6001', { name: 'Lan FB' });
  const { body } = await merge({ otherId: chatter.customerId });
  expect((await must('GET', 'conversations?customer=KH-1')).items).toMatchObject([{ id: chatter.conversationId }]);
  await undo(body.id);
  expect((await must('GET', 'conversations?customer=KH-1')).items).toEqual([]);
  const rows = await api.rows('SELECT customer_id FROM conversations');
  expect(rows).toEqual([{ customer_id: chatter.customerId }]);
});

describe('refuses', () => {
  it('a second undo, and an undo under a later merge', async () => {
    await twoPeople();
    await must('PUT', 'customers/KH-0', {});
    const first = await merge({ other: 'KH-2' });
    const second = await merge({ other: 'KH-1' }, 'KH-0');
    expect(await undo(first.body.id)).toMatchObject({ status: 409, body: { error: { code: 'customer_gone' } } });
    expect((await undo(second.body.id)).status).toBe(200);
    expect((await undo(first.body.id)).status).toBe(200);
    expect(await undo(first.body.id)).toMatchObject({ status: 409, body: { error: { code: 'merge_undone' } } });
    expect((await undo(api.newId())).status).toBe(404);
  });

  it('an undo when the old id is in use again', async () => {
    await twoPeople();
    const { body } = await merge({ other: 'KH-2' });
    await must('PUT', 'customers/KH-2', {});
    expect(await undo(body.id)).toMatchObject({ status: 409, body: { error: { code: 'external_id_taken' } } });
  });

  it('one customer with itself, unknown ones, and both ways of naming at once', async () => {
    await twoPeople();
    expect(await merge({ other: 'KH-1' })).toMatchObject({ status: 422, body: { error: { code: 'same_customer' } } });
    expect((await merge({ other: 'KH-404' })).status).toBe(422);
    expect((await merge({ other: 'KH-2' }, 'KH-404')).status).toBe(404);
    expect((await merge({})).status).toBe(400);
    expect((await merge({ other: 'KH-2', otherId: api.newId() })).status).toBe(400);
  });

  it('all but one of two that are merged both ways at once', async () => {
    await twoPeople();
    const both = await Promise.all([merge({ other: 'KH-2' }), merge({ other: 'KH-1' }, 'KH-2')]);
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await api.rows('SELECT 1 FROM customers')).toHaveLength(1);
  });
});
