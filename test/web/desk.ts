// A desk of staff: the whole program with its pretend providers, and a real browser signed in to it.
import type { Browser, Page } from 'playwright-core';
import { makeFirstAdmin } from '../../src/auth/first-admin.ts';
import { createPasswords } from '../../src/auth/hash-password.ts';
import { createIdMaker } from '../../src/ids.ts';
import { openStage, type Stage } from '../stories/stage.ts';
import { buildOnce } from './build-once.ts';
import { openBrowser } from './chromium.ts';

export const EMAIL = 'huong@ganbo.vn';
export const PASSWORD = 'con đường dài 2026';

export { executablePath } from './chromium.ts';

export type Desk = {
  stage: Stage;
  browser: Browser;
  page: Page;
  /** What the browser complained about: errors, refused styles and scripts. */
  problems: string[];
  /** Lets the program work and tell the open pages. */
  settle(): Promise<void>;
  signIn(page?: Page, email?: string): Promise<void>;
  /** Somebody else of the staff, signed in with a browser of their own. */
  colleague(name: string, more?: { role?: string; viewport?: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
};

export async function openDesk(): Promise<Desk> {
  await buildOnce();
  const stage = await openStage({ start: new Date() });
  const { db, clock } = stage;
  const random = (size: number) => Buffer.alloc(size, 7);
  const admin = { db, clock, newId: createIdMaker(clock), passwords: createPasswords(), random };
  await makeFirstAdmin(admin, { email: EMAIL, password: PASSWORD });
  await db.pool.query(`UPDATE staff_members SET name = 'Trần Thu Hương'`);
  const browser = await openBrowser();
  const problems: string[] = [];
  const openPage = async (viewport = { width: 1440, height: 900 }): Promise<Page> => {
    const page = await browser.newPage({ viewport, reducedMotion: 'reduce', locale: 'vi-VN' });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !isExpected(line.text())) problems.push(line.text());
    });
    return page;
  };
  const page = await openPage();
  const signIn = async (on: Page = page, email = EMAIL): Promise<void> => {
    await on.goto(`${stage.address}/`);
    await on.getByLabel('E-mail').fill(email);
    await on.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await on.getByRole('button', { name: 'Đăng nhập' }).click();
    await on.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
  };
  return {
    stage,
    browser,
    page,
    problems,
    settle: async () => {
      await stage.settle();
      await stage.program.tick();
      await stage.settle();
    },
    signIn,
    colleague: async (name, { role = 'agent', viewport } = {}) => {
      const email = `${name.toLowerCase()}@ganbo.vn`;
      await db.pool.query(
        `INSERT INTO staff_members (id, email, name, role, password_hash, skills, created_at)
         SELECT gen_random_uuid(), $1, $2, $3, password_hash, '{}', created_at FROM staff_members WHERE email = $4`,
        [email, name, role, EMAIL],
      );
      const other = await openPage(viewport);
      await signIn(other, email);
      return other;
    },
    close: async () => {
      await browser.close();
      await stage.close();
    },
  };
}

/** Said by the browser of every refused call: the tests look at what the page makes of it. */
function isExpected(line: string): boolean {
  return /status of (401|409)|ERR_INTERNET_DISCONNECTED/.test(line);
}
