// Tasks and cases in a real browser: whose, until when, done with what came of it. Skipped without Chromium.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { ledgerOf, must, nameCustomer, welcomed } from '../stories/scenes.ts';
import { type Desk, EMAIL, executablePath, openDesk } from './desk.ts';
import { colleagueAt } from './desk-people.ts';
import { seriousMistakes } from './mistakes.ts';
import { shoot } from './shoot.ts';

describe.skipIf(executablePath === undefined)('tasks and cases', () => {
  let desk: Desk;
  let page: Page;
  let customer: string;
  const inMinutes = (minutes: number) => new Date(desk.stage.clock.now().getTime() + minutes * MINUTE_MS).toISOString();
  const task = (title: string, minutes: number, more: object = {}) =>
    must(desk.stage, 'POST', '/api/v1/tasks', { customer, title, dueAt: inMinutes(minutes), ...more });
  const open = async (path: string, on = page) => {
    await on.goto(`${desk.stage.address}/${path}`);
    await on.getByRole('heading', { level: 1 }).waitFor();
    await on.locator('[aria-busy]').first().waitFor({ state: 'detached' });
  };
  const titles = (on = page) => on.getByRole('row').locator('td:first-child').allInnerTexts();

  beforeAll(async () => {
    desk = await openDesk();
    ({ page } = desk);
    const lan = await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan');
    customer = await nameCustomer(desk.stage, lan);
    await desk.stage.db.pool.query('DELETE FROM tasks');
    await task('Gọi gia hạn', 600, { kind: 'renewal_call' });
    await task('Đã trễ rồi', -600, { owner: EMAIL });
    await task(`Một việc ${'rất '.repeat(60)}dài <img src=x onerror=alert(1)>`, 60);
    await must(desk.stage, 'POST', '/api/v1/cases', { customer, reason: 'Không in được hoá đơn', kind: 'complaint' });
    await desk.signIn();
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });
  afterEach(async ({ task: { result, name } }) => {
    if (result?.state === 'fail') await shoot(page, `failed-tasks-${name.slice(0, 20).replace(/\W/g, '-')}`);
  });

  test('what is due first stands first, late ones stand out, filters are in the address', async () => {
    await open('tasks');
    const beginnings = async () => (await titles()).map((title) => title.slice(0, 8));
    await expect.poll(beginnings).toEqual(['Đã trễ r', 'Một việc', 'Gọi gia ']);
    expect(await page.getByText('Quá hạn', { exact: true }).count()).toBe(1);
    await shoot(page, 'tasks');
    expect(await seriousMistakes(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Người phụ trách' }).click();
    await page.getByRole('option', { name: 'Của tôi' }).click();
    await page.waitForURL(/who=mine/);
    // A list that is being read has no rows yet.
    await expect.poll(() => titles()).toEqual(['Đã trễ rồi']);
    await open('tasks?kind=renewal_call');
    await expect.poll(() => titles()).toEqual(['Gọi gia hạn']);
    await open('tasks?late=true&kind=renewal_call');
    await page.getByText('Không có gì khớp bộ lọc.').waitFor();
  });

  test('a task is opened by the keyboard, taken, moved and done with what came of it', async () => {
    await open('tasks');
    await page.getByRole('link', { name: 'Gọi gia hạn', exact: true }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Nhận', exact: true }).click();
    await dialog.getByText('Trần Thu Hương').first().waitFor();
    await dialog.getByLabel('Hạn mới').fill('2026-12-24T15:00');
    await dialog.getByRole('button', { name: 'Đổi hạn' }).click();
    await dialog.getByText('24/12/2026 15:00').waitFor();
    await shoot(page, 'task-open');
    expect(await seriousMistakes(page)).toEqual([]);
    await dialog.getByLabel('Kết quả').fill('Khách gia hạn một năm');
    await dialog.getByRole('button', { name: 'Đánh dấu xong' }).click();
    // The field itself holds the same words: it is gone when the task is done.
    await dialog.getByLabel('Kết quả').waitFor({ state: 'detached' });
    await dialog.getByText('Khách gia hạn một năm').waitFor();
    expect(await ledgerOf(desk.stage, customer, 'task_done')).toMatchObject([{ data: { by: EMAIL } }]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Gọi gia hạn', exact: true }).waitFor({ state: 'detached' });
  });

  test('a case is given away, closed in words for the customer, and opened again', async () => {
    const agent = await colleagueAt(desk, 'an@ganbo.vn', 'agent');
    await open('cases');
    await page.getByRole('link', { name: 'Không in được hoá đơn' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Giao cho' }).fill('an@');
    await page.getByRole('option', { name: 'an@ganbo.vn' }).click();
    await dialog.locator('dd', { hasText: 'an@ganbo.vn' }).waitFor();
    await open('cases?who=mine', agent);
    await agent.getByRole('link', { name: 'Không in được hoá đơn' }).click();
    const own = agent.getByRole('dialog');
    expect(await own.getByRole('button', { name: 'Đóng vụ việc' }).isDisabled()).toBe(true);
    await own.getByLabel('Kết quả').fill('đã cài lại máy in cho tiệm');
    await own.getByRole('button', { name: 'Đóng vụ việc' }).click();
    await own.getByLabel('Vì sao mở lại').fill('vẫn chưa in được');
    await shoot(agent, 'case-closed');
    expect(await seriousMistakes(agent)).toEqual([]);
    await own.getByRole('button', { name: 'Mở lại' }).click();
    await own.getByRole('button', { name: 'Đóng vụ việc' }).waitFor();
    const told = await ledgerOf(desk.stage, customer, 'case_closed', 'case_opened');
    expect(told.map(({ kind }) => kind)).toEqual(['case_opened', 'case_closed', 'case_opened']);
    await agent.close();
  });

  test('who may not work on it only reads; what is not there says so; a failed list can be asked again', async () => {
    const marketer = await colleagueAt(desk, 'mai@ganbo.vn', 'marketer');
    await open('tasks', marketer);
    await marketer.getByRole('link', { name: 'Đã trễ rồi' }).click();
    const dialog = marketer.getByRole('dialog');
    await dialog.getByText('Trần Thu Hương').first().waitFor();
    expect(await dialog.getByRole('button', { name: 'Đánh dấu xong' }).count()).toBe(0);
    await marketer.goto(`${desk.stage.address}/tasks?open=0b1f8d1e-93a5-7000-8000-000000000000`);
    await marketer.getByText('Không có việc này').waitFor();
    await marketer.route('**/api/v1/tasks?*', (route) => route.abort());
    await marketer.goto(`${desk.stage.address}/tasks`);
    await marketer.getByRole('button', { name: 'Thử lại' }).waitFor();
    await marketer.unroute('**/api/v1/tasks?*');
    await marketer.getByRole('button', { name: 'Thử lại' }).click();
    await marketer.getByText('Đã trễ rồi').waitFor();
    await marketer.close();
  });

  test('at 390 px, dark, nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const path of ['tasks', 'cases?done=true']) {
      await open(path);
      await shoot(page, `${path.slice(0, 5)}-phone`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(390);
      expect(await seriousMistakes(page), path).toEqual([]);
    }
    await page.getByRole('link', { name: 'Không in được hoá đơn' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Đóng vụ việc' }).waitFor();
    await shoot(page, 'case-phone');
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
