// Those who look after the desk, in a real browser: forms instead of JSON, channels that say what to do, what got stuck.
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nameCustomer, type Somebody, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { seriousMistakes } from './mistakes.ts';

const shots = process.env.SCREENSHOTS;
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/web-${name}.png`, fullPage: true });
};

describe.skipIf(executablePath === undefined)('settings', () => {
  let desk: Desk;
  let page: Page;
  let lan: Somebody;
  const open = async (path: string) => {
    await page.goto(`${desk.stage.address}/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
  };
  const rows = async (sql: string, values: unknown[] = []) => (await desk.stage.db.pool.query(sql, values)).rows;

  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    lan = await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan');
    await nameCustomer(desk.stage, lan);
    await desk.signIn();
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, `failed-${task.name.slice(0, 12).replace(/\W/g, '-')}`);
  });

  test('business hours are a form: a mistake is said under its field, what is saved is in the history', async () => {
    await open('settings/hours');
    const week = page.getByRole('form', { name: 'Giờ làm việc trong tuần' });
    const from = week.getByRole('group', { name: 'Thứ hai' }).getByLabel('Thứ hai: Từ');
    await from.fill('8h');
    await week.getByText('Chưa đúng dạng').waitFor();
    expect(await week.getByRole('button', { name: 'Lưu' }).isDisabled()).toBe(true);
    await from.fill('19:00');
    await week.getByText('Lúc kết thúc phải sau lúc bắt đầu.').waitFor();
    await from.fill('07:30');
    await shoot(page, 'settings-hours');
    await week.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('huong@ganbo.vn sửa lần cuối').waitFor();
    await page.getByText(/Giờ làm việc và ngày nghỉ: mon/).waitFor();
    const [row] = await rows(`SELECT value -> 'mon' AS mon FROM settings WHERE name = 'business_hours'`);
    expect(row.mon).toEqual([{ from: '07:30', to: '18:00' }]);
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('what was written is not lost by going elsewhere', async () => {
    await open('settings/hours');
    const sla = page.getByRole('form', { name: 'Thời hạn' });
    await sla.getByLabel('Trả lời lần đầu trong (phút làm việc)').fill('15');
    page.once('dialog', (dialog) => void dialog.dismiss());
    await page.getByRole('link', { name: 'Kênh' }).click();
    expect(await sla.getByLabel('Trả lời lần đầu trong (phút làm việc)').inputValue()).toBe('15');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('link', { name: 'Kênh' }).click();
    await page.getByRole('heading', { level: 2, name: 'Kênh' }).waitFor();
  });

  test('a channel that lost its token says what to do', async () => {
    await rows(
      `INSERT INTO channel_tokens (channel, account_id, access_token, key_id, status, reason, updated_at)
       SELECT 'zalo', account_id, 'x', 'x', 'needs_reauthorisation', '-14014', now() FROM channel_identities WHERE channel = 'zalo' LIMIT 1
       ON CONFLICT (channel, account_id) DO UPDATE SET status = 'needs_reauthorisation'`,
    );
    await open('settings/channels');
    const zalo = page.getByRole('region', { name: 'Zalo' });
    await zalo.getByText('Bấm “Kết nối lại OA”').first().waitFor();
    await zalo.getByRole('button', { name: 'Kết nối lại OA' }).waitFor();
    await shoot(page, 'settings-channels');
    expect(await seriousMistakes(page)).toEqual([]);
    await rows(`UPDATE channel_tokens SET status = 'active'`);
  });

  test('what got stuck is read, and one message is ended as a person saw it', async () => {
    const [thread] = await rows(
      `SELECT c.id, c.identity_id, c.customer_id FROM conversations c JOIN channel_identities i ON i.id = c.identity_id WHERE i.channel = 'zalo' LIMIT 1`,
    );
    const id = randomUUID();
    await rows(
      `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
         status, reason, attempts, available_at, sending_at, created_at)
       VALUES ($1, $2, $3, $4, 'zalo', 'a', '{"kind":"text","text":"Dạ em gửi chị bảng giá ạ"}', 'answer', 'flow', 'parked', 'Không rõ', 1, $5, $5, $5)`,
      [id, thread.id, thread.identity_id, thread.customer_id, desk.stage.clock.now()],
    );
    const eventId = randomUUID();
    await rows(
      `INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
       VALUES ($1, 'zalo', 'a', $2, 'reaction', 'x', $3, $3, '{"kind":"nonsense","text":"<b>xin chào</b>"}')`,
      [eventId, thread.identity_id, desk.stage.clock.now()],
    );
    await rows(
      `INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at, attempts, parked_at, reason) VALUES ($1, $2, $3, $3, 5, $3, 'step "hoi" is broken')`,
      [eventId, thread.identity_id, desk.stage.clock.now()],
    );
    await open('settings/stuck');
    await page.getByText('step "hoi" is broken').waitFor();
    await page.getByText('Nội dung nhận được').click();
    await page.getByText('<b>xin chào</b>').waitFor();
    await shoot(page, 'settings-stuck');
    expect(await seriousMistakes(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'Chọn Nguyễn Thị Lan' }).check();
    await page.getByRole('button', { name: 'Bỏ 1 mục' }).click();
    await page.getByLabel('Lý do bỏ').fill('Sự kiện thử');
    await page.getByRole('button', { name: 'Bỏ', exact: true }).click();
    await page.getByText('Không có gì bị kẹt.').waitFor();
    expect(await rows('SELECT 1 FROM inbound_queue WHERE event_id = $1', [eventId])).toEqual([]);
    await page.getByRole('tab', { name: /Tin gửi đi/ }).click();
    await page.getByText('Dạ em gửi chị bảng giá ạ').waitFor();
    await shoot(page, 'settings-stuck-messages');
    await page.getByRole('combobox', { name: 'Chọn mọi tin cùng lý do' }).click();
    await page.getByRole('option', { name: 'Không rõ (1)' }).click();
    await page.getByRole('group', { name: 'Chọn nhiều tin' }).getByRole('button', { name: 'Đã tới (1)' }).click();
    await page.getByText('Không có gì bị kẹt.').waitFor();
    expect(await rows('SELECT status FROM outbound_messages WHERE id = $1', [id])).toEqual([{ status: 'sent' }]);
  });

  test('a reply with places for facts is previewed, saved and changed', async () => {
    await open('settings/canned');
    const form = page.getByRole('form', { name: 'Thêm' });
    await form.getByLabel('Gõ tắt').fill('chao');
    await form.getByLabel('Tên').fill('Chào khách');
    await form.getByLabel('Nội dung').fill('Dạ em chào {address} ');
    await form.getByRole('button', { name: '{customer.name}' }).click();
    await form.getByText('Dạ em chào chị Nguyễn Thị Lan').waitFor();
    await shoot(page, 'settings-canned');
    await form.getByRole('button', { name: 'Thêm' }).click();
    await page.getByText('/chao · Chào khách').waitFor();
    await page.getByRole('button', { name: 'Sửa mẫu Chào khách' }).click();
    const change = page.getByRole('form', { name: 'Sửa mẫu Chào khách' });
    await change.getByLabel('Tên').fill('Lời chào');
    await change.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('/chao · Lời chào').waitFor();
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('a team, a member with skills, and a key that is shown once', async () => {
    await open('settings/teams');
    await page.getByLabel('Nhóm mới').fill('Spa');
    await page.getByRole('button', { name: 'Thêm' }).click();
    await page.getByText('Spa', { exact: true }).waitFor();
    await open('settings/staff');
    await page.getByLabel('Tên').fill('Minh');
    await page.getByLabel('E-mail').fill('minh@ganbo.vn');
    await page.getByRole('button', { name: 'Mời nhân viên' }).click();
    await page
      .getByRole('status')
      .getByText(/\/links\//)
      .waitFor();
    await page.getByRole('button', { name: 'Sửa Minh' }).click();
    const form = page.getByRole('form', { name: 'Sửa Minh' });
    await form.getByLabel('Kỹ năng').fill('messenger, spa');
    await form.getByLabel('Số hội thoại cùng lúc').fill('4');
    await form.getByLabel('Nhóm').selectOption({ label: 'Spa' });
    await shoot(page, 'settings-staff');
    await form.getByRole('button', { name: 'Lưu' }).click();
    await form.waitFor({ state: 'detached' });
    const [minh] = await rows(`SELECT skills, capacity FROM staff_members WHERE email = 'minh@ganbo.vn'`);
    expect(minh).toEqual({ skills: ['messenger', 'spa'], capacity: 4 });
    expect(await seriousMistakes(page)).toEqual([]);
    await open('settings/keys');
    const key = page.getByRole('form', { name: 'Tạo khóa' });
    await key.getByLabel('Tên').fill('crm');
    await key.getByLabel('Đọc hội thoại').check();
    await key.getByRole('button', { name: 'Tạo khóa' }).click();
    await key.getByText(/^gb_/).waitFor();
    await shoot(page, 'settings-keys');
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test.each(['hours', 'channels', 'stuck', 'canned', 'staff', 'teams', 'keys', 'webhooks'])(
    '%s fits a small screen in the dark',
    async (section) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await open(`settings/${section}`);
      await shoot(page, `phone-settings-${section}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      expect(await seriousMistakes(page)).toEqual([]);
    },
  );

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
