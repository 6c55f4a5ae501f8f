// The commands about flows, called with what is no folder of flows: a sentence and exit code 1, never a stack or a pass.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'ganbo-no-flows-'));
});
afterAll(() => rm(empty, { recursive: true, force: true }));

function run(
  script: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: process.env.PATH, ...env } };
    const child = execFile(process.execPath, [`scripts/${script}.ts`, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, said: stdout + stderr }),
    );
  });
}

test.each([
  ['flows-check', ['/dev/null/flows'], {}],
  ['flows-check', ['flows/welcome.flow.yaml'], {}],
  ['flows-check', [], { FLOWS_DIR: '/dev/null/flows' }],
  ['flows-play', ['welcome'], { FLOWS_DIR: '/dev/null/flows' }],
])('%s %j %j', async (script, args, env) => {
  const { code, said } = await run(script, args, env);
  expect(said).toMatch(/^Không có kịch bản nào ở ".*". → /);
  expect(said).not.toMatch(/^\s+at /m);
  expect(code).toBe(1);
});

test('a folder without flows is no pass', async () => {
  expect(await run('flows-check', [empty])).toMatchObject({ code: 1, said: expect.stringContaining(empty) });
});
