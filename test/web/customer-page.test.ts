// Everything of one customer in a real browser: read, filled in, joined, parted, and forgotten. Skipped without Chromium.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../outside/until.ts';
import { afterWriting, nameCustomer, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { colleagueAt } from './desk-people.ts';
import { seriousMistakes } from './mistakes.ts';
import { shoot } from './shoot.ts';

const names = ['', 'history', 'business', 'care', 'rights', 'join'];

describe.skipIf(executablePath === undefined)('the page of a customer', () => {
  let desk: Desk;
  let page: Page;
  let externalId: string;
  const sections = ['Hồ sơ', 'Nhật ký', 'Gói và đơn hàng', 'Chăm sóc', 'Đồng ý và quyền', 'Gộp và tách'];
  const open = async (s: string, who = externalId, on = page) => {
    await on.goto(`${desk.stage.address}/customers/${who}${s === '' ? '' : `?s=${s}`}`);
    await on.getByRole('heading', { level: 1 }).waitFor();
    await on.locator('[aria-busy]').first().waitFor({ state: 'detached' });
  };
  const places = (on: Page) => on.getByRole('navigation', { name: 'Hồ sơ' }).getByRole('link').allTextContents();

  beforeAll(async () => {
    desk = await openDesk();
    ({ page } = desk);
    const { stage } = desk;
    const lan = await welcomed(stage, 'zalo', 'Nguyễn Thị Lan');
    externalId = await nameCustomer(stage, lan);
    await afterWriting(stage, lan, 'đặt lịch đào tạo');
    const chi = await welcomed(stage, 'messenger', 'Lan Nguyễn Spa');
    await afterWriting(stage, chi, 'xin chào');
    const body = { customer: externalId, product: 'spa', plan: 'Cơ bản', status: 'active', expiresAt: '2027-05-01' };
    await stage.api('PUT', '/api/v1/subscriptions/S-1', { ...body, value: 5_000_000 });
    await stage.api('PUT', '/api/v1/subscriptions/S-1', { ...body, expiresAt: '2028-05-01' });
    await stage.api('POST', '/api/v1/orders', { id: 'O-1', customer: externalId, amount: 5_000_000, at: '2026-10-01' });
    const usage = [9, 10, 11].map((month) => ({
      ...{ customer: externalId, metric: 'lich_hen', value: month * 7, idempotencyKey: `u${month}` },
      at: `2026-${String(month).padStart(2, '0')}-03`,
    }));
    await stage.api('POST', '/api/v1/usage', usage);
    await stage.api('POST', '/api/v1/cases', {
      customer: externalId,
      reason: `Không in được hoá đơn ${'rất '.repeat(80)}dài`,
    });
    await stage.api('POST', '/api/v1/tasks', { customer: externalId, title: 'Gọi lại cho chị Lan' });
    await desk.settle();
    await desk.signIn();
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await shoot(page, `failed-customer-${task.name.slice(0, 20).replace(/\W/g, '-')}`);
  });

  test('its sections stand in a row, one of them is where one is', async () => {
    await open('');
    expect(await places(page)).toEqual(sections);
  });

  test.each(names)('the section "%s" has an address of its own and nothing seriously wrong', async (s) => {
    await open(s);
    expect(await page.getByRole('navigation', { name: 'Hồ sơ' }).locator('[aria-current]').count()).toBe(1);
    await shoot(page, `customer-${s || 'record'}`);
    expect(await page.getByText('Không tải được').count()).toBe(0);
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('plans are called as the catalogue calls them', async () => {
    await open('business');
    await page.getByText('Phần mềm quản lý spa · Cơ bản · S-1').waitFor();
  });

  test('what is learnt is filled in and stands in the ledger; a filter is in the address', async () => {
    await open('');
    await page.getByRole('button', { name: 'Sửa hồ sơ' }).click();
    await page.getByLabel('Ngành').fill('spa');
    await page.getByLabel('Ngày sinh').fill('1990-12-01');
    await page.getByLabel('Nhãn').fill('vip, <b>thân thiết</b>');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await page.getByRole('group', { name: 'Nhãn' }).getByText('<b>thân thiết</b>').waitFor();
    await page.getByText('1990-12-01').waitFor();
    await page.getByRole('link', { name: 'Nhật ký' }).click();
    await page.getByText('Lưu hồ sơ').first().waitFor();
    await page.getByRole('combobox', { name: 'Loại' }).click();
    await page.getByRole('option', { name: 'Trò chuyện' }).click();
    await page.getByText('đặt lịch đào tạo').first().waitFor();
    expect(page.url()).toContain('kind=talk');
    await page.reload();
    await page.getByText('đặt lịch đào tạo').first().waitFor();
    expect(await page.getByText('Lưu hồ sơ').count()).toBe(0);
  });

  test('a no is noted with how they said so', async () => {
    await open('rights');
    await page.getByLabel('Khách nói ở đâu, lúc nào').fill('gọi điện sáng nay');
    await page.getByRole('region', { name: 'Đồng ý nhận tin' }).getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('Từ chối · Đang có hiệu lực').waitFor();
    await page.getByText(/gọi điện sáng nay/).waitFor();
    await page.getByLabel('Nhận qua').fill('hotline');
    await page.getByRole('button', { name: 'Ghi yêu cầu' }).click();
    await page.getByText(/Phải xong trước/).waitFor();
  });

  test('the other record is found, looked at, merged; undone; a chat account is parted and comes back', async () => {
    await open('join');
    await page.getByLabel('Tìm hồ sơ kia').fill('lan nguyen spa');
    await page.getByRole('button', { name: 'Xem trước: Lan Nguyễn Spa' }).click();
    await page.getByText(/1 hội thoại/).waitFor();
    await shoot(page, 'customer-merge-preview');
    await page.getByRole('button', { name: 'Gộp hai hồ sơ' }).click();
    await page.getByText('Gộp “', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: /^Tách: Messenger/ }).click();
    await page.getByRole('button', { name: 'Tách', exact: true }).click();
    await page.getByRole('link', { name: 'Mở hồ sơ kia' }).waitFor();
    expect(await seriousMistakes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Hoàn tác: Tách tài khoản chat' }).click();
    await page.getByRole('button', { name: /^Tách: Messenger/ }).waitFor();
  });

  test('an agent reads and fills in, but merges, exports and erases nobody', async () => {
    const agent = await colleagueAt(desk, 'an@ganbo.vn', 'agent');
    await open('rights', externalId, agent);
    expect(await places(agent)).toEqual(sections.filter((name) => name !== 'Gộp và tách'));
    expect(await agent.getByText('Xóa khách hàng').count()).toBe(0);
    expect(await agent.getByText('Yêu cầu theo luật').count()).toBe(0);
    await agent.getByText('Ghi điều khách vừa nói').waitFor();
    const marketer = await colleagueAt(desk, 'mai@ganbo.vn', 'marketer');
    await open('', externalId, marketer);
    expect(await marketer.getByRole('button', { name: 'Sửa hồ sơ' }).count()).toBe(0);
    await Promise.all([agent.close(), marketer.close()]);
  });

  test.each(names)('at 390 px, dark, nothing of "%s" is wider than the screen', async (s) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(s);
    await shoot(page, `customer-phone-${s || 'record'}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('whoever only chatted has a page by our own id; nobody there says so; erasing asks for a word', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    const bao = await welcomed(desk.stage, 'zalo', 'Trần Quốc Bảo');
    await afterWriting(desk.stage, bao, 'chào em');
    await desk.settle();
    await until('the name that the channel tells', async () => {
      await desk.settle();
      const { rows } = await desk.stage.db.pool.query(
        `SELECT 1 FROM channel_identities WHERE display_name = 'Trần Quốc Bảo'`,
      );
      return rows[0];
    });
    await page.goto(`${desk.stage.address}/customers?q=quoc+bao`);
    await page.getByRole('region', { name: 'Kết quả tìm' }).getByText('Trần Quốc Bảo').first().click();
    await page.getByRole('heading', { level: 1, name: 'Trần Quốc Bảo' }).waitFor();
    await page.getByRole('link', { name: 'Đồng ý và quyền' }).click();
    await page.getByRole('button', { name: 'Xóa khách hàng' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Xóa vĩnh viễn' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Gõ “xóa” để xác nhận').fill('xóa');
    await shoot(page, 'customer-erase');
    expect(await seriousMistakes(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Xóa vĩnh viễn' }).click();
    await page.getByText('Đã xóa. Biên nhận:').waitFor();
    await page.goto(`${desk.stage.address}/customers/KH-KHONG-CO`);
    await page.getByText('Không có khách hàng này').waitFor();
  });

  test('the browser complained about nothing but what was not there', () => {
    expect(desk.problems.filter((line) => !line.includes('status of 404'))).toEqual([]);
  });
});
