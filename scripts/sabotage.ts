// npm run sabotage [part of a name]: would the tests notice? Each defect is built into a copy of the project, and the
// tests that guard its place must turn red. Tests that stay green are not trusted.
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Defect, defects } from './sabotage/defects.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const reportSchema = z.object({
  numFailedTests: z.number(),
  numPassedTests: z.number(),
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});
type Outcome = { failed: number; names: string[] };

const wanted = process.argv[2] ?? '';
const chosen = defects.filter(({ name, file }) => name.includes(wanted) || file.includes(wanted));
if (chosen.length === 0) throw new Error(`No defect is called "${wanted}".`);

const copy = await mkdtemp(join(tmpdir(), 'ganbo-sabotage-'));
const unnoticed: string[] = [];
try {
  await copyProject(copy);
  const green = await runTests(copy, [...new Set(chosen.flatMap(({ tests }) => tests))]);
  if (green.failed > 0) throw new Error(['Red without any defect:', ...green.names].join('\n  '));
  for (const defect of chosen) {
    const { failed } = await withDefect(copy, defect);
    if (failed === 0) unnoticed.push(defect.name);
    console.log(`${failed > 0 ? `noticed by ${String(failed).padStart(3)}` : 'NOT NOTICED   '}  ${defect.name}`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - unnoticed.length} of ${chosen.length} defects were noticed.`);
process.exitCode = unnoticed.length === 0 ? 0 : 1;

/** What git would keep, with what is made from it; the packages are only pointed at. */
async function copyProject(to: string): Promise<void> {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  const names = [
    ...new Set(
      stdout
        .split('\0')
        .filter((name) => name !== '')
        .map((name) => name.split('/')[0] ?? ''),
    ),
  ];
  for (const name of names) await cp(join(ROOT, name), join(to, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(to, 'node_modules'));
}

async function withDefect(root: string, { file, find, replace, tests }: Defect): Promise<Outcome> {
  const path = join(root, file);
  const original = await readFile(path, 'utf8');
  if (original.split(find).length !== 2) throw new Error(`${file} does not hold this once: ${find}`);
  await writeFile(
    path,
    original.replace(find, () => replace),
  );
  try {
    return await runTests(root, tests);
  } finally {
    await writeFile(path, original);
  }
}

/** A run without a report (nothing could be loaded) counts as one red test. */
async function runTests(root: string, tests: readonly string[]): Promise<Outcome> {
  const report = join(root, 'report.json');
  await rm(report, { force: true });
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', ...tests, '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { failed: 1, names: ['no report was written'] };
  const { numFailedTests, numPassedTests, testResults } = reportSchema.parse(JSON.parse(text));
  if (numFailedTests + numPassedTests === 0) throw new Error(`No test ran: ${tests.join(', ')} in ${dirname(report)}`);
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const names = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return { failed: numFailedTests > 0 ? numFailedTests : code === 0 ? 0 : 1, names };
}
