// The drill: a backup while the program runs, ten more minutes of life, a disaster, the restore. What a provider accepted
// meanwhile must not go out again, whatever is delivered anew; and what is damaged, newer or would overwrite is refused.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OutsideWorld, openWorld } from './outside-world.ts';
import { until } from './until.ts';
import { followOf, newPeerId, postZalo, zaloTextOf } from './webhook.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let world: OutsideWorld;
/** Under another name than the program's, which must be seen to have gone. */
let pool: pg.Pool;
let folder: string;
let archive: string;
beforeAll(async () => {
  world = await openWorld();
  pool = new pg.Pool({ connectionString: world.db.url, application_name: 'drill' });
  pool.on('error', () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'ganbo-backup-'));
  archive = join(folder, 'all.ganbo');
});
afterAll(async () => {
  await pool.end();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

function run(script: string, words: string[], more: Record<string, string> = {}) {
  return new Promise<{ code: number; said: string }>((resolve) => {
    const env = { PATH: process.env.PATH, LOG_LEVEL: 'warn', SANDBOX: 'off', ...world.env, ...more };
    execFile(process.execPath, [join(ROOT, 'scripts', script), ...words], { cwd: ROOT, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: `${out}${err}` }),
    );
  });
}

const toUser = (user: string) => world.zalo.to('POST', '/message/cs').filter((call) => call.text.includes(user));

async function statuses(user: string): Promise<string[]> {
  const { rows } = await pool.query<{ status: string }>(
    `SELECT o.status FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id
     WHERE i.external_id = $1 ORDER BY o.seq`,
    [user],
  );
  return rows.map(({ status }) => status);
}

async function isWorked(): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT 1 FROM inbound_queue UNION ALL SELECT 1 FROM outbound_messages WHERE status IN ('queued', 'sending', 'uncertain')`,
  );
  return rows.length === 0;
}

test('nothing that was accepted since the backup goes out again; what happens afterwards is answered', {
  timeout: 420_000,
}, async () => {
  const [known, waiting] = [newPeerId(), newPeerId()];
  const first = await world.start();
  await postZalo(first, followOf(known));
  await until('the welcome', async () => (await statuses(known))[0] === 'sent');
  // Zalo is busy: this one is still queued when the backup is taken.
  const isBusy = { now: true };
  world.zalo.script = (call) =>
    isBusy.now && call.path.endsWith('/message/cs') && call.text.includes(waiting)
      ? { status: 503, json: { error: -32, message: 'busy' } }
      : undefined;
  await postZalo(first, followOf(waiting));
  await until('a try', () => toUser(waiting).length > 0);
  await until('its return to the queue', async () => (await statuses(waiting))[0] === 'queued');
  const mediaDir = join(world.env.DATA_DIR ?? '', 'media');
  await mkdir(mediaDir, { recursive: true });
  await writeFile(join(mediaDir, 'picture'), 'of a customer');
  const backup = await run('db-backup.ts', [archive]);
  expect(backup, backup.said).toMatchObject({ code: 0 });

  isBusy.now = false;
  const text = zaloTextOf(known, 'Hướng dẫn sử dụng');
  await postZalo(first, text);
  const lateFollow = followOf(newPeerId());
  await postZalo(first, lateFollow);
  await until('everything', async () => (await isWorked()) && toUser(known).length === 2, { withinMs: 60_000 });
  const before = world.zalo.to('POST', '/message/cs').length;
  await first.stop();
  await rm(join(mediaDir, 'picture'));

  const refused = await run('db-restore.ts', [archive]);
  expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('--replace') });
  const restored = await run('db-restore.ts', [archive, '--replace']);
  expect(restored, restored.said).toMatchObject({ code: 0 });
  expect(await readFile(join(mediaDir, 'picture'), 'utf8')).toBe('of a customer');
  expect(await statuses(waiting)).toEqual(['uncertain']);

  const second = await world.start();
  // Providers deliver again what they believe was never taken.
  for (const body of [text, lateFollow]) expect((await postZalo(second, body)).status).toBe(200);
  // What nobody can tell about is parked after a minute and a half of looking.
  await until('everything to be settled', isWorked, { withinMs: 180_000 });
  expect(world.zalo.to('POST', '/message/cs')).toHaveLength(before);
  expect(await statuses(waiting)).toEqual(['parked']);
  expect(await statuses(known)).toEqual(['sent', 'parked']);
  expect(await (await fetch(`${second.address}/readyz`)).text()).toContain('--release');

  await postZalo(second, zaloTextOf(known, 'gặp nhân viên'));
  await until('an answer to what is new', () => toUser(known).length === 3);
  expect((await run('db-restore.ts', ['--release'])).code).toBe(0);
  expect(await (await fetch(`${second.address}/readyz`)).text()).not.toContain('--release');
  const running = await run('db-restore.ts', [archive, '--replace']);
  expect(running).toMatchObject({ code: 1, said: expect.stringContaining('running') });
  await second.stop();
});

test('a damaged, a cut and a foreign file, and another key, are refused; the database stays as it is', {
  timeout: 60_000,
}, async () => {
  const whole = await readFile(archive);
  const damaged = Buffer.from(whole);
  damaged[Math.floor(whole.length / 2)] = (damaged[Math.floor(whole.length / 2)] ?? 0) ^ 1;
  const files = { damaged, cut: whole.subarray(0, whole.length - 40), foreign: Buffer.from('PGDMP') };
  const { rows } = await pool.query('SELECT count(*) FROM touchpoints');
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const answer = await run('db-restore.ts', [path, '--replace']);
    expect(answer, name).toMatchObject({ code: 1, said: expect.stringContaining('damaged') });
  }
  const other = { SECRET_KEY: 'another-secret-key-0123456789-0123456789' };
  const answer = await run('db-restore.ts', [archive, '--replace'], other);
  expect(answer).toMatchObject({ code: 1, said: expect.stringContaining('SECRET_KEY') });
  expect((await pool.query('SELECT count(*) FROM touchpoints')).rows).toEqual(rows);
});
