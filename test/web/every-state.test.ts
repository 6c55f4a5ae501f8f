// What pages are while nothing answers, when everything is refused, and on a small screen: nothing waits for ever, what
// failed can be asked again, the open section is in sight and the page does not jump under the finger.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { insidePages, openPage, sectionsOf } from './app-pages.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { type FullDesk, fillDesk } from './full-desk.ts';
import { shoot } from './shoot.ts';

const ASKED = /\/api\/v1\/(?!me$|inbox\/stream)/;
const LOADING = '[aria-busy="true"], [class*="Skeleton-root"]';
const FAILED = 'Không tải được';

describe.skipIf(executablePath === undefined)('every state', () => {
  let desk: Desk;
  let page: Page;
  let full: FullDesk;
  let settings: string[];
  let sections: string[];
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await desk.signIn();
    full = await fillDesk(desk);
    await openPage(page, `${desk.stage.address}/settings`);
    settings = await sectionsOf(page, 'Cài đặt');
    await openPage(page, `${desk.stage.address}/customers/${full.customer}`);
    sections = await sectionsOf(page, 'Hồ sơ');
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(() => page.unroute(ASKED));

  test('what cannot be read is said, on every page that reads, and nothing waits for ever', async () => {
    const body = JSON.stringify({ error: { code: 'internal', message: 'Something went wrong.' } });
    const refuse = { status: 500, contentType: 'application/json', body };
    await page.route(ASKED, (route) => (route.request().method() === 'GET' ? route.fulfill(refuse) : route.continue()));
    // A search and a download ask nothing before somebody does.
    const quiet = ['/customers', '/settings', '/settings/exports'];
    const all = [...Object.values(insidePages(full)).flat(), ...settings].filter((path) => !quiet.includes(path));
    const silent: string[] = [];
    for (const path of all) {
      await page.goto(`${desk.stage.address}${path}`);
      await page.getByText(FAILED).first().waitFor();
      await page.locator(LOADING).first().waitFor({ state: 'detached' });
      if ((await page.getByRole('button', { name: 'Thử lại' }).count()) === 0) silent.push(path);
    }
    expect(silent).toEqual([]);
    await page.goto(`${desk.stage.address}/settings/hours`);
    await page.getByText(FAILED).first().waitFor();
    expect(await page.getByText(FAILED).count()).toBe(1);
    await page.unroute(ASKED);
    await page.getByRole('button', { name: 'Thử lại' }).click();
    await page.getByRole('form', { name: 'Giờ làm việc trong tuần' }).waitFor();
  }, 120_000);

  test('on a small screen the open section is in sight, and the places below are as high on every page', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const hidden: string[] = [];
    for (const path of [...settings, ...sections]) {
      await openPage(page, `${desk.stage.address}${path}`);
      const open = page.getByRole('main').locator('nav [aria-current]');
      const box = await open.boundingBox();
      if (box === null || box.x < 0 || box.x + box.width > 390) hidden.push(path);
    }
    expect(hidden).toEqual([]);
    const heights = new Set<number>();
    for (const path of ['/inbox/waiting', '/tasks', '/cases', '/settings', '/supervisor', '/account']) {
      await openPage(page, `${desk.stage.address}${path}`);
      const box = await page.getByRole('navigation', { name: 'Điều hướng chính' }).boundingBox();
      heights.add(Math.round(box?.height ?? 0));
    }
    expect([...heights]).toHaveLength(1);
    await shoot(page, 'small-account');
  }, 60_000);

  test('what got stuck opens where something is', async () => {
    await openPage(page, `${desk.stage.address}/settings/stuck`);
    await page.getByRole('tab', { name: 'Tin gửi đi (1)', selected: true }).waitFor();
    await page.getByText('Không rõ tin đã đến chưa').first().waitFor();
  });
});
