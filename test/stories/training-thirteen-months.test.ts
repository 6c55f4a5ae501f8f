// The second acceptance case, a year and a month long: a training centre that was not content and was won back, took the
// payment gateway, fell silent, was spoken to by template, e-mail and telephone, said no to a second year, and then no to
// everything. Meanwhile dates move, the program is away for three days, and it is night, or Tết.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breachesOf } from './care-oracle.ts';
import {
  type CareStage,
  heard,
  holdOut,
  importCsv,
  notSaid,
  openCareStage,
  reportUsage,
  rowsOf,
  stepsOf,
  subscribe,
  until,
  writer,
} from './care-scenes.ts';
import { CHANNELS, ledgerOf, must, type Somebody } from './scenes.ts';

/** The evening of the activation, 22:00 in Vietnam; the hundredth evening from it lies in no holiday. */
const START = new Date('2026-01-26T15:00:00Z');
const CENTRE = 'tt-huong';
const SILENT = 'tt-im-lang';
const SUBSCRIPTION = 'goi-tt-huong';
const ONE_YEAR = 365;
const dayOf = (day: number) => new Date(START.getTime() + day * 86_400_000).toISOString();

describe.each(CHANNELS)('a training centre on %s', (channel) => {
  let stage: CareStage;
  let huong: Somebody;
  let silent: Somebody;
  const at = (day: number, time: string) => until(stage, START, day, time);
  const asks = (text: string) => heard(stage, huong, () => stage.sandbox.write(huong, text));
  const taps = (choice: string) => heard(stage, huong, () => stage.sandbox.tap(huong, choice));
  const hears = (day: number, time: string) => heard(stage, huong, () => at(day, time));
  const subscription = (fields: Record<string, unknown>) =>
    subscribe(stage, { externalId: SUBSCRIPTION, customer: CENTRE, ...fields });
  /** "step way" of all that went another way than the chat, oldest first. */
  const rungs = async (customer: string) =>
    (await ledgerOf(stage, customer, 'fallback_taken')).flatMap(({ step, data }) =>
      data.taken === true ? [`${step} ${data.rung}`] : [],
    );
  const takeAway = async (...templates: string[]) => {
    const sql = `INSERT INTO template_states (template, approval, changed_at) SELECT *, 'disabled', now() FROM unnest($1::text[])`;
    await stage.db.pool.query(sql, [templates]);
  };
  const openCase = async () => {
    const page = await must(stage, 'GET', `/api/v1/cases?customer=${CENTRE}&status=open`);
    return JSON.parse(JSON.stringify(page.items)).map((one: { id: string; kind: string; owner: string }) => one);
  };

  beforeAll(async () => {
    stage = await openCareStage(new Date(START.getTime() - 3_600_000), holdOut('CONG-THANH-TOAN', 0));
    huong = await writer(stage, channel, 'Lê Thị Hương');
    silent = await writer(stage, channel, 'Phạm Văn Im');
  });
  afterAll(async () => await stage.close());

  test('they come from the CRM; activated at night she hears it in the morning', async () => {
    const agreed = { 'Đồng ý': 'có', 'Nguồn đồng ý': 'hợp đồng', 'Ngày đồng ý': '25/01/2026' };
    const column = channel === 'zalo' ? 'Zalo ID' : 'PSID';
    const rows = [
      { 'Mã KH': CENTRE, Tên: 'Lê Thị Hương', 'Xưng hô': 'chị', Email: '', [column]: huong.id, ...agreed },
      {
        'Mã KH': SILENT,
        Tên: 'Phạm Văn Im',
        'Xưng hô': 'anh',
        Email: 'im@example.com',
        [column]: silent.id,
        ...agreed,
      },
    ];
    await importCsv(stage, 'customers', rows);
    await at(0, '22:00');
    const about = { product: 'training', plan: 'co-ban', value: 4_788_000, owner: 'minh.le' };
    const dates = { startedAt: dayOf(0), expiresAt: dayOf(ONE_YEAR) };
    const atNight = await heard(stage, huong, async () => {
      await subscription({ ...about, ...dates });
      await subscribe(stage, { externalId: 'goi-tt-im', customer: SILENT, ...about, ...dates });
    });
    expect(atNight).toBe('');
    expect(await hears(1, '07:35')).toContain('Chào chị Hương, gói Cơ bản của chị đã sẵn sàng');
    await taps('Hướng dẫn sử dụng');
    await asks('hướng dẫn thêm học viên');
    await reportUsage(stage, CENTRE, { learners: 120, attendance: 30, tuition_receipts: 11, tuition_reminders: 4 });
    expect(
      (await ledgerOf(stage, CENTRE, 'enrolment_ended')).map(({ data }) => [data.journey, data.how]),
    ).toContainEqual(['activation', 'goal']);
  });

  test('a low score at ten days: a case with an owner, told what was done, asked again, won back', async () => {
    await at(10, '20:50');
    await asks('hướng dẫn điểm danh');
    // Due at 22:00, asked in the morning.
    expect(await hears(11, '07:35')).toContain('chị hài lòng ở mức nào');
    expect(await taps('Rất tệ')).toContain('em xin lỗi');
    await taps('Viết góp ý');
    await asks('đối soát học phí mất cả buổi');
    const [found] = await openCase();
    expect(found).toMatchObject({ kind: 'low_score', owner: 'minh.le' });
    await at(11, '15:00');
    const outcome = 'Em đã gọi và cài lại phần đối soát cho mình rồi ạ.';
    await must(stage, 'POST', `/api/v1/cases/${found?.id}/close`, { by: 'minh.le', outcome });
    const told = await hears(11, '16:30');
    expect(told).toContain(outcome);
    expect(told).toContain('Giờ chị thấy thế nào');
    await taps('Hài lòng');
    expect(await must(stage, 'GET', `/api/v1/cases/${found?.id}`)).toMatchObject({ isRecovered: true });
    expect(await stepsOf(stage, CENTRE, 'recovery')).toEqual(['bao_lai started']);
  });

  test('thirty-seven transfers that nobody can match: the offer, a yes in the chat, the order later is direct', async () => {
    await at(33, '20:00');
    await asks('hướng dẫn đối soát chuyển khoản');
    await reportUsage(stage, CENTRE, { unmatched_transfers: 37 });
    // That was the evening of the last of February: "this month" is another one by morning, and has none yet.
    expect(await hears(34, '09:35')).toBe('');
    expect(await stepsOf(stage, CENTRE, 'cross-sell-payment')).toEqual([
      'moi skipped Điều kiện không đúng: usage.unmatched_transfers.month >= 10.',
    ]);
    await reportUsage(stage, CENTRE, { unmatched_transfers: 2 });
    await at(36, '20:00');
    await asks('hướng dẫn thu học phí');
    await reportUsage(stage, CENTRE, { unmatched_transfers: 35 });
    const offer = await hears(37, '09:35');
    expect(offer).toContain('37 khoản chuyển tiền');
    expect(offer.indexOf('học phí tự khớp')).toBeLessThan(offer.indexOf('1.188.000 ₫'));
    expect(offer).toContain('giảm 90% sai sót');
    expect(await taps('Kết nối giúp mình')).toContain('khoảng 30 phút là dùng được');
    await at(40, '10:00');
    const order = { id: 'dh-cong', customer: CENTRE, amount: 1_188_000 };
    await must(stage, 'POST', '/api/v1/orders', order);
    const { rows } = await stage.db.pool.query('SELECT attribution FROM orders');
    expect(rows).toEqual([{ attribution: 'direct' }]);
    expect(await rowsOf(stage, CENTRE, 'code, state', 'offer_issues t', 't.created_at')).toEqual([
      { code: 'CONG-THANH-TOAN', state: 'accepted' },
    ]);
  });

  test('months of silence: nothing is forced, somebody is asked to call, once for one silence', async () => {
    expect(await hears(200, '12:00')).not.toContain('mẹo');
    const checks = await stepsOf(stage, CENTRE, 'check-in');
    expect(checks.filter((step) => step.startsWith('hoi_tham started'))).toHaveLength(1);
    const tasks = await rowsOf(stage, CENTRE, 'title', 'tasks t', 't.created_at');
    expect(tasks.filter(({ title }) => String(title).includes('check-in'))).toHaveLength(1);
    expect((await notSaid(stage, CENTRE)).every((reason) => reason.startsWith('Quá'))).toBe(true);
    // Who never wrote again but left an address: the survey by template, useful things and "how are you" by e-mail.
    const ways = await rungs(SILENT);
    expect(ways).toEqual(expect.arrayContaining(['hai_long template', 'gui email', 'hoi email']));
    expect(stage.mail.letters.every(({ to }) => to.join() === 'im@example.com')).toBe(true);
  });

  test('the end moves: everything pending moves with it; three days away, and what was due is said once', async () => {
    await subscription({ expiresAt: dayOf(ONE_YEAR + 5) });
    await subscription({ expiresAt: dayOf(ONE_YEAR - 4) });
    await subscription({ expiresAt: dayOf(ONE_YEAR) });
    await at(ONE_YEAR - 31, '20:00');
    await asks('hướng dẫn công nợ học phí');
    // The reminder of the next morning falls into the outage.
    await stage.outage({ days: 2, hours: 22 });
    await stage.pass({ minutes: 1 });
    const reminders = (await stepsOf(stage, CENTRE, 'renewal')).filter((step) => step.startsWith('truoc_30'));
    expect(reminders).toEqual(['truoc_30_ngay started']);
    const path = `/api/v1/customers/${SILENT}/touchpoints`;
    expect((await must(stage, 'GET', path)).items).toBeDefined();
    expect((await rungs(SILENT)).at(-1)).toBe('truoc_30_ngay template');
  });

  test('in the middle of booking a training the offer comes; the no is kept with its reason, and nobody insists', async () => {
    await at(ONE_YEAR - 7, '20:30');
    await asks('đặt lịch đào tạo');
    expect(await hears(ONE_YEAR - 6, '07:35')).toContain('được tặng thêm 2 tháng');
    await taps('Không gia hạn');
    await taps('Giá còn cao');
    const issues = await rowsOf(stage, CENTRE, 'code, state, reason', 'offer_issues t', 't.created_at');
    expect(issues.at(-1)).toMatchObject({ code: 'GIAHAN-TANG2THANG', state: 'declined', reason: 'Giá còn cao' });
    // The tip of the month may still come; of the term nobody speaks again.
    expect(await hears(ONE_YEAR, '20:00')).not.toMatch(/gia hạn|hết hạn|tặng/i);
    // The silent one of the same dates: a gift never goes as a template of service.
    expect((await rungs(SILENT)).slice(-2)).toEqual(['moi email', 'truoc_1_ngay template']);
    // Then the template is switched off and the address is gone: somebody calls.
    await takeAway('da-het-han', 'da-het-han-messenger');
    await must(stage, 'PUT', `/api/v1/customers/${SILENT}`, { email: null });
    expect(await hears(ONE_YEAR + 2, '12:00')).toBe('');
    expect((await stepsOf(stage, CENTRE, 'renewal')).slice(2)).toEqual([
      expect.stringMatching(/^goi_truoc_han skipped Điều kiện không đúng/),
      expect.stringMatching(/^truoc_1_ngay skipped Điều kiện không đúng/),
      expect.stringMatching(/^sau_1_ngay skipped Điều kiện không đúng/),
      expect.stringMatching(/^goi_sau_7_ngay planned/),
    ]);
    expect((await rungs(SILENT)).at(-1)).toBe('sau_1_ngay task');
    const tasks = await rowsOf(stage, SILENT, 'kind, title', 'tasks t', 't.created_at');
    expect(tasks.at(-1)).toMatchObject({ kind: 'follow_up', title: expect.stringContaining('sau_1_ngay') });
  });

  test('she is paid back, and then wants no word any more: one line, and silence', async () => {
    await must(stage, 'POST', '/api/v1/orders', {
      ...{ id: 'dh-tra', customer: CENTRE, kind: 'refund', refundOf: 'dh-cong', amount: 1_188_000 },
    });
    await subscription({ status: 'refunded' });
    expect((await stepsOf(stage, CENTRE, 'renewal')).at(-1)).toBe(
      'goi_sau_7_ngay cancelled Gói đã huỷ hoặc hoàn tiền.',
    );
    expect((await stepsOf(stage, CENTRE, 'win-back')).every((step) => step.includes('cancelled Gói đã huỷ'))).toBe(
      true,
    );
    await at(ONE_YEAR + 3, '10:00');
    expect((await asks('dừng')).split('\n')).toHaveLength(1);
    const subscribed = await heard(stage, huong, () =>
      subscribe(stage, {
        ...{ externalId: 'goi-moi', customer: CENTRE, product: 'training', plan: 'co-ban' },
        ...{ startedAt: dayOf(ONE_YEAR + 3), expiresAt: dayOf(ONE_YEAR + 10) },
      }),
    );
    expect(subscribed).toBe('');
    expect(await hears(ONE_YEAR + 31, '12:00')).toBe('');
    const reasons = (await ledgerOf(stage, CENTRE, 'journey_step_skipped', 'enrolment_ended')).map(
      ({ reason }) => reason,
    );
    expect(reasons).toContain('Khách đã từ chối nhận tin.');
  });

  test('and in all of it no rule was broken', async () => {
    expect(await breachesOf(stage)).toEqual([]);
  });
});
