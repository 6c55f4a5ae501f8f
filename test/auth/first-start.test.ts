// The program as it is started for the first time: somebody can sign in, from what it printed, and only then it prints.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OutsideWorld, openWorld } from '../outside/outside-world.ts';

let world: OutsideWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

it('prints the first admin once; signing in with it works in every process, and signing out too', async () => {
  const first = await world.start();
  const [, email = '', password = ''] = /sign in as +(\S+) +password (\S+)/.exec(first.stdout()) ?? [];
  const signIn = await fetch(`${first.address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: first.address },
    body: JSON.stringify({ email, password }),
  });
  expect(signIn.status).toBe(200);
  const cookie = signIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const second = await world.start();
  expect(second.stdout()).not.toContain('sign in as');
  const me = (address: string) => fetch(`${address}/api/v1/me`, { headers: { cookie } });
  expect((await me(second.address)).status).toBe(200);
  const headers = { cookie, origin: second.address };
  expect((await fetch(`${second.address}/api/v1/session`, { method: 'DELETE', headers })).status).toBe(200);
  expect((await me(first.address)).status).toBe(401);
}, 60_000);
