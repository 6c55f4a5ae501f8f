// What the READMEs show exists: commands, files, settings. A map that lies is worse than none.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { environmentNames } from '../../src/config.ts';
import { importOrder } from './import-order.ts';
import { root } from './read-sources.ts';

const scripts = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).scripts;

describe.each(['README.md', 'src/README.md', 'flows/README.md', 'CHANGELOG.md'])('%s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');

  test('every npm command is one', () => {
    const names = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('every link and picture inside the repository leads somewhere', () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const dead = targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(path), target)));
    expect(dead).toEqual([]);
  });

  test('every setting named is read by the program', () => {
    const names = [
      ...text.matchAll(/`((?:ZALO|MESSENGER|BUSINESS|QUIET|DATA|DATABASE|SECRET|SANDBOX)_[A-Z_]+)(?:=[^`]*)?`/g),
    ];
    expect(names.map(([, name = '']) => name).filter((name) => !environmentNames.includes(name))).toEqual([]);
  });
});

test('src/README.md names only files that are there', () => {
  const text = readFileSync(join(root, 'src/README.md'), 'utf8');
  const known = globSync('{src,test,scripts,flows,prisma}/**/*', { cwd: root }).map((path) => `/${path}`);
  const named = [...text.matchAll(/`([\w./-]+\.(?:ts|sql|prisma|yaml|md))`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(30);
  expect(
    named.filter((name) => !known.some((path) => path.endsWith(`/${name}`)) && !existsSync(join(root, name))),
  ).toEqual([]);
});

test('src/README.md shows the import order that is enforced', () => {
  const text = readFileSync(join(root, 'src/README.md'), 'utf8');
  const block = /<!-- import order -->\n```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  expect(block.split(/[\s→]+/).filter(Boolean)).toEqual(importOrder.map((name) => name.replace(/\.ts$/, '')));
});

test('every script of package.json has its file', () => {
  const files = Object.values(scripts).flatMap((line) => [...line.matchAll(/\b(?:scripts|src)\/[\w/-]+\.ts/g)]);
  expect(files.map(([file]) => file).filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
