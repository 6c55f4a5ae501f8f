// npm run mutate [-- --only dedupe,lease,token,window,consent,authorisation --file <part of a path>,…]: the code that keeps
// the promises is changed a little, one change at a time, and its tests must turn red. Works in a copy; Stryker is installed
// when it is first asked for.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { groups, type Piece } from './mutation/groups.ts';
import { type Report, readReport, sumOf, tellGroup } from './mutation/read-report.ts';
import { varySql } from './mutation/vary-sql.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOLS = join(ROOT, 'scripts/mutation');
const WANTED_PERCENT = 80;

const { values } = parseArgs({ options: { only: { type: 'string' }, file: { type: 'string' } } });
const names = values.only?.split(',') ?? groups.map(({ name }) => name);
const parts = values.file?.split(',') ?? [''];
const unknown = names.filter((name) => !groups.some((group) => group.name === name));
if (unknown.length > 0)
  throw new Error(`There is no group "${unknown[0]}"; there are ${groups.map(({ name }) => name)}.`);

if (!existsSync(join(TOOLS, 'node_modules'))) {
  console.log('Installing Stryker (once).');
  // Vitest is the project's own.
  const args = ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--legacy-peer-deps'];
  execFileSync('npm', args, { cwd: TOOLS, stdio: 'ignore' });
}
let isBelow = false;
for (const group of groups.filter(({ name }) => names.includes(name))) {
  const reports: Report[] = [];
  for (const piece of group.pieces) {
    const files = piece.files.filter((file) => parts.some((part) => file.includes(part)));
    if (files.length > 0) reports.push(readReport(await mutate({ ...piece, files })));
  }
  const report = sumOf(reports);
  console.log(tellGroup(group.name, report));
  isBelow ||= report.percent < WANTED_PERCENT;
}
process.exitCode = isBelow ? 1 : 0;

/** Answers Stryker's report. */
async function mutate(piece: Piece): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'ganbo-mutation-'));
  try {
    await copyProject(copy);
    for (const file of piece.files) {
      const path = join(copy, file);
      await writeFile(path, varySql(file, await readFile(path, 'utf8')));
    }
    // Not by Stryker's own "testFiles": with it, changes to constants are only made after they were read (10.1.1).
    await writeFile(join(copy, 'vitest.mutation.config.ts'), configOf(piece));
    await writeFile(join(copy, 'stryker.json'), JSON.stringify(settingsOf(piece)));
    await runStryker(copy);
    return await readFile(join(copy, 'report.json'), 'utf8');
  } finally {
    await stopServers(join(copy, 'tmp'));
    await rm(copy, { recursive: true, force: true });
  }
}

/** What git would keep, with what is made from it; the packages are only pointed at. */
async function copyProject(to: string): Promise<void> {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  const tops = new Set(stdout.split('\0').flatMap((name) => name.split('/')[0] || []));
  for (const name of tops) {
    const filter = (source: string) => !source.includes('node_modules');
    await cp(join(ROOT, name), join(to, name), { recursive: true, filter });
  }
  await symlink(join(ROOT, 'node_modules'), join(to, 'node_modules'));
  await mkdir(join(to, 'tmp'));
}

function configOf({ tests }: Piece): string {
  const include = JSON.stringify(tests);
  return `import { BaseSequencer } from 'vitest/node';
import config from './vitest.config.ts';
const include = ${include};
const placeOf = ({ moduleId }) => include.findIndex((name) => moduleId.endsWith(name));
class InOrder extends BaseSequencer {
  async sort(files) {
    return files.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
export default { ...config, test: { ...config.test, include, sequence: { sequencer: InOrder } } };`;
}

function settingsOf({ files }: Piece): object {
  return {
    testRunner: 'vitest',
    plugins: [
      join(TOOLS, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js'),
      join(TOOLS, 'leave-words.ts'),
    ],
    ignorers: ['words'],
    // An empty list or object is noticed by anything: it would only flatter the figures.
    mutator: { excludedMutations: ['ObjectLiteral', 'ArrayDeclaration'] },
    mutate: files,
    vitest: { related: false, pool: 'forks', configFile: 'vitest.mutation.config.ts' },
    inPlace: true,
    concurrency: 1,
    coverageAnalysis: 'perTest',
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: 'report.json' },
    timeoutMS: 20_000,
    allowEmpty: true,
    disableTypeChecks: false,
    checkers: [],
  };
}

/** A run that was stopped for taking too long leaves its PostgreSQL behind. */
async function stopServers(folder: string): Promise<void> {
  for (const file of globSync('ganbo-test-*/data/postmaster.pid', { cwd: folder })) {
    const [pid] = (await readFile(join(folder, file), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGQUIT');
  }
}

async function runStryker(copy: string): Promise<void> {
  const stryker = join(TOOLS, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const env = { ...process.env, TMPDIR: join(copy, 'tmp') };
  const child = spawn(process.execPath, [stryker, 'run', 'stryker.json'], { cwd: copy, env, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`Stryker stopped with ${code}: are these tests green without any change?`);
}
