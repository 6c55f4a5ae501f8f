// Cases and tasks over REST: opened, given to somebody, found, ended; and what the ledger hears.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { createHarness, type Harness, START } from '../api/api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
  await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan' } });
  await api.call('PUT', '/api/v1/customers/KH-2', { body: {} });
  const subscription = { customer: 'KH-1', product: 'spa' };
  await api.call('PUT', '/api/v1/subscriptions/S-1', {
    body: { ...subscription, owner: 'hoa', expiresAt: '2027-06-01' },
  });
  await api.call('PUT', '/api/v1/subscriptions/S-2', {
    body: { ...subscription, owner: 'minh', expiresAt: '2027-01-01' },
  });
});
afterAll(() => api.close());

const post = (path: string, body: object) => api.call('POST', `/api/v1/${path}`, { body });
const put = (path: string, body: object) => api.call('PUT', `/api/v1/${path}`, { body });
const ids = async (path: string) => {
  const { body } = await api.call('GET', `/api/v1/${path}`);
  return (Array.isArray(body.items) ? body.items : []).map((item) => item.id);
};
const told = (kind: string) => api.rows('SELECT reason, data FROM touchpoints WHERE kind = $1 ORDER BY id', [kind]);

describe('a case', () => {
  it('belongs to whoever looks after the customer, is given to another, and is closed with what was done', async () => {
    const opened = await post('cases', {
      customer: 'KH-1',
      reason: 'Chê chậm',
      kind: 'complaint',
      detail: { score: 2 },
    });
    expect(opened.body).toMatchObject({
      customer: 'KH-1',
      customerName: 'Lan',
      kind: 'complaint',
      status: 'open',
      // Of two subscriptions the one that ends first.
      owner: 'minh',
      dueAt: new Date(START.getTime() + 24 * HOUR_MS).toISOString(),
      detail: { score: 2 },
    });
    const path = `cases/${opened.body.id}`;
    expect((await put(path, { owner: 'hoa', dueAt: '2026-11-30' })).body).toMatchObject({
      owner: 'hoa',
      dueAt: '2026-11-29T17:00:00.000Z',
    });
    expect((await put(path, { owner: null })).body).toMatchObject({ owner: null, dueAt: '2026-11-29T17:00:00.000Z' });
    const closed = await post(`${path}/close`, { outcome: 'đã gọi xin lỗi', by: 'hoa' });
    expect(closed.body).toMatchObject({ status: 'closed', outcome: 'đã gọi xin lỗi', closedBy: 'hoa', owner: 'hoa' });
    expect((await api.call('GET', `/api/v1/${path}`)).body).toEqual(closed.body);
    expect(await post(`${path}/close`, { outcome: 'x', by: 'hoa' })).toMatchObject({
      status: 409,
      body: { error: { code: 'case_closed' } },
    });
    expect((await put(path, { owner: 'x' })).status).toBe(409);
    expect(await told('case_opened')).toMatchObject([
      { reason: 'Chê chậm', data: { case: opened.body.id, kind: 'complaint' } },
    ]);
    expect(await told('case_closed')).toMatchObject([
      { data: { case: opened.body.id, kind: 'complaint', outcome: 'đã gọi xin lỗi' } },
    ]);
  });

  it('is found by status, owner, deadline and customer, page by page', async () => {
    const due = (n: number) => new Date(START.getTime() + n * HOUR_MS).toISOString();
    const made = [];
    for (const n of [3, 1, 2]) {
      made[n] = (
        await post('cases', { customer: 'KH-2', reason: `r${n}`, dueAt: due(n), ...(n === 2 ? { owner: 'lan' } : {}) })
      ).body.id;
    }
    expect(await ids('cases?customer=KH-2')).toEqual([made[1], made[2], made[3]]);
    expect(await ids('cases?customer=KH-2&owner=none')).toEqual([made[1], made[3]]);
    expect(await ids('cases?owner=lan')).toEqual([made[2]]);
    expect(await ids(`cases?customer=KH-2&dueBefore=${due(2)}`)).toEqual([made[1]]);
    expect(await ids('cases?customer=KH-2&status=closed')).toEqual([]);
    const first = await api.call('GET', '/api/v1/cases?customer=KH-2&limit=2');
    expect(await ids(`cases?customer=KH-2&limit=2&cursor=${first.body.nextCursor}`)).toEqual([made[3]]);
  });

  it('refuses what is unknown', async () => {
    expect((await post('cases', { customer: 'KH-404', reason: 'x' })).status).toBe(422);
    expect((await api.call('GET', `/api/v1/cases/${api.newId()}`)).status).toBe(404);
    expect((await post(`cases/${api.newId()}/close`, { outcome: 'x', by: 'y' })).status).toBe(404);
    expect((await put(`cases/${api.newId()}`, {})).status).toBe(400);
  });
});

describe('a task', () => {
  it('belongs to the owner of its subscription, and is done with what came of it', async () => {
    const made = await post('tasks', {
      customer: 'KH-1',
      title: 'Gọi chị Lan',
      kind: 'renewal_call',
      subscription: 'S-1',
    });
    expect(made.body).toMatchObject({ title: 'Gọi chị Lan', owner: 'hoa', subscription: 'S-1', status: 'open' });
    const path = `tasks/${made.body.id}`;
    expect((await put(path, { owner: 'minh' })).body).toMatchObject({ owner: 'minh' });
    expect((await post(`${path}/done`, { by: 'minh', outcome: 'sẽ gia hạn' })).body).toMatchObject({
      status: 'done',
      doneBy: 'minh',
      outcome: 'sẽ gia hạn',
    });
    expect(await post(`${path}/cancel`, { by: 'minh' })).toMatchObject({
      status: 409,
      body: { error: { code: 'task_ended' } },
    });
    expect(await told('task_opened')).toMatchObject([{ data: { kind: 'renewal_call', title: 'Gọi chị Lan' } }]);
    expect(await told('task_done')).toMatchObject([{ data: { kind: 'renewal_call', outcome: 'sẽ gia hạn' } }]);
  });

  it('that is dropped ends without a word', async () => {
    const { body } = await post('tasks', { customer: 'KH-2', title: 'x' });
    expect(body).toMatchObject({ owner: null, kind: 'other' });
    expect((await post(`tasks/${body.id}/cancel`, { by: 'lan' })).body).toMatchObject({ status: 'cancelled' });
    expect(await told('task_done')).toHaveLength(1);
    expect(await ids('tasks?status=cancelled')).toEqual([body.id]);
    expect((await post('tasks', { customer: 'KH-2', title: 'x', subscription: 'S-1' })).status).toBe(422);
  });
});
