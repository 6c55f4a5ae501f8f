// Time, chance and the environment come in through the door, so that a test can hold them.
import { expect, test } from 'vitest';
import { readSources, type Source } from './read-sources.ts';

/** Pages of the phone run in a browser, with the browser's clock. */
const sources = readSources('src/**/*.ts');

/** XState is used as a pure function: nothing that waits or lives on in memory. */
test('of XState only what is pure', () => {
  const pure = ['setup', 'initialTransition', 'transition'];
  // An actor that is never started is the scope in which a machine computes.
  const perFile: Record<string, string[]> = { 'src/flows/step-machine.ts': ['createActor', 'AnyActorScope'] };
  const users = sources.filter(({ text }) => text.includes("from 'xstate'"));
  expect(users.length).toBeGreaterThan(0);
  for (const { path, text } of users) {
    const names = [...text.matchAll(/^import \{([^}]+)\} from 'xstate'/gm)].flatMap(([, list = '']) => list.split(','));
    const allowed = [...pure, ...(perFile[path] ?? [])];
    expect(names.map((name) => name.replace('type ', '').trim()).filter((name) => !allowed.includes(name))).toEqual([]);
    expect(text, path).not.toMatch(/\.start\(/);
  }
});

test.each([
  { what: 'the time of the machine', pattern: /new Date\(\)|Date\.now\(\)/, only: ['src/clock.ts'] },
  { what: 'the environment', pattern: /process\.env/, only: ['src/run.ts', 'src/postgres/run-as.ts'] },
  { what: 'the console', pattern: /\bconsole\./, only: ['src/run.ts'] },
  // Handed over as a default, never called.
  { what: 'chance', pattern: /Math\.random\(/, only: [] },
])('$what is asked nowhere else', ({ pattern, only }) => {
  const found = sources.flatMap((source) => (only.includes(source.path) ? [] : linesWith(source, pattern)));
  expect(found).toEqual([]);
});

/** In "/home/lan/dự án/ganbo" the pathname of a URL is no path of a file. */
test('where the checkout lies is nobody’s business: addresses of files become paths by fileURLToPath', () => {
  const pathname = /import\.meta\.url\)\.pathname/;
  expect(readSources('{src,test}/**/*.ts').flatMap((source) => linesWith(source, pathname))).toEqual([]);
});

function linesWith({ path, text }: Source, pattern: RegExp): string[] {
  return text.split('\n').flatMap((line, n) => {
    const code = line.replace(/^\s*(\/\/|\/?\*).*$/, '');
    return pattern.test(code) ? [`${path}:${n + 1}`] : [];
  });
}
