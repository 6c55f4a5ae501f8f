// A reader who starts at the left never meets a folder that reaches to the right.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importOrder, importsOnly, onlyFor } from './import-order.ts';
import { importsOf, placeOf, readSources, root, withoutTypes } from './read-sources.ts';

const edges = readSources('src/**/*.{ts,tsx}').flatMap((source) =>
  importsOf(source).flatMap((target) => {
    const from = placeOf(source.path);
    const to = placeOf(target);
    return from === null || to === null || from === to ? [] : [{ from, to, where: `${source.path} → ${target}` }];
  }),
);

test('every folder and file of src has its place in the order', () => {
  const present = readdirSync(join(root, 'src')).filter((name) => name !== 'README.md');
  expect(present.filter((name) => !importOrder.includes(name))).toEqual([]);
  expect(importOrder.filter((name) => !present.includes(name))).toEqual([]);
});

test('nobody imports what stands behind it', () => {
  const isBackward = ({ from, to }: (typeof edges)[number]) => importOrder.indexOf(to) > importOrder.indexOf(from);
  expect(edges.length).toBeGreaterThan(100);
  expect(edges.filter(isBackward).map(({ where }) => where)).toEqual([]);
});

test.each(Object.entries(onlyFor))('%s is imported by nobody but %j', (name, allowed) => {
  const strangers = edges.filter(({ from, to }) => to === name && !allowed.includes(from));
  expect(strangers.map(({ where }) => where)).toEqual([]);
});

test.each(Object.entries(importsOnly))('%s imports nothing of ours but %j', (name, allowed) => {
  const strangers = edges.filter(({ from, to }) => from === name && !allowed.includes(to));
  expect(strangers.map(({ where }) => where)).toEqual([]);
});

test('no files need each other to run', () => {
  const needs = new Map(
    readSources('src/**/*.{ts,tsx}').map((source) => [source.path, importsOf(withoutTypes(source))]),
  );
  const done = new Set<string>();
  const circleFrom = (path: string, above: readonly string[]): string[] => {
    if (above.includes(path)) return [[...above.slice(above.indexOf(path)), path].join(' → ')];
    if (done.has(path)) return [];
    done.add(path);
    return (needs.get(path) ?? []).flatMap((target) => circleFrom(target, [...above, path]));
  };
  expect([...needs.keys()].flatMap((path) => circleFrom(path, []))).toEqual([]);
});

test('what runs in a browser takes from the server only flows and schemas', () => {
  const ofBrowser = edges.filter(({ where }) => /^src\/web\/[^/]+\//.test(where));
  expect(ofBrowser.length).toBeGreaterThan(5);
  const strangers = ofBrowser.filter(({ to, where }) => to !== 'flows' && !where.endsWith('-schema.ts'));
  expect(strangers.map(({ where }) => where)).toEqual([]);
});

/** What proves and measures uses the browser and the harness of the tests. */
const proofs = /^scripts\/(storm\.ts|bench\/|sabotage|screenshots\.ts)/;

test('tests are imported by tests and proofs only, and the generated client only where records are read', () => {
  const all = readSources('{src,scripts}/**/*.ts').flatMap((source) =>
    importsOf(source).map((target) => ({ from: source.path, target })),
  );
  expect(all.filter(({ from, target }) => target.startsWith('test/') && !proofs.test(from))).toEqual([]);
  const generated = all.filter(({ target }) => target.startsWith('prisma/generated/'));
  const isAllowed = ({ from }: { from: string }) => ['database.ts', 'inbox', 'customers'].includes(placeOf(from) ?? '');
  expect(generated.filter((one) => !isAllowed(one))).toEqual([]);
});
