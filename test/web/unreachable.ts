// What a small screen, or a large one zoomed in, must not do: put something where nobody can reach it.
import type { Page } from 'playwright-core';

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
