// Personal data was lost: the law's clock, whom it concerns, the notice, and who noted what.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Clock, HOUR_MS } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { createIdMaker } from '../../src/ids.ts';
import { deadlinesWith } from '../../src/privacy/deadlines.ts';
import type { PrivacyRouteDeps } from '../../src/privacy/privacy-deps.ts';
import { retentionWith } from '../../src/privacy/retention.ts';
import { warnOfIncidents } from '../../src/privacy/warn-of-incidents.ts';
import { createHarness, type Harness, START, seedChatter } from '../api/api-harness.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Database;
let api: Harness;
let at = START;
const clock: Clock = { now: () => at };
let deps: PrivacyRouteDeps;
beforeAll(async () => {
  db = await createTestDatabase();
  const timeZone = 'Asia/Ho_Chi_Minh';
  deps = {
    db,
    clock,
    newId: createIdMaker(clock),
    secretKey: randomBytes(32),
    dataDir: tmpdir(),
    mediaDir: tmpdir(),
    timeZone,
    business: { name: 'Spa Hoa Sen', hotline: '1900 1234', website: null },
    deadlines: deadlinesWith({}),
    calendar: () => ({ timeZone, holidays: [] }),
    retention: retentionWith({}),
  };
  api = await createHarness({ privacy: deps, clock }, db);
});
afterAll(() => api.close());
beforeEach(async () => {
  at = START;
  for (const table of ['incidents', 'audit_entries', 'touchpoints', 'conversations', 'channel_identities', 'customers'])
    await api.rows(`DELETE FROM ${table}`);
});

const later = (hours: number) => {
  at = new Date(START.getTime() + hours * HOUR_MS);
};
const open = async (fields: object = {}) =>
  (await api.call('POST', '/api/v1/incidents', { body: { description: 'Mất một máy tính.', ...fields } })).body;
const get = async (path: string) => (await api.call('GET', `/api/v1/incidents${path}`)).body;
const change = (id: unknown, body: object) => api.call('PATCH', `/api/v1/incidents/${id}`, { body });
const put = (customer: string) =>
  api.call('PUT', `/api/v1/customers/${customer}`, { body: { name: `Khách ${customer}` } });

describe('the clock', () => {
  test('72 hours from when it was found, whenever it is noted', async () => {
    const now = await open();
    expect(now).toMatchObject({ notifyDueAt: '2026-11-24T03:00:00.000Z', hoursLeft: 72, warning: null, isLate: false });
    const before = await open({ discoveredAt: '2026-11-20T03:00:00Z' });
    expect(before).toMatchObject({
      notifyDueAt: '2026-11-23T03:00:00.000Z',
      hoursLeft: 48,
      law: 'PDPL 91/2025 Art. 23',
    });
    const moved = await change(now.id, { discoveredAt: '2026-11-19T03:00:00Z' });
    expect(moved.body).toMatchObject({ notifyDueAt: '2026-11-22T03:00:00.000Z' });
    const future = await api.call('POST', '/api/v1/incidents', {
      body: { description: 'x', discoveredAt: '2027-01-01' },
    });
    expect(future).toMatchObject({ status: 422, body: { error: { code: 'moment_in_future' } } });
  });

  test('the hours are a setting', async () => {
    const other = await createHarness({ privacy: { ...deps, deadlines: deadlinesWith({ breach: 24 }) }, clock }, db);
    const { body } = await other.call('POST', '/api/v1/incidents', { body: { description: 'x' } });
    expect(body.hoursLeft).toBe(24);
    await other.app.close();
  });

  test('warnings at 50, 80 and 100 %, each once, over any number of processes; none once the authority was told', async () => {
    const log = { warn: vi.fn(), error: vi.fn() };
    const warn = () => warnOfIncidents({ ...deps, log }, db);
    const incident = await open();
    await open({ description: 'Đã báo', discoveredAt: '2026-11-20T03:00:00Z' }).then(({ id }) =>
      change(id, { notifiedAt: '2026-11-20T05:00:00Z' }),
    );
    for (const [hours, level] of [
      [35, null],
      [36, 0.5],
      [58, 0.8],
      [73, 1],
    ] as const) {
      later(hours);
      expect((await get(`/${incident.id}`)).warning).toBe(level);
      const given = (await Promise.all([warn(), warn(), warn()])).reduce((sum, n) => sum + n, 0);
      expect([hours, given]).toEqual([hours, level === null ? 0 : 1]);
    }
    expect([log.warn.mock.calls.length, log.error.mock.calls.length]).toEqual([2, 1]);
    expect(await get(`/${incident.id}`)).toMatchObject({ isLate: true, hoursLeft: -1 });
    await change(incident.id, { notifiedAt: '2026-11-24T04:00:00Z' });
    expect(await get(`/${incident.id}`)).toMatchObject({ isLate: false, warning: null });
    const said = await api.rows(
      `SELECT data ->> 'usedUp' AS level FROM audit_entries WHERE actor = 'system' ORDER BY id`,
    );
    expect(said).toEqual([{ level: '50%' }, { level: '80%' }, { level: '100%' }]);
  });
});

describe('whom it concerns', () => {
  const affected = async (scope: object) => {
    const { id } = await open({ scope });
    const { count, items } = await get(`/${id}/customers`);
    expect((await get(`/${id}`)).customerCount).toBe(count);
    return [count, Array.isArray(items) ? items.map(({ customer, name }) => customer ?? name).sort() : []];
  };

  test('everybody, a channel, a span of time, named ones, and all of it together', async () => {
    await put('A');
    await seedChatter(api, 'zalo', '1', { name: 'Zalo' });
    await seedChatter(api, 'messenger', '2', { name: 'Mess' });
    later(48);
    await put('B');
    expect(await affected({})).toEqual([4, ['A', 'B', 'Mess', 'Zalo']]);
    expect(await affected({ channel: 'zalo' })).toEqual([1, ['Zalo']]);
    expect(await affected({ from: '2026-11-22T00:00:00Z' })).toEqual([1, ['B']]);
    expect(await affected({ to: '2026-11-22T00:00:00Z' })).toEqual([3, ['A', 'Mess', 'Zalo']]);
    expect(await affected({ customers: ['A', 'B'], to: '2026-11-22T00:00:00Z' })).toEqual([1, ['A']]);
    // Something was recorded about A later.
    await api.call('PUT', '/api/v1/customers/A', { body: { name: 'Lan' } });
    expect(await affected({ from: '2026-11-22T00:00:00Z' })).toEqual([2, ['A', 'B']]);
    const unknown = await api.call('POST', '/api/v1/incidents', {
      body: { description: 'x', scope: { customers: ['A', 'nobody'] } },
    });
    expect(unknown).toMatchObject({ status: 422, body: { error: { code: 'unknown_customer' } } });
  });

  test('page by page, each once, and each page in the audit', async () => {
    for (let n = 0; n < 7; n += 1) await put(`K-${n}`);
    const { id } = await open();
    const seen: unknown[] = [];
    for (let cursor = ''; ; ) {
      const { items, nextCursor, count } = await get(`/${id}/customers?limit=3${cursor}`);
      expect(count).toBe(7);
      if (Array.isArray(items)) seen.push(...items.map(({ customer }) => customer));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([7, 7]);
    const read = await api.rows(`SELECT object_id FROM audit_entries WHERE action = 'GET /incidents/:id/customers'`);
    expect(read).toEqual(Array(3).fill({ object_id: id }));
  });

  test('an incident keeps no name of those it is about', async () => {
    await put('TÊN-RIÊNG');
    await open({ scope: { customers: ['TÊN-RIÊNG'] } });
    const [row] = await api.rows('SELECT i::text AS whole FROM incidents i');
    expect(row?.whole).not.toContain('TÊN-RIÊNG');
  });
});

test('the notice is filled in as far as it is known, and names what is missing', async () => {
  await put('A');
  const { id } = await open();
  expect(await get(`/${id}/notice`)).toMatchObject({
    missing: ['contact', 'happenedAt', 'dataKinds', 'consequences', 'measures'],
  });
  await change(id, {
    contact: 'Trần Lan, 0900 000 000',
    happenedAt: '2026-11-20',
    dataKinds: 'họ tên, số điện thoại',
    consequences: 'có thể bị gọi lừa đảo',
    measures: 'đã khoá máy từ xa',
    scope: { channel: 'zalo' },
  });
  const { text, missing } = await get(`/${id}/notice`);
  expect(missing).toEqual([]);
  expect(String(text).split('\n')).toEqual([
    'THÔNG BÁO VI PHẠM QUY ĐỊNH VỀ BẢO VỆ DỮ LIỆU CÁ NHÂN',
    '(theo PDPL 91/2025 Art. 23)',
    '',
    '1. Tổ chức thông báo: Spa Hoa Sen',
    '2. Đầu mối liên hệ: Trần Lan, 0900 000 000',
    expect.stringContaining('3. Thời điểm phát hiện: 10:00'),
    expect.stringContaining('20/11/2026'),
    '5. Diễn biến vi phạm: Mất một máy tính.',
    '6. Loại dữ liệu cá nhân liên quan: họ tên, số điện thoại',
    '7. Số chủ thể dữ liệu bị ảnh hưởng: 0 người',
    '8. Phạm vi: khách trên kênh Zalo',
    '9. Hậu quả có thể xảy ra: có thể bị gọi lừa đảo',
    '10. Biện pháp đã và sẽ thực hiện: đã khoá máy từ xa',
    '',
    expect.stringContaining('24/11/2026'),
    'Chưa thông báo cho cơ quan có thẩm quyền.',
    'Điện thoại: 1900 1234',
  ]);
});

test('each change leaves one row of the audit, a repeat or a refusal none; a closed incident stays as it is', async () => {
  const body = { description: 'Mất một máy tính.' };
  const first = await api.call('POST', '/api/v1/incidents', { body, key: 'i-1' });
  const again = await api.call('POST', '/api/v1/incidents', { body, key: 'i-1' });
  expect(again.body).toEqual(first.body);
  const { id } = first.body;
  await change(id, { closedAt: '2026-11-21T03:00:00Z' });
  expect((await change(id, { measures: 'thêm' })).body).toMatchObject({ error: { code: 'incident_closed' } });
  expect((await change(id, {})).status).toBe(400);
  expect((await api.call('PATCH', `/api/v1/incidents/${deps.newId()}`, { body: { contact: 'x' } })).status).toBe(404);
  const rows = await api.rows('SELECT action, object_kind, object_id, data FROM audit_entries ORDER BY id');
  expect(rows).toEqual([
    { action: 'POST /incidents', object_kind: 'incidents', object_id: id, data: { fields: ['description'] } },
    { action: 'PATCH /incidents/:id', object_kind: 'incidents', object_id: id, data: { fields: ['closedAt'] } },
  ]);
  expect(await get('')).toMatchObject({ items: [{ id, closedAt: '2026-11-21T03:00:00.000Z', warning: null }] });
});
