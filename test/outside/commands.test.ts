// Commands of the operator that were called wrongly: one sentence, its cure, and nothing is touched.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../test-database.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let folder: string;
beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ganbo-commands-'));
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

function run(script: string, words: string[], more: Record<string, string> = {}) {
  const settings = { DATABASE_URL: db.url, SECRET_KEY: 'a-secret-key-of-commands-0123456789', DATA_DIR: folder };
  const env = { PATH: process.env.PATH, LOG_LEVEL: 'silent', SANDBOX: 'off', ...settings, ...more };
  return new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, [join(ROOT, 'scripts', script), ...words], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: `${out}${err}` }),
    );
  });
}

test.each([
  ['db-backup.ts', ['--help']],
  ['db-migrate.ts', ['--dry-run']],
  ['db-seed.ts', ['-n']],
  ['db-reset.ts', ['--yes']],
  ['db-restore.ts', ['all.ganbo', '--relpace']],
  ['db-restore.ts', ['all.ganbo', 'another.ganbo']],
  ['journeys-matches.ts', ['renewal', 'win-back']],
])('%s %j is refused with the way to call it', { timeout: 60_000 }, async (script, words) => {
  const { code, said } = await run(script, words);
  expect(said).toContain(`"${words.at(-1)}" means nothing here.\n→ Call: npm run`);
  expect(code).toBe(1);
});

test('a file that is no backup is not written over; a backup is', { timeout: 120_000 }, async () => {
  const notes = join(folder, 'notes.txt');
  await writeFile(notes, 'of three months');
  expect(await run('db-backup.ts', [notes])).toMatchObject({ code: 1, said: expect.stringContaining('no backup') });
  expect(await readFile(notes, 'utf8')).toBe('of three months');
  const archive = join(folder, 'all.ganbo');
  expect((await run('db-backup.ts', [archive])).code).toBe(0);
  const { mtimeMs } = await stat(archive);
  expect((await run('db-backup.ts', [archive])).code).toBe(0);
  expect((await stat(archive)).mtimeMs).toBeGreaterThan(mtimeMs);
});

test.each([
  ['below a file', (file: string) => join(file, 'data')],
  ['below a folder that takes none', () => '/proc/data/of/ganbo'],
])('a DATA_DIR %s is a sentence', { timeout: 60_000 }, async (_where, pathOf) => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const { code, said } = await run('db-migrate.ts', [], { DATA_DIR: pathOf(file) });
  expect(said).toMatch(/^DATA_DIR is wrong: .*\n→ Set DATA_DIR to a folder it may write to\.\n$/);
  expect(code).toBe(1);
});

test('a storm of an unknown kind is not another one', { timeout: 60_000 }, async () => {
  const { code, said } = await run('storm.ts', ['--kind', 'kill-one,kill-too', '--messages', '1']);
  expect(said).toContain('kill-two');
  expect(code).toBe(2);
});

test('a chat on an unknown channel is not one on Zalo', { timeout: 60_000 }, async () => {
  const { code, said } = await run('flows-play.ts', ['welcome', 'facebook'], { FLOWS_DIR: join(ROOT, 'flows') });
  expect(said).toContain('Không có kênh nào tên "facebook"');
  expect(code).toBe(1);
});
