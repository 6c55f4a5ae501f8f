// Two people at one conversation: each sees the other, and they never answer over each other.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, nameCustomer, type Somebody, said, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { shoot } from './shoot.ts';

const fieldOf = (page: Page) => page.getByRole('textbox', { name: 'Nội dung trả lời' });

describe.skipIf(executablePath === undefined)('two agents at once', () => {
  let desk: Desk;
  let [huong, minh]: Page[] = [];
  let person: Somebody;
  beforeAll(async () => {
    desk = await openDesk();
    person = await welcomed(desk.stage, 'zalo', 'Vũ Thị Hai');
    await nameCustomer(desk.stage, person);
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    await desk.signIn();
    huong = desk.page;
    minh = await desk.colleague('Minh');
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || !huong || !minh) return;
    await shoot(huong, 'failed-agent-1');
    await shoot(minh, 'failed-agent-2');
  });

  async function both(): Promise<[Page, Page]> {
    if (!huong || !minh) throw new Error('They are not at their desks.');
    return [huong, minh];
  }

  test('each sees that the other looks, and writes', async () => {
    const [one, two] = await both();
    for (const page of [one, two]) {
      await page.goto(`${desk.stage.address}/inbox/waiting`);
      await page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText('Vũ Thị Hai').click();
      await fieldOf(page).waitFor();
    }
    await desk.settle();
    await one.getByText('Minh cũng đang xem').waitFor();
    await two.getByText('Trần Thu Hương cũng đang xem').waitFor();
    await fieldOf(one).pressSequentially('Dạ em');
    await desk.settle();
    await two.getByText('Trần Thu Hương đang viết…').waitFor();
  });

  test('who sends second reads the newer answer first, keeps the text, and may still send it', async () => {
    const [one, two] = await both();
    const mine = 'Dạ chị cho em xin ảnh máy với ạ';
    await fieldOf(two).fill(mine);
    // The second one's page is deaf for a moment: it cannot know yet.
    await two.context().setOffline(true);
    await fieldOf(one).fill('Dạ em Hương xử lý cho chị ngay ạ');
    await one.keyboard.press('Control+Enter');
    await one.getByRole('log').getByText('Dạ em Hương xử lý').waitFor();
    // Before it hears again: a page that is back on the line asks at once what it missed.
    await two.route('**/timeline*', (route) => route.abort());
    await two.context().setOffline(false);
    await fieldOf(two).press('Control+Enter');
    const alert = two.getByRole('alert').filter({ hasText: 'Trần Thu Hương vừa trả lời trước bạn' });
    await alert.getByText('Dạ em Hương xử lý cho chị ngay ạ').waitFor();
    await two.unroute('**/timeline*');
    await shoot(two, 'newer-reply');
    expect(await fieldOf(two).inputValue()).toBe(mine);
    await desk.settle();
    expect(said(desk.stage, person).at(-1)).toBe('Dạ em Hương xử lý cho chị ngay ạ');
    await alert.getByRole('button', { name: 'Sửa lại' }).click();
    await alert.waitFor({ state: 'hidden' });
    expect(await fieldOf(two).inputValue()).toBe(mine);
  });

  test('the browsers complained about nothing else', () => {
    expect(desk.problems.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
  });
});
