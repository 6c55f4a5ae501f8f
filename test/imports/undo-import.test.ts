// An import is taken back; one whose process dies goes on where it stood; two processes do not do it twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../src/errors.ts';
import { type ImportBench, openImportBench } from './import-harness.ts';

let api: ImportBench;
beforeAll(async () => {
  api = await openImportBench();
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const table of ['import_rows', 'imports', 'orders', 'subscription_changes', 'subscriptions', 'usage_months'])
    await api.rows(`DELETE FROM ${table}`);
  for (const table of ['usage_counters', 'usage_events', 'consents', 'touchpoints', 'journey_signals'])
    await api.rows(`DELETE FROM ${table}`);
  for (const table of ['enrolment_steps', 'enrolments', 'channel_identities', 'customers'])
    await api.rows(`DELETE FROM ${table}`);
});

const put = (path: string, body: object) => api.call('PUT', `/api/v1/${path}`, { body });
const customer = async (id: string) => (await api.call('GET', `/api/v1/customers/${id}`)).body;
const count = async (table: string) => (await api.rows(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

async function undo(id: unknown): Promise<Record<string, unknown>> {
  await api.call('POST', `/api/v1/imports/${id}/undo`);
  api.runner.ring();
  await api.runner.idle();
  return (await api.call('GET', `/api/v1/imports/${id}`)).body;
}
const kept = async (id: unknown) => {
  const { body } = await api.call('GET', `/api/v1/imports/${id}/rows?result=kept`);
  return body.items;
};

describe('undo', () => {
  it('new customers go, changed ones get their old values, also when a line changed them twice', async () => {
    await put('customers/OLD', { name: 'Lan', phone: '0912345678', tags: ['a'] });
    const before = await customer('OLD');
    const done = await api.load(
      'kind=customers',
      'Mã,Tên,SĐT,Nhãn\nOLD,Lan Anh,0987654321,\nNEW,Ba,,\nOLD,Lan Em,,b\n',
    );
    expect(done.rows).toMatchObject({ created: 1, changed: 2 });
    const back = await undo(done.id);
    expect(back).toMatchObject({
      status: 'undone',
      undoneAt: expect.any(String),
      rows: { undone: 3, kept: 0, created: 0 },
    });
    expect(await customer('OLD')).toEqual(before);
    expect((await api.call('GET', '/api/v1/customers/NEW')).status).toBe(404);
  });

  it('what was changed or used since stays, with its reason', async () => {
    await put('customers/A', { name: 'Lan', email: 'a@b.vn' });
    const done = await api.load('kind=customers', 'Mã,Tên,Email\nA,Lan Anh,x@y.vn\nB,Ba,\nC,Tư,\n');
    await put('customers/A', { name: 'Lan Em' });
    await put('customers/B', { name: 'Bà Ba' });
    await put('subscriptions/S', { customer: 'C', product: 'spa' });
    const back = await undo(done.id);
    expect(back.rows).toMatchObject({ kept: 3 });
    expect(await kept(done.id)).toMatchObject([
      { key: 'A', errors: [{ message: expect.stringContaining('name') }] },
      { key: 'B', errors: [{ message: expect.stringContaining('sửa sau khi nhập') }] },
      { key: 'C', errors: [{ message: expect.stringContaining('hợp đồng') }] },
    ]);
    expect(await customer('A')).toMatchObject({ name: 'Lan Em', email: 'a@b.vn' });
  });

  it('a consent that a file claimed is taken back by a word against it', async () => {
    await put('customers/A', {});
    const done = await api.load('kind=customers', 'Mã,Đồng ý,Nguồn đồng ý\nA,có,giay-to\n');
    await undo(done.id);
    expect((await customer('A')).consents).toMatchObject([{ granted: false, source: 'hoan-tac-nhap' }]);
    expect(await count('consents')).toBe(2);
  });

  it('subscriptions: new ones go with what was planned for them, changed dates move back', async () => {
    await put('customers/A', {});
    await put('subscriptions/OLD', { customer: 'A', product: 'spa', expiresAt: '2027-01-01' });
    const file = 'Mã hợp đồng,Mã khách hàng,Sản phẩm,Ngày hết hạn\nOLD,A,,31/12/2027\nNEW,A,spa,31/12/2027\n';
    const done = await api.load('kind=subscriptions', file);
    expect(done.rows).toMatchObject({ created: 1, changed: 1 });
    const [{ id, customer_id } = {}] = await api.rows(
      `SELECT id, customer_id FROM subscriptions WHERE external_id = 'NEW'`,
    );
    const enrolment = api.newId();
    await api.rows(
      `INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status)
       VALUES ($1, 'renewal', $2, 'subscription', $3, now(), now(), 'active')`,
      [enrolment, customer_id, id],
    );
    await api.rows(
      `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status)
       VALUES ($1, $2, $3, 'renewal', 'moi', now(), 'planned')`,
      [api.newId(), enrolment, customer_id],
    );
    await api.rows('DELETE FROM journey_signals');
    expect((await undo(done.id)).rows).toMatchObject({ undone: 2 });
    expect((await api.call('GET', '/api/v1/subscriptions/NEW')).status).toBe(404);
    expect((await api.call('GET', '/api/v1/subscriptions/OLD')).body.expiresAt).toBe('2026-12-31T17:00:00.000Z');
    expect(await api.rows('SELECT status, reason FROM enrolment_steps')).toEqual([
      { status: 'cancelled', reason: 'import_undone' },
    ]);
    expect(await count('journey_signals')).toBeGreaterThan(0);
  });

  it('orders and usage: counters follow what is left', async () => {
    await put('customers/A', {});
    await api.call('POST', '/api/v1/usage', {
      body: [{ customer: 'A', metric: 'm', value: 3, at: '2026-11-01', idempotencyKey: 'rest' }],
    });
    const usage = await api.load('kind=usage', 'Mã KH,Chỉ số,Giá trị,Thời điểm\nA,m,9,20/11/2026\nA,k,1,20/10/2026\n');
    expect(await api.rows('SELECT total FROM usage_months ORDER BY total')).toEqual([{ total: 1 }, { total: 12 }]);
    await undo(usage.id);
    expect(await api.rows('SELECT metric, value FROM usage_counters')).toEqual([{ metric: 'm', value: 3 }]);
    expect(await api.rows('SELECT metric, total, events FROM usage_months')).toEqual([
      { metric: 'm', total: 3, events: 1 },
    ]);
    const orders = await api.load('kind=orders', 'Mã đơn,Mã KH,Số tiền\nDH-1,A,1000\n');
    expect((await undo(orders.id)).rows).toMatchObject({ undone: 1 });
    expect(await count('orders')).toBe(0);
  });

  it('twice does nothing more; a dry run and an import under way cannot be undone', async () => {
    const done = await api.load('kind=customers', 'Mã\nA\n');
    const first = await undo(done.id);
    const lines = await count('touchpoints');
    expect(await undo(done.id)).toEqual(first);
    expect(await count('touchpoints')).toBe(lines);
    const dry = await api.load('kind=customers&dryRun=true', 'Mã\nB\n');
    expect((await api.call('POST', `/api/v1/imports/${dry.id}/undo`)).body).toMatchObject({
      error: { code: 'import_not_done' },
    });
    const waiting = await api.upload('kind=customers', 'Mã\nC\n');
    expect((await api.call('POST', `/api/v1/imports/${waiting.body.id}/undo`)).status).toBe(409);
  });
});

const many = (rows: number) => `Mã,Tên\n${Array.from({ length: rows }, (_, n) => `KH-${n},Khách ${n}`).join('\n')}\n`;

describe('a process that dies', () => {
  it.each([1, 2, 3, 5, 9])('at transaction %i: the next one goes on where it stood', async (deadly) => {
    const { body } = await api.upload('kind=customers', many(95));
    let begun = 0;
    const dying = {
      ...api.db,
      queueTransaction: <T>(...[boundary, work]: Parameters<typeof api.db.transaction<T>>): Promise<T> => {
        begun += 1;
        if (begun < deadly) return api.db.transaction(boundary, work);
        return api.db.transaction<T>(boundary, async (client) => {
          await work(client);
          throw new DatabaseUnavailableError('killed');
        });
      },
    };
    const first = api.openRunner({ rowsAtOnce: 10, db: dying });
    first.ring();
    await first.idle();
    expect((await api.call('GET', `/api/v1/imports/${body.id}`)).body).toMatchObject({
      status: 'running',
      rows: { total: 95, read: (deadly - 1) * 10 },
    });
    const second = api.openRunner({ rowsAtOnce: 10 });
    second.ring();
    await second.idle();
    expect((await api.call('GET', `/api/v1/imports/${body.id}`)).body).toMatchObject({
      status: 'done',
      rows: { read: 95, good: 95, created: 95 },
    });
    expect(await count('customers')).toBe(95);
    expect(await count('touchpoints')).toBe(95);
  });

  it('two processes at once: each row once', async () => {
    await api.upload('kind=customers', many(300));
    const others = [api.openRunner({ rowsAtOnce: 10 }), api.openRunner({ rowsAtOnce: 7 })];
    for (const runner of others) runner.ring();
    await Promise.all(others.map((runner) => runner.idle()));
    expect(await api.rows('SELECT status, rows_read, rows_done FROM imports')).toEqual([
      { status: 'done', rows_read: 300, rows_done: 300 },
    ]);
    expect(await count('touchpoints')).toBe(300);
  });

  it('stops between two batches when it is told to', async () => {
    const { body } = await api.upload('kind=customers', many(3_000));
    const runner = api.openRunner({ rowsAtOnce: 10 });
    runner.ring();
    await expect.poll(async () => await count('customers')).toBeGreaterThan(0);
    await runner.stop();
    expect((await api.call('GET', `/api/v1/imports/${body.id}`)).body.status).toBe('running');
    api.runner.ring();
    await api.runner.idle();
    expect(await count('customers')).toBe(3_000);
  });
});
