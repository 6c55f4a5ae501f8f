// Batches of usage: good items kept, bad ones named, counters at the newest value.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../api/api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
  for (const id of ['KH-1', 'KH-2', 'KH-3']) await api.call('PUT', `/api/v1/customers/${id}`, { body: {} });
});
afterAll(() => api.close());

const post = (body: object) => api.call('POST', '/api/v1/usage', { body });
const item = (key: string, more: object = {}) => ({
  customer: 'KH-1',
  metric: 'appointments',
  value: 1,
  at: '2026-11-01T00:00:00Z',
  idempotencyKey: key,
  ...more,
});
const counters = (externalId: string) =>
  api.rows(
    'SELECT u.metric, u.value FROM usage_counters u JOIN customers c ON c.id = u.customer_id WHERE c.external_id = $1 ORDER BY metric',
    [externalId],
  );

describe('POST /api/v1/usage', () => {
  it('keeps the good items of a batch and says what is wrong with each of the others', async () => {
    const { status, body } = await post([
      item('a1', { value: 120 }),
      item('a2', { customer: 'KH-404' }),
      item('a3', { value: '12' }),
      item('a4', { at: 'hôm nay' }),
      item('a1', { value: 7 }),
      item('a5', { customer: 42, metirc: 'x' }),
      'text',
      item('a6', { at: '2027-01-01' }),
      item('a7', { metric: 'branches', value: 5, at: '2026-11-02' }),
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 2, duplicates: 1, errors: 6 });
    expect(body.results).toMatchObject([
      { index: 0, status: 'accepted' },
      { index: 1, status: 'error', error: { code: 'unknown_customer', message: expect.stringContaining('KH-404') } },
      { index: 2, status: 'error', error: { code: 'invalid_item', details: [{ path: 'value' }] } },
      { index: 3, status: 'error', error: { code: 'invalid_item', details: [{ path: 'at' }] } },
      { index: 4, status: 'duplicate' },
      { index: 5, status: 'error', error: { details: [{ path: 'customer' }, { path: 'metirc' }] } },
      { index: 6, status: 'error' },
      { index: 7, status: 'error', error: { code: 'at_in_future' } },
      { index: 8, status: 'accepted' },
    ]);
    expect(await counters('KH-1')).toEqual([
      { metric: 'appointments', value: 120 },
      { metric: 'branches', value: 5 },
    ]);
    const ledger = await api.rows(`SELECT data FROM touchpoints WHERE kind = 'usage_recorded'`);
    expect(ledger).toEqual([{ data: { items: 2, metrics: ['appointments', 'branches'] } }]);
  });

  it('counts the newest time, in whatever order values arrive', async () => {
    const of = (key: string, value: number, at: string) => item(key, { customer: 'KH-2', value, at });
    await post({
      items: [
        of('b1', 3, '2026-11-03'),
        of('b2', 2, '2026-11-02'),
        of('b3', 4, '2026-11-04'),
        of('b4', 1, '2026-11-01'),
      ],
    });
    expect(await counters('KH-2')).toEqual([{ metric: 'appointments', value: 4 }]);
    await post([of('b5', 9, '2026-11-03T12:00:00Z')]);
    expect(await counters('KH-2')).toEqual([{ metric: 'appointments', value: 4 }]);
    const again = await post([of('b3', 100, '2026-11-05')]);
    expect(again.body).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await counters('KH-2')).toEqual([{ metric: 'appointments', value: 4 }]);
  });

  it('refuses a value whose month could not be summed, and keeps the others', async () => {
    const { status, body } = await post([
      item('e1', { metric: 'đồng', value: 1.7e308 }),
      item('e2', { metric: 'đồng', value: -1.7e308 }),
      item('e3', { metric: 'đồng', value: Number.MAX_SAFE_INTEGER }),
      item('e4', { metric: 'đồng', value: Number.MAX_SAFE_INTEGER }),
    ]);
    expect(status).toBe(200);
    const refused = { status: 'error', error: { code: 'invalid_item', details: [{ path: 'value' }] } };
    const kept = { status: 'accepted' };
    expect(body).toMatchObject({ accepted: 2, errors: 2, results: [refused, refused, kept, kept] });
  });

  it('takes a thousand items, refuses more, and refuses none', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => item(`c${n}`, { customer: 'KH-3', value: n }));
    expect((await post(many(1_000))).body).toMatchObject({ accepted: 1_000 });
    const more = await post(many(1_001));
    expect(more).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: '', message: expect.stringContaining('1000') }] } },
    });
    expect((await post([])).status).toBe(400);
    expect(await post({ events: [] })).toMatchObject({ status: 400 });
  });

  it('overlapping batches at the same time count every item once', async () => {
    const batch = Array.from({ length: 200 }, (_, n) =>
      item(`d${n}`, { customer: `KH-${1 + (n % 3)}`, metric: `m${n % 5}` }),
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, turn) => post(turn % 2 ? batch : batch.toReversed())),
    );
    const accepted = answers.reduce((sum, answer) => sum + Number(answer.body.accepted), 0);
    expect(accepted).toBe(200);
  });
});
