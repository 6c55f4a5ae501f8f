import { describe, expect, it } from 'vitest';
import { checkFolder, type FolderSources } from '../../src/flow-library/check-folder.ts';
import { guides } from '../flows/sample-run.ts';

const flow = (id: string, purpose: string, steps: string) =>
  `id: ${id}\ntitle: ${id}\nentry: [{ on: manual }]\nsettings: { purpose: ${purpose}, if_closed: task }\nsteps:\n${steps}`;

const renewal = `id: gia-han
title: Gia hạn
stage: renewal
priority: 30
for: subscription
trigger: { on: date, of: subscription.expires_at }
audience: subscription.status in ["active", "trial"]
goal: since.subscription_renewed > 0
steps:
  - { id: truoc_30, offset: -30 days, at: "09:00", flow: nhac }
  - { id: truoc_7, offset: -7 days, at: "09:00", flow: moi-gia-han, offer: TANG }
  - { id: goi, offset: -1 day, at: "09:00", if: since.offer_accepted == 0, task: "Gọi {customer.name}", kind: renewal_call }
`;
const upsell = `id: len-goi
title: Lên gói
stage: expansion
purpose: advertising
for: subscription
trigger: { on: segment, when: usage.appointments.month > 100 }
goal: since.offer_accepted > 0
late: 2 days
steps:
  - { id: moi, flow: moi-len-goi, offer: LEN-GOI }
`;

const sources = (tests: string, name = 'gia-han'): FolderSources => ({
  flows: new Map([
    ['nhac.flow.yaml', flow('nhac', 'care', '  - { id: nhac, end: "Gói {product.title} sắp hết hạn ạ." }')],
    [
      'moi-gia-han.flow.yaml',
      flow(
        'moi-gia-han',
        'care',
        '  - { id: moi, offer: TANG, benefit: "{offer.benefit}", accept: { title: Đồng ý, go: end } }',
      ),
    ],
    [
      'moi-len-goi.flow.yaml',
      flow('moi-len-goi', 'advertising', '  - { id: moi, end: "Gói {plan.next_title} hợp với mình ạ." }'),
    ],
  ]),
  tests: new Map(),
  journeys: new Map([
    ['journeys/gia-han.journey.yaml', renewal],
    ['journeys/len-goi.journey.yaml', upsell],
  ]),
  journeyTests: new Map([[`journeys/${name}.test.yaml`, `journey: ${name}\n${tests}`]]),
  catalogue: new Map([
    [
      'catalogue/offers.yaml',
      `offers:
  - { code: TANG, title: Tặng, kind: renewal, benefit: Liền mạch, deadline: subscription.expires_at, once: subscription }
  - { code: LEN-GOI, title: Lên gói, kind: upsell, eligible: usage.branches >= 5, benefit: Đỡ hai giờ }
`,
    ],
    [
      'catalogue/products.yaml',
      'products: [{ id: spa, title: phần mềm spa, plans: [{ id: co-ban, title: Cơ bản, rank: 1 }, { id: chuoi, title: Chuỗi, rank: 2 }] }]',
    ],
    ['catalogue/holidays.yaml', 'days: [{ from: 2027-02-04, to: 2027-02-10, name: Tết }]'],
  ]),
});

const facts = 'facts: { subscription: { product: spa, plan: Cơ bản, expires_at: "2027-03-01T12:00:00+07:00" } }\n';
const check = (steps: string, more = '') =>
  checkFolder(
    sources(`${facts}tests:\n  - name: Thử\n    now: "2026-11-24T09:00:00+07:00"\n${more}    steps:\n${steps}`),
    guides,
  );
const problemsOf = (steps: string, more = '') =>
  check(steps, more).problems.filter(({ severity }) => severity === 'error');
const lines = (...all: string[]) => all.map((line) => `      - ${line}\n`).join('');

describe('journey tests', () => {
  it('want a reason why something was not sent, at least once in a file', () => {
    const silent = check(lines('after: 1 day')).problems;
    expect(silent).toMatchObject([{ code: 'no_reason_tested', severity: 'warning', line: expect.any(Number) }]);
    const told = check(lines('outage: 75 days', 'expect: { not_sent: { step: truoc_30, because: quá hạn } }'));
    expect(told.problems).toEqual([]);
  });

  it('play months: reminders, an offer that is accepted, the goal', () => {
    const { problems, journeyReport } = check(
      lines(
        'expect: { entered: true, waiting: [truoc_30, truoc_7, goi] }',
        'after: 66 days',
        'expect: { started: [] }',
        'after: 2 days',
        'bot: phần mềm spa sắp hết hạn',
        'expect: { started: [truoc_30] }',
        'after: 22 days',
        'bot: Liền mạch',
        'expect: { started: truoc_7, offer: { code: TANG, state: sent } }',
        'customer: đồng ý',
        'expect: { offer: { state: accepted } }',
        'after: 7 days',
        'expect: { not_sent: { step: goi, because: "Điều kiện không đúng" }, ended: finished }',
      ),
    );
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(journeyReport.coverage[0]).toEqual({ flow: 'gia-han', steps: 3, visited: 2, missed: ['goi'] });
  });

  it.each<[string, string]>([
    [
      'goal',
      lines(
        'after: 70 days',
        '{ set: { subscription: { expires_at: "2028-03-01T12:00:00+07:00" } }, event: subscription_renewed }',
        'expect: { ended: goal, entered: true }',
      ),
    ],
    [
      'a refund',
      lines(
        'set: { subscription: { status: refunded } }',
        'expect: { ended: cancelled }',
        'after: 99 days',
        'expect: { started: [] }',
      ),
    ],
    [
      'silence and a call',
      lines('after: 96 days', 'expect: { started: [truoc_30, truoc_7], task: Gọi Nguyễn Thị Lan }'),
    ],
    [
      'holidays',
      lines(
        '{ set: { subscription: { expires_at: "2027-03-08T12:00:00+07:00" } } }',
        'after: 75 days',
        'expect: { put_off: { step: truoc_30, because: ngày nghỉ } }',
        'after: 4 days',
        'expect: { started: truoc_30 }',
      ),
    ],
    [
      'an outage',
      lines(
        'after: 66 days',
        'outage: 3 days',
        'expect: { not_sent: { step: truoc_30, because: Đã quá hạn gửi muộn } }',
      ),
    ],
    ['a short outage', lines('after: 66 days', 'outage: 30 hours', 'expect: { started: truoc_30 }')],
    [
      'a pause',
      lines(
        'pause: true',
        'after: 96 days',
        'expect: { started: [] }',
        'pause: false',
        'expect: { started: [], not_sent: { step: truoc_7, because: Đã quá hạn gửi muộn } }',
      ),
    ],
    [
      'hold-out',
      lines('hold_out: [TANG]', 'after: 90 days', 'expect: { not_sent: { step: truoc_7, because: nhóm đối chứng } }'),
    ],
    [
      'a closed window',
      lines('window: closed', 'after: 68 days', 'expect: { started: truoc_30, fallback: task }', 'bot_messages: 0'),
    ],
  ])('tell what was not sent and why: %s', (_name, steps) => {
    expect(problemsOf(steps)).toEqual([]);
  });

  it('tell who was first and what the cap held back', () => {
    const upsells = lines(
      'expect: { started: [truoc_30] }',
      '{ usage: { "appointments.month": 130, branches: 5 } }',
      'expect: { started: [], put_off: { step: len-goi/moi, because: Vừa nhắn khách } }',
      'after: 5 hours',
      'bot: Gói Chuỗi',
      'expect: { started: [len-goi/moi] }',
    );
    const more = '    with: [len-goi]\n    facts: { subscription: { expires_at: "2026-12-24T10:00:00+07:00" } }\n';
    expect(problemsOf(upsells, more)).toEqual([]);
  });

  it.each([
    ['expect: { started: truoc_7 }', /phải bắt đầu "truoc_7" nhưng đã bắt đầu \[\]/],
    ['expect: { task: Gọi }', /không có việc nào/],
    ['expect: { ended: goal }', /còn chạy/],
    ['expect: { waiting: [goi] }', /đang chờ \[truoc_30, truoc_7, goi\]/],
    ['expect: { not_sent: { because: hạn mức } }', /phải bị bỏ qua vì "hạn mức"/],
    ['bot: chào', /phải nói "chào"/],
    ['enrol: true', /đang ở trong hành trình này/],
  ])('are red at the line: %s', (line, message) => {
    const { problems, bad } = check(lines(line));
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([{ code: 'red_test', line: 7 }]);
    expect(problems.at(-1)?.message ?? problems[0]?.message).toMatch(message);
    expect([...bad]).toEqual(['journeys/gia-han.journey.yaml']);
  });

  it('are refused with a place when they are not read', () => {
    const { problems } = checkFolder(sources('tests: [{ name: a, steps: [{ after: 1 dayy }] }]', 'gia-hann'), guides);
    expect(problems.map(({ code }) => code)).toContain('invalid_value');
    const { problems: unknown } = checkFolder(
      sources('tests: [{ name: a, steps: [{ after: 1 day }] }]', 'gia-hann'),
      guides,
    );
    expect(unknown.find(({ code }) => code === 'unknown_journey')?.fix).toContain('gia-han');
  });
});
