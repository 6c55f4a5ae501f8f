// The pictures of one look (a width, light or dark): every page that is wanted, as it is, while it loads, or when nothing loads.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

export const WIDTHS = [1440, 390] as const;
export const SCHEMES = ['light', 'dark'] as const;
export const STATES = ['loading', 'failed'] as const;
export type Look = { width: number; colorScheme: (typeof SCHEMES)[number] };

export type Wanted = {
  /** Where pictures are kept. */
  folder: string;
  address: string;
  admin: { email: string; password: string };
  pages: readonly { name: string; path: string }[];
  /** Names of pages and sections ("settings-hours"); null = all pages. */
  only: readonly string[] | null;
  /** The sections of pages as well. */
  sections: boolean;
  state: (typeof STATES)[number] | null;
  /** As tall as the page is, where it would scroll. */
  whole: boolean;
};

const MANNERS = { reducedMotion: 'reduce', locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh' } as const;
const LOADING = '[aria-busy="true"], [class*="Skeleton-root"]';

/** Takes all wanted pictures of one look, each named after its page and look. */
export async function takePictures(browser: Browser, look: Look, wanted: Wanted): Promise<void> {
  const { width, colorScheme } = look;
  const viewport = { width, height: width < 768 ? 844 : 900 };
  const page = await browser.newPage({ viewport, colorScheme, ...MANNERS });
  page.on('pageerror', (error) => console.error(error.message));
  const take = async (name: string) => {
    if (wanted.only && !wanted.only.includes(name)) return;
    const path = join(wanted.folder, [name, wanted.state, width, colorScheme].filter(Boolean).join('-'));
    await page.screenshot({ path: `${path}.png` });
    console.log(`${path}.png`);
  };
  await signIn(page, wanted, take);
  const shown = wanted.sections ? await withSections(page, wanted) : wanted.pages;
  await keepState(page, wanted);
  for (const { name, path } of shown.filter((one) => wanted.only === null || wanted.only.includes(one.name))) {
    await page.setViewportSize(viewport);
    await page.goto(`${wanted.address}${path}`);
    await ready(page, wanted.state);
    if (wanted.whole) await page.setViewportSize({ width, height: await heightOf(page, viewport.height) });
    await take(name);
  }
  if (wanted.state === null) await takeSandbox(page, wanted.address, take);
  await page.close();
}

async function takeSandbox(page: Page, address: string, take: (name: string) => Promise<void>): Promise<void> {
  await page.goto(`${address}/sandbox`);
  await page.waitForLoadState('load');
  await page.locator('body').click({ position: { x: 1, y: 1 } });
  await take('sandbox');
}

async function signIn(page: Page, { address, admin }: Wanted, take: (name: string) => Promise<void>): Promise<void> {
  await page.goto(`${address}/`);
  await page.getByLabel('E-mail').fill(admin.email);
  await take('sign-in');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
}

/** Each page and what its own navigation leads to, named after both. */
async function withSections(page: Page, { address, pages }: Wanted): Promise<Wanted['pages']> {
  const all = [];
  for (const one of pages) {
    all.push(one);
    await page.goto(`${address}${one.path}`);
    await ready(page, null);
    for (const link of await page.getByRole('main').getByRole('navigation').getByRole('link').all()) {
      const path = (await link.getAttribute('href')) ?? '';
      const part = /([a-z]+)$/.exec(path)?.[1];
      if (part && path.startsWith(one.path) && path !== one.path) all.push({ name: `${one.name}-${part}`, path });
    }
  }
  return all;
}

/** From here on nothing that lists ask for is answered, or everything is refused. */
async function keepState(page: Page, { state }: Wanted): Promise<void> {
  if (state === null) return;
  await page.route(/\/api\/v1\/(?!me$|inbox\/stream)/, async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const body = JSON.stringify({ error: { code: 'internal', message: 'Something went wrong.' } });
    if (state === 'failed') await route.fulfill({ status: 500, contentType: 'application/json', body });
  });
}

/** The stream of changes stays open, so the network is never quiet: a page is there when nothing of it is loading. */
async function ready(page: Page, state: Wanted['state']): Promise<void> {
  await page.getByRole('main').waitFor();
  if (state === 'loading')
    await page
      .locator(LOADING)
      .first()
      .waitFor({ timeout: 3_000 })
      .catch(() => undefined);
  else await page.waitForFunction((loading) => document.querySelector(loading) === null, LOADING);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

async function heightOf(page: Page, least: number): Promise<number> {
  const hidden = await page.evaluate(() => {
    const inside = document.querySelector('main .page');
    return inside ? inside.scrollHeight - inside.clientHeight : 0;
  });
  return least + hidden;
}
