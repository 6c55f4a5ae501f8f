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
import { limits } from './flow-schema.ts';
import type { Finding, Problem, SourcePath } from './problem.ts';

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
export function readYaml(path: string, source: string): ReadYaml {
  const bomb = findBomb(source);
  if (bomb !== null) return { ok: false, problems: [problemAt(path, 1, 1, bomb)] };
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'silent',
    // Otherwise each mistake reads its whole line again for a message that nobody sees: one long line would never end.
    prettyErrors: false,
  });
  const problems = document.errors.slice(0, mostProblems).map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return problemAt(path, line, col, explainYamlError(error.code, error.message));
  });
  problems.push(...duplicateKeys(path, lines, document));
  visit(document, (_key, node) => {
    if (!isAlias(node) && !(isNode(node) && 'anchor' in node && node.anchor !== undefined)) return;
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    problems.push(problemAt(path, line, col, { code: 'yaml_alias', ...aliasWords }));
  });
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, mostProblems) };
  const place = placer(path, source, lines, document.contents);
  return { ok: true, file: { path, data: document.toJS({ maxAliasCount: 0 }), place } };
}

const aliasWords = {
  message: 'Dấu "&" và "*" của YAML (tham chiếu) không dùng được trong file này.',
  fix: 'Viết lại nội dung ở chỗ cần, hoặc đặt chữ có & hay * ở đầu vào trong dấu nháy.',
};

/** In one pass: the library's own look compares every key with every other. */
function duplicateKeys(path: string, lines: LineCounter, document: Document): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const { line, col } = lines.linePos(key.range?.[0] ?? 0);
        if (seen.has(name)) problems.push(problemAt(path, line, col, duplicateKey(name)));
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

function explainYamlError(code: string, message: string): Words {
  const first = message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? '';
  switch (code) {
    case 'TAB_AS_INDENT':
      return {
        code: 'yaml_tab',
        message: 'Thụt dòng bằng phím Tab.',
        fix: 'Thụt dòng bằng dấu cách, mỗi tầng 2 dấu cách.',
      };
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        code: 'yaml_syntax',
        message: `Dòng này viết chưa đúng: ${first}.`,
        fix: 'Kiểm tra thụt dòng, dấu ":" và dấu nháy; lời có dấu ":" phải đặt trong nháy hoặc sau dấu "|".',
      };
    default:
      return {
        code: 'yaml_syntax',
        message: `YAML chưa đúng: ${first}.`,
        fix: 'Sửa dòng này; xem ví dụ trong flows/README.md.',
      };
  }
}

function problemAt(file: string, line: number, column: number, words: Words): Problem {
  const message = words.message.slice(0, longestMessage);
  return { ...words, message, severity: 'error', file, line, column, step: null };
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
