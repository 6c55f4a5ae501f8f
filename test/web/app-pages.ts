// Every page of the app, by the addresses that the router knows: a new one without an example here fails the tests.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { FullDesk } from './full-desk.ts';

const router = readFileSync(new URL('../../src/web/app/router.tsx', import.meta.url), 'utf8');

/** What the router knows, as it writes it. */
export const routerPaths: readonly string[] = [...router.matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) => path);

/** Pages behind the door, by their path in the router; `full` is null on a desk where nothing happened yet. */
export function insidePages(full: FullDesk | null): Record<string, string[]> {
  return {
    '/inbox/$queue': ['/inbox/waiting', '/inbox/trouble', ...(full ? [`/inbox/all?c=${full.conversation}`] : [])],
    '/customers': ['/customers', '/customers?q=lan'],
    '/customers/$externalId': full
      ? [`/customers/${full.customer}`, `/customers/${full.stranger}`]
      : ['/customers/khong-co'],
    '/tasks': ['/tasks'],
    '/cases': ['/cases'],
    '/settings/{-$section}': ['/settings'],
    '/supervisor': ['/supervisor'],
    '/account': ['/account'],
  };
}

/** Pages before it. */
export const doorPages: Record<string, string[]> = {
  '/sign-in': ['/sign-in'],
  '/forgotten': ['/forgotten'],
  '/links/$token': ['/links/a-link-that-was-never-made'],
};

/** These only lead on. */
export const signposts = ['/', '/inbox'];

/** Opens it and waits until nothing of it is loading any more. */
export async function openPage(page: Page, address: string): Promise<void> {
  await page.goto(address);
  const name = page.locator('h1').first();
  await name.waitFor({ state: 'attached' }).catch((cause) => {
    throw new Error(`${address} has no heading that names it.`, { cause });
  });
  await page.locator('[aria-busy="true"], [class*="Skeleton-root"]').first().waitFor({ state: 'detached' });
}

/** Light or dark, and no colour is on its way any more. */
export async function show(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
  const moves = 'document.getAnimations().filter((one) => one instanceof CSSTransition)';
  await page.evaluate(`Promise.allSettled(${moves}.map((one) => one.finished)).then(() => undefined)`);
}

/** The further sections of a page, by what its own navigation names. */
export async function sectionsOf(page: Page, navigation: string): Promise<string[]> {
  const links = await page.getByRole('navigation', { name: navigation }).getByRole('link').all();
  const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
  return addresses.filter((address) => address !== null);
}
