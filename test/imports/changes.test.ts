// What a file changes is changed many rows at once, and leaves the same rows, history and ledger lines as REST does one
// by one; a row that is wrong among them costs only itself.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ImportBench, openImportBench } from './import-harness.ts';

let api: ImportBench;
const saved: string[] = [];
const returned: string[] = [];
beforeAll(async () => {
  api = await openImportBench({
    onSubscriptionsSaved: async (_client, ids) => {
      saved.push(...ids);
    },
    onPeopleSaved: async (_client, ids) => {
      returned.push(...ids);
    },
    planRank: (_product, plan) => ({ Cơ: 1, Pro: 2 })[plan] ?? null,
  });
});
afterAll(() => api.close());
beforeEach(async () => {
  saved.length = 0;
  returned.length = 0;
  for (const table of ['import_rows', 'imports', 'orders', 'subscription_changes', 'subscriptions'])
    await api.rows(`DELETE FROM ${table}`);
  for (const table of ['consents', 'touchpoints', 'journey_signals', 'channel_identities', 'customers'])
    await api.rows(`DELETE FROM ${table}`);
});

const put = async (path: string, body: object) => {
  const { status } = await api.call('PUT', `/api/v1/${path}`, { body });
  expect(status).toBe(200);
};
const post = (path: string, body: object) => api.call('POST', `/api/v1/${path}`, { body });

/** The ledger and the records of everything whose key begins so, without the key. */
async function traces(prefix: string): Promise<unknown> {
  const plain = (rows: unknown) => JSON.parse(JSON.stringify(rows).replaceAll(`${prefix}-`, ''));
  const of = (sql: string) => api.rows(sql, [`${prefix}-%`]).then(plain);
  return {
    ledger: await of(`SELECT t.at, t.kind, t.reason, t.data FROM touchpoints t JOIN customers c ON c.id = t.customer_id
      WHERE c.external_id LIKE $1 ORDER BY c.external_id, t.id`),
    customers:
      await of(`SELECT external_id, name, form_of_address, phone, email, industry, role, tags, language FROM customers
      WHERE external_id LIKE $1 ORDER BY 1`),
    subscriptions:
      await of(`SELECT s.external_id, c.external_id AS customer, product, plan, value, status, started_at, expires_at
      FROM subscriptions s JOIN customers c ON c.id = s.customer_id WHERE s.external_id LIKE $1 ORDER BY 1`),
    history: await of(`SELECT s.external_id, k.kind, k.before, k.after, k.at FROM subscription_changes k
      JOIN subscriptions s ON s.id = k.subscription_id WHERE s.external_id LIKE $1 ORDER BY 1, k.kind, k.at`),
    orders: await of(
      `SELECT external_id, kind, amount, offer_code, items, at FROM orders WHERE external_id LIKE $1 ORDER BY 1`,
    ),
  };
}

describe('the same as over REST', () => {
  it('customers', async () => {
    const changes = [
      { name: 'Lan Anh', phone: '0987654321', tags: ['b', 'a'] },
      { name: 'Lan' },
      { email: 'moi@vidu.vn', industry: 'spa', role: 'chủ', language: 'en', formOfAddress: 'chị' },
    ];
    for (const prefix of ['REST', 'FILE'])
      for (const n of [0, 1, 2])
        await put(`customers/${prefix}-${n}`, { name: 'Lan', phone: '0912345678', tags: ['a'] });
    returned.length = 0;
    for (const [n, body] of changes.entries()) await put(`customers/REST-${n}`, body);
    const done = await api.load(
      'kind=customers',
      'Mã,Tên,SĐT,Nhãn,Email,Ngành,Chức vụ,Ngôn ngữ,Xưng hô\nFILE-0,Lan Anh,0987654321,"b, a",,,,,\nFILE-1,Lan,,,,,,,\nFILE-2,,,,moi@vidu.vn,spa,chủ,en,chị\n',
    );
    expect(done.rows).toMatchObject({ changed: 2, unchanged: 1, wrong: 0 });
    expect(await traces('FILE')).toEqual(await traces('REST'));
    // Whoever was erased before and comes back by a file is silent as well, new or known.
    await api.load('kind=customers', 'Mã\nFILE-NEU\n');
    expect(returned).toHaveLength(3 + 2 + 1);
  });

  it('subscriptions: renewed, upgraded, ended, moved, and what is only said again', async () => {
    const begun = { product: 'spa', plan: 'Cơ', value: 500_000, startedAt: '2026-01-01', expiresAt: '2026-12-31' };
    const changes = [
      { expiresAt: '2027-12-31' },
      { plan: 'Pro', value: 900_000 },
      { status: 'cancelled' },
      { customer: 'B' },
      { expiresAt: '2027-01-05' },
      { plan: 'Cơ' },
      { status: 'paused' },
    ];
    for (const prefix of ['REST', 'FILE']) {
      for (const name of ['A', 'B']) await put(`customers/${prefix}-${name}`, {});
      for (const n of changes.keys()) await put(`subscriptions/${prefix}-${n}`, { customer: `${prefix}-A`, ...begun });
    }
    saved.length = 0;
    for (const [n, { customer = 'A', ...body }] of changes.entries())
      await put(`subscriptions/REST-${n}`, { customer: `REST-${customer}`, ...body });
    const told = saved.length;
    const lines = [
      'FILE-0,FILE-A,,,,31/12/2027',
      'FILE-1,FILE-A,Pro,900000,,',
      'FILE-2,FILE-A,,,đã hủy,',
      'FILE-3,FILE-B,,,,',
      'FILE-4,FILE-A,,,,05/01/2027',
      'FILE-5,FILE-A,Cơ,,,',
      'FILE-6,FILE-A,,,tạm dừng,',
    ];
    const done = await api.load(
      'kind=subscriptions',
      `Mã HĐ,Mã KH,Gói,Giá trị,Trạng thái,Ngày hết hạn\n${lines.join('\n')}\n`,
    );
    expect(done.rows).toMatchObject({ changed: 6, unchanged: 1, wrong: 0 });
    expect(await traces('FILE')).toEqual(await traces('REST'));
    expect([told, saved.length - told]).toEqual([6, 6]);
  });

  it('orders: amount, day and code', async () => {
    const changes = [{ amount: 7 }, { amount: 5, at: '2026-11-05' }, { amount: 5, offerCode: 'GIAM10' }, { amount: 5 }];
    for (const prefix of ['REST', 'FILE']) {
      await put(`customers/${prefix}-A`, {});
      for (const n of changes.keys())
        await post('orders', { id: `${prefix}-${n}`, customer: `${prefix}-A`, amount: 5, at: '2026-11-01' });
    }
    for (const [n, body] of changes.entries()) await post('orders', { id: `REST-${n}`, customer: 'REST-A', ...body });
    const lines = ['FILE-0,FILE-A,7,,', 'FILE-1,FILE-A,5,05/11/2026,', 'FILE-2,FILE-A,5,,GIAM10', 'FILE-3,FILE-A,5,,'];
    const done = await api.load('kind=orders', `Mã đơn,Mã KH,Số tiền,Ngày đặt,Mã ưu đãi\n${lines.join('\n')}\n`);
    expect(done.rows).toMatchObject({ changed: 3, unchanged: 1, wrong: 0 });
    expect(await traces('FILE')).toEqual(await traces('REST'));
  });
});

describe('a wrong row among many that change', () => {
  it('a subscription that would end before it begins', async () => {
    await put('customers/A', {});
    for (const n of [1, 2, 3])
      await put(`subscriptions/S-${n}`, { customer: 'A', product: 'spa', startedAt: '2026-06-01' });
    const file = 'Mã HĐ,Mã KH,Ngày hết hạn\nS-1,A,01/01/2027\nS-2,A,01/01/2026\nS-3,A,01/01/2027\n';
    const done = await api.load('kind=subscriptions', file);
    expect(done.rows).toMatchObject({ changed: 2, wrong: 1 });
    expect(await api.wrongRows(done.id)).toMatchObject([{ line: 3, errors: [{ column: 'Ngày hết hạn' }] }]);
  });

  it('an order below what was paid back, and one of somebody else', async () => {
    await put('customers/A', {});
    await put('customers/B', {});
    for (const n of [1, 2, 3]) await post('orders', { id: `O-${n}`, customer: 'A', amount: 10 });
    await post('orders', { id: 'R', customer: 'A', amount: 8, kind: 'refund', refundOf: 'O-2' });
    const done = await api.load('kind=orders', 'Mã đơn,Mã KH,Số tiền\nO-1,A,11\nO-2,A,5\nO-3,B,12\n');
    expect(done.rows).toMatchObject({ changed: 1, wrong: 2 });
    expect((await api.wrongRows(done.id)).map(({ line }) => line)).toEqual([3, 4]);
  });
});

it('a dry run counts what would change, many at once, and changes nothing', async () => {
  for (const n of [1, 2, 3]) await put(`customers/K-${n}`, { name: 'Lan' });
  const before = await traces('K');
  const done = await api.load('kind=customers&dryRun=true', 'Mã,Tên\nK-1,Ba\nK-2,Lan\nK-3,Tư\nK-4,Năm\n');
  expect(done.rows).toMatchObject({ created: 1, changed: 2, unchanged: 1 });
  expect(await traces('K')).toEqual(before);
});

it('two files with the same records at once: every record has the words of one of them, whole', async () => {
  const keys = Array.from({ length: 60 }, (_, n) => `C-${n}`);
  await api.load('kind=customers', `Mã\n${keys.join('\n')}\n`);
  const file = (name: string, order: string[]) =>
    `Mã,Tên,Ngành\n${order.map((key) => `${key},${name},${name}`).join('\n')}\n`;
  await api.upload('kind=customers', file('x', keys));
  await api.upload('kind=customers', file('y', keys.toReversed()));
  const runners = [api.openRunner({ rowsAtOnce: 20 }), api.openRunner({ rowsAtOnce: 15 })];
  for (const runner of runners) runner.ring();
  await Promise.all(runners.map((runner) => runner.idle()));
  expect(await api.rows(`SELECT status FROM imports WHERE status <> 'done'`)).toEqual([]);
  const mixed = await api.rows(`SELECT name, industry FROM customers WHERE name IS NULL OR name <> industry`);
  expect(mixed).toEqual([]);
});
