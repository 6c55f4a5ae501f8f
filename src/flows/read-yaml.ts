// YAML in, plain data and places out. Refuses what only an attack would write: huge, deep, or aliased files.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import { findUnreadable, tidyFileText } from './file-text.ts';
import { limits } from './flow-schema.ts';
import { findMisread } from './misread-values.ts';
import type { Finding, Problem, SourcePath } from './problem.ts';
import { findStumble } from './yaml-stumbles.ts';
import { emptyFile, explainYamlError, hardSpace, hardSpacePattern } from './yaml-words.ts';

export type YamlFile = {
  path: string;
  data: unknown;
  /** Gives a finding its line and column. */
  place(finding: Finding): Problem;
};
export type ReadYaml = { ok: true; file: YamlFile } | { ok: false; problems: Problem[] };

const maxIndent = 120;
const maxNesting = 40;
/** Brackets and commas; prose and ten thousand short lists stay far below. */
const maxSigns = 30_000;
/** A name of a hundred thousand letters is not repeated. */
const longestMessage = 300;
export const mostProblems = 50;

/** Reads one file; what is not YAML, or a bomb, comes back as problems with their places. */
export function readYaml(path: string, text: string): ReadYaml {
  const bomb = findBomb(text);
  if (bomb !== null) return { ok: false, problems: [problemAt(path, { line: 1, col: 1 }, bomb)] };
  const source = tidyFileText(text);
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    uniqueKeys: false,
    stringKeys: true,
    // 'silent' would pass over a second document without a word.
    logLevel: 'error',
    // Otherwise each mistake reads its whole line again for a message that nobody sees: one long line would never end.
    prettyErrors: false,
  });
  const report = (offset: number, words: Words) => problemAt(path, lines.linePos(offset), words);
  const unreadable = findUnreadable(source);
  if (unreadable !== null) return { ok: false, problems: [report(unreadable.offset, unreadable)] };
  const problems = [...formProblems(document, source, report), ...duplicateKeys(document, report)];
  visit(document, (_key, node) => {
    if (!isAlias(node) && !(isNode(node) && 'anchor' in node && node.anchor !== undefined)) return;
    problems.push(report(node.range?.[0] ?? 0, { code: 'yaml_alias', ...aliasWords }));
  });
  if (problems.length === 0)
    problems.push(...findMisread(document, source).map((words) => report(words.offset, words)));
  if (problems.length === 0 && document.contents === null) problems.push(report(0, emptyFile));
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, mostProblems) };
  const place = placer(path, source, lines, document.contents);
  return { ok: true, file: { path, data: document.toJS({ maxAliasCount: 0 }), place } };
}

type Report = (offset: number, words: Words) => Problem;

/** One mistake makes the reader stumble over the lines behind it as well: the first of each line, and what explains all. */
function formProblems(document: Document, source: string, report: Report): Problem[] {
  if (document.errors.length === 0) return [];
  const hard = hardSpacePattern.exec(source);
  if (hard !== null) return [report(hard.index + hard[0].length - 1, hardSpace)];
  const tabs = document.errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  const stumble = tabs.length > 0 ? null : findStumble(document, source);
  if (stumble !== null) return [report(stumble.offset, stumble)];
  const told = tabs.length > 0 ? tabs : document.errors;
  const problems = told.slice(0, mostProblems).map(({ pos, code }) => report(pos[0], explainYamlError(code)));
  return [...Map.groupBy(problems, ({ line }) => line).values()].flatMap(([first]) => first ?? []);
}

const aliasWords = {
  message: 'Dấu "&" và "*" của YAML (tham chiếu) không dùng được trong file này.',
  fix: 'Viết lại nội dung ở chỗ cần, hoặc đặt chữ có & hay * ở đầu vào trong dấu nháy.',
};

/** In one pass: the library's own look compares every key with every other. */
function duplicateKeys(document: Document, report: Report): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) problems.push(report(key.range?.[0] ?? 0, duplicateKey(name)));
        seen.add(name);
      }
    },
  });
  return problems;
}

function duplicateKey(name: string): Words {
  return {
    code: 'duplicate_key',
    message: `Hai dòng cùng tên "${name}" trong một mục.`,
    fix: 'Bỏ một dòng, hoặc đổi tên.',
  };
}

type Words = { code: string; message: string; fix: string };

/** What only an attack would write, told before anything is parsed; null = fit to be read. */
export function findBomb(source: string): Words | null {
  if (source.length > limits.maxBytes) {
    return {
      code: 'file_too_big',
      message: `File lớn hơn ${limits.maxBytes / 1024} KB.`,
      fix: 'Tách thành nhiều kịch bản nhỏ và nối bằng "go: flow:…".',
    };
  }
  const big = {
    code: 'file_too_big',
    message: `File dài hơn ${limits.maxLines} dòng hoặc có quá nhiều mục.`,
    fix: 'Tách thành nhiều kịch bản nhỏ và nối bằng "go: flow:…".',
  };
  const rows = source.split('\n');
  if (rows.length > limits.maxLines || source.split(':').length > limits.maxKeys) return big;
  const deep = {
    code: 'file_too_deep',
    message: 'File lồng nhau quá sâu.',
    fix: 'Viết phẳng lại: một kịch bản chỉ cần vài tầng.',
  };
  let open = 0;
  let signs = 0;
  for (const line of rows) {
    if (line.length - line.trimStart().length > maxIndent || /(?:[-?:][ \t]+){12}/.test(line)) return deep;
    for (const sign of line) {
      if (sign === '[' || sign === '{') open += 1;
      else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
      if (open > maxNesting) return deep;
      if ('[]{},'.includes(sign)) signs += 1;
    }
    if (signs > maxSigns) return big;
  }
  return null;
}

function problemAt(file: string, { line, col }: { line: number; col: number }, words: Words): Problem {
  const { code, fix } = words;
  const message = words.message.slice(0, longestMessage);
  return { code, message, fix, severity: 'error', file, line, column: col, step: null };
}

function placer(path: string, source: string, lines: LineCounter, root: ParsedNode | null): YamlFile['place'] {
  return ({ within, path: at, severity = 'error', step = null, ...words }) => {
    const [start, end] = rangeOf(root, at);
    const found = within === undefined ? -1 : source.slice(start, end).indexOf(within.text);
    const offset = within === undefined || found === -1 ? start : start + found + within.column - 1;
    const { line, col } = lines.linePos(Math.min(offset, source.length));
    return { code: words.code, severity, file: path, line, column: col, step, message: words.message, fix: words.fix };
  };
}

/** Where the value stands; for a missing one the nearest thing above it. A lone key ends the walk at the key. */
function rangeOf(root: ParsedNode | null, path: SourcePath): [number, number] {
  let node: Node | null = root;
  let range: [number, number] = spanOf(root) ?? [0, 0];
  for (const key of path) {
    const child = childOf(node, key);
    if (child === null) break;
    range = child.range ?? range;
    node = child.node;
  }
  return range;
}

function childOf(
  node: Node | null,
  key: string | number,
): { node: Node | null; range: [number, number] | null } | null {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return isNode(item) ? { node: item, range: spanOf(item) } : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key));
  if (pair === undefined) return null;
  const value = isNode(pair.value) ? pair.value : null;
  const keyRange = isNode(pair.key) ? spanOf(pair.key) : null;
  const valueRange = value === null ? null : spanOf(value);
  // A map or list is pointed at by its key, a plain value by itself.
  const range = isScalar(value) ? valueRange : [keyRange?.[0] ?? 0, valueRange?.[1] ?? keyRange?.[1] ?? 0];
  return { node: value, range: range === null ? keyRange : [range[0] ?? 0, range[1] ?? 0] };
}

function spanOf(node: Node | null): [number, number] | null {
  const range = node?.range;
  return range === null || range === undefined ? null : [range[0], range[1]];
}
