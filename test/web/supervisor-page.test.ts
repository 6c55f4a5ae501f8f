// A supervisor at the desk, in a real browser: numbers open their rows, a conversation changes hands, a whisper is heard at once.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, nameCustomer, type Somebody, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { colleagueAt } from './desk-people.ts';
import { seriousMistakes } from './mistakes.ts';

const shots = process.env.SCREENSHOTS;
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/web-${name}.png` });
};

describe.skipIf(executablePath === undefined)('the supervisor', () => {
  let desk: Desk;
  let page: Page;
  let agent: Page;
  let lan: Somebody;

  /** What is shown for some seconds is looked for while the program works. */
  const heard = async (look: () => Promise<void>) => {
    await Promise.all([look(), desk.settle()]);
  };

  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    lan = await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan');
    await nameCustomer(desk.stage, lan);
    await afterWriting(desk.stage, lan, 'gặp nhân viên');
    await desk.settle();
    await desk.signIn();
    agent = await colleagueAt(desk, 'minh@ganbo.vn', 'agent');
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, `failed-${task.name.slice(0, 12).replace(/\W/g, '-')}`);
  });

  test('sees who is there and what waits, gives it to an agent, and the agent hears of it at once', async () => {
    await page.getByRole('link', { name: 'Giám sát' }).click();
    await page.getByRole('heading', { level: 1, name: 'Giám sát' }).waitFor();
    const people = page.getByRole('region', { name: 'Đội trực' });
    await people.getByText('minh@ganbo.vn').waitFor();
    await shoot(page, 'supervisor');
    expect(await seriousMistakes(page)).toEqual([]);
    await page.getByRole('button', { name: /^Chưa giao/ }).click();
    const rows = page.getByRole('dialog', { name: 'Chưa giao' });
    await rows.getByRole('link', { name: 'Nguyễn Thị Lan' }).waitFor();
    await rows.getByLabel('Giao cho ai: Nguyễn Thị Lan').selectOption({ label: 'minh@ganbo.vn' });
    await rows.getByText('Không có hội thoại nào.').waitFor();
    await page.keyboard.press('Escape');
    await rows.waitFor({ state: 'detached' });
    await heard(() => agent.getByText('Bạn được giao: Nguyễn Thị Lan').waitFor());
  });

  test('whispers to who leads it; only staff see it', async () => {
    await page.getByRole('button', { name: /minh@ganbo\.vn: Đang xử lý/ }).click();
    const rows = page.getByRole('dialog');
    await rows.getByRole('button', { name: 'Nhắc riêng' }).click();
    await rows.getByLabel('Nhắc riêng minh@ganbo.vn').fill('Hỏi chị còn mấy buổi nhé');
    await shoot(page, 'supervisor-whisper');
    expect(await seriousMistakes(page)).toEqual([]);
    await rows.getByRole('button', { name: 'Gửi nhắc' }).click();
    await rows.getByLabel('Nhắc riêng minh@ganbo.vn').waitFor({ state: 'detached' });
    await heard(() => agent.getByText('Trần Thu Hương nhắc bạn').waitFor());
    await agent.getByText('Hỏi chị còn mấy buổi nhé').first().waitFor();
    const { rows: said } = await desk.stage.db.pool.query(
      `SELECT 1 FROM outbound_messages WHERE content ->> 'text' LIKE '%mấy buổi%'`,
    );
    expect(said).toEqual([]);
  });

  test('agents have no such page, and 390 px are enough for it', async () => {
    expect(await agent.getByRole('link', { name: 'Giám sát' }).count()).toBe(0);
    await agent.goto(`${desk.stage.address}/supervisor`);
    await agent.getByText('Bạn chưa được cấp quyền xem trang này.').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${desk.stage.address}/supervisor`);
    await page.getByRole('region', { name: 'Đội trực' }).waitFor();
    await shoot(page, 'phone-supervisor');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
