// A day at the desk in a real browser. Skipped, with a hint, where no Chromium is installed.
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, nameCustomer, type Somebody, said, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk, PASSWORD } from './desk.ts';

if (executablePath === undefined)
  console.warn('No Chromium found: install it (apt install chromium) or set CHROMIUM_PATH.');

type Violation = { id: string; impact: string; nodes: { html: string }[] };

/** Serious mistakes that rules can find; evaluated from outside, so that the page's policy stays as it is. */
async function seriousMistakes(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: Violation[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const shots = process.env.SCREENSHOTS;
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/web-${name}.png` });
};

describe.skipIf(executablePath === undefined)('the staff app', () => {
  let desk: Desk;
  let page: Page;
  let lan: Somebody;

  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    lan = await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan');
    await nameCustomer(desk.stage, lan);
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, `failed-${task.name.slice(0, 12).replace(/\W/g, '-')}`);
  });

  test('a wrong password is refused in words, the right one leads in', async () => {
    await page.goto(`${desk.stage.address}/inbox/mine`);
    await page.getByLabel('E-mail').fill('huong@ganbo.vn');
    await page.getByLabel('Mật khẩu', { exact: true }).fill('sai rồi');
    await shoot(page, 'sign-in');
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByRole('alert').getByText('E-mail hoặc mật khẩu không đúng').waitFor();
    expect(await seriousMistakes(page)).toEqual([]);
    await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page
      .getByRole('link', { name: /Của tôi/ })
      .and(page.locator('[aria-current="page"]'))
      .waitFor();
  });

  test('who asks for a person appears, is taken, answered and handed back to the asked question', async () => {
    await page.getByRole('link', { name: /Đang chờ/ }).click();
    await page.getByText('Không còn khách nào đang chờ.').waitFor();
    await afterWriting(desk.stage, lan, 'đặt lịch đào tạo');
    const question = said(desk.stage, lan).at(-1);
    await afterWriting(desk.stage, lan, '<b>gặp nhân viên</b> giúp chị');
    await afterWriting(desk.stage, lan, 'gặp nhân viên');
    await desk.settle();
    await page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText('Nguyễn Thị Lan').click();
    await page.getByRole('log').getByText('<b>gặp nhân viên</b> giúp chị').waitFor();
    await shoot(page, 'inbox-waiting');
    expect(await seriousMistakes(page)).toEqual([]);

    await page.getByRole('button', { name: 'Nhận', exact: true }).click();
    await page.getByText('Trần Thu Hương đang trả lời').waitFor();
    await page.getByRole('textbox', { name: 'Nội dung trả lời' }).fill('Dạ em Hương đây, em hỗ trợ chị ngay ạ.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('log').getByText('Dạ em Hương đây').waitFor();
    await desk.settle();
    expect(said(desk.stage, lan).at(-1)).toBe('Dạ em Hương đây, em hỗ trợ chị ngay ạ.');
    expect(await page.getByRole('textbox', { name: 'Nội dung trả lời' }).inputValue()).toBe('');

    const before = said(desk.stage, lan).length;
    await page.getByRole('button', { name: 'Trả cho bot' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Trả cho bot' }).click();
    await page.getByText('Bot đang trả lời', { exact: true }).first().waitFor();
    await desk.settle();
    expect(said(desk.stage, lan).slice(before)).toEqual([question]);
    await shoot(page, 'inbox-handed-back');
  });

  test('a session that ends while somebody writes is begun again, and the text is still there', async () => {
    const field = page.getByRole('textbox', { name: 'Nội dung trả lời' });
    await field.fill('Chị ơi, em gửi chị báo giá');
    await page.context().clearCookies();
    await page.keyboard.press('Control+Enter');
    const dialog = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' });
    await dialog.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Đăng nhập' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await field.inputValue()).toBe('Chị ơi, em gửi chị báo giá');
    await page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe('Chị ơi, em gửi chị báo giá');
  });

  test.each([
    ['tasks', 'Việc cần làm'],
    ['cases', 'Vụ việc'],
    ['customers?q=lan', 'Tìm khách hàng'],
    ['settings/channels', 'Cài đặt'],
    ['settings/staff', 'Cài đặt'],
    ['settings/canned', 'Cài đặt'],
    ['settings/hours', 'Cài đặt'],
    ['settings/keys', 'Cài đặt'],
    ['settings/webhooks', 'Cài đặt'],
  ])('/%s opens and has no serious mistake', async (path, title) => {
    await page.goto(`${desk.stage.address}/${path}`);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
    await shoot(page, path.replace(/\W/g, '-'));
    expect(await page.getByText('Không tải được').count()).toBe(0);
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('at 390 px one thing at a time, nothing wider than the screen; dark', async () => {
    await afterWriting(desk.stage, lan, 'cho chị gặp nhân viên');
    await desk.settle();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${desk.stage.address}/inbox/all`);
    const row = page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText('Nguyễn Thị Lan');
    await row.waitFor();
    await shoot(page, 'phone-list');
    expect(await seriousMistakes(page)).toEqual([]);
    await row.click();
    await page.getByRole('log').getByText('Dạ em Hương đây').waitFor();
    await shoot(page, 'phone-conversation');
    expect(await row.isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await seriousMistakes(page)).toEqual([]);
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
