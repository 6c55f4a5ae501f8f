// One's own account in a real browser: name, away, password, second factor, sessions, and the way back in.
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, executablePath, openDesk, PASSWORD } from './desk.ts';
import { seriousMistakes } from './mistakes.ts';

const shots = process.env.SCREENSHOTS;
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/web-${name}.png`, fullPage: true });
};
const NEXT = 'một câu thật dài dễ nhớ 9';

describe.skipIf(executablePath === undefined)('the own account', () => {
  let desk: Desk;
  let page: Page;

  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await desk.signIn();
    await page.goto(`${desk.stage.address}/account`);
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, `failed-${task.name.slice(0, 12).replace(/\W/g, '-')}`);
  });
  const card = (name: string) => page.getByRole('region', { name, exact: true });

  test('name and being away are kept', async () => {
    const profile = card('Hồ sơ');
    await profile.getByLabel('Tên').fill('Trần Hương');
    await profile.getByLabel('Tạm vắng').check({ force: true });
    expect(await seriousMistakes(page)).toEqual([]);
    await profile.getByRole('button', { name: 'Lưu' }).click();
    await profile.getByRole('button', { name: 'Lưu' }).waitFor({ state: 'detached' });
    const { rows } = await desk.stage.db.pool.query('SELECT name, is_away FROM staff_members');
    expect(rows).toEqual([{ name: 'Trần Hương', is_away: true }]);
  });

  test('the second factor is scanned, confirmed, and taken off again', async () => {
    const totp = card('Xác thực hai lớp');
    await totp.getByLabel(/^Mật khẩu hiện tại/).fill('sai');
    await totp.getByRole('button', { name: 'Bật xác thực hai lớp' }).click();
    await totp.getByText('Mật khẩu hiện tại không đúng').waitFor();
    await totp.getByLabel(/^Mật khẩu hiện tại/).fill(PASSWORD);
    await totp.getByRole('button', { name: 'Bật xác thực hai lớp' }).click();
    await totp.getByRole('img', { name: /Mã QR/ }).waitFor();
    await shoot(page, 'account-totp');
    expect(await seriousMistakes(page)).toEqual([]);
    const secret = (await totp.locator('pre, code').first().textContent()) ?? '';
    const code = new TOTP({ secret }).generate({ timestamp: desk.stage.clock.now().getTime() });
    await totp.getByLabel('Mã 6 số').fill(code);
    await totp.getByRole('button', { name: 'Xác nhận mã' }).click();
    await totp.getByText('Đang bật').waitFor();
    await totp.getByLabel(/^Mật khẩu hiện tại/).fill(PASSWORD);
    await totp.getByRole('button', { name: 'Tắt xác thực hai lớp' }).click();
    await totp.getByText('Đang tắt').waitFor();
  });

  test('a new password ends every other session and keeps this one', async () => {
    const other = await desk.browser.newPage();
    await desk.signIn(other);
    const words = card('Đổi mật khẩu');
    await words.getByLabel(/^Mật khẩu hiện tại/).fill(PASSWORD);
    await words.getByLabel(/^Mật khẩu mới/).fill('12345678');
    await words.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await words.getByText('chưa đủ an toàn').waitFor();
    await words.getByLabel(/^Mật khẩu mới/).fill(NEXT);
    await words.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await words.getByText('Đã đổi mật khẩu').waitFor();
    await card('Nơi đang đăng nhập').getByText('Máy này').waitFor();
    await desk.settle();
    await other.reload();
    await other.getByRole('button', { name: 'Đăng nhập' }).waitFor();
    await other.close();
  });

  test('who forgot the password asks for a link, or is told whom to ask when there is no mail server', async () => {
    const stranger = await desk.browser.newPage({ viewport: { width: 390, height: 844 }, locale: 'vi-VN' });
    stranger.setDefaultTimeout(20_000);
    await stranger.goto(`${desk.stage.address}/sign-in`);
    await stranger.getByRole('link', { name: 'Quên mật khẩu?' }).click();
    await stranger.getByLabel('E-mail').fill('huong@ganbo.vn');
    await stranger.getByRole('button', { name: 'Gửi liên kết' }).click();
    await stranger.getByText(/Nhờ quản trị viên|Nếu e-mail này có trong hệ thống/).waitFor();
    await shoot(stranger, 'phone-forgotten');
    expect(await seriousMistakes(stranger)).toEqual([]);
    await stranger.close();
  });

  test('fits a small screen in the dark, and everything is reached by keyboard', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${desk.stage.address}/account`);
    await card('Nơi đang đăng nhập').getByText('Máy này').waitFor();
    await shoot(page, 'phone-account');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await seriousMistakes(page)).toEqual([]);
    await card('Hồ sơ').getByLabel('Tên').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await card('Hồ sơ').getByRole('button', { name: 'Lưu' }).waitFor();
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems.filter((problem) => !problem.includes('status of 4'))).toEqual([]);
  });
});
