// Nobody is led away: 200 addresses of strangers in every place that redirects or takes where to go next.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownPath } from '../../src/web/app/own-path.ts';
import { type HostileWorld, openHostileWorld } from '../hostile/hostile-world.ts';
import { type Desk, EMAIL, executablePath, openDesk, PASSWORD } from './desk.ts';
import { redirectTargets } from './redirect-targets.ts';

const OWN = 'http://127.0.0.1:3000';

test('two hundred', () => {
  expect(new Set(redirectTargets).size).toBeGreaterThanOrEqual(200);
});

test.each(redirectTargets)('%j leads nowhere else', (target) => {
  const path = ownPath(target);
  if (path === undefined) return;
  // Read by a browser, and read once more: still ours.
  const once = new URL(path, OWN);
  expect(once.origin).toBe(OWN);
  expect(new URL(once.pathname + once.search, OWN).origin).toBe(OWN);
  expect(new URL(decodeURIComponent(path), OWN).origin).toBe(OWN);
});

test.each(['/', '/inbox/all?c=x&q=a%20b#end', '/customers/KH-1', '/tasks?late=true', '/customers?q=//evil.example'])(
  '%s is ours',
  (path) => expect(ownPath(path)).toBe(path),
);

describe('the server', () => {
  let world: HostileWorld;
  beforeAll(async () => {
    world = await openHostileWorld();
  });
  afterAll(() => world.close());

  test('no answer to a stranger’s address leads away, wherever it stands', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    const names = ['next', 'to', 'url', 'back', 'redirect', 'redirect_uri', 'state', 'ticket', 'code'];
    let calls = 0;
    for (const target of redirectTargets) {
      const query = new URLSearchParams(names.map((name) => [name, target])).toString();
      const said = encodeURI(target.toWellFormed());
      const doors = ['/sandbox', '/oauth/zalo/start', '/oauth/zalo/callback', '/sign-in', '/links/x', '/'];
      for (const url of [...doors.map((door) => `${door}?${query}`), said.startsWith('/') ? said : `/${said}`]) {
        calls += 1;
        const from = `10.7.${calls >> 8}.${calls & 255}`;
        const { statusCode, headers } = await world.ask({ url, from, headers: { 'x-forwarded-host': 'evil.example' } });
        if (statusCode >= 500 || (statusCode >= 300 && statusCode < 400) || headers.refresh !== undefined)
          wrong.push(`${url.slice(0, 120)} → ${statusCode} ${headers.location ?? ''}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(executablePath === undefined)('signing in', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  }, 120_000);
  afterAll(() => desk.close());

  test('with an address of a stranger leads to the inbox, with one’s own there', { timeout: 120_000 }, async () => {
    const { page, stage } = desk;
    const enter = async (next: string): Promise<URL> => {
      await page.context().clearCookies();
      await page.goto(`${stage.address}/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByLabel('E-mail').fill(EMAIL);
      await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Đăng nhập' }).click();
      await page.getByRole('navigation', { name: 'Điều hướng chính' }).waitFor();
      return new URL(page.url());
    };
    for (const target of redirectTargets
      .filter((one) => one.includes('evil.example/%2e'))
      .filter((_, n) => n % 4 === 0)) {
      const { origin, pathname } = await enter(target);
      expect([origin, pathname], target).toEqual([stage.address, '/inbox/waiting']);
    }
    expect((await enter('/tasks?late=true')).pathname).toBe('/tasks');
  });
});
