// A file is found by what it does. Names that say nothing collect everything.
import { expect, test } from 'vitest';
import { readSources } from './read-sources.ts';

const SAYS_NOTHING = ['utils', 'util', 'helpers', 'helper', 'lib', 'common', 'shared', 'types', 'services', 'index'];

/** Payloads are the providers' own, under the providers' own names. */
const sources = readSources('{src,test,scripts,flows,prisma}/**/*.{ts,tsx,js,css,html,svg,yaml,sql,md}').filter(
  ({ path }) => !path.startsWith('test/payloads/'),
);

test('files and folders are kebab-case', () => {
  const isKebab = (name: string) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(name) || name === 'README.md';
  const isKebabFolder = (name: string) => /^[a-z0-9_]+(-[a-z0-9]+)*$/.test(name);
  const odd = sources.filter(({ path }) => {
    const parts = path.split('/');
    return !isKebab(parts.at(-1) ?? '') || !parts.slice(0, -1).every(isKebabFolder);
  });
  expect(odd.map(({ path }) => path)).toEqual([]);
});

test('no name says nothing', () => {
  const empty = sources.filter(({ path }) =>
    path.split('/').some((part) => SAYS_NOTHING.includes(part.replace(/\..*$/, '')) && !isWebPage(path)),
  );
  expect(empty.map(({ path }) => path)).toEqual([]);
});

/** What a browser opens when nobody names a file is called so by custom. */
function isWebPage(path: string): boolean {
  return path.endsWith('/index.html');
}

test('every file of the program opens with its place in the story', () => {
  const silent = readSources('{src,scripts}/**/*.{ts,tsx}').filter(({ text }) => !text.startsWith('// '));
  expect(silent.map(({ path }) => path)).toEqual([]);
});
