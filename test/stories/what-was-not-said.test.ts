// What did not reach the customer did not happen: no tip is used up, no offer listens for a yes; and what a script opens is
// known by its name to journeys and to other systems.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerOf, must, nameCustomer, type Somebody, said } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

const FLOWS = {
  'dap-loi': `entry: [{ on: says, contains: [chào] }]
steps: [{ id: dap, end: "Dạ em đây ạ." }]`,
  meo: `entry: [{ on: manual }]
settings: { purpose: care, if_closed: skip }
steps: [{ id: meo, tip: "{tip.title}: {tip.text}" }, { id: xong, end: true }]`,
  moi: `entry: [{ on: manual }]
settings: { purpose: care, if_closed: skip }
steps:
  - id: moi
    offer: TANG-THANG
    benefit: Gia hạn sớm thì việc chạy liền mạch ạ.
    deadline: subscription.expires_at
    accept: { title: Gia hạn ngay, go: nhan }
  - { id: nhan, end: "Em giữ ưu đãi rồi ạ." }`,
  'gop-y': `entry: [{ on: says, contains: [góp ý] }]
steps: [{ id: ghi, open_case: "Khách góp ý", due: 24 hours }, { id: xong, end: "Em ghi lại rồi ạ." }]`,
};
const JOURNEYS = {
  meo: `stage: periodic
for: subscription
trigger: { on: event, event: gui_meo }
again_after: 1 day
steps: [{ id: gui, flow: meo }]`,
  moi: `stage: renewal
for: subscription
trigger: { on: event, event: gui_moi }
steps: [{ id: gui, flow: moi, offer: TANG-THANG }]`,
  viec: `stage: other
purpose: service
for: case
trigger: { on: event, event: case_opened }
steps: [{ id: xem, task: "Xem việc: {case.reason}" }]`,
};
const CATALOGUE = {
  offers: `offers:
  - { code: TANG-THANG, title: Tặng tháng, kind: renewal, benefit: Liền mạch., deadline: subscription.expires_at, once: subscription, hold_out: 0, window: 30 days }`,
  tips: `tips:
  - { id: mot, title: Mẹo một, text: Làm thế này. }
  - { id: hai, title: Mẹo hai, text: Làm thế kia. }`,
};

let stage: Stage;
let flowsDir: string;
beforeAll(async () => {
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-unsaid-'));
  for (const name of ['journeys', 'catalogue']) await mkdir(join(flowsDir, name));
  const write = (name: string, text: string) => writeFile(join(flowsDir, name), text);
  for (const [id, rest] of Object.entries(FLOWS)) await write(`${id}.flow.yaml`, `id: ${id}\ntitle: T\n${rest}\n`);
  for (const [id, rest] of Object.entries(JOURNEYS))
    await write(`journeys/${id}.journey.yaml`, `id: ${id}\ntitle: T\n${rest}\n`);
  for (const [id, text] of Object.entries(CATALOGUE)) await write(`catalogue/${id}.yaml`, `${text}\n`);
  stage = await openStage({ flowsDir });
  expect(stage.program.library.problems()).toEqual([]);
});
afterAll(async () => {
  await stage.close();
  await rm(flowsDir, { recursive: true, force: true });
});

let known = 0;
async function somebody() {
  const { id } = stage.sandbox.createPerson({ channel: 'messenger', name: 'Lan' });
  const person: Somebody = { id, channel: 'messenger' };
  await write(person, 'chào shop');
  const customer = await nameCustomer(stage, person);
  const expiresAt = new Date(stage.clock.now().getTime() + 20 * 86_400_000).toISOString();
  const startedAt = stage.clock.now().toISOString();
  await must(stage, 'PUT', `/api/v1/subscriptions/goi-${customer}`, { customer, product: 'spa', startedAt, expiresAt });
  return { person, customer };
}
async function write(person: Somebody, text: string) {
  stage.sandbox.write(person, text);
  await stage.settle();
}
async function report(customer: string, event: string) {
  known += 1;
  await must(stage, 'POST', '/api/v1/events', { items: [{ idempotencyKey: `su-kien-${known}`, customer, event }] });
}

test('a tip whose message was not sent is not used up; sent, it counts, once', async () => {
  const { person, customer } = await somebody();
  await stage.pass({ days: 2 });
  await report(customer, 'gui_meo');
  expect(await ledgerOf(stage, customer, 'message_skipped')).toHaveLength(1);
  expect(await ledgerOf(stage, customer, 'tip_shared')).toEqual([]);
  await stage.pass({ days: 2 });
  await write(person, 'chào em');
  await report(customer, 'gui_meo');
  expect(said(stage, person).at(-1)).toBe('Mẹo một: Làm thế này.');
  expect(await ledgerOf(stage, customer, 'tip_shared')).toMatchObject([
    { flow: 'meo', step: 'meo', data: { tip: 'mot' } },
  ]);
  await stage.pass({ days: 2 });
  await write(person, 'chào em');
  await report(customer, 'gui_meo');
  expect(said(stage, person).at(-1)).toBe('Mẹo hai: Làm thế kia.');
  expect(await ledgerOf(stage, customer, 'tip_shared')).toHaveLength(2);
});

test('an offer that could not be said does not listen for a yes, and may be said another day', async () => {
  const { person, customer } = await somebody();
  await stage.pass({ days: 2 });
  await report(customer, 'gui_moi');
  expect(await ledgerOf(stage, customer, 'message_skipped')).toHaveLength(1);
  const ends = await ledgerOf(stage, customer, 'flow_ended');
  expect(ends.at(-1)).toMatchObject({ flow: 'moi', data: { how: 'not_said' } });
  await write(person, 'gia hạn ngay');
  expect(await ledgerOf(stage, customer, 'offer_accepted', 'offer_expired')).toEqual([]);
  const { issues } = await must(stage, 'GET', `/api/v1/customers/${customer}/offers`);
  expect(issues).toMatchObject([{ state: 'eligible', sentAt: null, reason: expect.any(String) }]);
});

test('a case that a script opens is named in its line, and its journey is for that case', async () => {
  const { person, customer } = await somebody();
  await write(person, 'mình góp ý chút');
  await write(person, 'mình góp ý thêm');
  const { rows } = await stage.db.pool.query<{ id: string }>(
    'SELECT k.id FROM cases k JOIN customers c ON c.id = k.customer_id WHERE c.external_id = $1 ORDER BY k.opened_at, k.id',
    [customer],
  );
  const lines = await ledgerOf(stage, customer, 'case_opened');
  expect(lines.map(({ data }) => data?.case).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  const { items } = await must(stage, 'GET', `/api/v1/customers/${customer}/enrolments`);
  const subjects = (Array.isArray(items) ? items : [])
    .filter(({ journey }) => journey === 'viec')
    .map((one) => one.for.id);
  expect(subjects.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
});
