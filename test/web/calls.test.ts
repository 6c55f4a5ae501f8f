// What calls for somebody who looks elsewhere: a sound and a notice of the system, each only when asked for, and silence
// when silence was asked for.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../outside/until.ts';
import { afterWriting, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';

/** The browser's own sound and notices, written down instead of heard and shown; the page counts as not looked at. */
const LISTEN = `
  window.__called = [];
  const joined = { connect: (next) => next };
  window.AudioContext = class {
    currentTime = 0;
    createOscillator() {
      return { ...joined, frequency: {}, start: () => window.__called.push('sound'), stop() {} };
    }
    createGain() {
      return { ...joined, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } };
    }
  };
  window.Notification = class {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(title) { window.__called.push(title); }
  };
  Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
`;

describe.skipIf(executablePath === undefined)('somebody who looks elsewhere', () => {
  let desk: Desk;
  let page: Page;
  const called = async (): Promise<unknown> => await page.evaluate('window.__called.splice(0)');
  const wish = async (label: string) => {
    await page.goto(`${desk.stage.address}/account`);
    await page.getByRole('switch', { name: label }).click();
  };
  /** Answers what was heard until the list of those who wait had one more. */
  const oneMoreWaits = async (count: number): Promise<unknown> => {
    await page.goto(`${desk.stage.address}/inbox/all`);
    const waiting = page.getByRole('link', { name: /^Đang chờ/ });
    await until('those who waited before', async () => (await waiting.innerText()).includes(String(count - 1)));
    await called();
    const person = await welcomed(desk.stage, 'zalo', `Khách ${count}`);
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    await desk.settle();
    await until('one more who waits', async () => (await waiting.innerText()).includes(String(count)));
    return await called();
  };

  beforeAll(async () => {
    desk = await openDesk();
    ({ page } = desk);
    await page.addInitScript(LISTEN);
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());

  test('hears nothing that was not asked for', async () => {
    expect(await oneMoreWaits(1)).toEqual([]);
  });

  test('hears and sees that one more customer waits', async () => {
    await wish('Thông báo trên màn hình');
    await wish('Âm báo');
    expect(await oneMoreWaits(2)).toEqual(['sound', 'Có khách đang chờ']);
  });

  test('hears nothing within the quiet hours, and nothing when muted', async () => {
    await wish('Giờ yên lặng');
    // Around now, where the business is; the hours may span midnight.
    const hour = new Date(Date.now() + 7 * 3_600_000).getUTCHours();
    const clock = (value: number) => `${String(value % 24).padStart(2, '0')}:00`;
    await page.getByLabel('Từ', { exact: true }).fill(clock(hour + 23));
    await page.getByLabel('Đến', { exact: true }).fill(clock(hour + 3));
    expect(await oneMoreWaits(3)).toEqual([]);
    await wish('Giờ yên lặng');
    await wish('Tắt mọi thông báo');
    expect(await oneMoreWaits(4)).toEqual([]);
  });

  test('the browser complained about nothing', () => {
    expect(desk.problems).toEqual([]);
  });
});
