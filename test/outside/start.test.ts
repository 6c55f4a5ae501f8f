// The first minute of an operator: what is printed, what is refused, and how it is said.
import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, listenAnywhere } from './free-port.ts';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import { type ProgramProcess, startProcess, startReady } from './program-process.ts';
import { sendRaw } from './raw-request.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STACK = /^\s+at .+:\d+:\d+\)?$|file:\/\/|node:internal|Node\.js v/m;
const NOWHERE = 'postgresql://nobody:secret-password@127.0.0.1:1/nothing';
const SECRET_KEY = 'outside-secret-key-0123456789-0123456789';

async function refusalOf(env: Record<string, string>): Promise<string> {
  const program = await startProcess(env);
  const code = await program.ended;
  const said = `${program.stdout()}${program.stderr()}`;
  expect(code, said).toBe(1);
  expect(said).not.toMatch(STACK);
  return said;
}

describe('a start that is refused', () => {
  test('names every mistake at once, each with its cure', async () => {
    const said = await refusalOf({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      SANDBOX: 'maybe',
      PUBLIC_URL: 'care.example.com',
      DATABASE_URL: 'mysql://x/y',
      BUSINESS_TIME_ZONE: 'Asia/Atlantis',
      QUIET_HOURS_START: '25:00',
      ADMIN_EMAIL: 'not-an-address',
      API_KEY: 'short',
      ZALO_APP_ID: '1',
      MESSENGER_PAGE_ACCESS_TOKEN: 'the-page-token-that-nobody-may-see',
      MESSENGER_API_VERSION: '25',
      DATA_DIR: '/dev/null/data',
      FLOWS_DIR: '/dev/null/flows',
    });
    const wrong = [
      'PORT LOG_LEVEL SANDBOX PUBLIC_URL DATABASE_URL SECRET_KEY BUSINESS_TIME_ZONE QUIET_HOURS_START ADMIN_EMAIL',
      'ADMIN_PASSWORD API_KEY ZALO_APP_SECRET ZALO_OA_ID ZALO_OA_SECRET_KEY MESSENGER_API_VERSION',
      'MESSENGER_APP_ID MESSENGER_APP_SECRET MESSENGER_VERIFY_TOKEN MESSENGER_PAGE_ID DATA_DIR FLOWS_DIR',
    ];
    for (const name of wrong.join(' ').split(' ')) expect(said).toMatch(new RegExp(`- ${name} is (wrong|missing)`));
    expect(said.match(/^ {2}- /gm)).toHaveLength(said.match(/^ {4}\S/gm)?.length ?? 0);
    expect(said).not.toContain('the-page-token-that-nobody-may-see');
  });

  test.each([
    ['a database that is not there', { DATABASE_URL: NOWHERE, SECRET_KEY }, /DATABASE_URL/],
    ['a database without SECRET_KEY', { DATABASE_URL: NOWHERE }, /SECRET_KEY/],
    ['a key that is too short', { DATABASE_URL: NOWHERE, SECRET_KEY: 'short' }, /SECRET_KEY .*32/],
    ['a page without its secret', { MESSENGER_APP_ID: '1', MESSENGER_PAGE_ID: '2' }, /MESSENGER_APP_SECRET is missing/],
    ['tokens without an app', { ZALO_ACCESS_TOKEN: 'a', ZALO_REFRESH_TOKEN: 'r' }, /ZALO_APP_ID is missing/],
    ['a folder that cannot be made', { DATA_DIR: '/dev/null/data' }, /DATA_DIR/],
    ['a folder in one that takes none', { DATA_DIR: '/proc/ganbo/data' }, /DATA_DIR/],
    ['flows that are not there', { FLOWS_DIR: '/dev/null/flows', DATA_DIR: tmpdir() }, /FLOWS_DIR/],
  ])('%s', async (_what, env, expected) => {
    const said = await refusalOf(env);
    expect(said).toMatch(expected);
    expect(said).not.toContain('secret-password');
  });
});

describe('with an external database', () => {
  let world: OutsideWorld;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  test('a port that is taken is said in one sentence', async () => {
    const other = createServer();
    const port = new URL(await listenAnywhere(other)).port;
    const said = await refusalOf({ ...world.env, PORT: port });
    other.close();
    expect(said).toMatch(new RegExp(`Port ${port} .*is taken`));
    expect(said).toContain('PORT');
  });

  test.each(['192.0.2.1', 'no.such.host.invalid'])('an address that is not here (HOST=%s)', async (HOST) => {
    expect(await refusalOf({ ...world.env, HOST })).toContain('HOST');
  });

  test('with channels configured SANDBOX=auto stays off', async () => {
    const program = await world.start({ SANDBOX: 'auto' });
    expect(program.stdout()).not.toContain('/sandbox');
    const answer = await fetch(`${program.address}/sandbox`);
    expect(answer.status).toBe(404);
  });

  test('a channel that is not configured is off, not half on', async () => {
    const withoutPage = Object.fromEntries(
      Object.keys(world.env)
        .filter((name) => name.startsWith('MESSENGER_'))
        .map((name) => [name, '']),
    );
    const program = await world.start(withoutPage);
    for (const method of ['GET', 'POST'])
      expect((await fetch(`${program.address}/webhooks/messenger`, { method })).status).toBe(404);
    const ready: unknown = await (await fetch(`${program.address}/readyz`)).json();
    expect(ready).toMatchObject({ status: 'ready', channels: { zalo: null } });
    expect(JSON.stringify(ready)).not.toContain('messenger');
  });

  test('SANDBOX=off without any channel runs, with both doors closed', async () => {
    const { DATABASE_URL = '', DATA_DIR = '' } = world.env;
    const program = await startReady({ DATABASE_URL, DATA_DIR, SECRET_KEY, SANDBOX: 'off' });
    try {
      for (const door of ['zalo', 'messenger'])
        expect((await fetch(`${program.address}/webhooks/${door}`, { method: 'POST', body: '{}' })).status).toBe(404);
      expect((await fetch(`${program.address}/sandbox`)).status).toBe(404);
    } finally {
      expect(await program.stop()).toBe(0);
    }
  });
});

describe('with the embedded database', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ganbo-embedded-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  test.each(['PORT', 'SANDBOX_PORT'])('a %s that is taken leaves no database running', async (name) => {
    const other = createServer();
    const port = new URL(await listenAnywhere(other)).port;
    const said = await refusalOf({ DATA_DIR: dataDir, SANDBOX: 'on', SANDBOX_PORT: '0', [name]: port });
    other.close();
    expect(said).toContain(port);
    expect(said).toMatch(new RegExp(`\\b${name}\\b`));
    await expect(stat(join(dataDir, 'postgres', 'data', 'postmaster.pid'))).rejects.toThrow();
  });
});

describe('a copy of the tree with a .env and nothing else', () => {
  let root: string;
  let program: ProgramProcess;
  let sandboxPort: number;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'ganbo-copy-'));
    for (const part of ['src', 'prisma', 'flows', 'package.json'])
      await cp(join(ROOT, part), join(root, part), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    sandboxPort = await freePort();
    const lines = ['# mine', 'API_KEY="from-the-env-file"', `SANDBOX_PORT=${sandboxPort}`, 'SANDBOX=auto', 'PORT=9'];
    await writeFile(join(root, '.env'), `\uFEFF${lines.join('\r\n')}\r\n`);
    program = await startReady({ SANDBOX: 'auto' }, root);
  }, 60_000);
  afterAll(async () => {
    await program.stop();
    await rm(root, { recursive: true, force: true });
  });

  test('prints the addresses to open', async () => {
    const expected = [`ready at ${program.address}`, `${program.address}/sandbox`, `${program.address}/api/docs`];
    for (const line of expected) expect(program.stdout()).toContain(line);
  });

  test('reads .env, and the environment is stronger', async () => {
    const url = `${program.address}/api/v1/conversations?customer=nobody`;
    const answer = await fetch(url, { headers: { authorization: 'Bearer from-the-env-file' } });
    expect(answer.status).toBe(404);
  });

  test('keeps its database and its secrets in DATA_DIR, the secrets for the owner only', async () => {
    expect((await readFile(join(root, 'data', 'secret.key'), 'utf8')).trim().length).toBeGreaterThanOrEqual(32);
    const { mode } = await stat(join(root, 'data', 'secret.key'));
    expect(mode & 0o077).toBe(0);
  });

  test('the sandbox answers on this machine only, and not to foreign names', async () => {
    const hop = await fetch(`${program.address}/sandbox`, { redirect: 'manual' });
    expect(hop.status).toBe(302);
    const target = new URL(hop.headers.get('location') ?? '');
    expect([target.hostname, target.port]).toEqual(['127.0.0.1', String(sandboxPort)]);
    expect((await fetch(target)).status).toBe(200);
    for (const host of ['evil.example', `evil.example:${sandboxPort}`, '127.0.0.1.evil.example', ''])
      expect((await sendRaw({ port: sandboxPort }, { target: '/', host })).status, host).toBeGreaterThanOrEqual(400);
    for (const address of otherAddresses())
      await expect(fetch(`http://${address}:${sandboxPort}/`), address).rejects.toThrow();
  });
});

function otherAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter((one) => !one.internal && one.family === 'IPv4').map((one) => one.address),
  );
}
