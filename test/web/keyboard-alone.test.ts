// A whole turn at the desk without a mouse: the focus is always somewhere, always seen, and every act has its way.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, must, nameCustomer, type Somebody, said, welcomed } from '../stories/scenes.ts';
import { type Desk, EMAIL, executablePath, openDesk, PASSWORD } from './desk.ts';
import { shoot } from './shoot.ts';

/** What has the focus, and whether one can see it: an outline on it or on what stands for it, or a field's own border. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return { name: 'nothing', isSeen: false };
  const outlined = (one) => one && getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) > 0;
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--mantine-color-default-border)';
  const plain = getComputedStyle(probe).color;
  probe.remove();
  const isField = at.matches('input:not([type=radio], [type=checkbox]), textarea, select');
  const isSeen = [at, at.nextElementSibling, at.previousElementSibling, at.parentElement, at.labels?.[0]].some(outlined)
    || (isField && getComputedStyle(at).borderTopColor !== plain);
  const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? '';
  // Where a page begins: it is led to, and nothing can be pressed on it.
  return { name: at.matches('main') ? 'main' : name, isSeen: isSeen || at.matches('main, [role=dialog]') };
})()`;
type Focused = { name: string; isSeen: boolean };

describe.skipIf(executablePath === undefined)('by keyboard alone', () => {
  let desk: Desk;
  let page: Page;
  let lan: Somebody;
  let question: string | undefined;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    const canned = {
      shortcut: 'chao',
      title: 'Chào khách',
      text: 'Dạ em chào {customer.name}, em là Hương ạ.',
      teamId: null,
    };
    await must(desk.stage, 'POST', '/api/v1/canned-replies', canned);
    lan = await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan');
    await nameCustomer(desk.stage, lan);
    await afterWriting(desk.stage, lan, 'đặt lịch đào tạo');
    question = said(desk.stage, lan).at(-1);
    await afterWriting(desk.stage, lan, 'gặp nhân viên');
    await desk.settle();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-keyboard');
  });

  const focused = (): Promise<Focused> => page.evaluate(FOCUSED);
  /** The focus is there and seen; what gives it back may take a moment. */
  const isHeld = () => expect.poll(focused, { interval: 20 }).toMatchObject({ isSeen: true });
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await isHeld();
    }
  };
  const tabTo = async (name: string | RegExp) => {
    const passed: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      await page.keyboard.press('Tab');
      // After the last thing on the page comes the browser itself, then the page again.
      if ((await focused()).name === 'nothing') await page.keyboard.press('Tab');
      await isHeld();
      const at = (await focused()).name;
      if (typeof name === 'string' ? at.startsWith(name) : name.test(at)) return;
      passed.push(at);
    }
    throw new Error(`${name} is not reached; passed: ${passed.join(' | ')}`);
  };
  const log = (text: string) => page.getByRole('log').getByText(text, { exact: true }).waitFor();

  test('one comes in, and the first Tab leads over the navigation', async () => {
    await page.goto(`${desk.stage.address}/`);
    await expect.poll(async () => (await focused()).name).toBe('E-mail');
    await page.keyboard.type(EMAIL);
    await press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
    await isHeld();
    await page.reload();
    await page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText('Nguyễn Thị Lan').waitFor();
    await press('Tab');
    expect((await focused()).name).toBe('Đến nội dung chính');
    await press('Enter');
    expect((await focused()).name).toBe('main');
  });

  test('the customer who waits is reached, opened and taken', async () => {
    await tabTo(/Nguyễn Thị Lan/);
    await press('Enter');
    await log('gặp nhân viên');
    await tabTo('Nhận');
    await press('Enter');
    await page.getByText('Trần Thu Hương đang trả lời').waitFor();
    await isHeld();
  });

  test('a canned reply is found, put in and sent; the field keeps the focus', async () => {
    await press('r');
    await page.keyboard.type('/cha');
    await page.getByRole('option', { name: /Chào khách/ }).waitFor();
    await press('ArrowDown', 'ArrowUp', 'Enter', 'Control+Enter');
    await log('Dạ em chào Nguyễn Thị Lan, em là Hương ạ.');
    await desk.settle();
    expect(said(desk.stage, lan).at(-1)).toBe('Dạ em chào Nguyễn Thị Lan, em là Hương ạ.');
    await expect.poll(focused).toEqual({ name: 'Nội dung trả lời', isSeen: true });
    await page.keyboard.type('Chị chờ em một chút ạ');
    await tabTo('Gửi');
    await press('Enter');
    await log('Chị chờ em một chút ạ');
    await expect.poll(focused).toEqual({ name: 'Nội dung trả lời', isSeen: true });
  });

  test('a note is written for colleagues', async () => {
    await press('Escape', 'n');
    expect((await focused()).name).toBe('Nội dung ghi chú');
    await page.keyboard.type('Chị hay hỏi về hóa đơn');
    await press('Control+Enter');
    await log('Chị hay hỏi về hóa đơn');
    await isHeld();
  });

  test('the keyboard map opens and closes, and the focus is where it was', async () => {
    await press('Escape');
    const before = await focused();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Phím tắt' }).waitFor();
    await isHeld();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Phím tắt' }).waitFor({ state: 'detached' });
    await expect.poll(focused).toEqual(before);
  });

  test('it is handed back at the question that was asked', async () => {
    const before = said(desk.stage, lan).length;
    await page.keyboard.press('b');
    await page.getByRole('dialog').getByText('Hỏi lại câu đang chờ khách trả lời').waitFor();
    await tabTo('Trả cho bot');
    await press('Enter');
    await page.getByText('Bot đang trả lời', { exact: true }).first().waitFor();
    await isHeld();
    await desk.settle();
    expect(said(desk.stage, lan).slice(before)).toEqual([question]);
  });

  test('who calls again is taken and resolved; the menus of the page are walked and left', async () => {
    await afterWriting(desk.stage, lan, 'gặp nhân viên');
    await desk.settle();
    await page.getByText('Đang chờ nhân viên').first().waitFor();
    await page.keyboard.press('t');
    await page.getByText('Trần Thu Hương đang trả lời').waitFor();
    await isHeld();
    await tabTo('Thao tác');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Xong, không hỏi' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menuitem', { name: 'Xong, không hỏi' }).waitFor({ state: 'detached' });
    await expect.poll(async () => (await focused()).name).toBe('Thao tác');
    await press('e');
    await page.getByRole('heading', { level: 1, name: 'Nguyễn Thị Lan' }).waitFor();
    await page.getByText('Đã xong', { exact: true }).nth(1).waitFor();
    await isHeld();
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
