// The seeded defects keep their places: whoever changes such a line changes its defect too.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defects } from '../../scripts/sabotage/defects.ts';
import { root } from '../structure/read-sources.ts';

test.each(defects)('$name', ({ file, find, replace, tests }) => {
  const parts = readFileSync(join(root, file), 'utf8').split(find);
  expect(parts, `${file} holds it once`).toHaveLength(2);
  expect(replace).not.toBe(find);
  expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('no two defects are called the same', () => {
  expect(new Set(defects.map(({ name }) => name)).size).toBe(defects.length);
});
