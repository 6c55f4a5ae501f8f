// Colleagues at the desk: made without invitations, each in a browser of their own.
import type { Page } from 'playwright-core';
import { createPasswords } from '../../src/auth/hash-password.ts';
import type { Role } from '../../src/http/api-access.ts';
import { createIdMaker } from '../../src/ids.ts';
import { type Desk, PASSWORD } from './desk.ts';

/** Answers a page on which they signed in. */
export async function colleagueAt(desk: Desk, email: string, role: Role, teamId: string | null = null): Promise<Page> {
  const { stage, browser } = desk;
  const id = createIdMaker(stage.clock)();
  await stage.db.pool.query(
    `INSERT INTO staff_members (id, email, name, role, team_id, password_hash, skills, created_at) VALUES ($1, $2, $2, $3, $4, $5, '{}', $6)`,
    [id, email, role, teamId, await createPasswords().hash(PASSWORD), stage.clock.now()],
  );
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'vi-VN',
  });
  page.setDefaultTimeout(8_000);
  await page.goto(`${stage.address}/`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
  return page;
}
