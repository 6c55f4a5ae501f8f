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

/** Brings each thing one may press into view and looks whether the press would meet it. */
const FIND_COVERED = `
  const over = [...document.querySelectorAll(within)].at(-1);
  const name = (one) => (one.getAttribute('aria-label') || one.labels?.[0]?.textContent || one.textContent || one.tagName).slice(0, 60);
  return [...over.querySelectorAll('a, button, input, textarea, select')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !one.disabled && one.type !== 'file')
    .filter((one) => !one.closest('[aria-hidden="true"], .visually-hidden, [class*="skip"]'))
    .filter((one) => {
      one.scrollIntoView({ block: 'center', inline: 'center' });
      const { left, top, width, height } = one.getBoundingClientRect();
      if (width === 0 || height === 0) return false;
      const met = document.elementFromPoint(left + width / 2, top + height / 2);
      return !(met && (one.contains(met) || met.contains(one) && met.matches('label') || [...(one.labels ?? [])].some((label) => label.contains(met))));
    })
    .map((one) => name(one) + ' (' + one.outerHTML.slice(0, 60) + ')');
`;

/** What cannot be pressed wherever one scrolls: it is cut off or something stands on it. `within` names what is on top. */
export async function covered(page: Page, within: string): Promise<string[]> {
  return await page.evaluate(`((within) => {${FIND_COVERED}})(${JSON.stringify(within)})`);
}

/** Words that end at an edge without a way to read on: neither scrolled nor shortened with dots on purpose. */
const FIND_CUT = `(() => [...document.querySelectorAll('main *')]
  .filter((one) => one.childElementCount === 0 && one.textContent.trim() !== '' && one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.closest('.visually-hidden, option, svg, textarea'))
  .filter((one) => {
    for (let at = one; at && at.tagName !== 'MAIN'; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none' || /auto|scroll/.test(style.overflowY + style.overflowX)) return false;
      if (/hidden|clip/.test(style.overflowX) && (at.scrollWidth > at.clientWidth + 1 || at.scrollHeight > at.clientHeight + 1)) return true;
    }
    return false;
  })
  .map((one) => one.textContent.slice(0, 60)))()`;

export async function cutWords(page: Page): Promise<string[]> {
  return await page.evaluate(FIND_CUT);
}
