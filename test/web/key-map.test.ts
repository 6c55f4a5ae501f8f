// The map behind "?" says what is bound, no more and no less; its words are there in both languages.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundKeys, placedKeys } from '../../src/web/app/key-list.ts';
import { en } from '../../src/web/texts/en.ts';
import { vi } from '../../src/web/texts/vi.ts';

const root = join(import.meta.dirname, '../../src/web');

/** The keys of every object that is handed to useKeys. */
function keysBoundIn(source: string): string[] {
  return source
    .split('useKeys(')
    .slice(1)
    .flatMap((rest) => [...callOf(rest).matchAll(/(?:^|[{,\s])(?:(\w)|'(.)'): \(\) =>/g)])
    .map(([, letter, sign]) => letter ?? sign ?? '');
}

/** Up to the bracket that closes the call. */
function callOf(text: string): string {
  let depth = 1;
  for (const [n, sign] of [...text].entries()) {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    if (depth === 0) return text.slice(0, n);
  }
  return '';
}

test('each bound key stands in the map, and each key of the map is bound somewhere', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const bound = files.flatMap((name) => keysBoundIn(readFileSync(join(root, name), 'utf8')));
  expect([...new Set(bound)].toSorted()).toEqual(boundKeys.map(([key]) => key).toSorted());
});

test.each([
  ['vi', vi],
  ['en', en],
])('each has its meaning in words: %s', (_, { keys, inbox }) => {
  const { flow, training, task, case: opensCase } = inbox.care;
  const names: Record<string, string> = { ...keys, flow, training, task, case: opensCase, ...inbox.queues };
  for (const [key, name] of [...boundKeys, ...placedKeys]) expect(names[name], key).toMatch(/\S/);
});
