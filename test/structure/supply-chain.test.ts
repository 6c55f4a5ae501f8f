// What comes from others: no version below the one that mended something dangerous, every file of it checked by its
// digest, and a list of it all for whoever must answer for it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { root } from './read-sources.ts';

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        dev: z.boolean().optional(),
        link: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));

const installed = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ path, name: path.slice(path.lastIndexOf('node_modules/') + 13), ...entry }));

/** The first version without a known hole, and which hole. Add a line when an advisory names one of ours. */
const floors: Record<string, { from: string; because: string }> = {
  fastify: {
    from: '5.12.2',
    because: 'malformed addresses passed by hooks; content types that were read but not checked',
  },
  'find-my-way': { from: '9.7.0', because: 'addresses that matched another route' },
  'fast-json-stringify': { from: '6.0.1', because: 'keys of schemas ran as code' },
  axios: { from: '1.12.0', because: 'answers without a limit of size; secrets sent to another host' },
  'form-data': { from: '4.0.4', because: 'boundaries that could be guessed' },
  nodemailer: { from: '7.0.7', because: 'mail to another domain than the one that was checked' },
  '@fastify/multipart': { from: '9.0.3', because: 'files that stayed when a request was broken off' },
  '@fastify/static': { from: '8.1.0', because: 'paths outside the folder' },
  vite: { from: '7.1.11', because: 'files outside the folder' },
  yaml: { from: '2.2.2', because: 'a short text that stopped the program' },
  ws: { from: '8.17.1', because: 'headers that stopped the program' },
  semver: { from: '7.5.2', because: 'a short text that took minutes' },
  'brace-expansion': { from: '2.0.2', because: 'a short text that took minutes' },
};

function isBelow(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const [index, least] of (b ?? []).entries()) {
    const own = a?.[index] ?? 0;
    if (own !== least) return own < least;
  }
  return false;
}

test('versions are compared as numbers', () => {
  expect(isBelow('5.9.0', '5.12.2')).toBe(true);
  expect(isBelow('5.12.2', '5.12.2')).toBe(false);
  expect(isBelow('6.0.0-rc.1', '5.12.2')).toBe(false);
});

test('nothing is older than the version that mended it', () => {
  const old = installed.filter(({ name, version = '' }) => {
    const floor = floors[name];
    return floor !== undefined && isBelow(version, floor.from);
  });
  expect(old.map(({ path, version }) => `${path} ${version}`)).toEqual([]);
  expect(installed.some(({ name }) => name === 'fastify')).toBe(true);
});

test('every file from the registry is checked by its digest', () => {
  const unchecked = installed.filter(({ link, integrity }) => link !== true && !integrity?.startsWith('sha512-'));
  expect(unchecked.map(({ path }) => path)).toEqual([]);
});

const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ name: z.string(), version: z.string() })),
});

test('`npm run sbom` lists what runs, with versions', () => {
  const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'sbom'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(status, stderr).toBe(0);
  const listed = new Set(bill.parse(JSON.parse(stdout)).components.map(({ name, version }) => `${name}@${version}`));
  const missing = ['fastify', 'pg', 'xstate', 'zod'].filter(
    (name) => !listed.has(`${name}@${lock.packages[`node_modules/${name}`]?.version}`),
  );
  expect(missing).toEqual([]);
});
