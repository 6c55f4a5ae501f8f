// What customers notice of journeys: one question at a time, texts that know what they are about, silence when it is due.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  afterWriting,
  CHANNELS,
  inDays,
  ledgerOf,
  must,
  nameCustomer,
  type Somebody,
  said,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

const SHIPPED = fileURLToPath(new URL('../../flows', import.meta.url));
const FLOWS = {
  'hoi-nhanh': `settings: { purpose: care, if_closed: skip }
variables: { y_kien: text }
steps:
  - { id: hoi, ask: "Dạ {address} dùng có ổn không ạ?", save_as: y_kien, no_reply: { after: 2 days, go: end } }
  - { id: cam_on, end: "Em cảm ơn {address} ạ." }`,
  'bao-don': `settings: { purpose: care, if_closed: skip }
steps: [{ id: bao, end: "Đơn {order.id} của {address} đang được giao ạ." }]`,
  'tin-nhanh': `settings: { purpose: care, if_closed: skip }
steps: [{ id: bao, end: "Tin nhanh cho {address} ạ." }]`,
};
const JOURNEYS = {
  hoi: `stage: other
for: subscription
trigger: { on: event, event: subscription_activated }
steps: [{ id: hoi, flow: hoi-nhanh }]`,
  don: `stage: other
purpose: service
for: order
trigger: { on: event, event: order_recorded }
steps: [{ id: bao, flow: bao-don }]`,
  gap: `stage: other
purpose: service
busy: interrupt
trigger: { on: manual }
steps: [{ id: bao, flow: tin-nhanh }]`,
  bo: `stage: other
purpose: service
busy: skip
trigger: { on: manual }
steps: [{ id: bao, flow: tin-nhanh }]`,
};

let stage: Stage;
let flowsDir: string;
beforeAll(async () => {
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-journeys-'));
  await cp(SHIPPED, flowsDir, { recursive: true });
  await rm(join(flowsDir, 'journeys'), { recursive: true, force: true });
  await mkdir(join(flowsDir, 'journeys'));
  for (const [id, rest] of Object.entries(FLOWS)) {
    await writeFile(join(flowsDir, `${id}.flow.yaml`), `id: ${id}\ntitle: T\nentry: [{ on: manual }]\n${rest}\n`);
  }
  for (const [id, rest] of Object.entries(JOURNEYS)) {
    await writeFile(join(flowsDir, 'journeys', `${id}.journey.yaml`), `id: ${id}\ntitle: T\n${rest}\n`);
  }
  stage = await openStage({ flowsDir });
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
  await rm(flowsDir, { recursive: true, force: true });
});

/** Somebody with a new subscription, who was just asked how it goes. */
async function asked(channel: Somebody['channel']) {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  const dates = { startedAt: inDays(stage, 0), expiresAt: inDays(stage, 365) };
  await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-1`, { customer, product: 'spa', ...dates });
  return { person, customer };
}

const order = (customer: string, id: string) =>
  must(stage, 'POST', '/api/v1/orders', { id, customer, amount: 100_000, items: [] });

const press = (customer: string, journey: string) =>
  must(stage, 'POST', `/api/v1/customers/${customer}/journeys`, { journey });

const decided = async (customer: string) =>
  (await ledgerOf(stage, customer, 'journey_step_started', 'journey_step_skipped', 'journey_step_deferred')).map(
    ({ kind, data, reason }) => [kind, data.journey, reason].filter(Boolean).join(' '),
  );

describe.each(CHANNELS)('on %s', (channel) => {
  test('a text knows the order it is about', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await order(customer, `DH-${customer}`);
    expect(said(stage, person).at(-1)).toContain(`Đơn DH-${customer} của`);
    expect(await decided(customer)).toEqual(['journey_step_started don']);
  });

  test('one question at a time: what is due meanwhile waits its turn', async () => {
    const { person, customer } = await asked(channel);
    expect(said(stage, person).at(-1)).toContain('dùng có ổn không');
    await order(customer, `DH2-${customer}`);
    expect(said(stage, person).at(-1)).toContain('dùng có ổn không');
    await afterWriting(stage, person, 'mọi thứ đều ổn');
    await stage.pass({ hours: 1 });
    expect(said(stage, person).at(-1)).toContain(`Đơn DH2-${customer}`);
    expect(await decided(customer)).toEqual(['journey_step_started hoi', 'journey_step_started don']);
  });

  test('what must not wait cuts in, what may be left is left, each with its line', async () => {
    const { person, customer } = await asked(channel);
    await press(customer, 'bo');
    expect(said(stage, person).at(-1)).toContain('dùng có ổn không');
    await press(customer, 'gap');
    expect(said(stage, person).at(-1)).toContain('Tin nhanh');
    expect(await decided(customer)).toEqual([
      'journey_step_started hoi',
      'journey_step_skipped bo Khách đang ở trong một kịch bản chăm sóc khác.',
      'journey_step_started gap',
    ]);
  });

  test('a paused journey is silent, also with what already waits for its turn; resumed it speaks', async () => {
    const { person, customer } = await asked(channel);
    await order(customer, `DH3-${customer}`);
    await must(stage, 'POST', '/api/v1/journeys/don/pause', { by: 'lan' });
    await afterWriting(stage, person, 'ổn');
    await stage.pass({ hours: 3 });
    expect(said(stage, person).join(' ')).not.toContain('DH3');
    await must(stage, 'POST', '/api/v1/journeys/don/resume', { by: 'lan' });
    await stage.pass({ hours: 1 });
    expect(said(stage, person).at(-1)).toContain(`Đơn DH3-${customer}`);
  });

  test('what waits for its turn is not said any more when what it was about has ended', async () => {
    const { person, customer } = await asked(channel);
    const second = { customer, product: 'spa', startedAt: inDays(stage, 0), expiresAt: inDays(stage, 365) };
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-2`, second);
    // Past the pause between two messages: only the open question holds it back.
    await stage.pass({ hours: 5 });
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-2`, { customer, status: 'cancelled' });
    await afterWriting(stage, person, 'ổn');
    // Two days with the five hours: the next story begins at the same time of day.
    await stage.pass({ hours: 43 });
    expect(said(stage, person).filter((text) => text.includes('dùng có ổn không'))).toHaveLength(1);
    const started = (await decided(customer)).filter((line) => line.startsWith('journey_step_started'));
    expect(started).toEqual(['journey_step_started hoi']);
  });

  test('"dừng" ends what is pending, and a cancelled subscription ends what already asks', async () => {
    const { person, customer } = await asked(channel);
    await must(stage, 'PUT', `/api/v1/subscriptions/${customer}-1`, { customer, status: 'cancelled' });
    const [answer] = await afterWriting(stage, person, 'ổn');
    expect(answer?.text ?? '').not.toContain('Em cảm ơn');
    await afterWriting(stage, person, 'dừng');
    const before = said(stage, person).length;
    await press(customer, 'gap');
    await stage.pass({ days: 1 });
    // Service is about what the customer did themselves; unasked words are not said to whoever said no.
    expect(said(stage, person).slice(before)).toEqual([]);
  });
});
