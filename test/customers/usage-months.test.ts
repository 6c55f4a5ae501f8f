// Usage by calendar month where the business is, in whatever order it arrives; and what rules read of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readUsage } from '../../src/customers/read-usage.ts';
import { createHarness, type Harness } from '../api/api-harness.ts';

let api: Harness;
let customerId = '';
beforeAll(async () => {
  api = await createHarness();
  customerId = String((await api.call('PUT', '/api/v1/customers/KH-1', { body: {} })).body.id);
});
afterAll(() => api.close());

let sent = 0;
const report = async (metric: string, ...events: [value: number, at: string][]) => {
  const body = events.map(([value, at]) => {
    sent += 1;
    return { customer: 'KH-1', metric, value, at, idempotencyKey: `k${sent}` };
  });
  expect((await api.call('POST', '/api/v1/usage', { body })).body).toMatchObject({ accepted: events.length });
};
const months = (metric: string) =>
  api.rows('SELECT month::text, total, events, last_value FROM usage_months WHERE metric = $1 ORDER BY month', [
    metric,
  ]);
const read = async (at: string) =>
  (await readUsage(api.db.pool, [customerId], new Date(at), 'Asia/Ho_Chi_Minh')).get(customerId);

it('counts in the month of Vietnam, whatever the order and however late', async () => {
  // 23:30 in UTC on 31 October is 1 November in Vietnam.
  await report('visits', [3, '2026-11-10T10:00:00+07:00'], [2, '2026-10-31T23:30:00Z']);
  await report('visits', [5, '2026-10-31T16:30:00Z'], [7, '2026-11-05T10:00:00+07:00']);
  expect(await months('visits')).toEqual([
    { month: '2026-10-01', total: 5, events: 1, last_value: 5 },
    { month: '2026-11-01', total: 12, events: 3, last_value: 3 },
  ]);
});

it('a repeated item is not counted again', async () => {
  const item = { customer: 'KH-1', metric: 'once', value: 4, at: '2026-11-01', idempotencyKey: 'same' };
  await api.call('POST', '/api/v1/usage', { body: [item, item] });
  await api.call('POST', '/api/v1/usage', { body: [item] });
  expect(await months('once')).toMatchObject([{ total: 4, events: 1 }]);
});

it('the month turns by the clock, without anything being reported', async () => {
  expect(await read('2026-11-20T00:00:00Z')).toMatchObject({
    visits: 3,
    'visits.month': 12,
    'visits.last_month': 5,
  });
  // 17:00 in UTC is midnight in Vietnam.
  expect(await read('2026-11-30T16:59:59Z')).toMatchObject({ 'visits.month': 12 });
  expect(await read('2026-11-30T17:00:00Z')).toMatchObject({ visits: 3, 'visits.month': 0, 'visits.last_month': 12 });
  expect(await read('2027-01-15T00:00:00Z')).toMatchObject({ visits: 3, 'visits.month': 0, 'visits.last_month': 0 });
});

it('many customers are read at once; whoever has nothing has an empty object', async () => {
  const other = String((await api.call('PUT', '/api/v1/customers/KH-2', { body: {} })).body.id);
  const all = await readUsage(api.db.pool, [customerId, other], new Date('2026-11-20T00:00:00Z'), 'Asia/Ho_Chi_Minh');
  expect(all.get(other)).toEqual({});
  expect(all.get(customerId)).toHaveProperty(['visits.month'], 12);
});
