// What accessibility and a small screen forbid, found by rules; asked from outside, so that the page's policy stays as it is.
import axe from 'axe-core';
import type { Page } from 'playwright-core';

type Violation = { id: string; impact: string; nodes: { html: string }[] };

/** Of axe's findings those that keep people out: serious and critical. */
export async function seriousMistakes(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: Violation[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const FIND_UNREACHABLE = `(() => {
  const width = document.documentElement.clientWidth;
  const reachable = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return true;
    return false;
  };
  return [...document.querySelectorAll('a, button, input, textarea, select, [tabindex="0"]')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.matches('[aria-hidden], .visually-hidden, [class*="skip"]'))
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.left < -1 || box.right > width + 1) && !reachable(element);
    })
    .map((element) => element.outerHTML.slice(0, 120));
})()`;

/** What stands beyond the edge of the screen and cannot be scrolled to. */
export async function unreachable(page: Page): Promise<string[]> {
  const wide: number = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  const found: string[] = await page.evaluate(FIND_UNREACHABLE);
  return wide > 0 ? [`the page is ${wide} px too wide`, ...found] : found;
}
