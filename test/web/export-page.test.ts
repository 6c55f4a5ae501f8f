// Taking tables away, in a real browser: for whom, for which days, and that the file arrives. Skipped without Chromium.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameCustomer, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { colleagueAt } from './desk-people.ts';
import { seriousMistakes } from './mistakes.ts';
import { shoot } from './shoot.ts';

describe.skipIf(executablePath === undefined)('tables for Excel', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await nameCustomer(desk.stage, await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan'));
    await desk.settle();
    await desk.signIn();
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });

  const open = async (path: string, on = page) => {
    await on.goto(`${desk.stage.address}/${path}`);
    await on.getByRole('heading', { level: 1 }).waitFor();
  };
  const linkTo = (name: string, on = page) => on.getByRole('link', { name: `Tải về (CSV): ${name}` });

  async function take(name: string): Promise<{ file: string; rows: Record<string, string>[] }> {
    const [download] = await Promise.all([page.waitForEvent('download'), linkTo(name).click()]);
    const text = await readFile(await download.path(), 'utf8');
    return { file: download.suggestedFilename(), rows: parse(text, { bom: true, columns: true }) };
  }

  test('customers from where they are looked for; the rest by days', { timeout: 60_000 }, async () => {
    await open('customers');
    const customers = await take('Khách hàng');
    expect(customers.file).toMatch(/^khach-hang-\d{4}-\d\d-\d\d\.csv$/);
    expect(customers.rows).toMatchObject([{ Tên: 'Nguyễn Thị Lan' }]);
    await open('settings/exports');
    await shoot(page, 'settings-exports');
    const ledger = await take('Nhật ký chăm sóc');
    expect(ledger.rows.map((row) => row.Loại)).toContain('message_out');
    expect((await take('Khảo sát')).rows).toEqual([]);
    expect(await seriousMistakes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot(page, 'settings-exports-narrow');
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('days that cannot be are said, and no link leads there', async () => {
    await open('settings/exports');
    const from = page.getByLabel('Từ ngày');
    await from.fill('2020-01-01');
    await page.getByText('chỉ tải được 92 ngày').waitFor();
    expect(await linkTo('Nhật ký chăm sóc').count()).toBe(0);
    expect(await linkTo('Ưu đãi').count()).toBe(1);
    await page.getByLabel('Đến hết ngày').fill('2019-12-31');
    await page.getByText('Ngày đầu phải trước').waitFor();
    expect(await linkTo('Ưu đãi').count()).toBe(0);
    expect(await linkTo('Khách hàng').count()).toBe(1);
    await from.fill('');
    await page.getByText('Hãy chọn đủ hai ngày.').waitFor();
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('who may not take them away sees no way there', async () => {
    const agent = await colleagueAt(desk, 'mai@spa.vn', 'agent');
    await open('customers', agent);
    await agent.getByLabel(/Nhập tên/).waitFor();
    expect(await linkTo('Khách hàng', agent).count()).toBe(0);
    await open('settings/hours', agent);
    expect(await agent.getByRole('link', { name: 'Tải dữ liệu' }).count()).toBe(0);
    expect(desk.problems).toEqual([]);
    await agent.close();
  });
});
