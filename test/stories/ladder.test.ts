// Nobody is reached by force and nobody is forgotten: past the window a template, without one an e-mail, without an address
// somebody who calls; and the ledger says why each time.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { headersOf, type MailServer, startMailServer } from '../mail-server.ts';
import {
  CHANNELS,
  type ChannelName,
  ledgerOf,
  must,
  nameCustomer,
  type Somebody,
  shownBy,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

const NUDGE = `id: nhac-han
title: Nhắc hạn
entry: [{ on: manual }]
settings:
  if_closed:
    - { template: nhac-gia-han, with: { customer_name: "{customer.name}", product: "Spa", expires_at: "01/12/2026" } }
    - { template: nhac-gia-han-messenger, with: { "1": "{customer.name}", "2": "Spa", "3": "01/12/2026" } }
    - email
    - task
steps:
  - { id: nhac, say: "Gói của {customer.name} sắp hết hạn. Mình gia hạn nhé!", links: [{ title: Xem gói, url: "https://example.com/goi" }] }
  - { id: xong, end: true }
`;

let stage: Stage;
let mail: MailServer;
let flowsDir: string;
const root = fileURLToPath(new URL('../..', import.meta.url));

beforeAll(async () => {
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-ladder-'));
  await cp(join(root, 'flows/catalogue/templates.yaml'), join(flowsDir, 'catalogue/templates.yaml'));
  await writeFile(join(flowsDir, 'nhac-han.flow.yaml'), NUDGE);
  mail = await startMailServer();
  stage = await openStage({ flowsDir, env: { SMTP_URL: mail.url, MAIL_FROM: 'Gắn Bó <cskh@ganbo.example>' } });
});
beforeEach(async () => {
  await stage.db.pool.query('DELETE FROM template_states');
  mail.behave(null);
  mail.letters.length = 0;
});
afterAll(async () => {
  await stage.close();
  await mail.close();
  await rm(flowsDir, { recursive: true, force: true });
});

async function silentFor(channel: ChannelName, days: number, fields: Record<string, unknown> = {}) {
  const person = await welcomed(stage, channel);
  const customer = await nameCustomer(stage, person);
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, { name: 'Lan', ...fields });
  await stage.pass({ days });
  const hour = (stage.clock.now().getUTCHours() + 7) % 24;
  await stage.pass({ hours: (10 - hour + 24) % 24 });
  return { person, customer };
}

async function nudge(customer: string): Promise<void> {
  const started = await stage.api('POST', `/api/v1/customers/${customer}/flows/nhac-han`, {});
  expect(started.status).toBe(200);
  await stage.settle();
}

const shown = (person: Somebody) => shownBy(stage, person).map((message) => message.text);
const rungs = async (customer: string) =>
  (await ledgerOf(stage, customer, 'fallback_taken')).map(({ data, reason }) => [data.rung, data.taken, reason]);
const tell = (id: string, status: string) =>
  stage.db.pool.query(
    `INSERT INTO template_states (template, approval, changed_at) VALUES ($1, $2, now())
     ON CONFLICT (template) DO UPDATE SET approval = excluded.approval`,
    [id, status],
  );

describe.each(CHANNELS)('on %s', (channel) => {
  const ours = channel === 'zalo' ? 'nhac-gia-han' : 'nhac-gia-han-messenger';

  test('inside the window the words themselves are said', async () => {
    const { person, customer } = await silentFor(channel, 0);
    await nudge(customer);
    expect(shown(person).at(-1)).toContain('Gói của Lan sắp hết hạn');
    expect(await rungs(customer)).toEqual([]);
  });

  test('eight days of silence: the approved template, with its cost, once', async () => {
    const { person, customer } = await silentFor(channel, 8);
    await nudge(customer);
    expect(shown(person).at(-1)).toBe(
      'Chào Lan, gói Spa của anh/chị hết hạn ngày 01/12/2026. Anh/chị gia hạn sớm để không gián đoạn công việc nhé.',
    );
    // The template of the other channel was never a choice.
    expect(await rungs(customer)).toEqual([['template', true, expect.stringContaining('Quá')]]);
    const [out] = (await ledgerOf(stage, customer, 'message_out')).slice(-1);
    expect(out).toMatchObject({ text: expect.stringContaining('Chào Lan'), cost: channel === 'zalo' ? 300 : 0 });
    await stage.pass({ minutes: 10 });
    expect(await ledgerOf(stage, customer, 'message_skipped')).toEqual([]);
    expect(out?.message?.status).toMatch(/sent|delivered|read/);
  });

  test('the template was accepted but the answer was lost: its echo settles it, it is never said again', async () => {
    const { person, customer } = await silentFor(channel, 8);
    const before = shown(person).length;
    stage.sandbox.setFault({ channel, kind: 'drop_answer', count: 1 });
    await nudge(customer);
    await stage.pass({ minutes: 10 });
    stage.sandbox.clearFaults();
    expect(shown(person)).toHaveLength(before + 1);
    const out = (await ledgerOf(stage, customer, 'message_out')).at(-1);
    expect(out?.message?.status).toMatch(/sent|delivered|read/);
    expect(out).toMatchObject({ cost: channel === 'zalo' ? 300 : 0 });
  });

  test('the template is no longer approved: an e-mail, with the way out', async () => {
    await tell(ours, 'disabled');
    const address = `lan.${channel}@example.com`;
    const { person, customer } = await silentFor(channel, 8, { email: address });
    const before = shown(person).length;
    await nudge(customer);
    expect(shown(person)).toHaveLength(before);
    expect(mail.letters).toHaveLength(1);
    const letter = mail.letters[0];
    expect(letter?.to).toEqual([address]);
    const headers = headersOf(letter?.raw ?? '');
    expect(headers['list-unsubscribe']).toMatch(/^<http.*\/u\/.+>$/);
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    const tried = await rungs(customer);
    expect(tried).toContainEqual(['template', false, expect.stringContaining('chưa được duyệt hoặc đã bị tắt')]);
    expect(tried.at(-1)).toEqual(['email', true, expect.stringContaining('Quá')]);
    const out = (await ledgerOf(stage, customer, 'message_out')).at(-1);
    expect(out).toMatchObject({ channel: 'email', message: { status: 'sent' } });
  });

  test('whoever cannot be reached in the chat any more is written to; without an address somebody calls', async () => {
    const closed = async (customer: string) =>
      await stage.db.pool.query(
        `UPDATE channel_identities i SET unreachable_reason = 'Khách đã chặn.' FROM customers c
         WHERE c.id = i.customer_id AND c.external_id = $1 AND i.channel <> 'email'`,
        [customer],
      );
    const { person, customer } = await silentFor(channel, 0, { email: `chan.${channel}@example.com` });
    const before = shown(person).length;
    await closed(customer);
    await nudge(customer);
    expect(shown(person)).toHaveLength(before);
    expect(mail.letters.map(({ to }) => to)).toEqual([[`chan.${channel}@example.com`]]);
    expect(await ledgerOf(stage, customer, 'enrolment_skipped')).toEqual([]);
    expect((await rungs(customer)).at(-1)).toEqual(['email', true, 'Khách đã chặn.']);
    const other = await silentFor(channel, 0);
    await closed(other.customer);
    await nudge(other.customer);
    expect((await rungs(other.customer)).at(-1)).toEqual(['task', true, 'Khách đã chặn.']);
    expect(await ledgerOf(stage, other.customer, 'task_opened')).toHaveLength(1);
  });

  test('no template and no address: somebody calls', async () => {
    await tell(ours, 'rejected');
    const { customer } = await silentFor(channel, 8);
    await nudge(customer);
    expect(mail.letters).toEqual([]);
    const tried = await rungs(customer);
    expect(tried.map(([rung, taken]) => [rung, taken])).toEqual([
      ['template', false],
      ['email', false],
      ['task', true],
    ]);
    expect(await ledgerOf(stage, customer, 'task_opened')).toMatchObject([{ data: { kind: 'follow_up' } }]);
    const { rows } = await stage.db.pool.query(
      `SELECT t.title, t.status FROM tasks t JOIN customers c ON c.id = t.customer_id WHERE c.external_id = $1`,
      [customer],
    );
    expect(rows).toEqual([{ title: expect.stringContaining('nhac-han'), status: 'open' }]);
    expect((await ledgerOf(stage, customer, 'message_skipped')).at(-1)?.reason).toContain('Quá');
  });

  test('a mailbox that does not exist: the next rung', async () => {
    await tell(ours, 'disabled');
    mail.behave({ at: 'rcpt', code: 550 });
    const { customer } = await silentFor(channel, 8, { email: `khong.${channel}@example.com` });
    await nudge(customer);
    await stage.pass({ minutes: 1 });
    expect((await rungs(customer)).at(-1)).toEqual(['task', true, expect.stringContaining('không tồn tại')]);
    expect(await ledgerOf(stage, customer, 'task_opened')).toHaveLength(1);
  });

  test('the mail server falls silent after the letter: nobody repeats it, a person decides', async () => {
    await tell(ours, 'disabled');
    mail.behave({ at: 'answer' });
    const { customer } = await silentFor(channel, 8, { email: `im.${channel}@example.com` });
    await nudge(customer);
    mail.behave(null);
    await stage.pass({ hours: 1 });
    expect(mail.letters).toHaveLength(1);
    expect(await ledgerOf(stage, customer, 'message_parked')).toHaveLength(1);
  });

  test('the way out of an e-mail: looking does nothing, the button ends everything', async () => {
    await tell(ours, 'disabled');
    const { customer } = await silentFor(channel, 8, { email: `ra.${channel}@example.com` });
    await nudge(customer);
    const link = /<(http[^>]+)>/.exec(headersOf(mail.letters[0]?.raw ?? '')['list-unsubscribe'] ?? '')?.[1] ?? '';
    const path = new URL(link).pathname;
    const look = await fetch(`${stage.address}${path}`);
    expect([look.status, await look.text()]).toEqual([200, expect.stringContaining('<form method="post">')]);
    expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).toBeNull();
    const body = 'List-Unsubscribe=One-Click';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (let click = 0; click < 2; click += 1) {
      const done = await fetch(`${stage.address}${path}`, { method: 'POST', body, headers });
      expect(done.status).toBe(200);
    }
    expect((await must(stage, 'GET', `/api/v1/customers/${customer}`)).optedOutAt).not.toBeNull();
    expect(await ledgerOf(stage, customer, 'opted_out')).toHaveLength(1);
    const forged = await fetch(`${stage.address}${path.slice(0, -2)}xx`, { method: 'POST', body, headers });
    expect(forged.status).toBe(404);
  });
});
