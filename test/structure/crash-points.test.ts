// Every place where something becomes durable has a name, and every name is a place: that is where the storms strike.
import { expect, test } from 'vitest';
import { durableBoundaries } from '../../src/durable-boundaries.ts';
import { readSources, type Source } from './read-sources.ts';

/** What runs beside the program (the pretend providers, browsers) or before it lives (migrations, restore) has none. */
const sources = readSources('src/**/*.ts').filter(({ path }) => !/^src\/(sandbox|web|postgres)\//.test(path));

/** As in `db.transaction('answer-once', …)`. */
const CROSSING = /\b(?:transaction|queueTransaction|durably)\(\s*'([a-z-]+)'/g;

test('there are many of them, each once, in order', () => {
  expect(durableBoundaries.length).toBeGreaterThanOrEqual(25);
  expect([...new Set(durableBoundaries)].sort()).toEqual(durableBoundaries);
});

test('each name is crossed somewhere', () => {
  const crossed = new Set(sources.flatMap(({ text }) => [...text.matchAll(CROSSING)].map(([, name]) => name)));
  expect([...crossed].sort()).toEqual([...durableBoundaries]);
});

test('no statement of its own writes outside a boundary', () => {
  expect(sources.flatMap(namelessWrites)).toEqual([]);
});

test('nobody opens a transaction but the database', () => {
  const own = sources.filter(
    ({ path, text }) => path !== 'src/database.ts' && /query\(\s*['"`]BEGIN(?!.* READ ONLY)/.test(text),
  );
  expect(own.map(({ path }) => path)).toEqual([]);
});

const STATEMENT = /\bpool\.query(?:<[^(]*>)?\(/g;
const WRITES = /\b(INSERT INTO|UPDATE (?!OF\b|SKIP\b)[a-z_]+|DELETE FROM)\b/;

function namelessWrites({ path, text }: Source): string[] {
  return [...text.matchAll(STATEMENT)].flatMap(({ index }) => {
    const call = text.slice(index, endOfStatement(text, index));
    const constants = [...call.matchAll(/\b[A-Z][A-Z_]{2,}\b/g)].map(([name]) => constantIn(text, name));
    if (!WRITES.test([call, ...constants].join('\n'))) return [];
    const before = text.slice(Math.max(0, index - 120), index);
    return /\bdurably\(\s*'[a-z-]+',\s*(?:async )?\(\) =>\s*(?:[\w.]*\.)?$/.test(before)
      ? []
      : [`${path}: ${call.slice(0, 60)}`];
  });
}

function endOfStatement(text: string, from: number): number {
  const end = text.indexOf(';\n', from);
  return end < 0 ? text.length : end;
}

function constantIn(text: string, name: string): string {
  return new RegExp(`const ${name} = [^]*?;\\n`).exec(text)?.[0] ?? '';
}
