import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  acceptedFor,
  afterTapping,
  afterWriting,
  CHANNELS,
  choicesOf,
  conversationOf,
  inDays,
  ledgerOf,
  must,
  nameCustomer,
  type Somebody,
  said,
  shownBy,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  // In May: the stories of this file together last for months, and none of them is about Tết.
  stage = await openStage({ start: new Date('2026-05-04T03:00:00Z') });
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

const CODE = 'GIAHAN-TANG2THANG';
/** No other journey has anything to say in the days of these stories. */
const STARTED = -285;

async function saveSubscription(customer: string, fields: Record<string, unknown>) {
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-spa`, { customer, product: 'spa', ...fields });
}

async function toHour(hour: number) {
  const now = (stage.clock.now().getUTCHours() + 7) % 24;
  await stage.pass({ hours: (hour - now + 24) % 24 });
}

/** A customer whose subscription ends in seven days. */
async function offered(channel: Somebody['channel'], daysLeft = 7) {
  await toHour(10);
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  const fields = { plan: 'Spa Cơ bản', value: 3_588_000, startedAt: inDays(stage, STARTED) };
  await saveSubscription(customer, { ...fields, expiresAt: inDays(stage, daysLeft) });
  return { person, customer };
}

const offersOf = async (customer: string) =>
  (
    await stage.db.pool.query<{ code: string; step: string; state: string; reason: string | null }>(
      `SELECT o.code, o.step, o.state, o.reason FROM offer_issues o JOIN customers c ON c.id = o.customer_id
       WHERE c.external_id = $1 ORDER BY sent_at`,
      [customer],
    )
  ).rows;

const countOffers = (person: Somebody) => said(stage, person).filter((text) => text.includes('🎁')).length;

describe.each(CHANNELS)('on %s', (channel) => {
  test('seven days before the end the offer comes once: benefit, gift, price, deadline', async () => {
    const { person, customer } = await offered(channel);
    const offer = shownBy(stage, person).at(-1);
    expect(choicesOf(offer)).toEqual(['Gia hạn ngay', 'Để mình nghĩ thêm', 'Không gia hạn']);
    const places = ['gia hạn sớm', '🎁', '3.588.000 ₫', '⏰'].map((part) => offer?.text.indexOf(part) ?? -1);
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(await offersOf(customer)).toMatchObject([{ code: CODE, state: 'sent' }]);
    expect(await ledgerOf(stage, customer, 'offer_sent')).toMatchObject([{ data: { code: CODE } }]);
  });

  test('the same PUT again, a date moved by a day, many ticks: still one offer', async () => {
    const { person, customer } = await offered(channel);
    await saveSubscription(customer, { expiresAt: inDays(stage, 7) });
    await saveSubscription(customer, { expiresAt: inDays(stage, 8) });
    await stage.pass({ days: 2 });
    expect(countOffers(person)).toBe(1);
  });

  test('"Gia hạn ngay" is recorded with the code, confirmed, and somebody is told', async () => {
    const { person, customer } = await offered(channel);
    const answer = await afterTapping(stage, person, 'Gia hạn ngay');
    expect(answer).toHaveLength(1);
    expect(answer[0]?.text).toContain(CODE);
    expect(await offersOf(customer)).toMatchObject([{ code: CODE, state: 'accepted' }]);
    expect(await ledgerOf(stage, customer, 'offer_accepted')).toMatchObject([
      { flow: 'renewal-offer', data: { code: CODE } },
    ]);
    expect(await ledgerOf(stage, customer, 'case_opened')).toHaveLength(1);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', flow: null });
  });

  test.each(['ok em gia hạn luôn nhé', 'dong y', 'đồng ý'])('"%s" accepts', async (words) => {
    const { person, customer } = await offered(channel);
    await afterWriting(stage, person, words);
    expect(await offersOf(customer)).toMatchObject([{ state: 'accepted' }]);
  });

  test('"Không gia hạn" is recorded with its reason', async () => {
    const { person, customer } = await offered(channel);
    const [why] = await afterTapping(stage, person, 'Không gia hạn');
    expect(choicesOf(why)).toContain('Giá còn cao');
    await afterWriting(stage, person, 'đắt quá');
    expect(await offersOf(customer)).toMatchObject([{ state: 'declined', reason: 'Giá còn cao' }]);
    await stage.pass({ days: 8 });
    expect(countOffers(person)).toBe(1);
  });

  test.each([
    ['Không gia hạn', 'declined'],
    ['Để mình nghĩ thêm', 'later'],
  ])('"%s", then the yes on the same button: accepted with its code, and asked no more', async (first, state) => {
    const { person, customer } = await offered(channel);
    await afterTapping(stage, person, first);
    expect(await offersOf(customer)).toMatchObject([{ state }]);
    const answer = await afterWriting(stage, person, 'Gia hạn ngay');
    expect(answer.map(({ text }) => text)).toEqual([expect.stringContaining(CODE)]);
    expect(await offersOf(customer)).toMatchObject([{ code: CODE, state: 'accepted' }]);
    await stage.pass({ days: 6 });
    expect(countOffers(person)).toBe(1);
  });

  test('when all was said about a no, a change of mind is for a person, not for a guide', async () => {
    const { person, customer } = await offered(channel);
    await afterTapping(stage, person, 'Không gia hạn');
    await afterWriting(stage, person, 'đắt quá');
    const [answer, ...more] = await afterWriting(stage, person, 'gia hạn ngay');
    expect([answer?.text, more]).toEqual([expect.stringContaining('muốn gia hạn'), []]);
    const cases = (await ledgerOf(stage, customer, 'case_opened')).map(({ reason }) => reason);
    expect(cases).toContain('Khách tự bảo muốn gia hạn');
    expect(await ledgerOf(stage, customer, 'guide_shown')).toEqual([]);
  });

  test.each([['hướng dẫn tạo lịch hẹn'], ['đặt lịch đào tạo']])(
    'after "%s" the yes on the button of the offer is heard',
    async (detour) => {
      const { person, customer } = await offered(channel);
      await afterWriting(stage, person, detour);
      const answer = await afterWriting(stage, person, 'Gia hạn ngay');
      expect(answer.map(({ text }) => text)).toEqual([expect.stringContaining(CODE)]);
      expect(await ledgerOf(stage, customer, 'offer_accepted')).toMatchObject([{ data: { code: CODE } }]);
    },
  );

  test('silent until the reminder of the last day, then the yes: accepted with its code, and once', async () => {
    const { person, customer } = await offered(channel);
    for (let day = 0; day < 6; day += 1) {
      await afterWriting(stage, person, 'cảm ơn');
      await stage.pass({ hours: day === 5 ? 23 : 24 });
    }
    await stage.pass({ hours: 1 });
    expect(said(stage, person).at(-1)).toContain('ngày mai');
    expect(await offersOf(customer)).toMatchObject([{ state: 'sent' }]);
    const answer = await afterWriting(stage, person, 'Gia hạn ngay');
    expect(answer.map(({ text }) => text)).toEqual([expect.stringContaining(CODE)]);
    expect(await offersOf(customer)).toMatchObject([{ code: CODE, state: 'accepted' }]);
    expect(await conversationOf(stage, customer)).toMatchObject({ flow: null });
    expect(await ledgerOf(stage, customer, 'case_opened')).toHaveLength(1);
    await stage.pass({ days: 1, hours: 12 });
    expect(await ledgerOf(stage, customer, 'case_opened')).toHaveLength(1);
  });

  test('after another answer to the reminder a courtesy is no yes; undecided at the end, somebody calls', async () => {
    const { person, customer } = await offered(channel);
    for (let day = 0; day < 6; day += 1) {
      await afterWriting(stage, person, 'cảm ơn');
      await stage.pass({ hours: 24 });
    }
    await afterTapping(stage, person, 'Gọi cho mình');
    await afterWriting(stage, person, 'ok em');
    expect(await offersOf(customer)).toMatchObject([{ state: 'sent' }]);
    await stage.pass({ days: 1, hours: 12 });
    expect(await offersOf(customer)).toMatchObject([{ state: 'expired' }]);
  });

  test('a question about renewing is a question, not a yes', async () => {
    const { person, customer } = await offered(channel);
    await afterWriting(stage, person, 'hướng dẫn gia hạn gói thế nào');
    expect(await offersOf(customer)).toMatchObject([{ state: 'sent' }]);
    expect(await ledgerOf(stage, customer, 'guide_shown')).toHaveLength(1);
  });

  test('a subscription that is cancelled, renewed early or moved far away gets no offer', async () => {
    for (const change of [
      { status: 'cancelled' },
      { expiresAt: inDays(stage, 400) },
      { status: 'refunded' },
      { expiresAt: null },
    ]) {
      const { person, customer } = await offered(channel, 9);
      await saveSubscription(customer, change);
      await stage.pass({ days: 4 });
      expect(countOffers(person)).toBe(0);
    }
  });

  test('an expiry moved before the offer moves the offer', async () => {
    const { person, customer } = await offered(channel, 8);
    await saveSubscription(customer, { expiresAt: inDays(stage, 7.5) });
    await stage.pass({ hours: 11 });
    expect(countOffers(person)).toBe(0);
    await stage.pass({ hours: 11 });
    expect(countOffers(person)).toBe(1);
  });

  test('due in the night it comes at 07:30', async () => {
    await toHour(23);
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await saveSubscription(customer, { startedAt: inDays(stage, STARTED), expiresAt: inDays(stage, 7) });
    expect(countOffers(person)).toBe(0);
    await stage.pass({ hours: 9 });
    const offer = shownBy(stage, person).at(-1);
    expect(offer?.text).toContain('🎁');
    expect(new Date(offer?.at ?? '').toISOString()).toMatch(/T00:30:/);
  });

  test('an order with the code accepts the offer', async () => {
    const { customer } = await offered(channel);
    const order = await must(stage, 'POST', '/api/v1/orders', {
      id: `don-${customer}`,
      customer,
      amount: 3_588_000,
      offerCode: CODE,
    });
    expect(order).toMatchObject({ result: 'recorded', offerAccepted: { code: CODE } });
    expect(await offersOf(customer)).toMatchObject([{ state: 'accepted' }]);
  });
});

test('"Để mình nghĩ thêm" is reminded once, two days before the end', async () => {
  const { person, customer } = await offered('zalo');
  const answer = await afterTapping(stage, person, 'Để mình nghĩ thêm');
  expect(answer).toHaveLength(1);
  expect(await offersOf(customer)).toMatchObject([{ state: 'later' }]);
  await stage.pass({ days: 4, hours: 20 });
  expect(countOffers(person)).toBe(1);
  await stage.pass({ hours: 8 });
  expect(countOffers(person)).toBe(2);
  expect(said(stage, person).at(-1)).toContain('còn 2 ngày');
  await afterTapping(stage, person, 'Gia hạn ngay');
  expect((await offersOf(customer)).map((offer) => offer.state)).toContain('accepted');
});

test('who renews while thinking it over is not reminded', async () => {
  const { person, customer } = await offered('zalo');
  await afterTapping(stage, person, 'Để mình nghĩ thêm');
  await saveSubscription(customer, { expiresAt: inDays(stage, 372) });
  const before = acceptedFor(stage, person).length;
  await stage.pass({ days: 7 });
  expect(acceptedFor(stage, person)).toHaveLength(before);
  const ended = await ledgerOf(stage, customer, 'flow_ended');
  expect(ended.map((line) => line.data.how)).toContain('date_moved');
});

test('a chat in between does not lose the reminder', async () => {
  const { person } = await offered('zalo');
  await afterTapping(stage, person, 'Để mình nghĩ thêm');
  await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
  await afterWriting(stage, person, 'đặt lịch đào tạo');
  await afterWriting(stage, person, 'để sau');
  await stage.pass({ days: 5, hours: 4 });
  expect(countOffers(person)).toBe(2);
});

test('silence until the end makes a task to call', async () => {
  const { customer } = await offered('zalo');
  await stage.pass({ days: 8 });
  expect((await offersOf(customer)).map((offer) => offer.state)).toEqual(['expired']);
  expect((await ledgerOf(stage, customer, 'task_opened')).map((line) => line.text)).toContainEqual(
    expect.stringContaining('về việc gia hạn'),
  );
});

test('where the window is closed the offer is not forced: a task to reach the customer instead', async () => {
  const person = await welcomed(stage, 'messenger');
  await stage.pass({ days: 3 });
  await toHour(10);
  const customer = await nameCustomer(stage, person);
  await saveSubscription(customer, { startedAt: inDays(stage, STARTED), expiresAt: inDays(stage, 7) });
  expect(countOffers(person)).toBe(0);
  const skipped = await ledgerOf(stage, customer, 'message_skipped');
  expect(skipped.at(-1)?.reason).toContain('Quá 24 giờ');
  const tasks = await ledgerOf(stage, customer, 'task_opened');
  expect(tasks.map((line) => line.data.title)).toEqual([expect.stringContaining('renewal-offer')]);
});

test('with several channels the offer comes once, where the customer was last', async () => {
  const zalo = await welcomed(stage, 'zalo');
  await stage.pass({ hours: 1 });
  await toHour(10);
  const messenger = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, zalo, messenger);
  await saveSubscription(customer, { startedAt: inDays(stage, STARTED), expiresAt: inDays(stage, 7) });
  expect([countOffers(zalo), countOffers(messenger)]).toEqual([0, 1]);
});
