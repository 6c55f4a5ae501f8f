// Files in: from the upload to the records, with everything that people's tables have wrong.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeXlsx } from '../../scripts/bench/make-xlsx.ts';
import { type ImportBench, openImportBench } from './import-harness.ts';

let api: ImportBench;
beforeAll(async () => {
  api = await openImportBench();
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const table of ['import_rows', 'imports', 'orders', 'subscription_changes', 'subscriptions', 'usage_months'])
    await api.rows(`DELETE FROM ${table}`);
  for (const table of ['usage_counters', 'usage_events', 'consents', 'touchpoints', 'channel_identities', 'customers'])
    await api.rows(`DELETE FROM ${table}`);
});

const put = (path: string, body: object) => api.call('PUT', `/api/v1/${path}`, { body });
const customer = async (id: string) => (await api.call('GET', `/api/v1/customers/${id}`)).body;

describe('customers', () => {
  it('by names of columns, in Vietnamese, with a BOM and semicolons', async () => {
    const file =
      '\uFEFFTên;Mã khách hàng;SĐT;Nhãn;Ghi chú\r\nLan;KH-1;912345678;VIP, mới;x\r\n"Nguyễn ""Bé"" Ba";KH-2;;;\r\n';
    const done = await api.load('kind=customers', file);
    expect(done).toMatchObject({
      status: 'done',
      ignoredColumns: ['Ghi chú'],
      rows: { total: 2, read: 2, good: 2, wrong: 0, created: 2, changed: 0, unchanged: 0 },
    });
    expect(await customer('KH-1')).toMatchObject({
      name: 'Lan',
      phone: '84912345678',
      tags: ['VIP', 'mới'],
      language: 'vi',
    });
    expect(await customer('KH-2')).toMatchObject({ name: 'Nguyễn "Bé" Ba', phone: null });
    const ledger = await api.rows(`SELECT kind, data FROM touchpoints ORDER BY id`);
    expect(ledger).toMatchObject([
      { kind: 'customer_saved', data: { isNew: true, fields: ['name', 'phone', 'tags'], identitiesAttached: 0 } },
      { kind: 'customer_saved', data: { isNew: true, fields: ['name'] } },
    ]);
  });

  it('a new customer is the same row as over REST', async () => {
    await api.call('PUT', '/api/v1/customers/REST', { body: { name: 'Lan', phone: '0912345678', tags: ['a'] } });
    await api.load('kind=customers', 'Mã,Tên,SĐT,Nhãn\nFILE,Lan,0912345678,a\n');
    const [rest, file] = [await customer('REST'), await customer('FILE')];
    expect({ ...file, id: rest.id, externalId: 'REST' }).toEqual(rest);
    const [a, b] = await api.rows(`SELECT kind, data FROM touchpoints WHERE kind = 'customer_saved' ORDER BY id`);
    expect(b).toEqual(a);
  });

  it('a wrong row costs only itself, and says line, column, cure', async () => {
    const done = await api.load(
      'kind=customers',
      'Mã,SĐT,Email\nKH-1,12,a@b.vn\n,0912345678,\nKH-3,0912345678,a@b.vn\n',
    );
    expect(done.rows).toMatchObject({ good: 1, wrong: 2 });
    expect(await api.wrongRows(done.id)).toEqual([
      {
        line: 2,
        key: 'KH-1',
        result: 'wrong',
        errors: [{ column: 'SĐT', message: expect.stringContaining('0912345678') }],
      },
      { line: 3, key: null, result: 'wrong', errors: [{ column: 'Mã', message: expect.stringContaining('Thiếu') }] },
    ]);
  });

  it('the same key twice is worked in the order of the file; empty cells change nothing', async () => {
    const done = await api.load('kind=customers', 'Mã,Tên,Email\nKH-1,Lan,a@b.vn\nKH-1,Lan Anh,\nKH-1,Lan Anh,\n');
    expect(done.rows).toMatchObject({ created: 1, changed: 1, unchanged: 1 });
    expect(await customer('KH-1')).toMatchObject({ name: 'Lan Anh', email: 'a@b.vn' });
  });

  it('consents only with their source; identities attach or are refused row by row', async () => {
    await api.call('PUT', '/api/v1/customers/OLD', { body: { identities: { zalo: '111' } } });
    const file = [
      'Mã,Đồng ý,Nguồn đồng ý,Ngày đồng ý,Zalo ID',
      'KH-1,có,hop-dong-7,01/11/2026,',
      'KH-2,có,,,',
      'KH-3,,,,111',
      'KH-4,,,,222',
    ].join('\n');
    const done = await api.load('kind=customers', file);
    expect(done.rows).toMatchObject({ good: 2, wrong: 2 });
    expect((await customer('KH-1')).consents).toMatchObject([
      { purpose: 'advertising', granted: true, source: 'hop-dong-7', at: '2026-10-31T17:00:00.000Z' },
    ]);
    expect((await api.wrongRows(done.id)).map(({ line, errors }) => [line, errors[0]?.column])).toEqual([
      [3, 'Nguồn đồng ý'],
      [4, 'Zalo ID'],
    ]);
    expect(await customer('KH-4')).toMatchObject({ identities: { zalo: '222' } });
  });
});

describe('subscriptions, orders, usage', () => {
  beforeEach(async () => {
    await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan' } });
  });

  it('subscriptions with dates, money, states; unknown customers and turned dates are told', async () => {
    const file = [
      'Mã hợp đồng\tMã KH\tSản phẩm\tGói\tGiá trị\tNgày bắt đầu\tNgày hết hạn\tTrạng thái',
      'HD-1\tKH-1\tspa\tPro\t1.299.000 ₫\t01/01/2026\t31/12/2026\tĐang dùng',
      'HD-2\tKH-9\tspa\tPro\t\t\t\t',
      'HD-3\tKH-1\tspa\tPro\t\t31/12/2026\t01/01/2026\t',
      'HD-4\tKH-1\t\tPro\t\t\t\t',
    ].join('\n');
    const done = await api.load('kind=subscriptions', file);
    const { body } = await api.call('GET', '/api/v1/subscriptions/HD-1');
    expect(body).toMatchObject({
      plan: 'Pro',
      value: 1_299_000,
      status: 'active',
      expiresAt: '2026-12-30T17:00:00.000Z',
    });
    expect((await api.wrongRows(done.id)).map(({ line, errors }) => [line, errors[0]?.column])).toEqual([
      [3, 'Mã KH'],
      [4, 'Ngày hết hạn'],
      [5, 'Sản phẩm'],
    ]);
    // Begun long ago: told with its own date, so that its care does not begin anew.
    const told = await api.rows(`SELECT at FROM touchpoints WHERE kind = 'subscription_activated'`);
    expect(told.map(({ at }) => at)).toEqual([new Date('2025-12-31T17:00:00Z')]);
  });

  it('orders and refunds; sent again nothing is doubled', async () => {
    const file =
      'Mã đơn hàng,Mã khách hàng,Số tiền,Ngày đặt,Loại\nDH-1,KH-1,"1,500,000",20/11/2026,\nDH-2,KH-1,500000,21/11/2026 08:00,hoàn tiền\n';
    expect((await api.load('kind=orders', file)).rows).toMatchObject({ created: 2 });
    expect((await api.load('kind=orders', file)).rows).toMatchObject({ created: 0, unchanged: 2 });
    expect(await api.rows('SELECT external_id, kind, amount FROM orders ORDER BY 1')).toEqual([
      { external_id: 'DH-1', kind: 'order', amount: '1500000' },
      { external_id: 'DH-2', kind: 'refund', amount: '500000' },
    ]);
  });

  it('new ones leave the same rows and ledger lines as over REST', async () => {
    await put('subscriptions/S-REST', { customer: 'KH-1', product: 'spa', plan: 'Pro', startedAt: '2026-01-01' });
    await api.call('POST', '/api/v1/orders', { body: { id: 'O-REST', customer: 'KH-1', amount: 5, at: '2026-11-01' } });
    await api.load('kind=subscriptions', 'Mã HĐ,Mã KH,Sản phẩm,Gói,Ngày bắt đầu\nS-FILE,KH-1,spa,Pro,01/01/2026\n');
    await api.load('kind=orders', 'Mã đơn,Mã KH,Số tiền,Ngày đặt\nO-FILE,KH-1,5,01/11/2026\n');
    for (const sql of [
      'SELECT external_id, product, plan, value, status, started_at, expires_at, owner FROM subscriptions ORDER BY 1',
      'SELECT s.external_id, h.kind, h.before, h.after, h.at FROM subscription_changes h JOIN subscriptions s ON s.id = h.subscription_id ORDER BY 1',
      'SELECT external_id, kind, amount, offer_code, items, at, subscription_id, refund_of FROM orders ORDER BY 1',
      `SELECT kind, at, reason, data FROM touchpoints WHERE kind IN ('subscription_saved', 'subscription_activated', 'order_recorded')
       ORDER BY kind, data::text`,
    ]) {
      const plain = (await api.rows(sql)).map((row) => JSON.stringify(row).replace(/[SO]-(FILE|REST)/g, 'X'));
      expect(plain.length % 2).toBe(0);
      for (let n = 0; n < plain.length; n += 2) expect(plain[n]).toBe(plain[n + 1]);
    }
  });

  it('usage is counted once, also without keys of its own; the future is refused', async () => {
    const file =
      'Khách hàng;Chỉ số;Giá trị;Thời điểm\nKH-1;appointments;12,5;20/11/2026\nKH-1;appointments;7;19/11/2026\nKH-1;appointments;7;19/11/2030\n';
    const done = await api.load('kind=usage', file);
    expect(done.rows).toMatchObject({ created: 2, wrong: 1 });
    expect((await api.load('kind=usage', file)).rows).toMatchObject({ unchanged: 2, wrong: 1 });
    expect(await api.rows('SELECT metric, value FROM usage_counters')).toEqual([
      { metric: 'appointments', value: 12.5 },
    ]);
    expect(await api.rows('SELECT total, events FROM usage_months')).toEqual([{ total: 19.5, events: 2 }]);
  });
});

describe('files', () => {
  it('XLSX: real dates and numbers, a named sheet', async () => {
    await api.call('PUT', '/api/v1/customers/KH-1', { body: {} });
    const rows = [
      ['Mã hợp đồng', 'Mã khách hàng', 'Sản phẩm', 'Giá trị', 'Ngày hết hạn'],
      ['HD-1', 'KH-1', 'spa', 1_299_000, new Date('2026-12-31T00:00:00Z')],
      [null, null, null, null, null],
      ['HD-2', 'KH-1', 'spa', '2.000.000', '31/12/2027'],
    ];
    const file = makeXlsx({ 'Trang khác': [['x']], 'Hợp đồng': rows });
    const done = await api.load(`kind=subscriptions&sheet=${encodeURIComponent('Hợp đồng')}`, file);
    expect(done.rows).toMatchObject({ total: 2, created: 2 });
    expect((await api.call('GET', '/api/v1/subscriptions/HD-1')).body.expiresAt).toBe('2026-12-30T17:00:00.000Z');
    const none = await api.upload('kind=subscriptions&sheet=Khong', file);
    expect(none.body).toMatchObject({ error: { code: 'unreadable_file', message: expect.stringContaining('Khong') } });
  });

  it('UTF-16 as Excel saves "Unicode text"; Windows-1258 is refused with the way out', async () => {
    const utf16 = Buffer.from('\uFEFFMã\tTên\nKH-1\tLan\n', 'utf16le');
    expect((await api.load('kind=customers', utf16)).rows).toMatchObject({ created: 1 });
    const ansi = await api.upload(
      'kind=customers',
      Buffer.from([0x4d, 0xe3, 0x2c, 0x54, 0xea, 0x6e, 0x0a, 0x31, 0x0a]),
    );
    expect(ansi.status).toBe(422);
    expect(ansi.body).toMatchObject({
      error: { code: 'unreadable_file', message: expect.stringContaining('CSV UTF-8') },
    });
  });

  it.each([
    ['a broken quote, with its line', 'Mã,Tên\nKH-1,Lan\nKH-2,"Ba\nKH-3,Tư\n', /Dòng \d+: dấu nháy kép/],
    [
      'wrong bytes far inside',
      Buffer.concat([Buffer.from('Mã,Tên\nKH-1,Lan\nKH-2,'), Buffer.from([0xe3, 0x0a])]),
      /UTF-8/,
    ],
  ])('%s: the file as a whole fails before anything is changed', async (_name, file, reason) => {
    const done = await api.load('kind=customers', file);
    if ('error' in done) expect(JSON.stringify(done)).toMatch(reason);
    else expect(done).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    expect(await api.rows('SELECT 1 FROM customers')).toEqual([]);
  });

  it.each([
    ['nothing', '', 'empty_file'],
    ['an old .xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'unreadable_file'],
    ['bytes of anything', Buffer.from([1, 2, 0, 4, 5]), 'unreadable_file'],
    ['a zip that is no workbook', Buffer.from('PK\u0003\u0004broken'), 'unreadable_file'],
    ['a heading without the key', 'Tên,SĐT\nLan,1\n', 'missing_columns'],
  ])('%s is refused: %s', async (_name, file, code) => {
    const { status, body } = await api.upload('kind=customers', file);
    expect([status, body]).toMatchObject([422, { error: { code } }]);
    const { importsDir } = api.deps.imports;
    expect((await readdir(importsDir, { recursive: true })).filter((name) => !name.endsWith('incoming'))).toEqual([]);
  });

  it('a file beyond the limit is refused, bare and in a form, and leaves nothing', async () => {
    const big = `Mã\n${'x'.repeat(6 * 1024 * 1024)}`;
    expect((await api.upload('kind=customers', big)).status).toBe(413);
    expect((await api.upload('kind=customers', form('a.csv', big), { type: FORM })).status).toBe(413);
    expect(await api.rows('SELECT 1 FROM imports')).toEqual([]);
  });

  it('a form with a file works as well; the same key with the same file is one import', async () => {
    const file = form('khách.csv', 'Mã\nKH-1\n');
    const first = await api.upload('kind=customers', file, { type: FORM, key: 'i-1' });
    const again = await api.upload('kind=customers', file, { type: FORM, key: 'i-1' });
    expect(first.body).toMatchObject({ fileName: 'khách.csv', createdBy: expect.stringMatching(/^api_key:/) });
    expect(again.body.id).toBe(first.body.id);
    const other = await api.upload('kind=customers', form('a.csv', 'Mã\nKH-2\n'), { type: FORM, key: 'i-1' });
    expect(other.body).toMatchObject({ error: { code: 'idempotency_key_reused' } });
    expect(await api.rows('SELECT count(*)::int AS n FROM imports')).toEqual([{ n: 1 }]);
  });
});

describe('a dry run', () => {
  it('tells what would happen, changes nothing, and can be run in earnest', async () => {
    await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan' } });
    const before = await api.rows('SELECT count(*)::int AS n FROM touchpoints');
    const dry = await api.load('kind=customers&dryRun=true', 'Mã,Tên,SĐT\nKH-1,Lan Anh,\nKH-2,Ba,\nKH-3,Tư,1\n');
    expect(dry).toMatchObject({ status: 'done', isDryRun: true, rows: { created: 1, changed: 1, wrong: 1 } });
    expect(await api.rows('SELECT count(*)::int AS n FROM touchpoints')).toEqual(before);
    expect((await customer('KH-1')).name).toBe('Lan');
    const run = await api.call('POST', `/api/v1/imports/${dry.id}/run`);
    expect(run.body).toMatchObject({ status: 'queued', isDryRun: false, rows: { read: 0, created: 0 } });
    api.runner.ring();
    await api.runner.idle();
    const { body } = await api.call('GET', `/api/v1/imports/${dry.id}`);
    expect(body).toMatchObject({ status: 'done', rows: { created: 1, changed: 1, wrong: 1 } });
    expect((await customer('KH-1')).name).toBe('Lan Anh');
    expect((await api.call('POST', `/api/v1/imports/${dry.id}/run`)).body).toMatchObject({
      error: { code: 'import_not_ready' },
    });
    const { importsDir } = api.deps.imports;
    expect(existsSync(`${importsDir}/${dry.id}`)).toBe(false);
  });
});
const FORM = 'multipart/form-data; boundary=ranh-gioi';
function form(name: string, content: string): string {
  return `--ranh-gioi\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n${content}\r\n--ranh-gioi--\r\n`;
}
