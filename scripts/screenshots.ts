// npm run screenshots -- <folder>: pictures of every page as staff see it, at 1440 and 390 px, light and dark, of the
// program as it is, filled by db:seed in a throwaway folder. DATA_DIR names one that was seeded before, to be quicker.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));
const ADMIN = { ADMIN_EMAIL: 'admin@ganbo.example', ADMIN_PASSWORD: 'con đường dài 2026' };
const MANNERS = { reducedMotion: 'reduce', locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh' } as const;
const WIDTHS = [1440, 390] as const;
const SCHEMES = ['light', 'dark'] as const;
const pages: readonly { name: string; path: string }[] = [
  { name: 'inbox', path: '/inbox/waiting' },
  { name: 'customers', path: '/customers' },
  { name: 'customer', path: '/customers/KH-0017' },
  { name: 'tasks', path: '/tasks' },
  { name: 'cases', path: '/cases' },
  { name: 'settings', path: '/settings' },
  { name: 'supervisor', path: '/supervisor' },
  { name: 'account', path: '/account' },
];
const conversations = z.object({ items: z.array(z.object({ id: z.string() })) });

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder: npm run screenshots -- /tmp/pictures');
const given = process.env.DATA_DIR;
const dataDir = given === undefined ? await mkdtemp(join(tmpdir(), 'ganbo-screenshots-')) : resolve(given);
const [port, sandboxPort] = [await freePort(), await freePort()];
const env = {
  ...{ PATH: process.env.PATH, HOME: process.env.HOME, ...ADMIN, API_KEY: 'for-the-pictures', LOG_LEVEL: 'error' },
  ...{ DATA_DIR: dataDir, PORT: String(port), SANDBOX_PORT: String(sandboxPort) },
};
const address = `http://127.0.0.1:${port}`;

await mkdir(folder, { recursive: true });
execFileSync(process.execPath, ['scripts/build-web.ts'], { cwd: root, stdio: 'inherit' });
execFileSync(process.execPath, ['scripts/db-seed.ts'], { cwd: root, env, stdio: 'inherit' });
const program = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: 'inherit' });
try {
  await untilReady();
  const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  const args = ['--no-sandbox', '--disable-gpu'];
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args });
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) await takeAll(browser, { width, colorScheme }, folder);
  }
  await browser.close();
} finally {
  await ended(program);
  if (given === undefined) await rm(dataDir, { recursive: true, force: true });
}

type Look = { width: (typeof WIDTHS)[number]; colorScheme: (typeof SCHEMES)[number] };

async function takeAll(browser: Browser, { width, colorScheme }: Look, into: string): Promise<void> {
  const viewport = { width, height: width === 390 ? 844 : 900 };
  const page = await browser.newPage({ viewport, colorScheme, ...MANNERS });
  page.on('pageerror', (error) => console.error(error.message));
  const take = async (name: string) => {
    const path = join(into, `${name}-${width}-${colorScheme}.png`);
    await page.screenshot({ path });
    console.log(path);
  };
  await signIn(page, take);
  const shown = [...pages, { name: 'conversation', path: await openConversation() }];
  for (const { name, path } of shown) {
    await page.goto(`${address}${path}`);
    await quiet(page);
    await take(name);
  }
  await page.goto(`${address}/sandbox`);
  await page.waitForLoadState('load');
  await page.locator('body').click({ position: { x: 1, y: 1 } });
  await take('sandbox');
  await page.close();
}

async function signIn(page: Page, take: (name: string) => Promise<void>): Promise<void> {
  await page.goto(`${address}/`);
  await page.getByLabel('E-mail').fill(ADMIN.ADMIN_EMAIL);
  await take('sign-in');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(ADMIN.ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
}

/** The stream of changes stays open, so the network is never quiet: a page is there when nothing of it is loading. */
async function quiet(page: Page): Promise<void> {
  await page.getByRole('main').waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], [class*="Skeleton-root"]') === null);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

async function openConversation(): Promise<string> {
  const headers = { authorization: `Bearer ${env.API_KEY}` };
  const response = await fetch(`${address}/api/v1/conversations?customer=KH-0014`, { headers });
  const { items } = conversations.parse(await response.json());
  return `/inbox/all?c=${items[0]?.id ?? ''}`;
}

async function untilReady(): Promise<void> {
  for (;;) {
    if (program.exitCode !== null) throw new Error('The program did not start.');
    const answer = await fetch(`${address}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const place = server.address();
  await new Promise((done) => server.close(done));
  return typeof place === 'object' && place !== null ? place.port : 0;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}
