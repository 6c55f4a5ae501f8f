// A conversation stands at its newest message: however late its parts come, however high its rows turn out to be.
import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, conversationOf, nameCustomer, type Somebody, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { shoot } from './shoot.ts';

type Frame = { scrollTop: number; scrollHeight: number; clientHeight: number };
const COUNT = 120;
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
  { width: 1440, height: 900 },
];

describe.skipIf(executablePath === undefined)('the end of a thread', () => {
  let desk: Desk;
  let page: Page;
  let id: string;
  let person: Somebody;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    person = await welcomed(desk.stage, 'zalo', 'Phạm Thị Cuối');
    ({ id } = await conversationOf(desk.stage, await nameCustomer(desk.stage, person)));
    await desk.stage.db.pool.query(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text)
       SELECT c.created_at - (${COUNT} - n) * interval '7 minutes', 'message_in', c.customer_id, c.id, 'zalo',
         'Tin số ' || n || repeat(' dài thêm một chút nữa', (n * 7919) % 53) FROM conversations c, generate_series(1, ${COUNT}) n WHERE c.id = $1`,
      [id],
    );
    await afterWriting(desk.stage, person, 'gặp nhân viên', `${'Tin cuối cùng rất dài.\n'.repeat(20)}Hết.`);
    await desk.settle();
    await desk.signIn();
    page.setDefaultTimeout(8_000);
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-thread-end');
  });

  const log = () => page.getByRole('log');
  /** Pixels between what is seen and the end. */
  const left = (): Promise<number> =>
    log().evaluate((frame: Frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight);
  const height = (): Promise<number> => log().evaluate((frame: Frame) => frame.clientHeight);
  const scrollTo = (top: number) =>
    log().evaluate((frame: Frame, to) => {
      frame.scrollTop = to;
    }, top);
  const settled = () =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const atEnd = async () => {
    await settled();
    await settled();
    await expect.poll(left).toBeLessThan(2);
    expect(await log().getByText('Hết.').last().isVisible()).toBe(true);
  };

  test.each(SIZES)('is where it opens at $width px, also when the field to write in comes late', async (size) => {
    await page.setViewportSize(size);
    let release: () => void = () => undefined;
    const isWanted = new Promise<void>((resolve) => {
      release = resolve;
    });
    const hold = async (route: Route) => {
      await isWanted;
      await route.continue();
    };
    await page.route(`**/conversations/${id}`, hold);
    await page.goto(`${desk.stage.address}/inbox/all?c=${id}`);
    await log().getByText('Hết.').last().waitFor();
    await atEnd();
    const before = await height();
    release();
    await page.getByRole('textbox', { name: 'Nội dung trả lời' }).waitFor();
    await expect.poll(height).toBeLessThan(before);
    await atEnd();
    await page.unroute(`**/conversations/${id}`, hold);
    await shoot(page, `thread-end-${size.width}`);
  });

  test('stays there when a window grows, shrinks and rows measure differently', async () => {
    for (const size of SIZES) {
      await page.setViewportSize({ ...size, height: 620 });
      await atEnd();
    }
    await page.evaluate(`document.documentElement.style.fontSize = '22px'`);
    await atEnd();
    await page.evaluate(`document.documentElement.style.fontSize = ''`);
    await atEnd();
  });

  test('is reached after own words, wherever one was reading', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await atEnd();
    await scrollTo(700);
    await page.getByRole('button', { name: 'Tin mới ở dưới' }).waitFor();
    const field = page.getByRole('textbox', { name: 'Nội dung trả lời' });
    await field.fill(`Dạ em Hương đây.\n${'Một dòng nữa.\n'.repeat(12)}Hết.`);
    await page.keyboard.press('Control+Enter');
    await log().getByText('Dạ em Hương đây.').waitFor();
    await atEnd();
    await desk.settle();
    await afterWriting(desk.stage, person, `${'Chị cảm ơn em.\n'.repeat(5)}Hết.`);
    await desk.settle();
    await log().getByText('Chị cảm ơn em.').waitFor();
    await atEnd();
  });

  test('is not forced on who reads something older', async () => {
    await scrollTo(700);
    await page.getByRole('button', { name: 'Tin mới ở dưới' }).waitFor();
    await page.setViewportSize({ width: 1440, height: 700 });
    await settled();
    expect(await left()).toBeGreaterThan(500);
    expect(desk.problems).toEqual([]);
  });
});
