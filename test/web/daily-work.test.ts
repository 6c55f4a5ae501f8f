// What an agent does all day beside answering: being called by a note, lists on a phone and by keyboard, finding words again,
// conversations that go to another team, and customers outside the window. From anywhere on the clock of the business.
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { boundKeys } from '../../src/web/app/key-list.ts';
import { afterWriting, conversationOf, must, nameCustomer, welcomed } from '../stories/scenes.ts';
import { type Desk, EMAIL, executablePath, openDesk, PASSWORD } from './desk.ts';
import { colleagueAt } from './desk-people.ts';
import { seriousMistakes, widerBy } from './mistakes.ts';
import { shoot } from './shoot.ts';

describe.skipIf(executablePath === undefined)('a day at the desk', () => {
  let desk: Desk;
  let page: Page;
  let customer: string;
  let id: string;
  let team: string;
  const rows = async (sql: string, values: unknown[] = []) => (await desk.stage.db.pool.query(sql, values)).rows;
  const open = async (path: string, on = page) => {
    await on.goto(`${desk.stage.address}/${path}`);
    await on.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
    await on.locator('[aria-busy]').first().waitFor({ state: 'detached' });
  };
  const call = async (path: string, body: object) => {
    const answer = await page.request.post(`${desk.stage.address}/api/v1/inbox/conversations/${id}/${path}`, {
      data: body,
      headers: { origin: desk.stage.address },
    });
    expect(answer.status(), await answer.text()).toBe(200);
  };

  beforeAll(async () => {
    desk = await openDesk();
    ({ page } = desk);
    const nga = await welcomed(desk.stage, 'zalo', 'Đỗ Thị Nga');
    customer = await nameCustomer(desk.stage, nga);
    ({ id } = await conversationOf(desk.stage, customer));
    await afterWriting(desk.stage, nga, 'chị muốn hỏi về máy triệt lông', 'gặp nhân viên');
    await rows('DELETE FROM tasks');
    for (const title of ['Gọi gia hạn', 'Gửi bảng giá'])
      await must(desk.stage, 'POST', '/api/v1/tasks', { customer, title, owner: EMAIL });
    await rows(`UPDATE tasks SET due_at = due_at + interval '1 hour' WHERE title = 'Gửi bảng giá'`);
    team = randomUUID();
    await rows('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [team, 'Kỹ thuật', new Date()]);
    await desk.settle();
    await desk.signIn();
    page.setDefaultTimeout(10_000);
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task: { result, name } }) => {
    if (result?.state === 'fail') await shoot(page, `failed-day-${name.slice(0, 20).replace(/\W/g, '-')}`);
  });

  test('who is called by a note sees it counted at once, and no more once they opened it', async () => {
    const agent = await colleagueAt(desk, 'an@ganbo.vn', 'agent');
    const [an] = await rows(`SELECT id FROM staff_members WHERE email = 'an@ganbo.vn'`);
    const mine = agent.getByRole('link', { name: /Nhắc tôi/ });
    await open('inbox/all', agent);
    expect(await mine.innerText()).not.toMatch(/[1-9]/);
    await call('notes', { text: 'An xem giúp chị Nga nhé', mentions: [an.id] });
    await desk.settle();
    await mine.filter({ hasText: '1' }).waitFor();
    await agent.keyboard.press('m');
    await agent.waitForURL(/inbox\/mentions/);
    const list = agent.getByRole('region', { name: 'Danh sách hội thoại' });
    await shoot(agent, 'mentions');
    await list.getByText('Đỗ Thị Nga').click();
    await agent.getByRole('log').getByText('An xem giúp chị Nga nhé').waitFor();
    await agent.getByText('Không có ghi chú nào nhắc bạn').waitFor();
    await expect.poll(() => mine.innerText()).not.toMatch(/[1-9]/);
    expect(await seriousMistakes(agent)).toEqual([]);

    await open('inbox/waiting', agent);
    await list.getByText('Đỗ Thị Nga').click();
    await agent.getByRole('textbox', { name: 'Nội dung trả lời' }).waitFor();
    await call('assign', { staffId: null, teamId: team });
    await desk.settle();
    await list.getByText('Đỗ Thị Nga').waitFor({ state: 'detached' });
    await agent.getByText('nó đã chuyển sang nhóm khác').waitFor();
    await call('assign', { staffId: null, teamId: null });
    await agent.close();
  });

  test('lists say whose and until when on a phone, and go by keyboard', async () => {
    await open('tasks');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    const second = page.getByRole('link', { name: 'Gửi bảng giá', exact: true });
    await page.locator('[data-row]:focus').and(second).waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Gửi bảng giá').waitFor();
    await page.keyboard.press('Escape');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 844 });
      await open('tasks');
      await shoot(page, `tasks-390-${colorScheme}`);
      const row = page.getByRole('row').filter({ hasText: 'Gọi gia hạn' });
      await row.getByText('Trần Thu Hương').locator('visible=true').waitFor();
      expect(await row.getByText(/Hạn: \d\d\/\d\d\/\d{4} \d\d:\d\d/).isVisible()).toBe(true);
      expect(await widerBy(page)).toBe(0);
      expect(await seriousMistakes(page)).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('the hour is that of the business, wherever one sits', async () => {
    await rows(`UPDATE tasks SET due_at = '2027-03-04T18:30:00Z' WHERE title = 'Gọi gia hạn'`);
    const context = await desk.browser.newContext({ timezoneId: 'America/Los_Angeles', locale: 'vi-VN' });
    const far = await context.newPage();
    far.setDefaultTimeout(10_000);
    await far.goto(`${desk.stage.address}/tasks`);
    await far.getByLabel('E-mail').fill(EMAIL);
    await far.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await far.getByRole('button', { name: 'Đăng nhập' }).click();
    await far.getByText('05/03/2027 01:30', { exact: true }).waitFor();
    await far.getByRole('link', { name: 'Gọi gia hạn', exact: true }).click();
    await far.getByLabel('Hạn mới').fill('2027-03-06T09:00');
    await far.getByRole('button', { name: 'Đổi hạn' }).click();
    await far.getByRole('dialog').getByText('06/03/2027 09:00').waitFor();
    const [task] = await rows(`SELECT due_at FROM tasks WHERE title = 'Gọi gia hạn'`);
    expect(task.due_at.toISOString()).toBe('2027-03-06T02:00:00.000Z');
    await context.close();
  });

  test('words are found in what was said, page after page', async () => {
    await rows(
      `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text)
       SELECT c.created_at - n * interval '1 hour', 'message_in', c.customer_id, c.id, 'zalo', 'máy hút bụi số ' || n FROM conversations c, generate_series(1, 45) n WHERE c.id = $1`,
      [id],
    );
    await open('customers?q=hut+bui');
    const found = page.getByText('máy hút bụi số', { exact: false });
    await found.first().waitFor();
    const before = await found.count();
    await page.getByRole('button', { name: 'Xem thêm' }).click();
    await expect.poll(() => found.count()).toBeGreaterThan(before);
    await open('inbox/resolved');
    await page.getByLabel('Tìm theo tên hoặc nội dung').fill('triet long');
    const hits = page.getByRole('region', { name: 'Trong nội dung tin nhắn' });
    await hits.getByText('máy triệt lông').waitFor();
    await shoot(page, 'inbox-search');
    const box = await hits.getByText('máy triệt lông').boundingBox();
    expect((box?.y ?? Number.NaN) + (box?.height ?? 0)).toBeLessThanOrEqual(900);
    expect(await seriousMistakes(page)).toEqual([]);
    await hits.getByRole('button').first().click();
    await page.getByRole('log').getByText('chị muốn hỏi về máy triệt lông').waitFor();
  });

  test('outside the window a booking and a script say so before, and lead to what still reaches the customer', async () => {
    await rows(
      `UPDATE channel_identities SET last_interaction_at = $2, followed_at = $2 WHERE id = (SELECT identity_id FROM conversations WHERE id = $1)`,
      [id, new Date(desk.stage.clock.now().getTime() - 9 * 86_400_000)],
    );
    await open(`inbox/all?c=${id}`);
    await page.getByRole('heading', { level: 1, name: 'Đỗ Thị Nga' }).click();
    await page.keyboard.press('l');
    const booking = page.getByRole('dialog', { name: 'Đặt lịch đào tạo' });
    await booking.getByText('Chưa đặt được lịch').waitFor();
    await shoot(page, 'closed-booking');
    expect(await booking.getByRole('button', { name: 'Đặt lịch' }).isDisabled()).toBe(true);
    expect(await seriousMistakes(page)).toEqual([]);
    await booking.getByRole('button', { name: 'Tạo việc gọi khách' }).click();
    const task = page.getByRole('dialog', { name: 'Tạo việc' });
    expect(await task.getByLabel('Cần làm gì?').inputValue()).toBe('Gọi khách để hẹn giờ đào tạo');
    await task.getByRole('button', { name: 'Tạo', exact: true }).click();
    await task.waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Đỗ Thị Nga' }).click();
    await page.keyboard.press('f');
    const flow = page.getByRole('dialog', { name: 'Bắt đầu kịch bản' });
    await flow.getByRole('combobox', { name: 'Kịch bản' }).fill('đào tạo');
    await page.getByRole('option', { name: 'Đặt lịch đào tạo' }).click();
    await flow.getByText('Chưa bắt đầu được từ bước này').waitFor();
    expect(await flow.getByRole('button', { name: 'Bắt đầu', exact: true }).isDisabled()).toBe(true);
    await shoot(page, 'closed-flow');
    await flow.getByRole('button', { name: 'Chọn tin mẫu' }).click();
    await page.getByRole('dialog', { name: 'Gửi tin mẫu đã duyệt' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('"?" shows every key', async () => {
    await page.getByRole('heading', { level: 1 }).first().click();
    await page.keyboard.press('?');
    const map = page.getByRole('dialog', { name: 'Phím tắt' });
    await map.waitFor();
    await shoot(page, 'key-map');
    const shown = await map.locator('kbd').allInnerTexts();
    expect(shown).toEqual(expect.arrayContaining(boundKeys.map(([key]) => key.toUpperCase())));
    expect(await seriousMistakes(page)).toEqual([]);
    expect(desk.problems).toEqual([]);
  });
});
