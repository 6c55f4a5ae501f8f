// A message that the search found is where its conversation opens: in a thread of 10,000, marked, by an address to share.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, conversationOf, nameCustomer, type Somebody, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { seriousMistakes } from './mistakes.ts';
import { shoot } from './shoot.ts';

type Box = { getBoundingClientRect(): { top: number; height: number } };
type Frame = Box & { scrollTop: number; scrollHeight: number; clientHeight: number };
const COUNT = 10_000;
const MOST_DRAWN = 60;
const FOUND = 'Tin số 5003';

describe.skipIf(executablePath === undefined)('a message that was found', () => {
  let desk: Desk;
  let page: Page;
  let id: string;
  let person: Somebody;
  const asked: string[] = [];
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    person = await welcomed(desk.stage, 'zalo', 'Lê Thị Tìm');
    ({ id } = await conversationOf(desk.stage, await nameCustomer(desk.stage, person)));
    await desk.stage.db.pool.query(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text)
       SELECT c.created_at - (${COUNT} - n) * interval '7 minutes', 'message_in', c.customer_id, c.id, 'zalo',
         'Tin số ' || n || CASE WHEN n IN (3, 5003, 9990) THEN ' máy phun sương' ELSE '' END || repeat(' dài thêm một chút', (n * 7919) % 23)
       FROM conversations c, generate_series(1, ${COUNT}) n WHERE c.id = $1`,
      [id],
    );
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    page.on('request', (request) => {
      if (request.url().includes('/timeline?')) asked.push(request.url());
    });
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-found-message');
  });

  const log = () => page.getByRole('log');
  const mark = () => log().getByText('Tin tìm thấy', { exact: true });
  const toEnd = () => page.getByRole('button', { name: 'Tin mới ở dưới' });
  const settled = () =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const left = (): Promise<number> =>
    log().evaluate((frame: Frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight);
  /** Where the words stand in what is seen of the thread: 0 its top, 1 its end. */
  const placeOf = async (words: string): Promise<number> => {
    const [frame, box] = [await log().boundingBox(), await log().getByText(words).first().boundingBox()];
    if (frame === null || box === null) return Number.NaN;
    return (box.y + box.height / 2 - frame.y) / frame.height;
  };
  const standsAt = async (words: string) => {
    await log().getByText(words).first().waitFor();
    await expect.poll(() => placeOf(words)).toBeGreaterThan(0.1);
    await settled();
    await settled();
    expect(await placeOf(words), words).toBeGreaterThan(0.1);
    expect(await placeOf(words), words).toBeLessThan(0.9);
    expect(await mark().count()).toBe(1);
    expect(await log().locator('[aria-current=true]').textContent()).toContain(words);
  };

  test('opens there from the search of the inbox, announced, with a few calls', async () => {
    await page.getByLabel('Tìm theo tên hoặc nội dung').fill('phun suong');
    const hits = page.getByRole('region', { name: 'Trong nội dung tin nhắn' });
    asked.length = 0;
    await hits.getByText(FOUND).click();
    await standsAt(FOUND);
    expect(page.url()).toContain('message=');
    expect(await page.getByRole('status').allTextContents()).toContainEqual(
      expect.stringContaining('Đang ở tin tìm thấy'),
    );
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(await log().locator('article, p').count()).toBeLessThan(MOST_DRAWN);
    expect(await seriousMistakes(page)).toEqual([]);
    await shoot(page, 'found-message');
  });

  test.each([390, 1440])('its address opens it anew at %i px, however late the field below comes', async (width) => {
    await page.setViewportSize({ width, height: 844 });
    await page.reload();
    await standsAt(FOUND);
    await page.getByRole('textbox', { name: 'Nội dung trả lời' }).waitFor();
    await standsAt(FOUND);
    await page.evaluate(`document.documentElement.style.fontSize = '20px'`);
    await standsAt(FOUND);
    await page.evaluate(`document.documentElement.style.fontSize = ''`);
    await standsAt(FOUND);
    await shoot(page, `found-message-${width}`);
  });

  test('from there one reads on in both directions, and nothing jumps', async () => {
    await page.setViewportSize({ width: 1440, height: 844 });
    await standsAt(FOUND);
    await log().hover();
    for (const [way, words] of [
      [1, 'Tin số 5060'],
      [-1, 'Tin số 4940'],
    ] as const) {
      await expect
        .poll(
          async () => {
            const before = await log()
              .getByText(/Tin số \d+/)
              .first()
              .textContent();
            await page.mouse.wheel(0, way * 400);
            await settled();
            expect(before).not.toBeNull();
            return await log().getByText(words).count();
          },
          { timeout: 30_000, interval: 20 },
        )
        .toBe(1);
      expect(await log().locator('article, p').count()).toBeLessThan(MOST_DRAWN);
      expect(await toEnd().count()).toBe(1);
    }
  });

  test('a new message does not pull the reader away; the button leads to it', async () => {
    await page.reload();
    await standsAt(FOUND);
    asked.length = 0;
    const isTold = page.waitForResponse((answer) => answer.url().endsWith(`/conversations/${id}`));
    await afterWriting(desk.stage, person, 'tin mới nhất đây');
    await desk.settle();
    await isTold;
    await settled();
    await standsAt(FOUND);
    expect(asked).toEqual([]);
    await toEnd().click();
    await log().getByText('tin mới nhất đây', { exact: true }).waitFor();
    await expect.poll(left).toBeLessThan(2);
    expect(page.url()).not.toContain('message=');
    expect(await mark().count()).toBe(0);
    await page.goBack();
    await standsAt(FOUND);
  });

  test('own words lead to the end', async () => {
    await page.getByRole('textbox', { name: 'Nội dung trả lời' }).fill('Dạ em đây ạ');
    await page.keyboard.press('Control+Enter');
    await log().getByText('Dạ em đây ạ', { exact: true }).waitFor();
    await expect.poll(left).toBeLessThan(2);
    expect(page.url()).not.toContain('message=');
  });

  test.each(['Tin số 3 ', 'Tin số 9990'])('from the search of customers, near either end: %s', async (words) => {
    await page.goto(`${desk.stage.address}/customers?q=phun+suong`);
    await page.getByRole('link', { name: words }).click();
    await log().getByText(words).first().waitFor();
    await expect.poll(() => mark().count()).toBe(1);
    await settled();
    expect(await log().locator('[aria-current=true]').textContent()).toContain(words.trim());
    const place = await placeOf(words);
    expect(place).toBeGreaterThan(0);
    expect(place).toBeLessThan(1);
  });

  test('what is no longer there is said, and the end is shown', async () => {
    await page.goto(`${desk.stage.address}/inbox/all?c=${id}&message=t%3A987654321987`);
    await page.getByText('Tin này không còn trong hội thoại').waitFor();
    await log().getByText('Dạ em đây ạ', { exact: true }).waitFor();
    await expect.poll(left).toBeLessThan(2);
    expect(page.url()).not.toContain('message=');
    expect(desk.problems.filter((one) => !one.includes('status of 404'))).toEqual([]);
  });
});
