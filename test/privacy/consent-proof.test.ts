// Consent can be proved, per customer: who, for what, which words, over which channel, when, and who wrote it down. It is
// only ever added to, and leaves with an export.
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/database.ts';
import { createIdMaker } from '../../src/ids.ts';
import { deadlinesWith } from '../../src/privacy/deadlines.ts';
import { retentionWith } from '../../src/privacy/retention.ts';
import { createHarness, type Harness, START } from '../api/api-harness.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Database;
let api: Harness;
let at = START;
const clock = { now: () => at };
beforeAll(async () => {
  db = await createTestDatabase();
  const timeZone = 'Asia/Ho_Chi_Minh';
  const privacy = {
    db,
    clock,
    newId: createIdMaker(clock),
    secretKey: randomBytes(32),
    dataDir: tmpdir(),
    mediaDir: tmpdir(),
    timeZone,
    business: { name: 'Spa', hotline: null, website: null },
    deadlines: deadlinesWith({}),
    calendar: () => ({ timeZone, holidays: [] }),
    retention: retentionWith({}),
  };
  api = await createHarness({ privacy, clock }, db);
});
afterAll(() => api.close());

const WORDING = 'Tôi đồng ý nhận tin ưu đãi qua Zalo, tối đa 3 tin mỗi tuần.';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const path = '/api/v1/customers/KH-1/consents';
const yes = { purpose: 'advertising', channel: 'zalo', granted: true, source: 'hop-dong-7', wording: WORDING };
const tell = (consent: object) => api.call('POST', path, { body: { consents: [consent] } });

test('each word is kept with its proof; a later no is added and the yes stays', async () => {
  await api.call('PUT', '/api/v1/customers/KH-1', { body: { name: 'Lan' } });
  await tell({ ...yes, at: '2026-11-01T02:00:00Z' });
  at = new Date(START.getTime() + 3_600_000);
  await tell({ ...yes, granted: false, source: 'tin nhắn', wording: 'dừng' });
  // Said again is not written again.
  await tell({ ...yes, granted: false, source: 'tin nhắn', wording: 'dừng' });
  const history = (await api.call('GET', path)).body;
  expect(history.items).toMatchObject([
    { purpose: 'advertising', channel: 'zalo', granted: false, source: 'tin nhắn', at: at.toISOString(), holds: true },
    {
      purpose: 'advertising',
      channel: 'zalo',
      granted: true,
      source: 'hop-dong-7',
      wording: WORDING,
      wordingVersion: sha256(WORDING),
      at: '2026-11-01T02:00:00.000Z',
      holds: false,
    },
  ]);
  const audit = await api.rows(`SELECT actor, action FROM audit_entries WHERE action LIKE '%consents' ORDER BY id`);
  expect(audit).toEqual(
    Array(3).fill({ actor: 'api_key:environment', action: 'POST /customers/:externalId/consents' }),
  );
});

test('the export of one customer holds every word, and nobody else’s', async () => {
  await api.call('PUT', '/api/v1/customers/KH-2', { body: { consents: [{ ...yes, source: 'NGƯỜI-KHÁC' }] } });
  const { status, body } = await api.call('GET', '/api/v1/customers/KH-1/export');
  expect(status).toBe(200);
  expect(body.tables).toMatchObject({
    consents: expect.arrayContaining([
      expect.objectContaining({ purpose: 'advertising', channel: 'zalo', granted: true, wording: WORDING }),
      expect.objectContaining({ granted: false, wording: 'dừng' }),
    ]),
  });
  expect(JSON.stringify(body)).not.toContain('NGƯỜI-KHÁC');
});

test('another wording is another version', async () => {
  // Of two words of one moment a no would win.
  at = new Date(at.getTime() + 3_600_000);
  await tell({ ...yes, wording: `${WORDING} Kể cả e-mail.` });
  const { body } = await api.call('GET', path);
  expect(body.items).toMatchObject([{ wordingVersion: sha256(`${WORDING} Kể cả e-mail.`) }, {}, {}]);
  expect(
    await api.rows(
      'SELECT count(*)::int AS n FROM consents c JOIN customers k ON k.id = c.customer_id WHERE external_id = $1',
      ['KH-1'],
    ),
  ).toEqual([{ n: 3 }]);
});

test('what a person wrote is found by its index, however many others there are', async () => {
  await db.transaction('answer-once', async (client) => {
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query(
      `EXPLAIN SELECT id, delivery_id FROM inbound_events WHERE identity_id = ANY($1::uuid[])`,
      [[api.newId()]],
    );
    expect(JSON.stringify(rows)).toContain('inbound_events_identity_id_idx');
  });
});
