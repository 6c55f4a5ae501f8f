// When the channel lets nobody talk freely any more: what may still be said is written beside the field, with its price;
// words cannot be sent and are not lost; an approved template is one click away and reaches the phone.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { png } from '../inbox/some-files.ts';
import {
  acceptedFor,
  afterWriting,
  type ChannelName,
  nameCustomer,
  type Somebody,
  said,
  shownBy,
  welcomed,
} from '../stories/scenes.ts';
import type { Span } from '../stories/stage.ts';
import { type Desk, executablePath, openDesk, PASSWORD } from './desk.ts';
import { shoot } from './shoot.ts';
import { unreachable } from './unreachable.ts';

describe.skipIf(executablePath === undefined)('outside the window', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-closed-window');
  });

  const field = () => page.getByRole('textbox', { name: 'Nội dung trả lời' });
  const send = () => page.getByRole('button', { name: 'Gửi', exact: true });
  const open = async (name: string) => {
    await page.goto(`${desk.stage.address}/inbox/all`);
    await page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText(name).click();
    await page.getByRole('log').getByText('gặp nhân viên', { exact: true }).waitFor();
  };
  const calls = async (channel: ChannelName, name: string): Promise<Somebody> => {
    const person = await welcomed(desk.stage, channel, name);
    await nameCustomer(desk.stage, person);
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    await open(name);
    return person;
  };
  /** Days go by, the browser's too; after the night one signs in again. */
  const later = async (span: Span, name: string) => {
    await desk.stage.pass(span);
    await page.clock.setFixedTime(desk.stage.clock.now());
    await page.goto(`${desk.stage.address}/inbox/all`);
    const password = page.getByLabel('Mật khẩu', { exact: true });
    await password
      .or(page.getByRole('region', { name: 'Danh sách hội thoại' }))
      .first()
      .waitFor();
    if ((await password.count()) > 0) await desk.signIn();
    await open(name);
  };
  const chooseTemplate = async (person: Somebody, fee: string) => {
    await page.getByRole('button', { name: 'Chọn tin mẫu' }).click();
    const dialog = page.getByRole('dialog', { name: 'Gửi tin mẫu đã duyệt' });
    await dialog.getByText(fee).waitFor();
    for (const input of await dialog.locator('input[required]').all())
      if ((await input.inputValue()) === '') await input.fill('20/12/2026');
    await dialog.getByRole('button', { name: 'Gửi tin mẫu' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('log').getByText('20/12/2026').waitFor();
    await desk.settle();
    expect(said(desk.stage, person).at(-1)).toContain('20/12/2026');
  };

  test('on Zalo words cost money after 48 hours, and are shut out after 7 days; the draft outlives the days', async () => {
    const lan = await calls('zalo', 'Nguyễn Thị Lan');
    await page.getByText(/Được nhắn miễn phí · còn/).waitFor();
    await later({ hours: 49 }, 'Nguyễn Thị Lan');
    await page.getByText(/Được nhắn, phí 55\s₫ mỗi tin · còn 4 ngày/).waitFor();
    await field().fill('Em gửi chị báo giá');
    await send().click();
    await page.getByRole('log').getByText('Em gửi chị báo giá').waitFor();
    await desk.settle();
    expect(shownBy(desk.stage, lan).at(-1)).toMatchObject({ text: 'Em gửi chị báo giá', isCharged: true });

    await field().fill('Chị ơi, máy chạy tốt không ạ?');
    await later({ days: 6 }, 'Nguyễn Thị Lan');
    const closed = page.getByRole('note', { name: 'Chưa được nhắn tự do lúc này' });
    await closed.getByText(/Quá 7 ngày từ tương tác cuối trên Zalo/).waitFor();
    await closed.getByText(/Tin mẫu: phí từ 300\s₫ mỗi tin/).waitFor();
    await shoot(page, 'closed-zalo');
    const before = acceptedFor(desk.stage, lan).length;
    expect(await field().inputValue()).toBe('Chị ơi, máy chạy tốt không ạ?');
    expect(await send().isDisabled()).toBe(true);
    await field().press('Control+Enter');
    await desk.settle();
    expect(acceptedFor(desk.stage, lan)).toHaveLength(before);
    await chooseTemplate(lan, 'Phí 300');
    // What was typed waits for the day on which the customer writes again.
    expect(await field().inputValue()).toBe('Chị ơi, máy chạy tốt không ạ?');
    await afterWriting(desk.stage, lan, 'chào em');
    await desk.settle();
    await page.getByText(/Được nhắn miễn phí/).waitFor();
    await send().click();
    await page.getByRole('log').getByText('Chị ơi, máy chạy tốt không ạ?').waitFor();
    await desk.settle();
    expect(said(desk.stage, lan).at(-1)).toBe('Chị ơi, máy chạy tốt không ạ?');
  });

  test('on Messenger a person may type for 7 days, and nothing but words; after that a template that costs nothing', async () => {
    const chi = await calls('messenger', 'Lê Thị Chi');
    await later({ hours: 25 }, 'Lê Thị Chi');
    await page.getByText(/Chỉ chữ do bạn tự gõ, không kèm tệp · còn 5 ngày/).waitFor();
    await field().fill('Dạ em Hương đây ạ');
    await page.locator('input[type="file"]').setInputFiles([{ name: 'máy.png', mimeType: 'image/png', buffer: png() }]);
    await page.getByRole('list', { name: 'Tệp đính kèm' }).getByText('máy.png').waitFor();
    await page.getByText('Bỏ tệp để gửi').waitFor();
    expect(await send().isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Bỏ tệp máy.png' }).click();
    await send().click();
    await page.getByRole('log').getByText('Dạ em Hương đây ạ').waitFor();
    await desk.settle();
    const accepted = acceptedFor(desk.stage, chi).at(-1);
    expect(JSON.stringify(accepted?.body)).toContain('"tag":"HUMAN_AGENT"');
    expect(said(desk.stage, chi).at(-1)).toBe('Dạ em Hương đây ạ');

    await later({ days: 6 }, 'Lê Thị Chi');
    const closed = page.getByRole('note', { name: 'Chưa được nhắn tự do lúc này' });
    await closed.getByText('Tin mẫu: miễn phí').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot(page, 'closed-messenger-phone');
    expect(await unreachable(page)).toEqual([]);
    await chooseTemplate(chi, 'Miễn phí');
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a window that closes while one looks: the server refuses in words, and the text stays', async () => {
    const tu = await calls('zalo', 'Phan Anh Tú');
    await desk.stage.pass({ days: 7, hours: 1 });
    const before = acceptedFor(desk.stage, tu).length;
    await field().fill('Chị còn cần hỗ trợ không ạ?');
    await field().press('Control+Enter');
    const lost = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' });
    await lost.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await lost.getByRole('button', { name: 'Đăng nhập' }).click();
    await lost.waitFor({ state: 'hidden' });
    await page.getByRole('note', { name: 'Chưa được nhắn tự do lúc này' }).waitFor();
    expect(await field().inputValue()).toBe('Chị còn cần hỗ trợ không ạ?');
    expect(acceptedFor(desk.stage, tu)).toHaveLength(before);
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
