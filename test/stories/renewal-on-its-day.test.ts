// A subscription that began a multiple of thirty days ago: what comes each month never pushes the renewal offer out of its
// day, whichever of the two is due first, at whatever hour.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { afterWriting, CHANNELS, ledgerOf, must, nameCustomer, shownBy, welcomed } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

/** A Monday in May, midnight in Vietnam: no holiday is near. */
const START = new Date('2026-05-03T17:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ start: START });
});
afterEach(() => expect(stage.sandbox.violations).toEqual([]));
afterAll(async () => await stage.close());

/** Hours of the day at which the subscription began and at which it ends. */
const HOURS = [
  [10, 10],
  [9, 13],
  [10, 8],
  [8, 20],
] as const;

test.each(CHANNELS.flatMap((channel) => HOURS.map(([began, ends]) => [channel, began, ends] as const)))(
  'on %s, begun at %i, ending at %i o’clock',
  async (channel, began, ends) => {
    // The next midnight in Vietnam but one: the offer is due on the day that follows it.
    const today = Math.ceil((stage.clock.now().getTime() - START.getTime()) / DAY) * DAY + START.getTime();
    await stage.pass({ seconds: (today + 7.6 * HOUR - stage.clock.now().getTime()) / 1_000 });
    const person = await welcomed(stage, channel);
    // Somebody who only followed may be sent three messages; who wrote is talked to.
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    const customer = await nameCustomer(stage, person);
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-1`, {
      ...{ customer, product: 'spa', plan: 'co-ban', value: 3_588_000 },
      startedAt: new Date(today - 360 * DAY + began * HOUR).toISOString(),
      expiresAt: new Date(today + 7 * DAY + ends * HOUR).toISOString(),
    });
    await stage.pass({ seconds: (today + 20.9 * HOUR - stage.clock.now().getTime()) / 1_000 });
    const offers = shownBy(stage, person).filter(({ text }) => text.includes('tặng thêm 2 tháng'));
    expect(offers).toHaveLength(1);
    expect(await ledgerOf(stage, customer, 'offer_sent')).toHaveLength(1);
  },
);
