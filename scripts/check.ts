// npm run check: what CI does, in CI's order, cheapest first. A step that fails does not hide what the next one would
// say; only the tests wait until everything before them is in order. `--without-tests` leaves them out.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (path: string) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

type Step = { title: string; command: string[] };

const cheap: Step[] = [
  { title: 'Format and lint', command: [bin('@biomejs/biome/bin/biome'), 'check', '.'] },
  { title: 'Types', command: [bin('typescript/bin/tsc')] },
  { title: 'Flows and their tests', command: ['scripts/flows-check.ts'] },
  { title: 'Web app', command: ['scripts/build-web.ts'] },
  { title: 'Structure', command: [bin('vitest/vitest.mjs'), 'run', 'test/structure'] },
];
const tests: Step = {
  title: 'Tests',
  command: [bin('vitest/vitest.mjs'), 'run', '--exclude', 'test/structure/**'],
};

const results = cheap.map(run);
if (process.argv.includes('--without-tests')) console.log('\nThe tests were left out.');
else if (results.some(({ status }) => status !== 0)) console.log('\nThe tests were not run: mend the above first.');
else results.push(run(tests));

console.log('');
for (const { title, status, seconds } of results) {
  const mark = status === 0 ? styleText('green', '✓') : styleText('red', '✗');
  console.log(`${mark} ${title.padEnd(22)} ${seconds.toFixed(1).padStart(6)} s`);
}
process.exitCode = results.find(({ status }) => status !== 0)?.status ?? 0;

/** `status` is the exit code; a step that could not be started or was killed counts as 1. */
function run({ title, command }: Step): { title: string; status: number; seconds: number } {
  console.log(styleText('bold', `\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`));
  const startedAt = performance.now();
  const { status, error } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  return { title, status: status ?? 1, seconds: (performance.now() - startedAt) / 1000 };
}
