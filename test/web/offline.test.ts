// Half a minute without a network: the page says so, comes back by itself, and nothing is missing, doubled or lost.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, nameCustomer, type Somebody, said, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { shoot } from './shoot.ts';

describe.skipIf(executablePath === undefined)('without a network', () => {
  let desk: Desk;
  let page: Page;
  let person: Somebody;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    person = await welcomed(desk.stage, 'messenger', 'Bùi Thị Mạng');
    await nameCustomer(desk.stage, person);
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    await desk.signIn();
    await page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText('Bùi Thị Mạng').click();
    await page.getByRole('log').getByText('gặp nhân viên', { exact: true }).waitFor();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-offline');
  });
  const field = () => page.getByRole('textbox', { name: 'Nội dung trả lời' });
  const shown = (text: string) => page.getByRole('log').getByText(text, { exact: true });

  test('a part that was never opened is waited for; everything else goes on', async () => {
    await page.getByRole('button', { name: 'Nhận', exact: true }).click();
    await page.getByText('Trần Thu Hương đang trả lời').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('status').getByText('Mất kết nối. Đang thử nối lại…').waitFor();
    await page.getByRole('button', { name: 'Tạo việc' }).click();
    await field().fill('Vẫn viết được');
    await shown('gặp nhân viên').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    expect(await field().inputValue()).toBe('Vẫn viết được');
  }, 60_000);

  test('a part that went with an update is fetched with the new page; what was written is still there', async () => {
    await page.route(/\/assets\/hand-back-/, (route) => route.fulfill({ status: 404, body: '' }), { times: 1 });
    await field().fill('Chữ viết dở');
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Trả cho bot' }).click();
    await loaded;
    await shown('gặp nhân viên').waitFor();
    expect(await field().inputValue()).toBe('Chữ viết dở');
    await page.getByRole('button', { name: 'Trả cho bot' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
  }, 60_000);

  test('what came meanwhile is there once, in its order; the draft is kept and can be sent', async () => {
    await field().fill('Dạ chị đợi em một chút');
    await page.context().setOffline(true);
    await page.getByRole('status').getByText('Mất kết nối. Đang thử nối lại…').waitFor();
    const words = Array.from({ length: 30 }, (_, n) => `lúc mất mạng ${n}.`);
    for (const text of words) await afterWriting(desk.stage, person, text);
    // Sending fails in words, and nothing typed is lost.
    await field().press('Control+Enter');
    await page.getByText('Chưa gửi được. Nội dung vẫn còn ở đây.').waitFor();
    expect(await field().inputValue()).toBe('Dạ chị đợi em một chút');
    expect(await shown('lúc mất mạng 29.').count()).toBe(0);

    await page.context().setOffline(false);
    await page.getByRole('status').getByText('Mất kết nối').waitFor({ state: 'detached' });
    await shown('lúc mất mạng 29.').waitFor();
    const log = page.getByRole('log');
    const seen = new Set<string>();
    for (let n = 0; n < 40 && seen.size < words.length; n += 1) {
      const texts = (await log.locator('article p').allInnerTexts()).filter((text) => text.startsWith('lúc mất mạng'));
      // Each once on the screen, and one after the other.
      expect(new Set(texts).size).toBe(texts.length);
      const numbers = texts.map((text) => Number(/\d+/.exec(text)?.[0]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      for (const text of texts) seen.add(text);
      await log.evaluate((frame: { scrollBy(x: number, y: number): void }) => frame.scrollBy(0, -300));
    }
    expect([...seen].toSorted()).toEqual(words.toSorted());
    expect(await field().inputValue()).toBe('Dạ chị đợi em một chút');
    await field().press('Control+Enter');
    await shown('Dạ chị đợi em một chút').waitFor();
    await desk.settle();
    expect(said(desk.stage, person).filter((text) => text === 'Dạ chị đợi em một chút')).toHaveLength(1);
  });

  test('an answer that was lost on the way back is not said twice', async () => {
    await field().fill('Em gửi chị báo giá ạ');
    await page.route(
      '**/messages',
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    const lost = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/messages'));
    await field().press('Control+Enter');
    await lost;
    expect(await field().inputValue()).toBe('Em gửi chị báo giá ạ');
    // As often as one likes, until it is gone.
    const again = async () => {
      await field().press('Control+Enter');
      return await field().inputValue();
    };
    await expect.poll(again, { interval: 200 }).toBe('');
    await desk.settle();
    expect(said(desk.stage, person).filter((text) => text === 'Em gửi chị báo giá ạ')).toHaveLength(1);
  });
});
