// A deliverer whose channel is the test's own, on a clock that stands at noon.
import { pino } from 'pino';
import type { Channel } from '../../src/channels/channel.ts';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { createManualClock } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { createDeliverer, type Deliverer, type DelivererDeps } from '../../src/outbox/deliver-messages.ts';
import { createSpending } from '../../src/outbox/spending.ts';

export const NOON = new Date('2026-11-23T05:00:00Z');
const timeZone = 'Asia/Ho_Chi_Minh';
const never = { start: '21:00', end: '21:00', timeZone };
const rules = {
  window: defaultWindowRules,
  quietHours: never,
  advertisingRest: never,
  advertisingPerDay: 3,
  spendLimit: null,
  templates: new Map(),
};

export function aDeliverer(
  db: Database,
  send: Channel['send'],
  more: Pick<Partial<DelivererDeps>, 'clock' | 'stopwatch' | 'after'> = {},
): Deliverer {
  const stub: Pick<Channel, 'name' | 'send'> = { name: 'messenger', send };
  return createDeliverer({
    db,
    // Nothing else of it is asked for by those who send.
    channel: stub as Channel,
    clock: createManualClock(NOON),
    rules: () => rules,
    ladder: {
      spending: createSpending(timeZone),
      accounts: { zalo: null, email: null },
      labels: { email: false, template: false },
    },
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    ...more,
  });
}
