// Every page there is, on a desk where nothing happened yet and on one in the middle of its life, in light and dark: no
// serious mistake, contrast included, one name for the page, and an order of the focus that nobody bent.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doorPages, insidePages, openPage, routerPaths, sectionsOf, show, signposts } from './app-pages.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { type FullDesk, fillDesk } from './full-desk.ts';
import { hardToRead, seriousMistakes } from './mistakes.ts';
import { shoot } from './shoot.ts';

/** One name for the page, one main part, a language, and nothing that pushes itself to the front of the order. */
const OUTLINE = `({
  names: document.querySelectorAll('h1').length,
  mains: document.querySelectorAll('main').length,
  language: document.documentElement.lang,
  pushed: [...document.querySelectorAll('[tabindex]')].filter((one) => one.tabIndex > 0).map((one) => one.outerHTML.slice(0, 80)),
  failed: document.body.innerText.includes('Không tải được'),
})`;

describe.skipIf(executablePath === undefined)('every page', () => {
  let desk: Desk;
  let page: Page;
  let full: FullDesk;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
  }, 120_000);
  afterAll(() => desk.close());

  /** What is wrong with each of these addresses, by address; nothing at all when all is well. */
  async function mistakesOf(addresses: readonly string[]): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const address of addresses) {
      await openPage(page, `${desk.stage.address}${address}`);
      await show(page, 'light');
      const outline = await page.evaluate(OUTLINE);
      const wrong: unknown[] = await seriousMistakes(page);
      await show(page, 'dark');
      wrong.push(...(await hardToRead(page)).map((line) => `dark: ${line}`));
      const expected = { names: 1, mains: 1, language: 'vi', pushed: [], failed: false };
      if (JSON.stringify(outline) !== JSON.stringify(expected)) wrong.push(outline);
      if (wrong.length > 0) {
        found[address] = wrong;
        await shoot(page, `mistakes${address.replace(/\W/g, '-')}`);
      }
    }
    return found;
  }

  test('is known here, as the router knows it', () => {
    const known = [...Object.keys(insidePages(null)), ...Object.keys(doorPages), ...signposts];
    expect(known.toSorted()).toEqual(routerPaths.toSorted());
  });

  test('before the door', async () => {
    expect(await mistakesOf(Object.values(doorPages).flat())).toEqual({});
  }, 60_000);

  test('where nothing happened yet', async () => {
    await desk.signIn();
    const settings = await openPage(page, `${desk.stage.address}/settings`).then(() => sectionsOf(page, 'Cài đặt'));
    expect(settings.length).toBeGreaterThanOrEqual(8);
    expect(await mistakesOf([...Object.values(insidePages(null)).flat(), ...settings, '/tasks/nowhere'])).toEqual({});
  }, 120_000);

  test('in the middle of its life', async () => {
    full = await fillDesk(desk);
    const settings = await openPage(page, `${desk.stage.address}/settings`).then(() => sectionsOf(page, 'Cài đặt'));
    await openPage(page, `${desk.stage.address}/customers/${full.customer}`);
    const customer = await sectionsOf(page, 'Hồ sơ');
    expect(customer.length).toBeGreaterThanOrEqual(6);
    expect(await mistakesOf([...Object.values(insidePages(full)).flat(), ...settings, ...customer])).toEqual({});
  }, 180_000);

  test('the browser complained about nothing but what is not there', () => {
    expect(desk.problems.filter((line) => !/status of (404|410)/.test(line))).toEqual([]);
  });
});
