// Letters twice as large, and a page no wider than 320 px: everything is still there, still pressed, and nobody scrolls sideways.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage } from './app-pages.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { type FullDesk, fillDesk } from './full-desk.ts';
import { shoot } from './shoot.ts';
import { covered, cutWords, unreachable } from './unreachable.ts';

const screens = [
  { name: '200 % on a screen of 1440 × 900', viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  { name: '400 % on a screen of 1280', viewport: { width: 320, height: 568 }, deviceScaleFactor: 1 },
];

describe.skipIf(executablePath === undefined)('large letters', () => {
  let desk: Desk;
  let full: FullDesk;
  beforeAll(async () => {
    desk = await openDesk();
    full = await fillDesk(desk);
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());

  async function look(page: Page, where: string, within = 'body'): Promise<string[]> {
    await shoot(page, `zoom-${page.viewportSize()?.width}-${where.replace(/\W/g, '-')}`);
    const found = { wide: await unreachable(page), cut: await cutWords(page), covered: await covered(page, within) };
    return Object.entries(found).flatMap(([what, all]) => all.map((one) => `${where}: ${what}: ${one}`));
  }

  test.each(screens)(
    '$name',
    async ({ viewport, deviceScaleFactor }) => {
      const storageState = await desk.page.context().storageState();
      const page = await desk.browser.newPage({ viewport, deviceScaleFactor, storageState, reducedMotion: 'reduce' });
      page.setDefaultTimeout(20_000);
      const wrong: string[] = [];
      const paths = [
        '/inbox/waiting',
        `/customers/${full.customer}`,
        '/settings/channels',
        '/settings/hours',
        '/settings/staff',
        '/tasks',
        '/cases',
      ];
      for (const path of paths) {
        await openPage(page, `${desk.stage.address}${path}`);
        wrong.push(...(await look(page, path)));
      }
      await openPage(page, `${desk.stage.address}/inbox/all?c=${full.conversation}`);
      await page.getByRole('textbox', { name: 'Nội dung trả lời' }).fill('Dạ em chào chị\n'.repeat(6));
      wrong.push(...(await look(page, 'conversation')));
      // What is being answered stays in sight, however long the answer.
      expect((await page.getByRole('log').boundingBox())?.height).toBeGreaterThan(60);
      await page.getByRole('button', { name: 'Mở thông tin khách' }).click();
      wrong.push(...(await look(page, 'the card', 'aside')));
      await page.getByRole('complementary').getByRole('button', { name: 'Đóng', exact: true }).click();
      await page.getByRole('button', { name: 'Tin mẫu' }).click();
      await page.getByRole('dialog', { name: 'Gửi tin mẫu đã duyệt' }).getByLabel('Tên khách').waitFor();
      wrong.push(...(await look(page, 'templates', '[role="dialog"]')));
      expect(wrong).toEqual([]);
      await page.close();
    },
    90_000,
  );
});
