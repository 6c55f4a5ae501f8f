// A thread of 10,000 messages: only what is seen is drawn, and nothing jumps while older ones come.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, conversationOf, nameCustomer, type Somebody, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { shoot } from './shoot.ts';

type Box = { getBoundingClientRect(): { top: number; height: number } };
/** The part of the browser's element that is asked here. */
type Frame = Box & {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
  querySelectorAll(name: string): Iterable<Box & { textContent: string | null }>;
};

const COUNT = 10_000;
/** A screen holds about fifteen; some wait above and below. */
const MOST_DRAWN = 60;
/** Pixels: the mark of a day goes where its first message is no longer the first. */
const DAY_MARK = 60;

describe.skipIf(executablePath === undefined)('a thread of 10,000 messages', () => {
  let desk: Desk;
  let page: Page;
  let person: Somebody;
  const asked: string[] = [];
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    person = await welcomed(desk.stage, 'zalo', 'Lê Thị Dài');
    const customer = await nameCustomer(desk.stage, person);
    const { id } = await conversationOf(desk.stage, customer);
    await desk.stage.db.pool.query(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text)
       SELECT c.created_at - (${COUNT} - n) * interval '7 minutes', 'message_in', c.customer_id, c.id, 'zalo',
         'Tin số ' || n || repeat(' dài thêm một chút', (n * 7919) % 23) FROM conversations c, generate_series(1, ${COUNT}) n WHERE c.id = $1`,
      [id],
    );
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    // As many at once as the server gives: the way to the beginning in tens of calls.
    await page.route('**/timeline?*', (route) => {
      asked.push(route.request().url());
      return route.continue({ url: route.request().url().replace('limit=50', 'limit=200') });
    });
    await desk.signIn();
    await page.goto(`${desk.stage.address}/inbox/waiting?c=${id}`);
    await log().getByText('gặp nhân viên', { exact: true }).waitFor();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-long-thread');
  });

  const log = () => page.getByRole('log');
  const drawn = () => log().locator('article, p').count();
  const heightOf = (): Promise<number> => log().evaluate((frame: Frame) => frame.scrollHeight);

  const scrollTo = (top: number) =>
    log().evaluate((frame: Frame, to) => {
      frame.scrollTop = to;
    }, top);
  /** The messages on the screen, and how far below its top each stands. */
  const seen = () =>
    log().evaluate((frame: Frame) => {
      const { top, height } = frame.getBoundingClientRect();
      return [...frame.querySelectorAll('article')]
        .map((one) => ({
          text: /Tin số \d+/.exec(one.textContent ?? '')?.[0] ?? '',
          top: one.getBoundingClientRect().top - top,
        }))
        .filter((one) => one.text !== '' && one.top >= 0 && one.top < height);
    });
  const settled = () =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

  test('opens at its end and draws what is seen', async () => {
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
    const left: number = await log().evaluate(
      (frame: Frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight,
    );
    expect(left).toBeLessThan(130);
  });

  test('nothing jumps while older ones come', async () => {
    for (let n = 0; n < 3; n += 1) {
      const before = await heightOf();
      await scrollTo(260);
      await settled();
      const middle = (await seen()).at(2);
      await expect.poll(heightOf).toBeGreaterThan(before + 1_000);
      await settled();
      const after = (await seen()).find(({ text }) => text === middle?.text);
      expect(Math.abs((after?.top ?? Number.NaN) - (middle?.top ?? 0)), middle?.text).toBeLessThan(DAY_MARK);
      expect(await drawn()).toBeLessThan(MOST_DRAWN);
    }
  });

  test('the beginning is reached, and drawn as lightly; a new message asks for the newest page only', async () => {
    await expect
      .poll(
        async () => {
          await scrollTo(0);
          await settled();
          return await log().getByText('Đầu hội thoại').count();
        },
        { timeout: 90_000, interval: 50 },
      )
      .toBe(1);
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
    const height = await heightOf();
    expect(height).toBeGreaterThan(COUNT * 40);
    for (const place of [0.2, 0.5, 0.9]) {
      await scrollTo(height * place);
      await settled();
      expect(await drawn()).toBeLessThan(MOST_DRAWN);
      expect(await log().locator('article').count()).toBeGreaterThan(3);
    }
    asked.length = 0;
    await page.getByRole('button', { name: 'Tin mới ở dưới' }).click();
    await afterWriting(desk.stage, person, 'tin mới nhất đây');
    await desk.settle();
    await log().getByText('tin mới nhất đây', { exact: true }).waitFor();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((url) => url.includes('before='))).toEqual([]);
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
    expect(desk.problems).toEqual([]);
  }, 150_000);
});
