// The way back in by e-mail: strangers learn nothing, the link is short and opens once, nobody can flood or kill it.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LinkLetter } from '../../src/auth/mail-link.ts';
import { MINUTE_MS } from '../../src/clock.ts';
import { until } from '../outside/until.ts';
import { codeOf, createStaffHarness, type StaffHarness } from './staff-harness.ts';

let api: StaffHarness;
const letters: LinkLetter[] = [];
beforeAll(async () => {
  api = await createStaffHarness();
  api.deps.staff.mailLink = null;
});
afterAll(() => api.close());
beforeEach(async () => {
  letters.length = 0;
});

async function withMail(): Promise<StaffHarness> {
  const { staff } = api.deps;
  const mailLink = async (letter: LinkLetter) => letters.push(letter) > 0;
  return await createStaffHarness({ staff: { ...staff, mailLink } });
}
const ask = async (on: StaffHarness, email: string) =>
  await on.openBrowser().call('POST', '/forgotten-password', { email });

it('without a mail server it says whom to ask', async () => {
  expect(codeOf(await ask(api, 'lan@spa.vn'))).toBe('mail_off');
});

it('answers strangers as it answers staff, and mails only those who can sign in', async () => {
  const mailed = await withMail();
  await mailed.makeStaff('lan@spa.vn', 'agent');
  await mailed.makeStaff('moi@spa.vn', 'agent', { password: null });
  const gone = await mailed.makeStaff('nghi@spa.vn', 'agent');
  await mailed.rows('UPDATE staff_members SET disabled_at = now() WHERE id = $1', [gone]);
  const answers = [];
  for (const email of ['ai@spa.vn', 'moi@spa.vn', 'nghi@spa.vn', 'LAN@spa.vn']) answers.push(await ask(mailed, email));
  expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
    Array(4).fill({ status: 200, body: { ok: true } }),
  );
  await until('a letter', () => letters.length > 0);
  expect(letters).toMatchObject([{ to: 'lan@spa.vn', kind: 'reset' }]);
  expect(await mailed.rows(`SELECT actor FROM audit_entries WHERE action = 'POST /forgotten-password'`)).toEqual([
    { actor: 'staff:lan@spa.vn' },
  ]);
  await mailed.close();
});

it('the link opens once, for ten minutes, and asking again does not kill it', async () => {
  const mailed = await withMail();
  await mailed.makeStaff('lan@spa.vn', 'agent');
  const browser = await mailed.signIn('lan@spa.vn');
  await ask(mailed, 'lan@spa.vn');
  await until('a letter', () => letters.length === 1);
  await ask(mailed, 'lan@spa.vn');
  await ask(mailed, 'ai@spa.vn');
  const token = letters[0]?.url.split('/').at(-1) ?? '';
  const next = { password: 'một câu thật dài khác' };
  expect((await mailed.openBrowser().call('POST', `/links/${token}`, next)).status).toBe(200);
  expect(codeOf(await mailed.openBrowser().call('POST', `/links/${token}`, next))).toBe('link_dead');
  // Whoever was signed in is out.
  expect((await browser.call('GET', '/me')).status).toBe(401);

  mailed.clock.advance(3 * MINUTE_MS);
  await ask(mailed, 'lan@spa.vn');
  await until('a letter', () => letters.length === 2);
  mailed.clock.advance(10 * MINUTE_MS + 1);
  const late = letters[1]?.url.split('/').at(-1) ?? '';
  expect(codeOf(await mailed.openBrowser().call('POST', `/links/${late}`, next))).toBe('link_dead');
  await mailed.close();
});

it('is bounded like signing in, known or not, and never locks the door itself', async () => {
  const mailed = await withMail();
  await mailed.makeStaff('lan@spa.vn', 'agent');
  for (const email of ['lan@spa.vn', 'ai@spa.vn']) {
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await ask(mailed, email)).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
  }
  await mailed.signIn('lan@spa.vn');
  expect((await ask(mailed, 'không phải e-mail')).status).toBe(400);
  await mailed.close();
});
