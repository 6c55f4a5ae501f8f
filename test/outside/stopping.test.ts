// The way down: asked to stop under load it finishes or hands back what it has, within ten seconds, with exit code 0.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import { until } from './until.ts';
import { followOf, newPeerId, postZalo } from './webhook.ts';

let world: OutsideWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const toUser = (user: string) => world.zalo.to('POST', '/message/cs').filter((call) => call.text.includes(user));

test('SIGTERM under load, and SIGTERM again: exit 0 in time, nothing accepted is lost or said twice', {
  timeout: 60_000,
}, async () => {
  const program = await world.start();
  world.zalo.script = async (call) => {
    // A provider with the pace of a real one, so that there is always something under way.
    if (call.path.startsWith('/v3.0')) await wait(150);
    return undefined;
  };
  const kept: string[] = [];
  const refused: number[] = [];
  let isOver = false;
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const user = newPeerId();
      const answer = await postZalo(program, followOf(user)).catch(() => null);
      if (answer?.status === 200) kept.push(user);
      else if (answer !== null) refused.push(answer.status);
      else return;
    }
  });
  await until('some load', () => kept.length > 150 && world.zalo.to('POST', '/message/cs').length > 10);
  const began = Date.now();
  program.signal('SIGTERM');
  await wait(50);
  program.signal('SIGTERM');
  program.signal('SIGINT');
  const code = await program.ended;
  isOver = true;
  await Promise.all(load);
  expect(code, program.stderr()).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(program.stderr()).toBe('');
  // Whoever is connected still is served; nobody new gets in.
  expect(refused).toEqual([]);

  const saidBefore = kept.filter((user) => toUser(user).length > 0).length;
  expect(saidBefore).toBeGreaterThan(0);
  world.zalo.script = () => undefined;
  await world.start();
  await until('every welcome', () => kept.every((user) => toUser(user).length > 0), { withinMs: 40_000 });
  expect(kept.filter((user) => toUser(user).length !== 1)).toEqual([]);
});

test('stopped while a provider does not answer: still in time, and the message is not said a second time', {
  timeout: 60_000,
}, async () => {
  const program = await world.start();
  const user = newPeerId();
  world.zalo.script = (call) => (call.path.endsWith('/message/cs') && call.text.includes(user) ? 'hang' : undefined);
  await postZalo(program, followOf(user));
  await until('the call', () => toUser(user).length === 1);
  const began = Date.now();
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(toUser(user)).toHaveLength(1);
});

test('a visitor who never finishes what he says does not hold it up', { timeout: 30_000 }, async () => {
  const program = await world.start();
  const dawdler = connect(program.port, '127.0.0.1');
  dawdler.on('error', () => undefined);
  dawdler.write('POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
  expect((await fetch(`${program.address}/healthz`)).status).toBe(200);
  const began = Date.now();
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  dawdler.destroy();
});

test('SIGTERM in the first moments ends it as well', async () => {
  for (const afterMs of [50, 400, 800]) {
    const program = await world.start({}, { wait: false });
    await wait(afterMs);
    program.signal('SIGTERM');
    const began = Date.now();
    await program.ended;
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(program.stderr()).toBe('');
  }
});

test('npm that is told to stop takes the program along, although it tells only its shell', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { scripts } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'));
  const port = await freePort();
  const env = { ...world.env, PATH: process.env.PATH, PORT: String(port), SANDBOX: 'off', LOG_LEVEL: 'warn' };
  // Some shells would become the program; with something to do after it none does.
  const shell = spawn('sh', ['-c', `${scripts.start}; exit`], { cwd: root, env, stdio: 'ignore', detached: true });
  const isThere = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    await until('the program to be ready', isThere, { withinMs: 60_000 });
    shell.kill('SIGTERM');
    await until('the program to be gone', async () => !(await isThere()), { withinMs: 20_000 });
  } finally {
    endGroup(shell.pid);
  }
});

/** Whatever is left of what was started here. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
