// The phone page in a real browser: what a newcomer clicks first. Skipped, with a hint, where no Chromium is installed.
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callGraph, callZalo, type Harness, startHarness } from './sandbox-harness.ts';

const executablePath = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path));
if (executablePath === undefined)
  console.warn('No Chromium found: install it (apt install chromium) or set CHROMIUM_PATH.');

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(executablePath === undefined)('the phone page', () => {
  let harness: Harness;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    harness = await startHarness();
    browser = await chromium.launch({ executablePath, args: flags });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') problems.push(line.text());
    });
    await page.goto(harness.sandbox.url);
  });
  afterAll(async () => {
    await browser.close();
    await harness.close();
  });

  const personOf = (channel: string) => {
    const person = harness.sandbox.people().find((each) => each.channel === channel);
    if (person === undefined) throw new Error(`Nobody on ${channel}.`);
    return person;
  };

  it('Zalo: choose somebody, follow, see the welcome, tap its button under the bubble', async () => {
    await page.locator('#zalo .suggestions button').first().click();
    await page.getByRole('button', { name: 'Quan tâm OA' }).click();
    await page.locator('#zalo .follow-button.on').waitFor();
    const button = { title: 'Hướng dẫn sử dụng', type: 'oa.query.show', payload: 'Hướng dẫn sử dụng' };
    const attachment = { type: 'template', payload: { buttons: [button] } };
    const recipient = { user_id: personOf('zalo').id };
    await callZalo(harness.sandbox, '/v3.0/oa/message/cs', {
      recipient,
      message: { text: 'Chào <b>mình</b>', attachment },
    });
    await page.locator('#zalo .bubble', { hasText: 'Chào <b>mình</b>' }).waitFor();
    await page.locator('#zalo .choice', { hasText: 'Hướng dẫn sử dụng' }).click();
    await page.locator('#zalo .row.own .bubble', { hasText: 'Hướng dẫn sử dụng' }).waitFor();
    await page.locator('#zalo .mark', { hasText: 'Đã nhận' }).waitFor();
    await harness.sandbox.settled();
    expect(harness.zaloEvents('follow')).toHaveLength(1);
    expect(harness.zaloEvents('user_send_text')).toMatchObject([{ message: { text: 'Hướng dẫn sử dụng' } }]);
  });

  it('Messenger: write with the keyboard, tap a chip, chips are gone', async () => {
    await page.locator('#messenger .suggestions button').first().click();
    await page.locator('#messenger-text').fill('chào trang');
    await page.keyboard.press('Enter');
    await page.locator('#messenger .row.own', { hasText: 'chào trang' }).waitFor();
    const message = {
      text: 'Chọn nhé',
      quick_replies: [{ content_type: 'text', title: 'Gặp nhân viên', payload: 'human' }],
    };
    const body = { recipient: { id: personOf('messenger').id }, messaging_type: 'RESPONSE', message };
    await callGraph(harness.sandbox, '/me/messages', body);
    await page.locator('#messenger .chip', { hasText: 'Gặp nhân viên' }).click();
    await page.locator('#messenger .row.own', { hasText: 'Gặp nhân viên' }).waitFor();
    await page.locator('#messenger .chips').waitFor({ state: 'hidden' });
  });

  it('moves the clock, switches a fault, keeps a journal', async () => {
    for (const name of ['+1 ngày', '+1 ngày', '+1 giờ']) await page.getByRole('button', { name }).click();
    await page.locator('#zalo .window-line[data-state="charged"]').waitFor();
    await page.getByRole('switch', { name: /Gọi quá nhanh/ }).click();
    await page.locator('.fault[aria-checked="true"]').waitFor();
    expect(harness.sandbox.faults()).toMatchObject([{ channel: 'zalo', kind: 'rate_limit', count: 1 }]);
    await page.locator('#journal-list li', { hasText: 'user_send_text' }).first().waitFor();
  });

  it('fits a small screen and breaks no rule of its own', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.tabs button', { hasText: 'Messenger' }).click();
    await page.locator('#messenger .thread').waitFor();
    expect(await page.locator('#zalo').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(problems).toEqual([]);
  });
});
