// What changes with the month alone is noticed when the month turns: once, however many processes look, and after an outage.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMonthWatch } from '../../src/journeys/turn-month.ts';
import { createTestDatabase } from '../test-database.ts';
import { type CareStage, createCareStage, DAY } from './care-stage.ts';

const USED = `
id: dung-nhieu
title: Dùng nhiều tháng trước
stage: expansion
for: customer
trigger: { on: segment, when: "usage.appointments.last_month > 100" }
steps: [{ id: goi, task: "Gọi khách" }]
`;

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let stage: CareStage;
beforeEach(async () => {
  db = await createTestDatabase();
  stage = createCareStage(db, USED);
});
afterEach(async () => {
  await db.close();
});

const journeys = () => [...stage.deps.scripts().journeys.values()].map(({ journey }) => journey);
const watch = () => createMonthWatch({ db, clock: stage.clock, timeZone: 'Asia/Ho_Chi_Minh', journeys });
const sweeps = async () => (await stage.rows(`SELECT 1 FROM journey_signals WHERE kind = 'sweep'`)).length;
const titles = async () => (await stage.rows('SELECT title FROM tasks')).map(({ title }) => title);

async function usedALot(customerId: string) {
  const values = [customerId, stage.clock.now()];
  await stage.rows(
    `INSERT INTO usage_counters (customer_id, metric, value, at) VALUES ($1, 'appointments', 120, $2)`,
    values,
  );
  await stage.rows(
    `INSERT INTO usage_months (customer_id, metric, month, total, events, last_value, last_at)
     VALUES ($1, 'appointments', '2026-11-01', 120, 1, 120, $2)`,
    values,
  );
}

test('last month is asked about on the first of the next, once, whoever looks', async () => {
  await usedALot(await stage.addCustomer());
  await watch()();
  await stage.settle();
  expect(await titles()).toEqual([]);
  stage.pass(10 * DAY);
  await Promise.all([watch()(), watch()()]);
  expect(await sweeps()).toBe(1);
  await stage.settle();
  stage.pass(DAY);
  await stage.settle();
  expect(await titles()).toEqual(['Gọi khách']);
  await watch()();
  expect(await sweeps()).toBe(0);
});

test('where no journey asks about months nobody is looked at', async () => {
  stage = createCareStage(db, USED.replace('usage.appointments.last_month > 100', 'usage.appointments > 100'));
  await watch()();
  stage.pass(40 * DAY);
  await watch()();
  expect(await sweeps()).toBe(0);
});
