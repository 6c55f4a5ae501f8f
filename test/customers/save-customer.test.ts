// PUT and GET of a customer: create, change, clear; consents; what the ledger says about it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { createHarness, type Harness, START, seedChatter } from '../api/api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
});
afterAll(() => api.close());

const put = (externalId: string, body: object) => api.call('PUT', `/api/v1/customers/${externalId}`, { body });
const ledgerOf = (externalId: string) =>
  api.rows(
    'SELECT t.kind, t.data FROM touchpoints t JOIN customers c ON c.id = t.customer_id WHERE c.external_id = $1 ORDER BY t.id',
    [externalId],
  );

describe('PUT /api/v1/customers', () => {
  it('creates a customer from nothing but an id', async () => {
    const { status, body } = await put('KH-0', {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      externalId: 'KH-0',
      name: null,
      tags: [],
      attributes: {},
      language: 'vi',
      consents: [],
    });
    expect(body.identities).toEqual({ zalo: null, messenger: null });
  });

  it('keeps every field, clean and normalised, and gives it back on GET', async () => {
    const name = 'Nguyễn Thị Lan'.normalize('NFD');
    const sent = {
      name: `  ${name}\u0000 `,
      formOfAddress: 'chị',
      phone: '+84 912 345 678',
      email: 'lan@vidu.vn',
      industry: 'spa',
      role: 'chủ tiệm',
      tags: ['vip', 'vip', 'hà nội'],
      language: 'en',
      attributes: { branches: 5, note: 'thích gọi buổi sáng', is_partner: true },
      identities: { zalo: '0012345678901234567', messenger: '24837491232' },
    };
    const answer = await put('KH/1 á', {});
    expect(answer.status).toBe(404);
    const { status, body } = await put(encodeURIComponent('KH/1 á'), sent);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      externalId: 'KH/1 á',
      name: 'Nguyễn Thị Lan',
      phone: '84912345678',
      tags: ['vip', 'hà nội'],
      language: 'en',
      attributes: sent.attributes,
      identities: sent.identities,
    });
    const got = await api.call('GET', `/api/v1/customers/${encodeURIComponent('KH/1 á')}`);
    expect(got.body).toEqual(body);
  });

  it('leaves what is left out, clears what is null, merges attributes by name', async () => {
    await put('KH-2', { name: 'Minh', phone: '0912345678', tags: ['a'], language: 'en', attributes: { a: 1, b: 'x' } });
    const changed = await put('KH-2', { phone: null, attributes: { b: null, c: false } });
    expect(changed.body).toMatchObject({ name: 'Minh', phone: null, tags: ['a'], attributes: { a: 1, c: false } });
    const cleared = await put('KH-2', { name: null, tags: null, language: null, attributes: null });
    expect(cleared.body).toMatchObject({ name: null, tags: [], language: 'vi', attributes: {} });
  });

  it('takes texts as they come out of other systems: with spaces around them, in either Unicode form', async () => {
    const { status, body } = await put('KH-2', {
      name: `  ${'Hà'.normalize('NFD')} `,
      email: ' ha@example.com ',
      phone: ' 0912.345.678 ',
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: 'Hà'.normalize('NFC'), email: 'ha@example.com', phone: '84912345678' },
    });
  });

  it('tells the ledger which fields changed, not their values, and nothing when nothing changed', async () => {
    await put('KH-3', { name: 'Minh', phone: '0912345678' });
    await put('KH-3', { name: 'Minh', phone: '84912345678' });
    await put('KH-3', { name: 'Minh Anh' });
    const rows = await ledgerOf('KH-3');
    expect(rows).toEqual([
      { kind: 'customer_saved', data: { isNew: true, fields: ['name', 'phone'], identitiesAttached: 0 } },
      { kind: 'customer_saved', data: { isNew: false, fields: ['name'], identitiesAttached: 0 } },
    ]);
  });

  it.each([
    { field: 'phone', body: { phone: '12345' }, says: 'not a phone number' },
    { field: 'phone', body: { phone: 84912345678 }, says: 'must be a string' },
    { field: 'email', body: { email: 'lan' }, says: 'email' },
    { field: 'name', body: { name: '   ' }, says: 'null to clear' },
    { field: 'identities.zalo', body: { identities: { zalo: null } }, says: 'stays with its customer' },
    { field: 'attributes.Tên', body: { attributes: { Tên: 1 } }, says: 'snake_case' },
    { field: 'attributes.a', body: { attributes: { a: { b: 1 } } }, says: 'a text, a number' },
    { field: 'language', body: { language: 'Vietnamese' }, says: 'two-letter' },
    { field: 'consents.0.at', body: { consents: [{ purpose: 'all', granted: true, at: 'hôm qua' }] }, says: 'ISO' },
  ])('refuses $field: $says', async ({ field, body, says }) => {
    const answer = await put('KH-400', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      error: { code: 'invalid_request', details: [{ path: field, message: expect.stringContaining(says) }] },
    });
    expect((await api.call('GET', '/api/v1/customers/KH-400')).status).toBe(404);
  });

  it('refuses an id on a channel that is off', async () => {
    const half = await createHarness({ accounts: { zalo: null, messenger: null } }, api.db);
    const answer = await half.call('PUT', '/api/v1/customers/KH-422', { body: { identities: { zalo: '1' } } });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'channel_not_configured' } } });
    await half.app.close();
  });
});

describe('consents', () => {
  const said = { purpose: 'advertising', granted: true, source: 'form', wording: 'Tôi đồng ý', at: '2026-11-01' };

  it('are added, never changed; the newest holds; a nightly repeat adds nothing', async () => {
    await put('KH-10', { consents: [said] });
    await put('KH-10', { consents: [said, { ...said, granted: false, at: '2026-11-02T08:00:00+07:00' }] });
    const { body } = await put('KH-10', { consents: [said] });
    expect(body.consents).toEqual([
      {
        purpose: 'advertising',
        channel: '*',
        granted: false,
        source: 'form',
        wording: 'Tôi đồng ý',
        at: '2026-11-02T01:00:00.000Z',
      },
    ]);
    const rows = await api.rows(
      `SELECT granted, at FROM consents k JOIN customers c ON c.id = k.customer_id WHERE c.external_id = 'KH-10' ORDER BY at`,
    );
    // A date alone is the beginning of that day where the business is.
    expect(rows).toEqual([
      { granted: true, at: new Date('2026-10-31T17:00:00.000Z') },
      { granted: false, at: new Date('2026-11-02T01:00:00.000Z') },
    ]);
    expect((await ledgerOf('KH-10')).filter((row) => row.kind === 'consent_recorded')).toHaveLength(2);
  });

  it('"no" to everything is an opt-out, a newer "yes" ends it, an older one does not', async () => {
    const all = { purpose: 'all', source: 'hotline' };
    const out = await put('KH-11', { consents: [{ ...all, granted: false, at: '2026-11-10' }] });
    expect(out.body.optedOutAt).toBe('2026-11-09T17:00:00.000Z');
    const old = await put('KH-11', { consents: [{ ...all, granted: true, at: '2026-11-09' }] });
    expect(old.body.optedOutAt).toBe('2026-11-09T17:00:00.000Z');
    const back = await put('KH-11', { consents: [{ ...all, granted: true }] });
    expect(back.body.optedOutAt).toBeNull();
    const kinds = (await ledgerOf('KH-11')).map((row) => row.kind);
    expect(kinds.filter((kind) => kind === 'opted_out' || kind === 'opted_in')).toEqual(['opted_out', 'opted_in']);
  });

  it('from the future are refused, for they would outvote a later "no"', async () => {
    const at = new Date(START.getTime() + 10 * MINUTE_MS).toISOString();
    const answer = await put('KH-12', { consents: [{ ...said, at }] });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'consent_in_future' } } });
  });
});

describe('a person who has already chatted', () => {
  it('becomes the customer: same record, same conversation, nothing doubled', async () => {
    const seeded = await seedChatter(api, 'zalo', '700001', { name: 'Tên trên Zalo' });
    const { body } = await put('KH-20', { phone: '0912345678', identities: { zalo: '700001' } });
    expect(body).toMatchObject({
      id: seeded.customerId,
      externalId: 'KH-20',
      name: 'Tên trên Zalo',
      phone: '84912345678',
    });
    const people = await api.rows('SELECT id FROM customers WHERE id = $1 OR external_id = $2', [
      seeded.customerId,
      'KH-20',
    ]);
    expect(people).toHaveLength(1);
  });

  it('is attached when the webhook was stored but nobody has worked it yet', async () => {
    const identityId = api.deps.identityIdOf('zalo', '4318657068771012646', '700002');
    await api.rows(
      `INSERT INTO channel_identities (id, channel, account_id, external_id, created_at) VALUES ($1, 'zalo', '4318657068771012646', '700002', now())`,
      [identityId],
    );
    const { body } = await put('KH-21', { identities: { zalo: '700002' } });
    expect(body.channelIdentities).toMatchObject([{ id: identityId, peerId: '700002' }]);
    expect(await api.rows('SELECT customer_id FROM channel_identities WHERE id = $1', [identityId])).toEqual([
      { customer_id: body.id },
    ]);
  });

  it('under two ids of one PUT becomes one', async () => {
    const zalo = await seedChatter(api, 'zalo', '700003', { name: 'Hoa' });
    const messenger = await seedChatter(api, 'messenger', '800003');
    const { body } = await put('KH-22', { identities: { zalo: '700003', messenger: '800003' } });
    expect(body.identities).toEqual({ zalo: '700003', messenger: '800003' });
    const left = await api.rows('SELECT id FROM customers WHERE id = ANY($1)', [
      [zalo.customerId, messenger.customerId],
    ]);
    expect(left).toEqual([{ id: body.id }]);
  });

  it('of another known customer is refused, and nothing changes', async () => {
    await put('KH-23', { identities: { zalo: '700004' } });
    const answer = await put('KH-24', { name: 'Khác', identities: { zalo: '700004' } });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      error: { code: 'identity_taken', details: { channel: 'zalo', customer: 'KH-23' } },
    });
    expect((await api.call('GET', '/api/v1/customers/KH-24')).status).toBe(404);
  });

  it('waits for a worker that holds the person, and builds on what it wrote', async () => {
    const seeded = await seedChatter(api, 'zalo', '700005');
    const worker = await api.db.pool.connect();
    await worker.query('BEGIN');
    await worker.query('SELECT 1 FROM channel_identities WHERE id = $1 FOR UPDATE', [seeded.identityId]);
    const putting = put('KH-25', { attributes: { plan: 'pro' }, identities: { zalo: '700005' } });
    await worker.query(`UPDATE customers SET attributes = '{"learned": 1}', name = 'Từ bot' WHERE id = $1`, [
      seeded.customerId,
    ]);
    await worker.query('COMMIT');
    worker.release();
    expect((await putting).body).toMatchObject({
      id: seeded.customerId,
      name: 'Từ bot',
      attributes: { learned: 1, plan: 'pro' },
    });
  });
});

describe('many at once', () => {
  it('twenty different PUTs of one new customer make one customer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        put('KH-30', { attributes: { [`a${n}`]: n }, identities: { zalo: '700030' } }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    const { body } = await api.call('GET', '/api/v1/customers/KH-30');
    expect(Object.keys(body.attributes ?? {})).toHaveLength(20);
    expect(await api.rows(`SELECT 1 FROM channel_identities WHERE external_id = '700030'`)).toHaveLength(1);
  });

  it('two customers racing for one identity: one has it, the other is refused', async () => {
    await seedChatter(api, 'zalo', '700031');
    const answers = await Promise.all([
      put('KH-31', { identities: { zalo: '700031' } }),
      put('KH-32', { identities: { zalo: '700031' } }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });
});
