// From the alarm to the bot going on, as a person does it: on a desk and on a phone.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, nameCustomer, type Somebody, said, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';
import { shoot } from './shoot.ts';
import { unreachable } from './unreachable.ts';

const screens = [
  { name: 'a desk, Zalo', channel: 'zalo', width: 1440, height: 900 },
  { name: 'a phone of 390 px, Messenger', channel: 'messenger', width: 390, height: 844 },
] as const;

describe.skipIf(executablePath === undefined)('taking over and handing back', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    page = desk.page;
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot(page, 'failed-hand-over');
  });

  async function handBack(person: Somebody, question: string | undefined): Promise<void> {
    const before = said(desk.stage, person).length;
    await page.getByRole('button', { name: 'Trả cho bot' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Hỏi lại câu đang chờ khách trả lời').waitFor();
    expect(await unreachable(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Trả cho bot' }).click();
    await page.getByText('Bot đang trả lời', { exact: true }).first().waitFor();
    await desk.settle();
    expect(said(desk.stage, person).slice(before)).toEqual([question]);
  }

  test.each(screens)('on $name', async ({ channel, width, height }) => {
    const name = `Phạm Thị ${width}`;
    const { stage } = desk;
    await page.setViewportSize({ width, height });
    await page.goto(`${stage.address}/inbox/waiting`);
    await page.getByText('Không còn khách nào đang chờ.').waitFor();
    const person = await welcomed(stage, channel, name);
    await nameCustomer(stage, person);
    await afterWriting(stage, person, 'đặt lịch đào tạo');
    const question = said(stage, person).at(-1);

    // The alarm: nobody touches the page, and there they are.
    await afterWriting(stage, person, 'gặp nhân viên');
    await desk.settle();
    const row = page.getByRole('region', { name: 'Danh sách hội thoại' }).getByText(name);
    await row.waitFor();
    await page.getByRole('link', { name: /^Đang chờ\s*1/ }).waitFor();
    await shoot(page, `alarm-${width}`);
    await row.click();
    await page.getByRole('log').getByText('gặp nhân viên', { exact: true }).waitFor();
    expect(await unreachable(page)).toEqual([]);

    await page.getByRole('button', { name: 'Nhận', exact: true }).click();
    await page.getByText('Trần Thu Hương đang trả lời').waitFor();
    // The bot is silent, whatever comes, and what came is not replayed to it later.
    const before = said(stage, person).length;
    await afterWriting(stage, person, 'hướng dẫn', '0912345678');
    expect(said(stage, person)).toHaveLength(before);
    await desk.settle();
    await page.getByRole('log').getByText('0912345678').waitFor();

    const field = page.getByRole('textbox', { name: 'Nội dung trả lời' });
    await field.fill('Dạ em Hương đây ạ, máy bên chị bị sao ạ?');
    expect(await unreachable(page)).toEqual([]);
    await shoot(page, `answering-${width}`);
    await page.getByRole('button', { name: 'Gửi', exact: true }).click();
    await page.getByRole('log').getByText('Dạ em Hương đây ạ').waitFor();
    await desk.settle();
    expect(said(stage, person).slice(before)).toEqual(['Dạ em Hương đây ạ, máy bên chị bị sao ạ?']);
    await handBack(person, question);
    // And the bot understands the answer to its own question.
    const after = said(stage, person).length;
    await afterWriting(stage, person, 'gặp nhân viên');
    expect(said(stage, person).length).toBeGreaterThan(after);
    await stage.api('POST', `/api/v1/conversations/${new URL(page.url()).searchParams.get('c')}/resolve`, {
      by: 'test',
    });
    await desk.settle();
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
