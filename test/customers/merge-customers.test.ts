// Two records, one person: everything hangs on the known one afterwards, wherever a customer is named.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { otherTablesOfCustomer, tablesOfCustomer } from '../../src/customers/moved-rows.ts';
import { createHarness, type Harness, START, seedChatter } from '../api/api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
});
afterAll(() => api.close());

it('knows every table that names a customer', async () => {
  const rows = await api.rows(
    `SELECT table_name FROM information_schema.columns WHERE column_name = 'customer_id' AND table_schema = 'public'
       AND NOT (SELECT relispartition FROM pg_class WHERE oid = to_regclass(table_name))`,
  );
  expect(rows.map((row) => row.table_name).sort()).toEqual([...tablesOfCustomer, ...otherTablesOfCustomer].sort());
});

it('moves the whole life of the chatter to the known customer and fills only what is empty there', async () => {
  const chatter = await seedChatter(api, 'zalo', '900001', { name: 'Tên Zalo' });
  await api.rows(
    `UPDATE customers SET phone = '84900000001', form_of_address = 'chị', tags = '{zalo,vip}', language = 'en',
       attributes = '{"branches": 2, "learned": "yes"}', opted_out_at = $2 WHERE id = $1`,
    [chatter.customerId, START],
  );
  await seedLife(chatter.customerId, chatter.conversationId, chatter.identityId);
  const put = (body: object) => api.call('PUT', '/api/v1/customers/KH-1', { body });
  const known = await put({ name: 'Lan', tags: ['vip'], attributes: { branches: 5 } });
  await api.call('POST', '/api/v1/usage', {
    body: [
      { customer: 'KH-1', metric: 'a', value: 1, at: '2026-11-01', idempotencyKey: 'known-a' },
      { customer: 'KH-1', metric: 'b', value: 1, at: '2026-11-20', idempotencyKey: 'known-b' },
    ],
  });

  const merged = await put({ identities: { zalo: '900001' } });
  expect(merged.status).toBe(200);
  expect(merged.body).toMatchObject({
    id: known.body.id,
    name: 'Lan',
    phone: '84900000001',
    formOfAddress: 'chị',
    language: 'en',
    attributes: { branches: 5, learned: 'yes' },
    optedOutAt: START.toISOString(),
    identities: { zalo: '900001', messenger: null },
  });
  expect(merged.body.tags).toEqual(['vip', 'zalo']);
  for (const table of [...tablesOfCustomer, 'usage_counters', 'usage_months']) {
    expect(await api.rows(`SELECT 1 FROM ${table} WHERE customer_id = $1`, [chatter.customerId]), table).toEqual([]);
    expect(
      (await api.rows(`SELECT 1 FROM ${table} WHERE customer_id = $1`, [known.body.id])).length,
      table,
    ).toBeGreaterThan(0);
  }
  // Of each metric the newer value stays.
  expect(await api.rows('SELECT metric, value FROM usage_counters ORDER BY metric')).toEqual([
    { metric: 'a', value: 9 },
    { metric: 'b', value: 1 },
  ]);
  expect(await api.rows('SELECT 1 FROM customers')).toHaveLength(1);
  const ledger = await api.rows(`SELECT data FROM touchpoints WHERE kind = 'customers_merged'`);
  expect(ledger).toEqual([{ data: { mergedCustomerId: chatter.customerId } }]);
  const list = await api.call('GET', '/api/v1/conversations?customer=KH-1');
  expect(list.body.items).toMatchObject([{ id: chatter.conversationId, peerId: '900001' }]);
});

/** One row in every table that names a customer. */
async function seedLife(customerId: string, conversationId: string, identityId: string): Promise<void> {
  const id = () => api.newId();
  const insert = (table: string, row: Record<string, unknown>) =>
    api.rows(
      `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
        .map((_, n) => `$${n + 1}`)
        .join(', ')})`,
      Object.values(row),
    );
  const whose = { customer_id: customerId };
  const run = { ...whose, conversation_id: conversationId, run_id: id(), flow: 'f', step: 's' };
  const subscriptionId = id();
  await insert('subscriptions', {
    id: subscriptionId,
    external_id: 'S',
    ...whose,
    product: 'spa',
    status: 'active',
    created_at: START,
    updated_at: START,
  });
  await insert('orders', {
    id: id(),
    external_id: 'O',
    ...whose,
    kind: 'order',
    amount: 1,
    at: START,
    created_at: START,
  });
  await insert('consents', {
    id: id(),
    ...whose,
    purpose: 'care',
    channel: '*',
    granted: true,
    source: 'x',
    at: START,
  });
  await insert('usage_events', { idempotency_key: 'u', ...whose, metric: 'a', value: 9, at: START });
  await insert('usage_counters', { ...whose, metric: 'a', value: 9, at: new Date('2026-11-10') });
  await insert('usage_counters', { ...whose, metric: 'b', value: 9, at: new Date('2026-11-10') });
  const month = { metric: 'a', month: '2026-11-01', total: 9, events: 1, last_value: 9, last_at: START };
  await insert('usage_months', { ...whose, ...month });
  await insert('tasks', {
    id: id(),
    ...whose,
    kind: 'other',
    title: 't',
    status: 'open',
    due_at: START,
    created_at: START,
  });
  await insert('notes', {
    id: id(),
    ...whose,
    conversation_id: conversationId,
    staff_id: id(),
    text: 'n',
    created_at: START,
  });
  const change = { subscription_id: subscriptionId, kind: 'activated', after: '{}', at: START };
  await insert('subscription_changes', { id: id(), ...whose, ...change });
  const step = { enrolment_id: id(), journey: 'j', step: 's', due_at: START, status: 'planned' };
  await insert('enrolment_steps', { id: id(), ...whose, ...step });
  await insert('journey_signals', { ...whose, kind: 'followed', at: START });
  await insert('outgoing_events', { id: id(), ...whose, type: 'case.opened', data: '{}', at: START });
  const request = { kind: 'access', source: 'x', status: 'received', received_at: START };
  await insert('privacy_requests', { id: id(), ...whose, ...request, answer_due_at: START, act_due_at: START });
  await insert('enrolments', {
    id: id(),
    journey: 'j',
    ...whose,
    subject_kind: 'subscription',
    subject_id: subscriptionId,
    anchor_at: START,
    enrolled_at: START,
    status: 'active',
  });
  await insert('survey_answers', { id: id(), ...run, metric: 'csat', status: 'asked', asked_at: START });
  await insert('offer_issues', { id: id(), ...run, code: 'GIAHAN', state: 'sent', sent_at: START });
  await insert('cases', { id: id(), ...whose, reason: 'x', status: 'open', opened_at: START, due_at: START });
  await insert('training_bookings', {
    id: id(),
    ...whose,
    conversation_id: conversationId,
    topic: 't',
    starts_at: START,
    duration_minutes: 30,
    created_at: START,
  });
  await insert('touchpoints', { at: START, kind: 'message_in', ...whose, conversation_id: conversationId });
  await insert('outbound_messages', {
    id: id(),
    conversation_id: conversationId,
    identity_id: identityId,
    ...whose,
    channel: 'zalo',
    account_id: 'oa',
    content: '{}',
    purpose: 'answer',
    author: 'flow',
    status: 'queued',
    available_at: START,
    created_at: START,
  });
}
