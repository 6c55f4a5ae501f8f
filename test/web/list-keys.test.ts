// Every list goes by the same keys: j and k or the arrows from row to row, Enter opens.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { afterWriting, must, nameCustomer, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';

/** `opened`: what is there once a row was opened with Enter. */
type List = { name: string; path: string; opened: (page: Page) => Promise<void> };

const inDialog = async (page: Page) => await page.getByRole('dialog').getByRole('heading').first().waitFor();
const lists: readonly List[] = [
  { name: 'tasks', path: 'tasks', opened: inDialog },
  { name: 'cases', path: 'cases', opened: inDialog },
  { name: 'people who were found', path: 'customers?q=phim', opened: (page) => page.waitForURL(/\/customers\/[^?]/) },
  { name: 'messages that were found', path: 'customers?q=nhan+vien', opened: (page) => page.waitForURL(/message=/) },
  { name: 'staff and their load', path: 'supervisor', opened: inDialog },
];

describe.skipIf(executablePath === undefined)('lists by keyboard', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    ({ page } = desk);
    const dueAt = (hours: number) => new Date(desk.stage.clock.now().getTime() + hours * HOUR_MS).toISOString();
    for (const n of [1, 2, 3]) {
      const person = await welcomed(desk.stage, 'zalo', `Khách Phím ${n}`);
      const customer = await nameCustomer(desk.stage, person);
      await must(desk.stage, 'PUT', `/api/v1/customers/${customer}`, { name: `Khách Phím ${n}` });
      await afterWriting(desk.stage, person, 'gặp nhân viên');
      await must(desk.stage, 'POST', '/api/v1/tasks', { customer, title: `Việc ${n}`, dueAt: dueAt(n) });
      await must(desk.stage, 'POST', '/api/v1/cases', { customer, reason: `Vụ ${n}`, kind: 'complaint' });
    }
    await desk.stage.db.pool.query(
      `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at)
       SELECT gen_random_uuid(), 'phim' || n || '@ganbo.vn', 'Nhân viên ' || n, 'agent', 'x', '{}', $1 FROM generate_series(1, 2) n`,
      [desk.stage.clock.now()],
    );
    await desk.settle();
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());

  /** Which row has the focus; -1 = none. */
  const at = (): Promise<number> =>
    page.evaluate(`[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)`);
  const pressed = async (key: string, row: number) => {
    await page.keyboard.press(key);
    await expect.poll(at, { message: key }).toBe(row);
  };

  test.each(lists)('of $name', async ({ path, opened }) => {
    await page.goto(`${desk.stage.address}/${path}`);
    const heading = page.getByRole('heading', { level: 1 });
    await page.locator('[data-row]').nth(2).waitFor();
    await heading.click();
    expect(await at()).toBe(-1);
    for (const [key, row] of [
      ...([
        ['j', 0],
        ['j', 1],
        ['k', 0],
        ['ArrowDown', 1],
        ['ArrowDown', 2],
        ['ArrowUp', 1],
        ['k', 0],
        ['k', 0],
      ] as const),
    ])
      await pressed(key, row);
    await page.keyboard.press('Enter');
    await opened(page);
    expect(desk.problems).toEqual([]);
  });

  test('conversations open as one goes', async () => {
    await page.goto(`${desk.stage.address}/inbox/all`);
    const list = page.getByRole('region', { name: 'Danh sách hội thoại' });
    await list.getByText('Khách Phím 3').waitFor();
    await page.keyboard.press('j');
    await page.waitForURL(/c=/);
    const first = page.url();
    await page.keyboard.press('j');
    await expect.poll(() => page.url()).not.toBe(first);
    await page.keyboard.press('k');
    await expect.poll(() => page.url()).toBe(first);
    await page.keyboard.press('k');
    await page.getByRole('log').getByText('gặp nhân viên', { exact: true }).waitFor();
    expect(page.url()).toBe(first);
    expect(desk.problems).toEqual([]);
  });
});
