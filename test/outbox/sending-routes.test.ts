// What REST tells about sending: what went out, what the plans will cost, and when the money ends.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { createManualClock, DAY_MS, HOUR_MS } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { emptyCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { compileFlow } from '../../src/flows/compile-flow.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import type { Journey } from '../../src/flows/journeys/journey.ts';
import { readFlow } from '../../src/flows/read-flow.ts';
import { type ForecastRow, readForecast } from '../../src/outbox/read-forecast.ts';
import { createSendRules } from '../../src/outbox/send-rules.ts';
import { stopDay } from '../../src/outbox/sending-routes.ts';
import { sendingForecast, sendingQuota } from '../../src/outbox/sending-schema.ts';
import { createHarness, type Harness, START } from '../api/api-harness.ts';
import { createTestDatabase } from '../test-database.ts';
import { aPerson } from './a-message.ts';
import { aTemplate } from './a-template.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
const config = {
  quietHours: { start: '21:00', end: '07:30' },
  timeZone,
  sending: {
    advertisingPerDay: 3,
    advertisingHours: { start: '07:00', end: '22:00' },
    advertisingLabel: { email: true, template: true, chat: false },
    holidayPause: 'all' as const,
    spendLimitPerMonth: 1_000,
  },
};

function scriptsWith(ifClosed: string, purpose: Journey['purpose'] = 'care') {
  const source = `id: nhac\ntitle: Nhắc\nentry: [{ on: manual }]\nsettings: { if_closed: ${ifClosed} }\nsteps: [{ id: a, end: Chào }]`;
  const { flow } = readFlow('nhac.flow.yaml', source);
  if (flow === null) throw new Error('The flow cannot be read.');
  const step = { offsetMs: 0, isAfterMoment: false, at: null, every: null, condition: null, lateMs: DAY_MS };
  const journey: Journey = {
    id: 'gia-han',
    title: 'Gia hạn',
    stage: 'renewal',
    purpose,
    priority: 50,
    subject: 'customer',
    trigger: { on: 'manual' },
    audience: null,
    goal: null,
    againAfterMs: null,
    busy: 'wait',
    steps: [
      { ...step, id: 'nhac', action: { do: 'flow', flow: 'nhac', at: null, offer: null } },
      {
        ...step,
        id: 'goi',
        action: { do: 'task', kind: 'renewal_call', title: 'Gọi', titleOf: () => 'Gọi', dueMs: DAY_MS },
      },
    ],
  };
  return {
    active: new Map([['nhac', { versionId: 'v', number: 1, flow: compileFlow(flow) }]]),
    versions: new Map(),
    guides: createGuideLibrary([]),
    journeys: new Map([['gia-han', { versionId: 'j', number: 1, journey }]]),
    catalogue: emptyCatalogue,
  };
}

let db: Database;
let harness: Harness;
beforeAll(async () => {
  db = await createTestDatabase();
  const known = { templates: new Map([['nhac', aTemplate]]), holidays: [] };
  const scripts = scriptsWith('[{ template: nhac }, email, task]');
  harness = await createHarness(
    {
      sending: {
        db,
        clock: createManualClock(START),
        timeZone,
        scripts: () => scripts,
        sendRules: createSendRules(config, () => known),
        isEmailOn: true,
        zaloQuota: async () => ({
          askedAt: START,
          quotas: [{ of: 'consultation', total: 500, remain: 120, validThrough: '31/12/2026' }],
        }),
      },
    },
    db,
  );
});
afterAll(async () => {
  await harness.close();
});

/** What is planned for one person alone, of whom we heard at `START`. */
async function forecastFor(
  channels: readonly string[],
  prepare: (customerId: string) => Promise<unknown>,
  { purpose = 'care', price = 300 }: { purpose?: Journey['purpose']; price?: number } = {},
): Promise<ForecastRow[]> {
  await db.pool.query('DELETE FROM enrolment_steps');
  const [person] = await aPerson(db, channels.length === 0 ? ['email'] : channels, START);
  const customerId = person?.customerId ?? '';
  await prepare(customerId);
  await db.pool.query(
    `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status)
     SELECT gen_random_uuid(), gen_random_uuid(), $1, 'gia-han', 'nhac', $2, 'planned' FROM generate_series(1, 2)`,
    [customerId, new Date(START.getTime() + 20 * DAY_MS)],
  );
  const templates = new Map([['nhac', { ...aTemplate, price }]]);
  const rules = createSendRules(config, () => ({ templates, holidays: [] }))();
  const scripts = scriptsWith('[{ template: nhac }, email, task]', purpose);
  return await readForecast(db.pool, { scripts, rules, timeZone, isEmailOn: true }, START, 30);
}

/** A step of the journey that falls due for a customer whom we heard of `silentDays` before now. */
async function planned(channel: string, silentDays: number, dueDays: number, step = 'nhac'): Promise<void> {
  const [person] = await aPerson(db, [channel], new Date(START.getTime() - silentDays * DAY_MS));
  await db.pool.query(
    `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status)
     VALUES ($1, $2, $3, 'gia-han', $4, $5, 'planned')`,
    [randomUUID(), randomUUID(), person?.customerId, step, new Date(START.getTime() + dueDays * DAY_MS + HOUR_MS)],
  );
}

test('the forecast: the likely rung of each, its cost, and the day on which the money ends', async () => {
  await planned('zalo', 0, 1);
  await planned('zalo', 1, 3);
  for (let n = 0; n < 4; n += 1) await planned('zalo', 20, 4);
  await planned('messenger', 20, 4);
  await planned('messenger', 0, 0);
  await planned('zalo', 0, 5, 'goi');
  await planned('zalo', 0, 45);
  const { status, body } = await harness.call('GET', '/api/v1/sending/forecast?days=30');
  expect([status, body]).toEqual([200, expect.anything()]);
  const forecast = sendingForecast.parse(body);
  expect(forecast.planned).toEqual([
    { day: '2026-11-21', journey: 'gia-han', way: 'free', messages: 1, cost: 0 },
    { day: '2026-11-22', journey: 'gia-han', way: 'free', messages: 1, cost: 0 },
    { day: '2026-11-24', journey: 'gia-han', way: 'charged', messages: 1, cost: defaultWindowRules.zalo.chargedAmount },
    { day: '2026-11-25', journey: 'gia-han', way: 'email', messages: 1, cost: 0 },
    { day: '2026-11-25', journey: 'gia-han', way: 'template', messages: 4, cost: 1_200 },
    { day: '2026-11-26', journey: 'gia-han', way: 'task', messages: 1, cost: 0 },
  ]);
  expect(forecast.spending).toEqual({ limit: 1_000, spentThisMonth: 0, stopsOn: '2026-11-25' });
  expect(forecast.zaloPackage).toEqual({ remain: 120, charged: 1 });
});

test('the meter: today and this month, by channel, purpose and cost', async () => {
  const lines: [Date, string, string, number][] = [
    [START, 'free', 'answer', 0],
    [START, 'template', 'care', 300],
    [new Date(START.getTime() - 3 * DAY_MS), 'template', 'care', 300],
    [new Date(START.getTime() - 40 * DAY_MS), 'template', 'care', 300],
  ];
  for (const [at, cost, purpose, amount] of lines.toReversed()) {
    await db.pool.query(
      `INSERT INTO touchpoints (at, kind, channel, cost_amount, data) VALUES ($1, 'message_out', 'zalo', $2, $3)`,
      [at, amount, JSON.stringify({ cost, purpose })],
    );
  }
  const { body } = await harness.call('GET', '/api/v1/sending/quota');
  expect(sendingQuota.parse(body)).toMatchObject({
    zalo: { quotas: [{ of: 'consultation', remain: 120 }] },
    sent: [
      { channel: 'zalo', purpose: 'answer', kind: 'free', today: 1, month: 1, costMonth: 0 },
      { channel: 'zalo', purpose: 'care', kind: 'template', today: 1, month: 2, costToday: 300, costMonth: 600 },
    ],
    spending: { limit: 1_000, month: 600, left: 400 },
    advertisingPerDay: 3,
  });
});

test('the forecast: journeys speak to nobody who has no chat, whatever else is known of them', async () => {
  const none = [expect.objectContaining({ way: 'none', messages: 2, cost: 0 })];
  expect(await forecastFor([], async () => undefined)).toEqual(none);
  const onlyPhone = (id: string) =>
    db.pool.query(`UPDATE channel_identities SET external_id = 'phone:84912345678' WHERE customer_id = $1`, [id]);
  expect(await forecastFor(['zalo'], onlyPhone)).toEqual(none);
});

test('the forecast: whoever takes a "no" back has not agreed to advertising by that', async () => {
  const saysYes = async (id: string) => {
    await db.pool.query('DELETE FROM consents WHERE customer_id = $1', [id]);
    await db.pool.query(
      `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at) VALUES ($1, $2, 'all', '*', true, 'test', $3)`,
      [randomUUID(), id, START],
    );
  };
  const ways = async (purpose: Journey['purpose']) =>
    (await forecastFor(['zalo'], saysYes, { purpose })).map(({ way }) => way);
  expect(await ways('advertising')).toEqual(['none']);
  expect(await ways('care')).toEqual(['template']);
});

test('the forecast and the meter: more than two thousand million đồng are a number as well', async () => {
  const price = 1_500_000_000;
  expect(await forecastFor(['zalo'], async () => undefined, { price })).toMatchObject([{ cost: 2 * price }]);
  await db.pool.query(
    `INSERT INTO touchpoints (at, kind, channel, cost_amount, data)
     SELECT $1, 'message_out', 'messenger', $2, '{"purpose": "care", "cost": "template"}' FROM generate_series(1, 2)`,
    [START, price],
  );
  const { body } = await harness.call('GET', '/api/v1/sending/quota');
  expect(sendingQuota.parse(body).sent).toContainEqual(
    expect.objectContaining({ channel: 'messenger', costToday: 2 * price, costMonth: 2 * price }),
  );
});

test('the money of one month does not run out in the next', () => {
  const day = (date: string, cost: number) => ({
    day: date,
    journey: 'a',
    way: 'template' as const,
    messages: 1,
    cost,
  });
  expect(stopDay([day('2026-11-30', 400), day('2026-12-01', 900)], 500, 1_000)).toBeNull();
  expect(stopDay([day('2026-11-30', 400), day('2026-12-01', 1_100)], 500, 1_000)).toBe('2026-12-01');
  expect(stopDay([day('2026-11-30', 400)], 700, 1_000)).toBe('2026-11-30');
  expect(stopDay([day('2026-11-30', 400)], 700, null)).toBeNull();
});
