import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planCustomers } from '../../src/journeys/plan-customers.ts';
import { startDue } from '../../src/journeys/start-due.ts';
import { createHarness, type Harness } from '../api/api-harness.ts';
import { createTestDatabase } from '../test-database.ts';
import { type CareStage, createCareStage, LADDER } from './care-stage.ts';

const UPSELL = `
id: upsell
title: Nâng gói
stage: expansion
purpose: care
for: subscription
trigger: { on: segment, when: "usage.appointments > 100 and usage.branches >= 5" }
steps: [{ id: moi, flow: nhac }]
`;
const BUTTON = `
id: button
title: Nhân viên bấm
stage: other
for: subscription
trigger: { on: manual }
audience: subscription.status == "active"
steps: [{ id: moi, flow: nhac }]
`;

let api: Harness;
let stage: CareStage;
beforeAll(async () => {
  const db = await createTestDatabase();
  stage = createCareStage(db, LADDER, UPSELL, BUTTON);
  api = await createHarness({ scripts: stage.deps.scripts, careFacts: stage.deps.facts }, db);
  for (const customer of ['A', 'B', 'C']) {
    await api.call('PUT', `/api/v1/customers/${customer}`, {
      body: { name: customer, identities: { zalo: `z-${customer}` } },
    });
    await api.call('PUT', `/api/v1/subscriptions/${customer}-1`, {
      body: {
        customer,
        product: 'spa',
        startedAt: '2026-01-01',
        expiresAt: customer === 'A' ? '2026-12-10' : '2027-06-01',
      },
    });
  }
  const usage = (customer: string, metric: string, value: number) => ({
    customer,
    metric,
    value,
    at: '2026-11-20T03:00:00Z',
    idempotencyKey: `${customer}-${metric}`,
  });
  await api.call('POST', '/api/v1/usage', {
    body: [usage('A', 'appointments', 140), usage('A', 'branches', 5), usage('B', 'appointments', 140)],
  });
  await settle();
});
afterAll(async () => {
  await api.close();
});

async function settle() {
  const now = api.clock.now();
  while ((await planCustomers(stage.deps, now)) + (await startDue(stage.deps, now)) > 0);
}

test('all journeys with what became of them', async () => {
  const { body } = await api.call('GET', '/api/v1/journeys');
  expect(body.items).toMatchObject([
    { id: 'ladder', title: 'Gia hạn', version: 1, paused: null, counts: { active: 3 } },
    { id: 'upsell', counts: { active: 1, planned: 0, started: 1 } },
    { id: 'button', counts: { active: 0 } },
  ]);
  const one = await api.call('GET', '/api/v1/journeys/ladder');
  expect(one.body).toMatchObject({
    trigger: 'date',
    steps: [
      { id: 'truoc_30', does: 'flow nhac' },
      { id: 'truoc_7' },
      { id: 'goi', does: 'task renewal_call', planned: 3 },
    ],
  });
  expect((await api.call('GET', '/api/v1/journeys/strange')).body).toMatchObject({
    error: { code: 'unknown_journey' },
  });
});

test('who matches now, and what made it true', async () => {
  const { body } = await api.call('GET', '/api/v1/journeys/upsell/matches');
  expect(body).toEqual({
    journey: 'upsell',
    count: 1,
    examined: 3,
    isComplete: true,
    matches: [{ customer: 'A', for: 'A-1', facts: { 'usage.appointments': 140, 'usage.branches': 5 } }],
  });
});

test('a customer sees nothing that cannot be explained', async () => {
  const { body } = await api.call('GET', '/api/v1/customers/A/enrolments');
  expect(body.items).toHaveLength(2);
  expect(body.items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        journey: 'ladder',
        for: { kind: 'subscription', id: 'A-1' },
        status: 'active',
        steps: expect.arrayContaining([expect.objectContaining({ step: 'goi', status: 'planned' })]),
      }),
    ]),
  );
  expect((await api.call('GET', '/api/v1/customers/nobody/enrolments')).status).toBe(404);
});

describe('the button', () => {
  test('puts a customer on a journey, once, and says why not', async () => {
    const call = () => api.call('POST', '/api/v1/customers/B/journeys', { body: { journey: 'button' } });
    expect((await call()).body).toMatchObject({ journey: 'button', steps: 1 });
    expect(await call()).toMatchObject({
      status: 409,
      body: { error: { code: 'not_enrolled', message: 'Khách đang ở trong hành trình này.' } },
    });
    const named = { journey: 'button', subscription: 'B-9' };
    const unknown = await api.call('POST', '/api/v1/customers/B/journeys', { body: named });
    expect(unknown).toMatchObject({ status: 422, body: { error: { code: 'unknown_subscription' } } });
    await settle();
    expect(await api.rows(`SELECT status FROM enrolment_steps WHERE journey = 'button'`)).toEqual([{ status: 'due' }]);
  });

  test('refuses those whom the journey is not for', async () => {
    await api.call('PUT', '/api/v1/subscriptions/C-1', { body: { customer: 'C', status: 'expired' } });
    const answer = await api.call('POST', '/api/v1/customers/C/journeys', { body: { journey: 'button' } });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'not_enrolled' } } });
  });
});

test('pausing and resuming: who did it is shown, again it changes nothing', async () => {
  const pause = () => api.call('POST', '/api/v1/journeys/ladder/pause', { body: { by: 'lan.nguyen' } });
  expect((await pause()).body).toMatchObject({ paused: { by: 'lan.nguyen' } });
  await pause();
  const resumed = await api.call('POST', '/api/v1/journeys/ladder/resume', { body: {} });
  expect(resumed.body).toMatchObject({ paused: null });
  await api.call('POST', '/api/v1/journeys/ladder/resume');
  const lines = await api.rows(
    `SELECT kind, data FROM touchpoints WHERE kind LIKE 'journey\\_%ed' AND customer_id IS NULL ORDER BY id`,
  );
  expect(lines.map(({ kind }) => kind)).toEqual(['journey_paused', 'journey_resumed']);
  expect(await api.rows(`SELECT 1 FROM journey_signals WHERE kind = 'sweep'`)).toHaveLength(1);
});
