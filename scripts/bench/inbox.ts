// The inbox as an agent feels it: 1,000 open conversations, ten messages a second, and a browser in which somebody opens
// the next conversation, writes, and changes the queue. What is measured is what the browser itself says of it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import { executablePath, openBrowser } from '../../test/web/chromium.ts';
import { atLeast, atMost, type Bench, type Figure, ms, plain, quantile } from './figure.ts';
import { interactionsOf, type Measured, OBSERVE } from './interactions.ts';
import { postMessage } from './messages.ts';
import { startProgram } from './program.ts';
import { startProvider } from './provider.ts';

const BUILD = fileURLToPath(new URL('../build-web.ts', import.meta.url));
const ADMIN = { ADMIN_EMAIL: 'huong@ganbo.example', ADMIN_PASSWORD: 'con đường dài 2026' };
const PEOPLE = 1_000;
const PER_SECOND = 10;
const HEAP_EACH_MS = 15_000;
/** By selectors: to look for roles and names goes through the whole page, in the time that is being measured. */
const ROWS = 'section[aria-label="Danh sách hội thoại"] li button';
const FIELD = 'textarea[aria-label="Nội dung trả lời"]';
const WORDS = '[role="log"] article';

/** For BENCH_MINUTES, one when nothing is said. */
export async function measureInbox(bench: Bench): Promise<Figure[]> {
  if (executablePath === undefined) return [plain('the inbox in a browser', 'no Chromium: set CHROMIUM_PATH')];
  execFileSync(process.execPath, [BUILD], { env: { NODE_ENV: 'production' } });
  const provider = await startProvider();
  const program = await startProgram({
    databaseUrl: await bench.newDatabase('inbox'),
    dataDir: join(bench.directory, 'inbox'),
    providerUrl: provider.url,
    env: ADMIN,
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' });
    await page.addInitScript(OBSERVE);
    await fillInbox(program.address);
    await signIn(page, program.address);
    await page.getByRole('link', { name: new RegExp(`^Đang chờ\\s*${PEOPLE}`) }).waitFor();
    const rain = beginRain(program.address);
    const minutes = Number(process.env.BENCH_MINUTES ?? 1);
    const devtools = await page.context().newCDPSession(page);
    const worked = await work(page, devtools, minutes * 60_000).finally(rain.stop);
    return figuresOf(worked, rain.sent() / minutes / 60);
  } finally {
    await browser.close();
    await program.stop();
    provider.close();
  }
}

async function fillInbox(address: string): Promise<void> {
  for (let person = 0; person < PEOPLE; person += 50)
    await Promise.all(Array.from({ length: 50 }, (_, n) => postMessage(address, person + n, 'gặp nhân viên')));
}

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/inbox/all`);
  await page.getByLabel('E-mail').fill(ADMIN.ADMIN_EMAIL);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(ADMIN.ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
}

/** Ten messages a second from anybody, until it is stopped. */
function beginRain(address: string) {
  let sent = 0;
  const under = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    sent += 1;
    const words = `Chị hỏi lần thứ ${sent}: máy bao giờ tới?`;
    const one = postMessage(address, (sent * 7919) % PEOPLE, words)
      .catch(() => undefined)
      .finally(() => under.delete(one));
    under.add(one);
  }, 1_000 / PER_SECOND);
  const stop = async () => {
    clearInterval(timer);
    await Promise.allSettled(under);
  };
  return { sent: () => sent, stop };
}

type Work = Measured & { shown: number[]; heaps: number[] };

/** One agent at work, about one act a second: a conversation, words in it, now and then another queue. */
async function work(page: Page, devtools: CDPSession, forMs: number): Promise<Work> {
  const [shown, heaps]: [number[], number[]] = [[], []];
  const queues = ['Tất cả', 'Đang chờ', 'Chưa giao'];
  const end = performance.now() + forMs;
  let nextHeap = 0;
  await devtools.send('HeapProfiler.enable');
  for (let round = 0; performance.now() < end; round += 1) {
    if (performance.now() >= nextHeap) {
      heaps.push(await heapOf(devtools));
      nextHeap = performance.now() + HEAP_EACH_MS;
    }
    if (round % 5 === 0) await page.getByRole('link', { name: new RegExp(`^${queues[(round / 5) % 3]}`) }).click();
    await page.locator(ROWS).first().waitFor();
    const begun = performance.now();
    await page.keyboard.press('j');
    await page.locator(FIELD).waitFor();
    await page.locator(WORDS).first().waitFor();
    shown.push(performance.now() - begun);
    await page.keyboard.press('r');
    await page.keyboard.type('Dạ chị ơi', { delay: 60 });
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await wait(300);
  }
  heaps.push(await heapOf(devtools));
  return { ...(await interactionsOf(page)), shown, heaps };
}

/** MB in use after everything that could be let go was let go. */
async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize / 1024 / 1024;
}

function figuresOf({ interactions, count, longTasks, shown, heaps }: Work, perSecond: number): Figure[] {
  const slow = interactions.filter((one) => one.ms >= 100).toSorted((a, b) => b.ms - a.ms);
  const percent = (value: number) => `${value.toFixed(1)} %`;
  const lengths = interactions.map((one) => one.ms);
  const [first = Number.NaN, last = Number.NaN] = [heaps[1] ?? heaps[0], heaps.at(-1)];
  const worst = slow.slice(0, 4).map(({ what, ms: length }) => `${what} ${ms(length)}`);
  return [
    atLeast(
      `inbox, ${PEOPLE} open conversations, ${perSecond.toFixed(1)} messages/s: of ${count} interactions under 100 ms`,
      (1 - slow.length / Math.max(1, count)) * 100,
      100,
      percent,
    ),
    plain(
      '  those of 16 ms and more: p50, p98, longest',
      [0.5, 0.98, 1].map((share) => ms(quantile(lengths, share))).join(', '),
    ),
    plain('  slowest', worst.join(', ') || 'none over 100 ms'),
    plain('  long tasks', `${longTasks.length}, longest ${ms(Math.max(0, ...longTasks))}`),
    plain(
      `  ${shown.length} conversations opened, there with their thread: p50, p95`,
      `${ms(quantile(shown, 0.5))}, ${ms(quantile(shown, 0.95))}`,
    ),
    plain('  heap of the page over time, after collection', heaps.map((mb) => mb.toFixed(1)).join(', ')),
    atMost(
      '  heap of the page at the end against its beginning',
      last / first,
      1.5,
      (value) => `${value.toFixed(2)} ×`,
    ),
  ];
}
