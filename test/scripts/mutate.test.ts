// What npm run mutate changes still stands where it is looked for, and conditions of SQL become choices.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { equivalents } from '../../scripts/mutation/equivalent.ts';
import { groups } from '../../scripts/mutation/groups.ts';
import { readReport, sumOf } from '../../scripts/mutation/read-report.ts';
import { varySql } from '../../scripts/mutation/vary-sql.ts';
import { root } from '../structure/read-sources.ts';

test('every file and test of the groups is there', () => {
  const named = groups.flatMap(({ pieces }) => pieces.flatMap(({ files, tests }) => [...files, ...tests]));
  expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

test('what is said to change nothing still stands in its file', () => {
  const gone = equivalents.filter(({ file, at }) => !readFileSync(join(root, file), 'utf8').includes(at));
  expect(gone).toEqual([]);
});

test('a condition becomes a choice, a given value does not, and lines stay where they are', () => {
  const code = [
    'const Q = `UPDATE t SET a = $1',
    'WHERE b <= $2 AND c IS NULL FOR UPDATE SKIP LOCKED`;',
    'const next = 1;',
  ];
  const varied = varySql('a.ts', code.join('\n'));
  expect(varied).toContain('"UPDATE t SET a = $1\\nWHERE "');
  expect(varied).toContain('sqlOr(true, sqlOr(true, "b <= $2", "b < $2"), "true")');
  expect(varied).toContain('sqlOr(true, "c IS NULL", "true")');
  expect(varied).toContain('" FOR UPDATE SKIP LOCKED", " FOR UPDATE"');
  expect(varied.split('\n')[2]).toBe('const next = 1;');
  expect(varySql('a.ts', "const words = 'UPDATE';")).toBe("const words = 'UPDATE';");
});

test('figures count what could be noticed, and pieces add up', () => {
  const place = { start: { line: 1, column: 1 }, end: { line: 1, column: 6 } };
  const mutant = (status: string) => ({ mutatorName: 'x', replacement: 'b', status, location: place });
  const of = (...statuses: string[]) =>
    readReport(JSON.stringify({ files: { 'a.ts': { source: 'a < b;', mutants: statuses.map(mutant) } } }));
  const some = of('Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'RuntimeError');
  expect(some).toMatchObject({ mutants: 4, killed: 1, timedOut: 1, percent: 50 });
  expect(some.survivors[0]).toEqual({ file: 'a.ts', line: 1, at: 'a < b', becomes: 'b', isCovered: true });
  expect(sumOf([some, of('Killed', 'Killed')])).toMatchObject({ mutants: 6, killed: 3, percent: (100 * 4) / 6 });
  expect(sumOf([]).percent).toBe(100);
});
