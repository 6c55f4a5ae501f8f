// What rules can find wrong with a page.
import axe from 'axe-core';
import type { Page } from 'playwright-core';

type Violation = { id: string; impact: string; nodes: { html: string }[] };

/** Serious mistakes only; evaluated from outside, so that the page's policy stays as it is. */
export async function seriousMistakes(page: Page): Promise<string[]> {
  return await find(page, "{ resultTypes: ['violations'] }");
}

/** Words that are too pale: what alone may differ between light and dark. */
export async function hardToRead(page: Page): Promise<string[]> {
  return await find(page, "{ resultTypes: ['violations'], runOnly: ['color-contrast'] }");
}

async function find(page: Page, options: string): Promise<string[]> {
  if (!(await page.evaluate<boolean>("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const found: Violation[] = await page.evaluate(`axe.run(document, ${options}).then(({ violations }) => violations)`);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}

/** Pixels by which the page is wider than its window. */
export async function widerBy(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}
