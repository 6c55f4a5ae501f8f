// Tables over REST: what is in them, who may take them, and that nothing in them runs when somebody opens them.
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROWS_PER_PAGE } from '../../src/exports/write-csv.ts';
import { eraseCustomer } from '../../src/privacy/erase-customer.ts';
import { API_KEY, createHarness, type Harness, LINK_KEY, START } from '../api/api-harness.ts';
import { formulaTexts, isLive } from './formula-texts.ts';

const tables = ['customers', 'survey-answers', 'offers', 'touchpoints'] as const;
type TableName = (typeof tables)[number];
const PERIOD = 'from=2026-11-01&to=2026-12-01';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.rows(
    'TRUNCATE touchpoints, offer_issues, survey_answers, consents, orders, subscriptions, customers, audit_entries CASCADE',
  );
});

async function take(table: TableName, query = table === 'touchpoints' ? PERIOD : '') {
  const response = await api.app.inject({
    url: `/api/v1/exports/${table}.csv?${query}`,
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
}

/** Lines as objects by their headings. */
async function linesOf(table: TableName, query?: string): Promise<Record<string, string>[]> {
  const { status, text } = await take(table, query);
  expect(status, text).toBe(200);
  return parse(text, { bom: true, columns: true, record_delimiter: '\r\n' });
}

/** Customers whose every text is one of `texts`, with an answer, an offer and a line of the ledger each. */
async function addPeople(texts: readonly string[]): Promise<void> {
  const ids = texts.map(() => api.newId());
  const add = (sql: string) => api.rows(sql, [ids, texts, START]);
  const from = 'FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS p(id, t, n)';
  await add(`INSERT INTO customers (id, external_id, name, form_of_address, phone, email, industry, role, tags, created_at, updated_at)
    SELECT id, t || n, t, t, t, t, t, t, ARRAY[t, t], $3::timestamptz - interval '1 day', $3 ${from}`);
  await add(`INSERT INTO subscriptions (id, external_id, customer_id, product, plan, value, status, owner, expires_at, created_at, updated_at)
    SELECT id, t || n, id, t, t, 1299000, t, t, $3::timestamptz, $3, $3 ${from}`);
  await add(`INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, comment, asked_at, answered_at)
    SELECT id, id, id, id, t, t, 'csat', 'answered', 4, t, $3::timestamptz - interval '1 hour', $3 ${from}`);
  await add(`INSERT INTO offer_issues (id, code, customer_id, subscription_id, state, reason, benefit, gift, personal_code, price, journey, flow, created_at)
    SELECT id, t, id, id, 'declined', t, t, t, t, 99000, t, t, $3::timestamptz - interval '1 hour' ${from}`);
  await add(`INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at)
    SELECT id, id, t, '*', false, t, $3 ${from}`);
  await add(`INSERT INTO touchpoints (at, kind, customer_id, channel, text, reason, flow, step, cost_amount)
    SELECT $3, t, id, t, t, t, t, t, 300 ${from}`);
}

describe('formulas', () => {
  it.each(tables)('520 of them in every text of %s: none is live', { timeout: 60_000 }, async (table) => {
    await addPeople(formulaTexts);
    const lines = await linesOf(table);
    expect(lines).toHaveLength(formulaTexts.length);
    const cells = lines.flatMap((line) => Object.values(line));
    expect(cells.filter(isLive)).toEqual([]);
    expect(cells.filter((cell) => cell.includes("'")).length).toBeGreaterThan(formulaTexts.length * 3);
    expect(cells.filter((cell) => /\p{Cc}/u.test(cell))).toEqual([]);
  });
});

describe('what stands in them', () => {
  beforeEach(async () => {
    await api.call('PUT', '/api/v1/customers/KH-1', {
      body: {
        name: 'Nguyễn Thị Lan',
        phone: '+84912345678',
        tags: ['vip', 'spa'],
        consents: [
          { purpose: 'advertising', channel: 'zalo', granted: false, source: 'x', at: '2026-11-01' },
          { purpose: 'advertising', channel: 'zalo', granted: true, source: 'x', at: '2026-11-02' },
        ],
      },
    });
    const subscriptions = [
      { id: 'S-1', plan: 'basic', status: 'expired', expiresAt: '2027-01-01' },
      { id: 'S-2', plan: 'pro', status: 'active', expiresAt: '2026-12-01' },
    ];
    for (const { id, ...rest } of subscriptions)
      await api.call('PUT', `/api/v1/subscriptions/${id}`, {
        body: { customer: 'KH-1', product: 'spa', value: 1_299_000, ...rest },
      });
  });

  it('a customer: the plan in use, expiry, last score, consents', async () => {
    await api.rows(
      `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, asked_at, answered_at)
       SELECT gen_random_uuid(), c.id, c.id, gen_random_uuid(), 'f', 's', a.metric, 'answered', a.score, $1, a.at
       FROM customers c, (VALUES ('csat', 2, $1::timestamptz), ('nps', 9, $1::timestamptz + interval '1 day')) a(metric, score, at)`,
      [START],
    );
    expect(await linesOf('customers')).toEqual([
      expect.objectContaining({
        'Mã khách hàng': 'KH-1',
        Tên: 'Nguyễn Thị Lan',
        'Số điện thoại': '0912 345 678',
        Nhãn: 'vip, spa',
        'Sản phẩm': 'spa',
        Gói: 'pro',
        'Giá trị (VNĐ)': '1299000',
        'Trạng thái gói': 'Đang dùng',
        'Hết hạn': '2026-12-01 00:00',
        'Số gói': '2',
        'Khảo sát gần nhất': 'NPS',
        Điểm: '9',
        'Các đồng ý đã ghi': 'quảng cáo (zalo): Có',
      }),
    ]);
    expect(await linesOf('customers', 'product=nha-hang')).toEqual([]);
    expect(await linesOf('customers', 'to=2026-11-01')).toEqual([]);
    expect(await linesOf('customers', 'product=spa&from=2026-11-01')).toHaveLength(1);
  });

  it('a plan on trial is in use; one given back is not', async () => {
    for (const [id, status] of [
      ['S-1', 'refunded'],
      ['S-2', 'trial'],
    ])
      await api.call('PUT', `/api/v1/subscriptions/${id}`, { body: { customer: 'KH-1', status } });
    expect(await linesOf('customers')).toEqual([expect.objectContaining({ 'Trạng thái gói': 'Dùng thử' })]);
  });

  it('an offer with its reason and what it brought, an answer with its words, a line of the ledger', async () => {
    await addPeople(['chậm quá']);
    await api.rows(
      `INSERT INTO orders (id, external_id, customer_id, kind, amount, at, created_at, offer_issue_id)
       SELECT gen_random_uuid(), o.kind, i.customer_id, o.kind, o.amount, $1, $1, i.id
       FROM offer_issues i, (VALUES ('order', 500000), ('refund', 100000)) o(kind, amount)`,
      [START],
    );
    expect(await linesOf('offers', 'state=declined')).toMatchObject([
      { 'Trạng thái': 'Từ chối', 'Lý do': 'chậm quá', 'Giá (VNĐ)': '99000', 'Doanh thu (VNĐ)': '400000' },
    ]);
    expect(await linesOf('offers', 'state=accepted')).toEqual([]);
    expect(await linesOf('survey-answers', 'metric=csat&status=answered')).toMatchObject([
      { 'Khảo sát': 'CSAT', Điểm: '4', 'Góp ý': 'chậm quá', 'Trả lời lúc': '2026-11-21 10:00', 'Có vụ việc': 'Không' },
    ]);
    expect(await linesOf('survey-answers', 'customer=KH-1')).toEqual([]);
    const ledger = await linesOf('touchpoints', `${PERIOD}&kind=customer_saved,subscription_saved`);
    expect(ledger.map((line) => line['Mã khách hàng'])).toEqual(['KH-1', 'KH-1', 'KH-1']);
    expect(await linesOf('touchpoints', `${PERIOD}&customer=KH-404`)).toEqual([]);
  });

  it('nothing of whoever was erased', async () => {
    await addPeople(['BÍ MẬT']);
    const { clock, newId } = api;
    const deps = { clock, newId, secretKey: LINK_KEY, dataDir: '/nowhere' };
    await api.db.transaction('answer-once', async (client) => {
      const { rows } = await client.query<{ id: string }>(`SELECT id FROM customers WHERE name = 'BÍ MẬT'`);
      await eraseCustomer(deps, client, { customerId: rows[0]?.id ?? '', actor: 'x', reason: 'api' });
    });
    for (const table of tables) {
      const lines = await linesOf(table);
      expect(JSON.stringify(lines)).not.toContain('BÍ MẬT');
      expect(lines.filter((line) => line['Mã khách hàng'] !== 'KH-1')).toEqual([]);
    }
  });
});

describe('the file', () => {
  it('is downloaded, is not kept, opens with its dấu', async () => {
    await addPeople(['Đặng Thị Ỷ']);
    const { headers, text } = await take('customers');
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('text/csv'),
      'content-disposition': expect.stringMatching(/^attachment; filename="khach-hang-\d{4}-\d\d-\d\d\.csv"$/),
      'cache-control': 'no-store',
    });
    // Early in the morning it is still yesterday elsewhere.
    api.clock.advance(Date.parse('2026-11-23T23:30:00Z') - api.clock.now().getTime());
    const early = await take('offers');
    expect(early.headers['content-disposition']).toContain('uu-dai-2026-11-24.csv');
    expect(text.startsWith('\uFEFF"Mã khách hàng","Tên"')).toBe(true);
    expect(text).toContain('"Đặng Thị Ỷ"');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it.each(tables)('%s of 5,000 come page by page, each row once, in order', { timeout: 60_000 }, async (table) => {
    await addPeople(Array.from({ length: 5_000 }, (_, n) => `người ${n}`));
    const asked = vi.spyOn(api.db.pool, 'query');
    const lines = await linesOf(table);
    const pages = await Promise.all(asked.mock.results.map(async ({ value }) => (await value)?.rows?.length ?? 0));
    asked.mockRestore();
    expect(lines).toHaveLength(5_000);
    expect(new Set(lines.map((line) => line['Mã khách hàng'])).size).toBe(5_000);
    expect(Math.max(...pages)).toBe(ROWS_PER_PAGE);
    expect(pages.filter((rows) => rows === ROWS_PER_PAGE)).toHaveLength(5_000 / ROWS_PER_PAGE);
  });

  it('who took it, and by which filters, stands in the audit once; a refused wish does not', async () => {
    await take('survey-answers', 'metric=nps&from=2026-11-01');
    await take('touchpoints', '');
    expect(await api.rows('SELECT actor, action, object_kind, data FROM audit_entries')).toEqual([
      {
        actor: 'api_key:environment',
        action: 'GET /exports/survey-answers.csv',
        object_kind: 'exports',
        data: { fields: ['metric', 'from'] },
      },
    ]);
  });

  it.each([
    ['touchpoints', '', 400, 'invalid_request'],
    ['touchpoints', 'from=2026-01-01&to=2026-06-01', 422, 'period_too_long'],
    ['touchpoints', 'from=2026-06-01&to=2026-06-01', 422, 'bad_period'],
    ['customers', 'from=2026-06-02&to=2026-06-01', 422, 'bad_period'],
    ['offers', 'state=nonsense', 400, 'invalid_request'],
    ['survey-answers', 'from=yesterday', 400, 'invalid_request'],
  ] as const)('%s?%s is refused: %i %s', async (table, query, status, code) => {
    const answer = await take(table, query);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error.code).toBe(code);
    expect(answer.headers['content-disposition']).toBeUndefined();
  });
});
