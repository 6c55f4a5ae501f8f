// What strangers write is only ever text: 300 attempts to run something, and letters that bend, hide, pile up or never
// end, as names, messages, files, notes and links, wherever the app shows them.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, conversationOf, nameCustomer, type Somebody, welcomed } from '../stories/scenes.ts';
import { openPage } from './app-pages.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { fillWith, PAYLOADS, PEOPLE, STRANGE } from './hostile-rows.ts';
import { shoot } from './shoot.ts';
import { unreachable } from './unreachable.ts';

type Scrolled = { scrollBy(x: number, y: number): void };

/** Nothing ran, nothing strange stands in the page, and no link leads to anything but the web or ourselves. */
const LOOK = `(() => {
  const strange = [...document.querySelectorAll('*')].filter((one) => one.matches('iframe, object, embed, base, math, frame, meta[http-equiv=refresh]')
    || [...one.attributes].some(({ name }) => name.startsWith('on'))
    || (one.tagName === 'SCRIPT' && !one.src.startsWith(location.origin + '/assets/')));
  const links = [...document.querySelectorAll('[href], [src], [action], [formaction], [data]')].flatMap((one) =>
    ['href', 'src', 'action', 'formaction', 'data'].map((name) => one.getAttribute(name)).filter(Boolean));
  const bad = links.filter((link) => { try { return !/^https?:$/.test(new URL(link, location.href).protocol); } catch { return true; } })
    .filter((link) => !link.startsWith('data:image/svg+xml'));
  return { ran: window.__ran ?? 0, strange: strange.map((one) => one.outerHTML.slice(0, 80)), bad, refused: window.__refused };
})()`;
const CLEAN = { ran: 0, strange: [], bad: [], refused: [] };
/** The page's policy was asked to let something in; pictures that nobody serves are no such thing. */
const WATCH = `window.__refused = []; addEventListener('securitypolicyviolation', (event) => {
  if (event.effectiveDirective !== 'img-src') window.__refused.push(event.effectiveDirective + ' ' + event.blockedURI);
});`;

describe.skipIf(executablePath === undefined)('what strangers write', () => {
  let desk: Desk;
  let page: Page;
  let person: Somebody;
  let conversation = '';
  const dialogs: string[] = [];
  const failed: string[] = [];
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await page.addInitScript(WATCH);
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('response', (answer) => {
      if (answer.status() >= 500) failed.push(`${answer.status()} ${answer.url()}`);
    });
    await page.route(/^https?:\/\/(a\.vn|evil\.example)/i, (route) => route.abort());
    person = await welcomed(desk.stage, 'messenger', PAYLOADS[1]);
    const customer = await nameCustomer(desk.stage, person);
    ({ id: conversation } = await conversationOf(desk.stage, customer));
    await fillWith(desk.stage, conversation);
    await afterWriting(desk.stage, person, ...STRANGE, 'gặp nhân viên');
    await desk.settle();
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());

  const log = () => page.getByRole('log');

  test('in the list of conversations', async () => {
    expect(PAYLOADS).toHaveLength(300);
    await page.goto(`${desk.stage.address}/inbox/all`);
    const rows = page.getByRole('region', { name: 'Danh sách hội thoại' }).locator('li');
    await rows.first().waitFor();
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          for (const text of await rows.allInnerTexts()) seen.add(text);
          expect(await page.evaluate(LOOK)).toEqual(CLEAN);
          await rows.last().scrollIntoViewIfNeeded();
          return seen.size;
        },
        { timeout: 30_000, interval: 20 },
      )
      // Some look alike once they are only text.
      .toBeGreaterThan(PEOPLE * 0.9);
    expect(await unreachable(page)).toEqual([]);
  }, 60_000);

  test('letters that bend, hide, pile up and never end stay in their bubbles', async () => {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`${desk.stage.address}/inbox/all?c=${conversation}`);
      await log().getByText('gặp nhân viên', { exact: true }).waitFor();
      expect(await unreachable(page)).toEqual([]);
      const beyond: string[] = [];
      for (let n = 0; n < 12; n += 1) {
        beyond.push(...(await page.evaluate<string[]>(BEYOND)));
        await log().evaluate((frame: Scrolled) => frame.scrollBy(0, -700));
      }
      expect(beyond).toEqual([]);
      await shoot(page, `hostile-${width}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }, 60_000);

  test('in the thread, as words, names of files and addresses', async () => {
    await page.goto(`${desk.stage.address}/inbox/all?c=${conversation}`);
    await log().getByText('gặp nhân viên', { exact: true }).waitFor();
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          for (const text of await log().locator('article').allInnerTexts()) seen.add(text);
          expect(await page.evaluate(LOOK)).toEqual(CLEAN);
          await log().evaluate((frame: Scrolled) => frame.scrollBy(0, -600));
          return await log().getByText('Đầu hội thoại').count();
        },
        { timeout: 60_000, interval: 10 },
      )
      .toBe(1);
    expect(seen.size).toBeGreaterThan(200);
  }, 90_000);

  test('as a note, and as words put into the field', async () => {
    await page.goto(`${desk.stage.address}/inbox/all?c=${conversation}`);
    await page.getByText('Ghi chú', { exact: true }).first().click();
    const note = page.getByLabel('Nội dung ghi chú');
    for (const words of [PAYLOADS[1] ?? '', STRANGE[0] ?? '']) {
      await note.first().fill(words);
      await page.keyboard.press('Control+Enter');
      await expect.poll(() => note.first().inputValue()).toBe('');
    }
    await log()
      .getByText(PAYLOADS[1] ?? '', { exact: true })
      .last()
      .waitFor();
    expect(await page.evaluate(LOOK)).toEqual(CLEAN);
  });

  test('on the pages of customers and of work', async () => {
    const paths = [
      '/customers?q=khach',
      '/customers/xss-1',
      '/customers/xss-7?s=history',
      `/customers/xss-${PEOPLE}`,
      '/tasks',
      '/cases',
    ];
    for (const path of paths) {
      await openPage(page, `${desk.stage.address}${path}`);
      expect(await page.evaluate(LOOK), path).toEqual(CLEAN);
      expect(await page.getByText('Không tải được').count(), path).toBe(0);
      expect(await unreachable(page), path).toEqual([]);
    }
  }, 60_000);

  test('as an address of a page', async () => {
    for (const payload of PAYLOADS.filter((_, n) => n % 60 === 0)) {
      const where = encodeURIComponent(payload);
      for (const path of [`/inbox/all?q=${where}`, `/customers/${where}`, `/sign-in?next=${where}`]) {
        await page.goto(`${desk.stage.address}${path}`);
        await page.locator('h1').first().waitFor({ state: 'attached' });
        expect(await page.evaluate(LOOK), path).toEqual(CLEAN);
        expect(new URL(page.url()).origin).toBe(desk.stage.address);
      }
    }
  }, 60_000);

  test('nothing asked to be let in, and the server stumbled over none of it', () => {
    expect(dialogs).toEqual([]);
    expect(failed).toEqual([]);
    expect(desk.problems.filter((line) => /script|inline|refused to (execute|run)|javascript/i.test(line))).toEqual([]);
  });
});

/** Bubbles that are wider than the thread, or words that leave their bubble. */
const BEYOND = `(() => {
  const frame = document.querySelector('[role="log"]').getBoundingClientRect();
  return [...document.querySelectorAll('[role="log"] article')].filter((one) => {
    const bubble = one.querySelector('[class*="bubble"]');
    const box = bubble.getBoundingClientRect();
    // A letter with hundreds of marks is one letter: it cannot be broken, only kept from reaching its neighbours.
    const isKept = getComputedStyle(bubble).overflowX === 'clip' && /\\p{M}{9}/u.test(bubble.textContent);
    return box.left < frame.left || box.right > frame.right || (bubble.scrollWidth > bubble.clientWidth + 1 && !isKept);
  }).map((one) => one.textContent.slice(0, 60));
})()`;
