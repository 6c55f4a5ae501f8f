import { describe, expect, it } from 'vitest';
import { catalogueFacts, offerDeadline } from '../../../src/flows/catalogue/catalogue-facts.ts';
import { readCatalogue } from '../../../src/flows/catalogue/read-catalogue.ts';
import { factsScope, holds } from '../../../src/flows/condition.ts';
import { sampleFacts } from '../../../src/flows/sample-facts.ts';
import { guides } from '../sample-run.ts';

const read = (files: Record<string, string>) =>
  readCatalogue(new Map(Object.entries(files).map(([name, text]) => [`catalogue/${name}.yaml`, text])), { guides });

const products = `products:
  - id: spa
    title: Phần mềm spa
    plans:
      - { id: co-ban, title: Cơ bản, also: [Spa Cơ bản], price: 3588000, rank: 1 }
      - { id: chuoi, title: Chuỗi, price: 5988000, rank: 2 }
    features:
      - { id: lich, title: tạo lịch, metric: appointments, guide: tao-lich-hen, benefit: không trùng giờ }
      - { id: khach, title: thêm khách, metric: clients, guide: them-khach-hang }
industries:
  Spa:
    companions:
      - { product: spa, title: Chính nó }
      - { product: hoa-don, title: Hoá đơn điện tử, benefit: khỏi gõ lại }
`;
const offers = `offers:
  - { code: LEN-GOI, title: Lên gói, kind: upsell, eligible: usage.branches >= 5, benefit: Đỡ hai giờ, deadline: { days: 14 } }
  - { code: TANG, title: Tặng, kind: renewal, benefit: Liền mạch, deadline: subscription.expires_at, hold_out: 0 }
`;

describe('the catalogue', () => {
  it('is empty when nothing is written', () => {
    const { catalogue, problems } = read({});
    expect(problems).toEqual([]);
    expect([catalogue.offer('X'), catalogue.features('spa'), catalogue.isHoliday(0, 'UTC')]).toEqual([null, [], null]);
  });

  it('answers by code, by name in any spelling, by rank, by day', () => {
    const holidays = 'days: [{ from: 2027-02-04, to: 2027-02-10, name: Tết }]';
    const { catalogue, problems } = read({ products, offers, holidays });
    expect(problems).toEqual([]);
    expect(catalogue.offer('LEN-GOI')).toMatchObject({
      holdOutPercent: 10,
      once: 'customer',
      windowMs: 14 * 86_400_000,
    });
    expect(catalogue.plan('SPA', 'spa co ban')?.id).toBe('co-ban');
    expect(catalogue.nextPlan('spa', 'Cơ bản')?.id).toBe('chuoi');
    expect(catalogue.nextPlan('spa', 'Chuỗi')).toBeNull();
    expect(catalogue.companions('spa')).toHaveLength(2);
    expect(catalogue.isHoliday(Date.parse('2027-02-10T23:00:00+07:00'), 'Asia/Ho_Chi_Minh')).toBe('Tết');
    expect(catalogue.isHoliday(Date.parse('2027-02-11T00:00:00+07:00'), 'Asia/Ho_Chi_Minh')).toBeNull();
  });

  it('says which feature is missing, what comes next and what goes with it', () => {
    const { catalogue } = read({ products, offers });
    const facts = sampleFacts('zalo', '2026-11-24T09:00:00+07:00', {
      customer: { industry: 'spa' },
      subscription: { plan: 'Spa Cơ bản', expires_at: '2027-01-01' },
      usage: { appointments: 0, 'appointments.last_month': 12 },
    });
    expect(catalogueFacts(catalogue, facts)).toEqual({
      product: { title: 'Phần mềm spa' },
      plan: { title: 'Cơ bản', rank: 1, next_title: 'Chuỗi', next_price: 5988000 },
      feature: { id: 'khach', title: 'thêm khách', guide: 'them-khach-hang', metric: 'clients', benefit: null },
      features: { total: 2, used: 1, unused: 1 },
      companion: { product: 'hoa-don', title: 'Hoá đơn điện tử', benefit: 'khỏi gõ lại' },
    });
    const [upsell, renewal] = catalogue.offers;
    if (upsell === undefined || renewal === undefined) throw new Error('offers are missing');
    expect(holds(upsell.eligible, factsScope(facts))).toBe(false);
    expect(offerDeadline(upsell, facts)?.toISOString()).toBe('2026-12-08T02:00:00.000Z');
    expect(offerDeadline(renewal, facts)?.toISOString()).toBe('2026-12-31T17:00:00.000Z');
  });

  const template = (fields: string) =>
    `templates:\n  - { id: a, channel: zalo, via: zbs, provider_id: "1", ${fields} }\n`;
  it.each([
    ['offers', 'duplicate_id', `${offers}  - { code: TANG, title: Hai, kind: voucher, benefit: x }`, 4],
    ['offers', 'wrong_size', 'offers: [{ code: A1, title: A, kind: voucher, benefit: x, hold_out: 60 }]', 1],
    ['offers', 'unknown_variable', offers.replace('usage.branches', 'usages.branches'), 2],
    ['offers', 'since_outside_journey', offers.replace('usage.branches', 'since.order_recorded'), 2],
    ['offers', 'unknown_key', offers.replace('title: Tặng', 'titel: Tặng'), 3],
    ['products', 'unknown_guide', products.replace('tao-lich-hen', 'tao-lich-hẹn-sai'), 8],
    ['templates', 'unknown_parameter', template('text: "Chào <ten>"'), 2],
    ['templates', 'unused_parameter', template('text: Chào, parameters: { ten: { max: 9, sample: Lan } }'), 2],
    ['templates', 'sample_too_long', template('text: "Chào {{ten}}", parameters: { ten: { max: 2, sample: Lan } }'), 2],
    ['templates', 'wrong_size', template('text: Chào, price: 3000000000'), 2],
    ['templates', 'wrong_via', template('text: Chào').replace('zbs', 'utility'), 2],
    ['tips', 'bad_condition', 'tips:\n  - { id: a, title: A, text: B, for: "usage.x >" }', 2],
    ['holidays', 'from_after_to', 'days:\n  - { from: 2027-02-10, to: 2027-02-04, name: Tết }', 2],
    ['offer', 'unknown_file', '', 1],
  ])('%s: %s at its line, with a way to mend it', (file, code, source, line) => {
    const { problems } = read({ [file]: source });
    const found = problems.find((problem) => problem.code === code);
    expect(found, JSON.stringify(problems)).toMatchObject({ line, file: `catalogue/${file}.yaml` });
    expect(found?.fix).not.toBe('');
  });
});
