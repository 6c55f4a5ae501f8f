// The second factor as a person lives with it: set up by what the page shows, asked for at the next sign-in, refused in
// words when the code is wrong, old or used, and whoever came in without it is out.
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, EMAIL, executablePath, openDesk, PASSWORD } from './desk.ts';
import { seriousMistakes } from './mistakes.ts';
import { shoot } from './shoot.ts';

const PERIOD_MS = 30_000;

describe.skipIf(executablePath === undefined)('the second factor', () => {
  let desk: Desk;
  let page: Page;
  let secret = '';
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-second-factor');
  });

  /** What the phone in one's hand shows now, or showed some time ago. */
  const codeOf = (agoMs = 0) => new TOTP({ secret }).generate({ timestamp: desk.stage.clock.now().getTime() - agoMs });
  const nextCode = () => desk.stage.clock.advance(PERIOD_MS);
  const wrongCode = () => {
    const close = [0, 1, 2].map((n) => codeOf(n * PERIOD_MS));
    return ['000000', '111111', '222222', '333333'].find((code) => !close.includes(code)) ?? '';
  };
  const door = {
    code: () => page.getByLabel('Mã xác thực'),
    enter: () => page.getByRole('button', { name: 'Đăng nhập', exact: true }).click(),
    refused: () =>
      page.getByRole('alert').getByText('Mã xác thực không đúng hoặc đã dùng. Chờ mã mới rồi nhập lại.').waitFor(),
    inside: () => page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor(),
  };
  const leave = async () => {
    await page.getByRole('button', { name: /^Tài khoản của bạn/ }).click();
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    await page.getByRole('button', { name: 'Đăng nhập', exact: true }).waitFor();
  };
  const tell = async () => {
    await page.getByLabel('E-mail').fill(EMAIL);
    await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await door.enter();
    await door.code().waitFor();
  };
  /** Tries a code that must not open, and reads why. */
  const tryInVain = async (code: string) => {
    await door.code().fill(code);
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/session'));
    await door.enter();
    expect((await answered).status()).toBe(401);
    await door.refused();
  };

  test('is set up by the secret on the page; a wrong code changes nothing; who came in without it is out', async () => {
    const other = await desk.browser.newPage({ locale: 'vi-VN' });
    await desk.signIn(other);
    await page.goto(`${desk.stage.address}/account`);
    const card = page.getByRole('region', { name: 'Xác thực hai lớp', exact: true });
    await card.getByLabel(/^Mật khẩu hiện tại/).fill(PASSWORD);
    await card.getByRole('button', { name: 'Bật xác thực hai lớp' }).click();
    await card.getByRole('img', { name: /Mã QR/ }).waitFor();
    secret = (await card.locator('pre, code').first().textContent()) ?? '';
    await card.getByLabel('Mã 6 số').fill(wrongCode());
    await card.getByRole('button', { name: 'Xác nhận mã' }).click();
    await card.getByRole('alert').getByText('Mã chưa đúng. Chờ mã mới rồi nhập lại.').waitFor();
    const { rows } = await desk.stage.db.pool.query('SELECT totp_since FROM staff_members');
    expect(rows).toEqual([{ totp_since: null }]);
    // Digits as the app on the phone writes them.
    await card.getByLabel('Mã 6 số').fill(codeOf().replace(/^.../, '$& '));
    await card.getByRole('button', { name: 'Xác nhận mã' }).click();
    await card.getByText('Đang bật').waitFor();
    await page.reload();
    await card.getByText('Đang bật').waitFor();
    await desk.settle();
    await other.goto(`${desk.stage.address}/account`);
    await other.getByRole('button', { name: 'Đăng nhập', exact: true }).waitFor();
    await other.close();
  });

  test('is asked for at the next sign-in; wrong, old and used codes are refused in words', async () => {
    await leave();
    await tell();
    expect(await seriousMistakes(page)).toEqual([]);
    expect(await door.code().evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true);
    // The code that confirmed it is used up, though its thirty seconds are not over.
    await tryInVain(codeOf());
    await tryInVain(wrongCode());
    nextCode();
    const old = codeOf(4 * PERIOD_MS);
    if (old !== codeOf()) await tryInVain(old);
    await shoot(page, 'second-factor-refused');
    expect(await page.getByLabel('E-mail').inputValue()).toBe(EMAIL);
    const opens = codeOf();
    await door.code().fill(opens);
    await door.enter();
    await door.inside();
    await leave();
    await tell();
    await tryInVain(opens);
    nextCode();
    await door.code().fill(codeOf());
    await door.enter();
    await door.inside();
  });

  test('is asked for as well when the session ends while one works', async () => {
    nextCode();
    await page.goto(`${desk.stage.address}/tasks`);
    await page.getByRole('heading', { level: 1, name: 'Việc cần làm' }).waitFor();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Vụ việc' }).click();
    const dialog = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' });
    await dialog.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Đăng nhập' }).click();
    await dialog.getByLabel('Mã xác thực').fill(codeOf());
    await dialog.getByRole('button', { name: 'Đăng nhập' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('heading', { level: 1, name: 'Vụ việc' }).waitFor();
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems.filter((line) => !line.includes('status of 400'))).toEqual([]);
  });
});
