// npm run screenshots -- <folder>: pictures of every page as staff see it, at 1440 and 390 px, light and dark, of the
// program as it is, filled by db:seed in a throwaway folder. DATA_DIR names one that was seeded before, to be quicker.
// --only settings-hours,tasks  --sections (of pages as well)  --state loading|failed  --empty (nothing seeded)
// --width 390  --scheme dark  --whole (as tall as the page is)
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { z } from 'zod';
import { SCHEMES, STATES, takePictures, WIDTHS } from './screenshots/take-pictures.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const admin = { email: 'admin@ganbo.example', password: 'con đường dài 2026' };
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
const wishes = z.object({
  only: z
    .string()
    .transform((names) => names.split(','))
    .nullable()
    .default(null),
  sections: z.boolean().default(false),
  state: z.enum(STATES).nullable().default(null),
  empty: z.boolean().default(false),
  whole: z.boolean().default(false),
  width: z.coerce.number().int().min(200).optional(),
  scheme: z.enum(SCHEMES).optional(),
});
const conversations = z.object({ items: z.array(z.object({ id: z.string() })) });

const given = parseArgs({
  allowPositionals: true,
  options: {
    ...{ only: { type: 'string' }, state: { type: 'string' }, width: { type: 'string' }, scheme: { type: 'string' } },
    ...{ sections: { type: 'boolean' }, empty: { type: 'boolean' }, whole: { type: 'boolean' } },
  },
});
const [folder] = given.positionals;
if (folder === undefined) throw new Error('Name the folder: npm run screenshots -- /tmp/pictures');
const { empty, width, scheme, ...wanted } = wishes.parse(given.values);
const keptDir = process.env.DATA_DIR;
const dataDir = keptDir === undefined ? await mkdtemp(join(tmpdir(), 'ganbo-screenshots-')) : resolve(keptDir);
const [port, sandboxPort] = [await freePort(), await freePort()];
const env = {
  ...{ PATH: process.env.PATH, HOME: process.env.HOME, API_KEY: 'for-the-pictures', LOG_LEVEL: 'error' },
  ...{ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
  ...{ DATA_DIR: dataDir, PORT: String(port), SANDBOX_PORT: String(sandboxPort) },
};
const address = `http://127.0.0.1:${port}`;

await mkdir(folder, { recursive: true });
execFileSync(process.execPath, ['scripts/build-web.ts'], { cwd: root, stdio: 'inherit' });
if (!empty) execFileSync(process.execPath, ['scripts/db-seed.ts'], { cwd: root, env, stdio: 'inherit' });
const program = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: 'inherit' });
try {
  await untilReady();
  const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  const args = ['--no-sandbox', '--disable-gpu'];
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args });
  // Where nobody is there is nobody to open.
  const shown = empty
    ? pages.filter(({ name }) => name !== 'customer')
    : [...pages, { name: 'conversation', path: await openConversation() }];
  for (const colorScheme of scheme ? [scheme] : SCHEMES)
    for (const one of width ? [width] : WIDTHS)
      await takePictures(browser, { width: one, colorScheme }, { ...wanted, folder, address, admin, pages: shown });
  await browser.close();
} finally {
  await ended(program);
  if (keptDir === undefined) await rm(dataDir, { recursive: true, force: true });
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
