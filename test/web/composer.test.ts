// Writing in a real browser: files, signs, templates, later, mentions, and what one does for the customer from the side.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { png } from '../inbox/some-files.ts';
import { afterWriting, nameCustomer, type Somebody, said, shownBy, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';

const shots = process.env.SCREENSHOTS;
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/composer-${name}.png` });
};

describe.skipIf(executablePath === undefined)('the composer', () => {
  let desk: Desk;
  let page: Page;
  let lan: Somebody;
  const words = () => page.getByRole('textbox', { name: 'Nội dung trả lời' });
  const log = () => page.getByRole('log');
  const send = () => page.getByRole('button', { name: 'Gửi', exact: true }).click();

  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    lan = await welcomed(desk.stage, 'zalo', 'Nguyễn Thị Lan');
    await nameCustomer(desk.stage, lan);
    await afterWriting(desk.stage, lan, 'gặp nhân viên');
    await desk.settle();
    await desk.signIn();
    await page.goto(`${desk.stage.address}/inbox/waiting`);
    await page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText('Nguyễn Thị Lan').click();
    await log().getByText('gặp nhân viên', { exact: true }).waitFor();
  }, 120_000);
  afterAll(async () => {
    await desk.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, `failed-${task.name.slice(0, 12).replace(/\W/g, '-')}`);
  });

  test('a picture is chosen, seen, and goes with the words to the phone; a page in disguise is refused in words', async () => {
    const input = page.locator('input[type="file"]');
    await input.setInputFiles([{ name: 'mặt tiền.png', mimeType: 'image/png', buffer: png() }]);
    const strip = page.getByRole('list', { name: 'Tệp đính kèm' });
    await strip.getByText('mặt tiền.png').waitFor();
    await input.setInputFiles([{ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload=alert(1)>') }]);
    await strip.getByText('Không gửi được loại tệp này').waitFor();
    await shoot(page, 'attached');
    await page.getByRole('button', { name: 'Bỏ tệp x.png' }).click();
    await words().fill('Dạ em gửi chị ảnh ạ');
    const before = shownBy(desk.stage, lan).length;
    await send();
    await log().getByText('Dạ em gửi chị ảnh ạ').waitFor();
    await desk.settle();
    expect(shownBy(desk.stage, lan).slice(before)).toHaveLength(1);
    expect(await strip.count()).toBe(0);
    const address = await log().locator('img').last().getAttribute('src');
    const status = await page.evaluate(async (url) => (await fetch(url ?? '')).status, address);
    expect(status).toBe(200);
  });

  test('a sign is put where one writes, by keyboard', async () => {
    await words().fill('Cảm ơn chị ');
    await page.getByRole('button', { name: 'Biểu tượng cảm xúc' }).click();
    const signs = page.getByRole('group', { name: 'Biểu tượng cảm xúc' });
    await signs.getByRole('button').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await signs.waitFor({ state: 'hidden' });
    expect(await words().inputValue()).toBe('Cảm ơn chị 😄');
    await words().fill('');
  });

  test('words for later wait in the thread and can be taken back', async () => {
    await words().fill('Em gọi chị sau nhé');
    await page.getByRole('button', { name: 'Hẹn giờ gửi' }).click();
    await page.getByRole('menuitem', { name: 'Một giờ nữa' }).click();
    await page.getByText(/Gửi lúc \d/).waitFor();
    await page.getByRole('button', { name: 'Hẹn gửi' }).click();
    await log()
      .getByText(/Sẽ gửi lúc/)
      .waitFor();
    await shoot(page, 'planned');
    await log().getByRole('button', { name: 'Hủy gửi' }).click();
    await log()
      .getByText(/Trần Thu Hương đã hủy trước khi gửi/)
      .waitFor();
    expect(said(desk.stage, lan)).not.toContain('Em gọi chị sau nhé');
  });

  test('a template is filled with what is known, seen, and sent', async () => {
    await page.getByRole('button', { name: 'Tin mẫu' }).click();
    const dialog = page.getByRole('dialog', { name: 'Gửi tin mẫu đã duyệt' });
    await dialog.getByLabel('Tên khách').waitFor();
    expect(await dialog.getByLabel('Tên khách').inputValue()).toBe('Nguyễn Thị Lan');
    for (const label of ['Sản phẩm', 'Ngày hết hạn', 'Thời gian', 'Mã ưu đãi', 'Hạn chót', 'Món hàng', 'Ngày mua']) {
      const field = dialog.getByLabel(label);
      if ((await field.count()) > 0) await field.fill('20/12/2026');
    }
    await dialog.getByText('300').first().waitFor();
    await shoot(page, 'template');
    await dialog.getByRole('button', { name: 'Gửi tin mẫu' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await desk.settle();
    expect(said(desk.stage, lan).at(-1)).toContain('20/12/2026');
  });

  test('"@" calls a colleague in a note', async () => {
    await page.getByText('Ghi chú', { exact: true }).first().click();
    const note = page.getByRole('combobox', { name: 'Nội dung ghi chú' }).or(page.getByLabel('Nội dung ghi chú'));
    await note.first().pressSequentially('nhờ @thu');
    await page.getByRole('listbox', { name: 'Nhắc đồng nghiệp' }).getByText('Trần Thu Hương').waitFor();
    await page.keyboard.press('Enter');
    expect(await note.first().inputValue()).toBe('nhờ @Trần Thu Hương ');
    await page.keyboard.press('Control+Enter');
    await log().getByText('nhờ @Trần Thu Hương').waitFor();
    const { rows } = await desk.stage.db.pool.query(
      `SELECT data -> 'mentions' AS mentions FROM touchpoints WHERE kind = 'note_added'`,
    );
    expect(rows).toMatchObject([{ mentions: [expect.any(String)] }]);
    await page.getByText('Trả lời', { exact: true }).first().click();
  });

  test('what one began to note never stands in the field for the customer, not after the page came anew either', async () => {
    const note = () => page.getByRole('textbox', { name: 'Nội dung ghi chú' });
    const reply = () => page.getByRole('textbox', { name: 'Nội dung trả lời' });
    const to = (mode: string) => page.getByText(mode, { exact: true }).first().click();
    await to('Ghi chú');
    await note().fill('Khách hay đổi ý, đừng giảm giá');
    await to('Trả lời');
    expect(await reply().inputValue()).toBe('');
    await reply().fill('Dạ em xem ngay ạ');
    await page.reload();
    await reply().waitFor();
    expect(await reply().inputValue()).toBe('Dạ em xem ngay ạ');
    await to('Ghi chú');
    expect(await note().inputValue()).toBe('Khách hay đổi ý, đừng giảm giá');
    await note().fill('');
    await to('Trả lời');
    await reply().fill('');
  });

  test('a task, a training and a script from the side, by their keys', async () => {
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('v');
    const task = page.getByRole('dialog', { name: 'Tạo việc' });
    await task.getByLabel('Cần làm gì?').fill('Gọi lại về hóa đơn');
    await shoot(page, 'task');
    await task.getByRole('button', { name: 'Tạo', exact: true }).click();
    await page
      .getByRole('complementary', { name: 'Thông tin khách' })
      .getByText(/Gọi lại về hóa đơn/)
      .waitFor();

    await page.getByRole('button', { name: 'Đặt lịch đào tạo' }).click();
    const training = page.getByRole('dialog', { name: 'Đặt lịch đào tạo' });
    await training.getByLabel('Giờ học').click();
    await page.getByRole('listbox', { name: 'Giờ học' }).getByRole('option').first().click();
    await training.getByRole('button', { name: 'Đặt lịch', exact: true }).click();
    await training.waitFor({ state: 'hidden' });
    await desk.settle();
    expect(said(desk.stage, lan).some((text) => text.includes('Em đã đặt lịch đào tạo'))).toBe(true);

    await page.getByRole('button', { name: 'Bắt đầu kịch bản' }).click();
    const flow = page.getByRole('dialog', { name: 'Bắt đầu kịch bản' });
    await flow.getByLabel('Kịch bản').click();
    await page.getByRole('option', { name: 'Đặt lịch đào tạo', exact: true }).click();
    await flow.getByRole('button', { name: 'Bắt đầu', exact: true }).click();
    await flow.waitFor({ state: 'hidden' });
    await desk.settle();
    await log()
      .getByText(/Bắt đầu kịch bản: Đặt lịch đào tạo/)
      .waitFor();
    expect(said(desk.stage, lan).at(-1)).toContain('tiện giờ nào');
    await shoot(page, 'side');
  });

  test('at 390 px the name is whole', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const name = page.getByRole('heading', { level: 1, name: 'Nguyễn Thị Lan' });
    await name.waitFor();
    await shoot(page, 'phone');
    const isCut = await name.evaluate((element) => element.scrollHeight > element.clientHeight + 1);
    expect(isCut).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  test('the browser complained about nothing', () => {
    // The refused file is said to the agent; the browser notes every refusal of a server as well.
    expect(desk.problems.filter((problem) => !problem.includes('status of 422'))).toEqual([]);
  });
});
